"""What roles are called in English and German: either name is understood for the other.

The handbook shows English names only; which German ones companies have given theirs is not documented, so the usual
words are listed.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches

from alfaview_async.errors import AmbiguousName, NotFound
from alfaview_async.models.business import PermissionGroup

_SAME = (
    ("Moderator", "Moderator", "Moderatorin"),
    ("Participant", "Teilnehmer", "Teilnehmerin", "Teilnehmende"),
    ("Spectator", "Zuschauer", "Zuschauerin", "Zuschauende"),
    ("Guest", "Gast"),
    ("Trainer", "Trainer", "Trainerin"),
    ("Lecturer", "Dozent", "Dozentin"),
)
"""English, German, and further names of the same."""
_BOTH_GENDERS = re.compile(r"[*:_/(]-?in(nen)?\)?$")
"""Teilnehmer*in, Teilnehmer:in, Teilnehmer/-in, Teilnehmer(in)"""


def _key(name: str) -> str:
    return _BOTH_GENDERS.sub("", name.strip().casefold())


_ALIASES = {_key(name): names for names in _SAME for name in names}


def other_name(name: str) -> str:
    """Return what a role is called in the other language, empty if that is the same or nobody knows."""
    english, german, *_ = _ALIASES.get(_key(name), ("", ""))
    other = german if _key(name) == _key(english) else english
    return "" if _key(other) == _key(name) else other


def group_named(groups: Mapping[str, PermissionGroup], text: str) -> tuple[str, PermissionGroup]:
    """Find a group among all of a company; arguments, result and errors as of `BusinessService.permission_group`."""
    if text in groups:
        return text, groups[text]
    wanted = text.strip().casefold()
    found = [group_id for group_id, group in groups.items() if group.name.casefold() == wanted]
    if not found:
        same = {_key(name) for name in _ALIASES.get(_key(text), ())}
        found = [group_id for group_id, group in groups.items() if _key(group.name) in same]
    if not found:
        names = ", ".join(sorted(group.name for group in groups.values()))
        message = f"no permission group {text!r}; available: {names or 'none'}"
        raise NotFound.of(text, message, operation="businessLogicService/permissionGroups/list")
    if len(found) > 1:
        raise AmbiguousName(f"{len(found)} permission groups are called {text!r}; use the id: {', '.join(found)}")
    return found[0], groups[found[0]]


def meant_role(groups: Mapping[str, PermissionGroup], text: str) -> str:
    """Return the role that was probably meant, with the alias that it was mistaken for; empty if nobody can tell."""
    shown = {}
    for group in groups.values():
        for name in _ALIASES.get(_key(group.name), ()):
            shown[_key(name)] = f"{group.name} ({name})"
        shown[_key(group.name)] = group.name
    close = get_close_matches(_key(text), shown, n=1)
    return shown[close[0]] if close else ""
