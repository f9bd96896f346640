"""`alfactl group`, as its users start it."""

import json
from urllib.parse import parse_qs

SEED = "training-centre"


def test_a_group_link_lives_and_dies(person, emulator):
    """Made by role alias, listed, changed, shown, deleted; each by its id, and only after a yes where it counts."""
    create = ("group", "create", "Autumn course", "--room", "Süd/Seminar A", "--role", "Zuschauer")
    dry = person.run(*create, "--dry-run")
    assert (dry.returncode, dry.stdout) == (0, "")
    assert 'create the group link "Autumn course" as Spectator in "Süd/Seminar A"' in dry.stderr
    assert emulator.requests.count("guestService.v2/createGroupLinks") == 0
    made = person.data(*create, "--until", "2030-12-24", "--dial-in")
    assert (made["role"], made["room"], made["valid_until"]) == (
        "Spectator",
        "Süd/Seminar A",
        "2030-12-24T23:59:59+01:00",
    )
    assert made["dial_in_allowed"] is True
    assert made["dial_in_code"]
    changed = person.data("group", "update", made["id"], "--description", "Winter course")
    assert (changed["description"], changed["join_link"]) == ("Winter course", made["join_link"])
    assert (changed["dial_in_allowed"], changed["valid_until"]) == (True, made["valid_until"])
    listed, shown, unasked = person.each(
        ("group", "list", "--room", "Süd/Seminar A", "--json"),
        ("group", "show", made["id"], "--json"),
        ("group", "delete", made["id"]),
    )
    assert json.loads(listed.stdout) == [json.loads(shown.stdout)]
    assert unasked.returncode == 3
    assert 'this deletes the group link "Winter course" in "Süd/Seminar A"' in unasked.stderr
    assert person.run("group", "delete", made["id"], "--yes").returncode == 0
    gone = person.run("group", "show", made["id"])
    assert gone.returncode == 7
    assert gone.stderr.splitlines() == [
        f"error[no-group-link]: no group link {made['id']}",
        "  next: alfactl group list   (guest links: alfactl guest list)",
    ]


def test_a_launch_url_is_made_of_an_id_or_of_a_link(person):
    """The token is on stdout alone; a link from stdin stands in no process list."""
    (link,) = person.data("group", "list")
    web, both = person.each(
        ("group", "join-url", link["id"], "--name", "Ada", "--web", "-vv"),
        ("group", "join-url", link["join_link"], "--json"),
    )
    native = person.run("group", "join-url", "-", "--native", stdin=f"<{link['join_link']}>\n")
    assert web.stdout.startswith("https://webclient.alfaview.com/?--url=alfaview://apis.alfaview.com:443?companyId=")
    assert web.stdout.count("\n") == 1
    assert parse_qs(web.stdout.partition("443?")[2])["token"][0] not in web.stderr
    assert native.stdout.startswith("alfaview://apis.alfaview.com:443?companyId=")
    urls = json.loads(both.stdout)
    assert urls.keys() == {"web", "native"}
    assert urls["web"] == f"https://webclient.alfaview.com/?--url={urls['native']}"


def test_a_link_outside_its_frame_and_a_link_that_is_none(person):
    """Exit codes 8 and 2; the message has no key in it."""
    (link,) = person.data("group", "list")
    person.data("group", "update", link["id"], "--from", "2039-01-01")
    early, damaged = person.each(
        ("group", "join-url", link["id"], "--web"),
        ("group", "join-url", link["join_link"].removesuffix("/v2"), "--web"),
    )
    assert (early.returncode, early.stdout) == (8, "")
    assert early.stderr.startswith("error[link-not-active]: ")
    assert (damaged.returncode, damaged.stdout) == (2, "")
    assert damaged.stderr.startswith("error[no-join-link]: ")
    assert link["access_key"] not in early.stderr + damaged.stderr
