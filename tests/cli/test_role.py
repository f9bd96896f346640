"""`alfactl role`, and the names by which `--role` understands roles."""

import pytest
from alfactl import Person
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async.emulator import Emulator
from alfaview_async.emulator.thread import EmulatorThread
from alfaview_async.errors import AmbiguousName, NotFound
from alfaview_async.models.business import PermissionGroup
from alfaview_async.services.role_names import group_named, meant_role, other_name

GROUPS = {
    "1": PermissionGroup(name="Moderator"),
    "2": PermissionGroup(name="Participant"),
    "3": PermissionGroup(name="Zuschauer"),
    "4": PermissionGroup(name="Trainer"),
}


def test_roles_are_listed_with_their_names_in_both_languages(tmp_path):
    """In the order of the company; what they allow, by the names of the flags."""
    with EmulatorThread(Emulator(seed="training-centre")) as emulator:
        person = Person.with_key(tmp_path, emulator)
        roles = person.data("role", "list")
    assert [(role["name"], role["alias"]) for role in roles] == [
        ("Moderator", ""),
        ("Participant", "Teilnehmer"),
        ("Spectator", "Zuschauer"),
        ("Trainer", ""),
    ]
    assert roles[1]["id"] == "6067b76c-5450-4fab-b70d-c7ba99eddcf2"
    assert roles[2]["may"] == "join chat"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2", "2"),
        ("participant", "2"),
        ("Teilnehmer", "2"),
        ("Teilnehmerin", "2"),
        ("Teilnehmer*in", "2"),
        ("TEILNEHMER:innen", "2"),
        (" Teilnehmende ", "2"),
        ("Spectator", "3"),
        ("Zuschauer/-in", "3"),
        ("Moderator(in)", "1"),
        ("trainerin", "4"),
    ],
)
def test_a_role_is_understood_in_either_language(text, found):
    """By id, by name in any case, by the name in the other language, in the forms for both genders."""
    assert group_named(GROUPS, text) == (found, GROUPS[found])


def test_a_name_of_the_company_counts_more_than_an_alias():
    """A company that has both "Participant" and "Teilnehmer" means what it says."""
    both = {"a": PermissionGroup(name="Participant"), "b": PermissionGroup(name="Teilnehmer")}
    assert group_named(both, "teilnehmer")[0] == "b"
    assert group_named(both, "participant")[0] == "a"
    with pytest.raises(AmbiguousName, match="use the id: a, b"):
        group_named(both, "Teilnehmerin")


@pytest.mark.parametrize(
    ("text", "meant"),
    [("Teilnemer", "Participant (Teilnehmer)"), ("Partisipant", "Participant"), ("Spektator", "Zuschauer (Spectator)")],
)
def test_a_slip_of_the_pen_is_guessed(text, meant):
    """The role is named, and the alias that was nearly hit."""
    with pytest.raises(NotFound) as caught:
        group_named(GROUPS, text)
    assert (caught.value.name, caught.value.operation) == (text, "businessLogicService/permissionGroups/list")
    assert meant_role(GROUPS, text) == meant


def test_the_other_name():
    """Empty where there is none, or where it is the same."""
    assert [other_name(name) for name in ("Participant", "teilnehmer", "Zuschauerin", "Moderator", "Tutor")] == [
        "Teilnehmer",
        "Participant",
        "Spectator",
        "",
        "",
    ]


@given(st.text(max_size=40))
def test_any_text_is_a_role_or_is_not(text):
    """Nothing but the two errors that are announced; no guess is made up."""
    try:
        role_id, group = group_named(GROUPS, text)
    except NotFound:
        meant = meant_role(GROUPS, text)
        assert not meant or meant.partition(" (")[0] in {group.name for group in GROUPS.values()}
    else:
        assert GROUPS[role_id] is group
