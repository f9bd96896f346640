"""Which column holds what: header -> field, in German and English, however it is spelt."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from alfaview_async.bulk.recipients import printable
from alfaview_async.bulk.sources import Table
from alfaview_async.errors import ConfigurationError, RecipientsRejected

_ALIASES = {
    "email": "email mail emailadresse emailaddress mailadresse mailaddress fieldsemail",
    "display_name": "name displayname anzeigename fullname participant attendee guest gast teilnehmer teilnehmerin "
    "teilnehmername",
    "title": "titel title akademischertitel fieldstitle",
    "first_name": "vorname firstname givenname fieldsfirstname",
    "last_name": "nachname lastname surname familienname familyname fieldslastname",
    "locale": "sprache language locale lang",
    "role": "rolle role berechtigung berechtigungsgruppe permission permissiongroup",
    "room": "raum room kurs course seminar",
    "valid_from": "gultigvon gueltigvon gultigab gueltigab validfrom start beginn von from",
    "valid_until": "gultigbis gueltigbis validuntil validto ende end bis until",
}
_FIELD_OF = {alias: field for field, aliases in _ALIASES.items() for alias in aliases.split()}
_NAME_PARTS = ("title", "first_name", "last_name")
_SAMPLE_ROWS = 20


@frozen(kw_only=True)
class Columns:
    """Which column of a table holds which field.

    Attributes:
        header: The header, trimmed; unnamed and repeated headers are numbered, so that each is a distinct key.
        position: Field -> index of its column, in the order of the columns.
    """

    header: tuple[str, ...]
    position: Mapping[str, int]

    def named(self, *fields: str) -> str:
        """Return the headers of those `fields` that have a column, joined by `+`."""
        return "+".join(self.header[self.position[field]] for field in fields if field in self.position)

    @property
    def name_fields(self) -> tuple[str, ...]:
        """The fields that make up a guest's name, in the order in which it is written."""
        return tuple(field for field in _NAME_PARTS if field in self.position)

    def described(self) -> dict[str, str]:
        """Return field -> header for people: the parts of the name stand together as `display_name`."""
        description: dict[str, str] = {}
        for field in self.position:
            if field not in _NAME_PARTS:
                description[field] = self.named(field)
            elif "display_name" not in self.position:
                description["display_name"] = self.named(*self.name_fields)
        return description


def find_columns(table: Table, chosen: Mapping[str, str]) -> Columns:
    """Find out which column holds which field.

    Args:
        table: The table whose header is looked at.
        chosen: Field -> header, for headers that are not understood, or to settle which of two columns counts.

    Raises:
        ConfigurationError: `chosen` names an unknown field, or a header that the table does not have exactly once.
        RecipientsRejected: No column for the e-mail address, or two columns for one field.
    """
    header = _distinct(table.header)
    position = {field: _chosen_column(field, wanted, header, table.name) for field, wanted in chosen.items()}
    taken = set(position.values())
    candidates: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        field = _FIELD_OF.get(_folded(name))
        if field and field not in chosen and index not in taken:
            candidates.setdefault(field, []).append(index)
    _read_name_as_surname(candidates, position)
    for field, indexes in candidates.items():
        if len(indexes) > 1:
            names = " and ".join(f'"{printable(header[index])}"' for index in indexes)
            raise RecipientsRejected(
                f"{table.name}: {names} both look like the column for {field}; "
                f"say which with columns={{{field!r}: {header[indexes[0]]!r}}}"
            )
        position[field] = indexes[0]
    if "email" not in position:
        raise RecipientsRejected(_no_address_column(table, header))
    return Columns(header=header, position=dict(sorted(position.items(), key=lambda item: item[1])))


def _folded(header: str) -> str:
    """Drop what spellings differ in: case, accents, spaces, hyphens, underscores and other punctuation."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKD", header).casefold()))


def _distinct(header: Sequence[str]) -> tuple[str, ...]:
    names = [" ".join(cell.split()) for cell in header]
    while names and not names[-1]:
        names.pop()  # a delimiter at the line's end, not a column
    distinct: dict[str, None] = {}
    copies: Counter[str] = Counter()
    for index, name in enumerate(names, 1):
        candidate = base = name or f"column {index}"
        while candidate in distinct:
            copies[base] += 1
            candidate = f"{base} ({copies[base] + 1})"
        distinct[candidate] = None
    return tuple(distinct)


def _listed(header: Sequence[str]) -> str:
    return printable("; ".join(header), 200)


def _chosen_column(field: str, wanted: str, header: Sequence[str], name: str) -> int:
    if field not in _ALIASES:
        raise ConfigurationError(f"there is no field {field!r}; the fields are {', '.join(_ALIASES)}")
    exact = [index for index, found in enumerate(header) if found == wanted.strip()]
    matches = exact or [index for index, found in enumerate(header) if _folded(found) == _folded(wanted)]
    if len(matches) != 1:
        count = "no column" if not matches else f"{len(matches)} columns"
        raise ConfigurationError(f"{name} has {count} called {wanted!r}; found: {_listed(header)}")
    return matches[0]


def _read_name_as_surname(candidates: dict[str, list[int]], position: Mapping[str, int]) -> None:
    # `Vorname;Name` is the usual German pair, and its `Name` is the surname.
    fields = {*candidates, *position}
    if "first_name" in fields and "last_name" not in fields and "display_name" in candidates:
        candidates["last_name"] = candidates.pop("display_name")


def _no_address_column(table: Table, header: Sequence[str]) -> str:
    found = f"{table.name} has no column for the e-mail address; found: {_listed(header)}"
    if any("@" in name for name in header):
        return f"{found}; line {table.header_line} looks like a guest, so put a header line above it"
    for row in table.rows[:_SAMPLE_ROWS]:
        for name, cell in zip(header, row.cells, strict=False):
            if "@" in cell:
                return f"{found}; name it, e.g. columns={{'email': {name!r}}} (--map email={name})"
    delimiter = "" if table.delimiter else "; if these are several columns, give the delimiter"
    return f"{found}; name it with columns={{'email': 'HEADER'}} (--map email=HEADER){delimiter}"
