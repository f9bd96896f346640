"""What `alfactl guest` says when something is wrong: text, exit code and what to type next, in both languages."""

from alfactl import Terminal

CREATE = ("guest", "create", "Ada", "--room", "Nord/Seminar A")
ZOE = "17dcff72-9020-52db-a824-76cdc70f6446"
SEED = "training-centre"


def test_a_role_that_does_not_exist(person, emulator):
    """Mistake 8: what was probably meant, and what there is; exit code 7, nothing was sent."""
    english, german = person.in_both(*CREATE, "--role", "Teilnemer")
    assert english.stderr == (
        'error[unknown-role]: no permission group "Teilnemer"\n'
        "  did you mean Participant (Teilnehmer)? available: Moderator, Participant, Spectator, Trainer\n"
    )
    assert german.stderr == (
        'error[unknown-role]: keine Berechtigungsgruppe "Teilnemer"\n'
        "  meinten Sie Participant (Teilnehmer)? es gibt: Moderator, Participant, Spectator, Trainer\n"
    )
    assert [(done.returncode, done.stdout) for done in (english, german)] == [(7, "")] * 2
    nothing, without = person.each((*CREATE, "--role", "Xyzzy"), CREATE)
    assert "did you mean" not in nothing.stderr
    assert (without.returncode, "alfactl config set role" in without.stderr) == (2, True)
    assert emulator.requests.count("guestService.v2/createGuestLinks") == 0


def test_alfaview_does_not_allow_it(person, emulator):
    """Mistake 14: room and status are named, and whose rights count; exit code 8, no key in the message."""
    emulator.faults.add("createGuestLinks", do="error", status="INSUFFICIENT_PERMISSIONS")
    english, german = person.in_both(*CREATE, "--role", "Participant")
    assert english.stderr.startswith(
        'error[refused]: alfaview refused room "Nord/Seminar A": INSUFFICIENT_PERMISSIONS\n'
        "  guestService.v2/createGuestLinks: "
    )
    assert english.stderr.endswith(
        '  an API key has the rights of the user who made it; rooms and links need "manage rooms and users"\n'
    )
    assert german.stderr.startswith(
        'error[refused]: alfaview hat den Raum "Nord/Seminar A" abgelehnt: INSUFFICIENT_PERMISSIONS\n'
    )
    assert 'Räume und Links brauchen "Räume und Nutzer verwalten"' in german.stderr
    assert [(done.returncode, done.stdout) for done in (english, german)] == [(8, "")] * 2


def test_the_contract_is_used_up(person, emulator):
    """Mistake 14: exit code 8, and where to look."""
    emulator.faults.add("createGuestLinks", do="error", status="QUOTA_EXCEEDED")
    english, german = person.in_both(*CREATE, "--role", "Participant")
    assert english.stderr.startswith('error[quota]: alfaview refused room "Nord/Seminar A": QUOTA_EXCEEDED\n')
    assert english.stderr.endswith("  next: alfactl quota\n")
    assert german.stderr.startswith('error[quota]: alfaview hat den Raum "Nord/Seminar A" abgelehnt: QUOTA_EXCEEDED\n')
    assert german.stderr.endswith("  weiter: alfactl quota\n")
    assert english.returncode == german.returncode == 8


def test_the_answer_was_lost(person, emulator):
    """Nobody is invited twice: exit code 10, and the command that shows whether the link is there."""
    emulator.faults.add("createGuestLinks", do="apply-then-reset")
    english, german = person.in_both(*CREATE, "--role", "Participant")
    look = 'alfactl guest list --room "Nord/Seminar A"\n'
    assert english.stderr.endswith(f"  look before you send it again: {look}")
    assert german.stderr.endswith(f"  nachsehen, bevor es noch einmal geschickt wird: {look}")
    assert english.returncode == german.returncode == 10
    assert emulator.requests.count("guestService.v2/createGuestLinks") == 2, "once for each command"


def test_values_that_cannot_be_are_refused_before_anything_is_sent(person, emulator):
    """Exit code 2: what was typed, what is wrong with it, how to write it; no call was made."""
    mistakes = {
        ("--until", "31.02.2030"): 'no-time]: --until "31.02.2030": no such date',
        ("--from", "2030-03-31 02:30"): 'no-time]: --from "2030-03-31 02:30": does not exist (clock change)',
        ("--until", "2020-01-01"): "time-is-past]: --until 2020-01-01 is in the past",
        ("--from", "2031-01-02", "--until", "2031-01-01"): "times-swapped]: --until 2031-01-01 is not after --from",
        ("--email", "ada@gmial.com"): 'no-email]: "ada@gmial.com": gmial.com looks like a slip of gmail.com',
        (
            "--timezone",
            "Europe/Nowhere",
            "--until",
            "2031-01-01",
        ): "configuration]: time zone 'Europe/Nowhere' is unknown",
    }
    create = (*CREATE, "--role", "Participant")
    for done, text in zip(person.each(*((*create, *options) for options in mistakes)), mistakes.values(), strict=True):
        assert done.stderr.startswith(f"error[{text}")
        assert (done.returncode, done.stdout) == (2, "")
    german, name = person.each(
        (*create, "--until", "morgen", "--lang", "de"), ("guest", "create", "x" * 129, *CREATE[3:], "--lang", "de")
    )
    assert '\n  zu schreiben als "2026-12-24 18:00", 24.12.2026, oder ISO 8601' in german.stderr
    assert "ist kein Name: 129 Zeichen; ein Name hat höchstens 128" in name.stderr
    assert len(emulator.requests) == 0


def test_on_a_terminal_it_asks_and_shows_no_links(person):
    """A long link in a narrow table cannot be copied, so it is left out; "n" to a question is exit code 3."""
    listed = Terminal(person, "guest", "list", "--fields", "id,state")
    assert listed.end() == 0
    assert "expired" in listed.shown
    table = Terminal(person, "guest", "list")
    assert table.end() == 0
    assert "Zoë O'Hara" in table.shown
    assert "#/join/" not in table.shown
    refused = Terminal(person, "guest", "delete", ZOE)
    refused.read_until("Continue? [y/N]")
    refused.type("n\n")
    assert (refused.end(), "stopped, nothing was changed" in refused.shown) == (3, True)
    agreed = Terminal(person, "guest", "delete", ZOE)
    agreed.type("y\n")
    assert (agreed.end(), "links deleted: 1" in agreed.shown) == (0, True)
