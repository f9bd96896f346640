"""Which column holds what: header -> field, in German and English, however it is spelt."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence

from attrs import frozen

from alfaview_async.bulk.recipients import RowProblem, printable
from alfaview_async.bulk.sources import Row, Table
from alfaview_async.errors import ConfigurationError, RecipientsRejected


class MissingColumn(RecipientsRejected):
    """A list has no column that is understood as that of the e-mail address.

    Attributes:
        header: The headers that were found.
        probable: The one below which addresses stand; empty if there is none.
    """

    header: tuple[str, ...] = ()
    probable: str = ""


_ALIASES = {
    "email": "email mail emailadresse emailaddress mailadresse mailaddress fieldsemail",
    "display_name": "name displayname anzeigename fullname participant attendee guest gast teilnehmer teilnehmerin "
    "teilnehmername",
    "title": "titel title akademischertitel titleprefix fieldstitle fieldstitleprefix",
    "first_name": "vorname firstname givenname fieldsfirstname",
    "last_name": "nachname lastname surname familienname familyname fieldslastname",
    "locale": "sprache language locale lang",
    "role": "rolle role berechtigung berechtigungsgruppe permission permissiongroup",
    "co_host": "cohost",
    "panelist": "panelist podiumsgast",
    "room": "raum room kurs course seminar",
    "timezone": "zeitzone timezone tz tzid",
    "key": "key schlussel schluessel externalid externeid fieldsexternalid guestid gastid teilnehmerid participantid "
    "attendeeid id uuid guid",
    "valid_from": "gultigvon gueltigvon gultigab gueltigab validfrom start beginn von from",
    "valid_until": "gultigbis gueltigbis validuntil validto ende end bis until",
}
_FIELD_OF = {alias: field for field, aliases in _ALIASES.items() for alias in aliases.split()}
_RANK = {alias: rank for aliases in _ALIASES.values() for rank, alias in enumerate(aliases.split())}
_NAME_PARTS = ("title", "first_name", "last_name")
_SEVERAL = {"key"}
"""Fields of which a list may have several columns: the alias named first above counts."""
_MOST_COLUMNS = 1000


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


def holds_address(header: Sequence[str], chosen: Mapping[str, str]) -> bool:
    """Tell whether one of the headers is that of the e-mail address; `chosen` is as for `find_columns`."""
    wanted = [_folded(chosen["email"])] if chosen.get("email") else _ALIASES["email"].split()
    return not set(map(_folded, header)).isdisjoint(wanted)


def find_columns(table: Table, chosen: Mapping[str, str], sample: Sequence[Row | RowProblem] = ()) -> Columns:
    """Find out which column holds which field.

    Args:
        table: The table whose header is looked at.
        chosen: Field -> header, for headers that are not understood, or to settle which of two columns counts. An empty
            text instead of a header says that no column holds the field, whatever it is called.
        sample: A few rows, to name the column of addresses if its header does not tell.

    Raises:
        ConfigurationError: `chosen` names an unknown field, or a header that the table does not have exactly once.
        RecipientsRejected: No column for the e-mail address, or two columns for one field.
    """
    if len(table.header) > _MOST_COLUMNS:
        raise RecipientsRejected(f"{table.name} has {len(table.header)} columns; at most {_MOST_COLUMNS} are read")
    if unknown := chosen.keys() - _ALIASES.keys():
        raise ConfigurationError(f"there is no field {min(unknown)!r}; the fields are {', '.join(_ALIASES)}")
    header = _distinct(table.header)
    position = {field: _chosen_column(wanted, header, table.name) for field, wanted in chosen.items() if wanted}
    taken = set(position.values())
    candidates: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        field = _FIELD_OF.get(_folded(name))
        if field and field not in chosen and index not in taken:
            candidates.setdefault(field, []).append(index)
    _read_name_as_surname(candidates, position)
    for field, indexes in candidates.items():
        if len(indexes) > 1 and field not in _SEVERAL:
            names = " and ".join(f'"{printable(header[index])}"' for index in indexes)
            raise RecipientsRejected(
                f"{table.name}: {names} both look like the column for {field}; "
                f"say which with columns={{{field!r}: {header[indexes[0]]!r}}}"
            )
        position[field] = min(indexes, key=lambda index: _RANK[_folded(header[index])])
    if "email" not in position:
        raise _no_address_column(table, header, sample)
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


def _chosen_column(wanted: str, header: Sequence[str], name: str) -> int:
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


def _no_address_column(table: Table, header: Sequence[str], sample: Sequence[Row | RowProblem]) -> "MissingColumn":
    found = f"{table.name} has no column for the e-mail address; found: {_listed(header)}"
    probable = "" if any("@" in name for name in header) else _column_of_addresses(header, sample)
    if any("@" in name for name in header):
        message = f"{found}; line {table.header_line} looks like a guest, so put a header line above it"
    elif probable:
        shown = printable(probable, 80)
        message = f"{found}; name it, e.g. columns={{'email': {shown!r}}} (--map email={shown})"
    else:
        delimiter = "" if table.delimiter else "; if these are several columns, give the delimiter"
        message = f"{found}; name it with columns={{'email': 'HEADER'}} (--map email=HEADER){delimiter}"
    error = MissingColumn(message)
    error.header, error.probable = tuple(header), probable
    return error


def _column_of_addresses(header: Sequence[str], sample: Sequence[Row | RowProblem]) -> str:
    for row in sample:
        cells = () if isinstance(row, RowProblem) else row.cells
        for name, cell in zip(header, cells, strict=False):
            if "@" in cell:
                return name
    return ""
