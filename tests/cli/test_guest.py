"""`alfactl guest`: links made, shown, changed and deleted, as its users start it."""

import csv
import json
import re
from datetime import UTC, datetime
from io import StringIO

ROOM = ("--room", "Nord/Seminar A")
ZOE = "17dcff72-9020-52db-a824-76cdc70f6446"
"""Of the seed: expired since 2026-01-31."""
JOIN_LINK = re.compile(r"https://app\.alfaview\.com/#/join/\w+/[\w-]+/\w{32}/v2")
SEED = "training-centre"


def links_of(emulator):
    return dict(emulator.state.companies[emulator.company_id].links)


def test_a_link_is_made_without_mail(person, emulator):
    """Role by its German alias, times by the user's clock, the link on stdout alone, even where calls are logged."""
    arguments = ("guest", "create", "Ada Nord", *ROOM, "--role", "teilnehmer", "--email", "Ada@example.org")
    done = person.run(*arguments, "--from", "2030-12-24 18:00", "--until", "24.12.2030", "--json", "-vv")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert JOIN_LINK.fullmatch(made["join_link"])
    assert made["access_key"] not in done.stderr
    assert (made["room"], made["role"], made["state"]) == ("Nord/Seminar A", "Participant", "pending")
    assert made["valid_from"] == "2030-12-24T18:00:00+01:00"
    assert made["valid_until"] == "2030-12-24T23:59:59+01:00"
    kept = emulator.state.companies[emulator.company_id].links[made["id"]]
    assert kept.valid_from == datetime(2030, 12, 24, 17, 0, tzinfo=UTC)
    assert (kept.display_name, kept.email) == ("Ada Nord", "Ada@example.org")
    assert len(emulator.outbox) == 0
    task = person.data("task", "watch", made["task_id"])
    assert task["state"] == "DONE"


def test_settings_name_room_role_and_time_zone(person):
    """What is set for good need not be said; --timezone moves the clock by which times are read and shown."""
    (person.home / "alfaview.toml").write_text(
        'room = "Nord/Seminar B"\nrole = "Moderator"\ntimezone = "Europe/London"\n', encoding="utf-8"
    )
    made, moved = (
        json.loads(done.stdout)
        for done in person.each(
            ("guest", "create", "Ada", "--until", "2030-07-01 18:00", "--json"),
            (
                "guest",
                "create",
                "Bo",
                "--until",
                "2030-07-01 18:00",
                "--timezone",
                "Asia/Tokyo",
                "--json",
                "--no-links",
            ),
        )
    )
    assert (made["room"], made["role"], made["valid_until"]) == (
        "Nord/Seminar B",
        "Moderator",
        "2030-07-01T18:00:00+01:00",
    )
    assert moved["valid_until"] == "2030-07-01T18:00:00+09:00"
    assert not {"join_link", "access_key", "dial_in_code"} & moved.keys()


def test_mail_is_sent_only_when_somebody_says_yes(person, emulator):
    """A dry run and a missing answer send nothing and make nothing; --yes does both, in the language asked for."""
    before = len(links_of(emulator))
    command = ("guest", "create", "Ada", *ROOM, "--role", "Participant", "--send-email", "--locale", "de")
    no_address, unasked, dry = person.each(
        command, (*command, "--email", "ada@example.org"), (*command, "--email", "ada@example.org", "--dry-run")
    )
    assert (no_address.returncode, unasked.returncode, dry.returncode) == (2, 3, 0)
    assert "--email ADDRESS" in no_address.stderr
    assert "a mail cannot be called back" in unasked.stderr
    assert "add --yes" in unasked.stderr
    assert (len(emulator.outbox), len(links_of(emulator))) == (0, before)
    sent = person.run(*command, "--email", "ada@example.org", "--yes")
    assert sent.returncode == 0
    assert sent.stderr == "✓ e-mails requested: 1\n"
    assert [(mail.to, mail.locale) for mail in emulator.outbox] == [("ada@example.org", "de")]


def test_links_are_listed_by_room_and_by_validity(person):
    """Data for programs: CSV with names beside ids; no links where nobody wants them; chosen columns in their order."""
    all_of_them, expired, without, chosen = person.each(
        ("guest", "list", "-o", "csv"),
        ("guest", "list", *ROOM, "--expired", "--json"),
        ("guest", "list", "--no-links"),
        ("guest", "list", "--fields", "locale,display_name", "-o", "tsv"),
    )
    rows = list(csv.DictReader(StringIO(all_of_them.stdout)))
    assert {row["display_name"]: row["state"] for row in rows} == {
        "Jörg Weiß": "active",
        "Zoë O'Hara": "expired",
        "Kim Süß": "pending",
    }
    assert all(JOIN_LINK.fullmatch(row["join_link"]) for row in rows)
    assert [link["id"] for link in json.loads(expired.stdout)] == [ZOE]
    assert not JOIN_LINK.search(without.stdout)
    assert chosen.stdout.splitlines()[:2] == ["locale\tdisplay_name", "de\tJörg Weiß"]


def test_a_link_is_changed_and_what_is_not_named_stays(person, emulator):
    """The link itself stays; nothing to change is a mistake; a dry run changes nothing."""
    before = links_of(emulator)[ZOE]
    dry, nothing, unknown = person.each(
        ("guest", "update", ZOE, "--name", "Zoe", "--dry-run"),
        ("guest", "update", ZOE, "--name", "Zoë O'Hara"),
        ("guest", "update", "no-such-link", "--name", "Zoe"),
    )
    assert (dry.returncode, nothing.returncode, unknown.returncode) == (0, 2, 7)
    assert f"change the link {ZOE}" in dry.stderr
    assert unknown.stderr.startswith("error[no-guest-link]: no guest link no-such-link\n  next: alfactl guest list")
    changed = person.data("guest", "update", ZOE, "--role", "Zuschauer", "--until", "2031-01-31 20:00")
    assert (changed["role"], changed["state"]) == ("Spectator", "active")
    assert (changed["display_name"], changed["email"]) == ("Zoë O'Hara", "zoe@example.org")
    assert changed["join_link"] == before.join_link
    assert person.data("guest", "show", ZOE)["valid_until"] == "2031-01-31T20:00:00+01:00"


def test_a_mail_is_sent_again_after_a_yes(person, emulator):
    """Mails cannot be called back, so it asks; a guest without address is named."""
    made = person.data("guest", "create", "Nobody", *ROOM, "--role", "Participant")
    unasked, nowhere = person.each(("guest", "resend", ZOE), ("guest", "resend", made["id"], "--yes"))
    assert (unasked.returncode, nowhere.returncode) == (3, 2)
    assert 'e-mails zoe@example.org the link of "Zoë O\'Hara"' in unasked.stderr
    assert nowhere.stderr.startswith("error[no-address]: no e-mail address is known of Nobody")
    assert len(emulator.outbox) == 0
    assert person.run("guest", "resend", ZOE, "--yes").returncode == 0
    assert [mail.to for mail in emulator.outbox] == ["zoe@example.org"]


def test_mails_that_stop_tell_how_far_they_came(person, emulator):
    """The second answer is lost: exit code 10, one mail is certain, and none is sent twice."""
    emulator.faults.add("resendGuestLinkEmail", do="apply-then-reset", on="2")
    several = [link["id"] for link in person.data("guest", "list")]
    stopped = person.run("guest", "resend", *several, "--yes")
    assert stopped.returncode == 10
    assert stopped.stderr.startswith("! e-mails requested: 1 of 3, in the order given\nerror[outcome-unknown]: ")
    assert emulator.requests.count("guestService.v2/resendGuestLinkEmail") == 2


def test_expired_links_are_deleted_together(person, emulator):
    """Without an answer nothing happens (exit code 3, the count is told); a second time there is nothing to do."""
    room = ("--room", "Nord/Seminar A")
    unclear, unasked, dry = person.each(
        ("guest", "delete", *room),
        ("guest", "delete", *room, "--expired", "--no-input"),
        ("guest", "delete", "--expired", "--dry-run"),
    )
    assert (unclear.returncode, unasked.returncode, dry.returncode) == (2, 3, 0)
    assert unasked.stderr.startswith('error[needs-confirmation]: this deletes the guest link of "Zoë O\'Hara"')
    assert ZOE in links_of(emulator)
    gone = person.run("guest", "delete", *room, "--expired", "--yes")
    assert (gone.returncode, gone.stdout, gone.stderr) == (0, "", "✓ links deleted: 1\n")
    assert ZOE not in links_of(emulator)
    again = person.run("guest", "delete", "--expired", "--yes")
    assert (again.returncode, again.stderr) == (0, "nothing to do: no guest link has expired\n")
    several = [link["id"] for link in person.data("guest", "list")]
    told = person.run("guest", "delete", *several)
    assert (told.returncode, "this deletes 2 guest links" in told.stderr) == (3, True)


def test_a_deletion_that_stops_tells_how_far_it_came(person, emulator):
    """The second of two is refused: one is gone, and that is said; exit code 8."""
    emulator.faults.add("deleteLink", do="error", on="2", status="INSUFFICIENT_PERMISSIONS")
    several = [link["id"] for link in person.data("guest", "list")][:2]
    stopped = person.run("guest", "delete", *several, "--yes")
    assert stopped.returncode == 8
    assert stopped.stderr.startswith("! links deleted: 1 of 2\nerror[refused]:")
    assert [link_id in links_of(emulator) for link_id in several] == [False, True]


def test_watching_tells_what_is_new_changed_and_gone(person):
    """JSON lines in a pipe; Ctrl-C ends it with exit code 130."""
    with person.start(
        "guest", "list", *ROOM, "--watch", "--interval", "0.1", "--fields", "change,display_name"
    ) as process:
        seen = [json.loads(process.stdout.readline()) for _ in range(3)]
        assert {row["change"] for row in seen} == {"new"}
        made = person.data("guest", "create", "Late", *ROOM, "--role", "Participant")
        assert json.loads(process.stdout.readline()) == {"change": "new", "display_name": "Late"}
        person.run("guest", "update", made["id"], "--name", "Later")
        assert json.loads(process.stdout.readline()) == {"change": "changed", "display_name": "Later"}
        person.run("guest", "delete", made["id"], "--yes")
        assert json.loads(process.stdout.readline()) == {"change": "gone", "display_name": "Later"}
        process.send_signal(2)
        assert process.wait(timeout=10) == 130
        assert "Traceback" not in process.stderr.read()
