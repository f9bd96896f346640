"""What rows name, and a company does not have: each such row is a problem of the list."""

from datetime import UTC, datetime

import pytest

from alfaview_async.bulk import Recipient, read_recipients, write_report
from alfaview_async.bulk.destinations.rooms_and_roles import RoomsAndRoles
from alfaview_async.errors import AmbiguousName, NotFound
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.rooms import Room

THERE = RoomsAndRoles(
    rooms={
        "n": Room(display_name="Nord"),
        "s": Room(display_name="Süd"),
        "na": Room(display_name="Seminar A", parent_id="n"),
        "nb": Room(display_name="Seminar B", parent_id="n"),
        "sa": Room(display_name="Seminar A", parent_id="s"),
        "aula": Room(display_name="Große Aula"),
    },
    roles={"1": PermissionGroup(name="Moderator"), "2": PermissionGroup(name="Participant")},
)
AVAILABLE = "available: Moderator, Participant"
LIST = (
    "E-Mail;Raum;Rolle;coHost;Sprache\n"
    "a@example.org;Süd/Seminar A;Teilnehmer;nein\n"
    "b@example.org;;;;fr\n"
    "c@example.org; grosse  Aula ;Teilnemer;\n"
    "d@example,org;Aula;;\n"
    "e@example.org;Seminar A;;ja\n"
    "f@example.org;Seminar C;Chef;;fr\n"
)


def read(tmp_path, text, **defaults):
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return read_recipients(path, skip_invalid=True, now=datetime(2026, 1, 1, tzinfo=UTC), **defaults)


def test_rows_that_name_what_is_not_there_are_left_out(tmp_path):
    """By line, column and cell, beside what was wrong before; a suggestion only where one room or role is nearest."""
    found = THERE.usable(read(tmp_path, LIST))
    assert [guest.email for guest in found.recipients] == ["a@example.org", "b@example.org"]
    assert [(one.line, one.column, one.value.strip(), one.reason, one.suggestion) for one in found.problems] == [
        (4, "Raum", "grosse  Aula", "no room 'grosse Aula' among the 6 of this company", "Große Aula"),
        (4, "Rolle", "Teilnemer", f"no permission group 'Teilnemer'; {AVAILABLE}", "Participant"),
        (5, "E-Mail", "d@example,org", "comma in the domain", "d@example.org"),
        (
            6,
            "Raum",
            "Seminar A",
            "2 rooms are called 'Seminar A': Nord/Seminar A (na), Süd/Seminar A (sa); use the path or the id",
            "",
        ),
        (6, "coHost", "ja", f"no permission group 'coHost'; {AVAILABLE}", ""),
        (7, "Raum", "Seminar C", "no room 'Seminar C' among the 6 of this company", ""),
        (7, "Rolle", "Chef", f"no permission group 'Chef'; {AVAILABLE}", ""),
    ]
    assert [warning.line for warning in found.warnings] == [3]
    assert write_report(tmp_path / "report.csv", found) == 8


def test_what_all_rows_got_has_no_column(tmp_path):
    """A room given for rows that name none is told without a column; a list without mistakes stays as it is."""
    (problem,) = THERE.usable(read(tmp_path, "E-Mail\na@example.org\n", room="Saal")).problems
    assert (problem.line, problem.column, problem.value) == (2, "", "Saal")
    good = read(tmp_path, "E-Mail;Raum\na@example.org;aula\n", role="1")
    assert THERE.usable(good) == good


def test_a_name_of_several_is_refused_with_its_rows():
    """As `AmbiguousName` if nothing else is wrong; what does not exist weighs more."""
    rows = [Recipient(email="a@example.org", line=7), Recipient(email="b@example.org", line=9)]
    with pytest.raises(AmbiguousName, match=r"^1 row \(line 9\): 2 rooms are called 'Seminar A'.*; nothing was sent$"):
        THERE.ids(rows, ["n", "Seminar A"], ["1", "2"])
    with pytest.raises(NotFound, match=r"\(line 9\): 2 rooms are called .*; 1 row \(line 7\): no .* 'Chef'") as caught:
        THERE.ids(rows, ["n", "Seminar A"], ["Chef", "2"])
    assert caught.value.name == "Chef"
    assert THERE.ids(rows, ["n", "Große Aula"], ["1", "Teilnehmer"]) == (
        {"n": "n", "Große Aula": "aula"},
        {"1": "1", "Teilnehmer": "2"},
    )


def test_a_wrong_column_does_not_make_an_endless_message():
    """Ten names are enough to see that the column holds no rooms."""
    rows = [Recipient(email=f"guest{n}@example.org", line=n) for n in range(1, 501)]
    with pytest.raises(NotFound) as caught:
        THERE.ids(rows, [f"Firma {row.line}" for row in rows], ["1"] * 500)
    assert caught.value.message.count("no room") == 10
    assert caught.value.message.endswith("; and 490 more such names; nothing was sent")
