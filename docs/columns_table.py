"""Writes the page of columns: which headers are understood, and what stands in the files that come out."""

import orjson
from generated_page import code, table

from alfaview_async.bulk import Recipient, RowResult, RowStatus
from alfaview_async.bulk.columns import _ALIASES, _folded
from alfaview_async.bulk.outputs.jsonl import json_line
from alfaview_async.bulk.outputs.table import RESULT_COLUMNS
from alfaview_async.bulk.states import MailState
from alfaview_async.cli.jobs.guest_list import PROBLEM_COLUMNS
from alfaview_async.cli.jobs.result_rows import COLUMNS

HEADERS = {
    "email": ("E-Mail, Mail, E-Mail-Adresse, Mail-Adresse", "Email, Email address, Mail address"),
    "display_name": (
        "Name, Anzeigename, Gast, Teilnehmer, Teilnehmerin, Teilnehmername",
        "Display name, Full name, Participant, Attendee, Guest",
    ),
    "title": ("Titel, Akademischer Titel", "Title, Title prefix"),
    "first_name": ("Vorname", "First name, Given name"),
    "last_name": ("Nachname, Familienname", "Last name, Surname, Family name"),
    "locale": ("Sprache", "Language, Locale, Lang"),
    "role": ("Rolle, Berechtigung, Berechtigungsgruppe", "Role, Permission, Permission group"),
    "co_host": ("", "coHost"),
    "panelist": ("Podiumsgast", "Panelist"),
    "room": ("Raum, Kurs, Seminar", "Room, Course"),
    "timezone": ("Zeitzone", "Time zone, TZ, TZID"),
    "key": (
        "Schlüssel, Schluessel, Gast-ID, Teilnehmer-ID, Externe ID",
        "Key, ID, UUID, GUID, Guest ID, Participant ID, Attendee ID, External ID",
    ),
    "valid_from": ("Gültig von, Gueltig von, Gültig ab, Gueltig ab, Beginn, von", "Valid from, Start, from"),
    "valid_until": ("Gültig bis, Gueltig bis, Ende, bis", "Valid until, Valid to, End, until"),
}
"""Field -> headers as people write them, in German and in English."""
INVITARIO_HEADERS = {
    "email": "fields.email",
    "title": "fields.title, fields.titlePrefix",
    "first_name": "fields.firstName",
    "last_name": "fields.lastName",
    "key": "fields.externalId",
}
"""Field -> headers of Invitario's exports."""
MEANINGS = {
    "email": "the address; must be there",
    "display_name": "the name to show, at most 128 characters",
    "title": "before the name",
    "first_name": "with `last_name` instead of a whole name; then `Name` alone is the surname",
    "last_name": "see `first_name`",
    "locale": "language of the mail: `de`, `en`, `Deutsch`, `en-GB`; any other gives `en` and a warning",
    "role": "name or id of the permission group; without it that of the run",
    "co_host": "yes or no; yes gives the role `coHost` (Webex)",
    "panelist": "yes or no; yes gives the role `panelist` (Webex)",
    "room": "name, path or id of the room; without it that of the run",
    "timezone": "IANA name for the times of the row, e.g. `Europe/London`",
    "key": "tells guests apart who share an address",
    "valid_from": "`2030-01-14 09:00`, `14.01.2030 09:00`, `14.01.30`; a day alone begins at 00:00",
    "valid_until": "likewise; a day alone ends at 23:59:59",
}
HEAD = """# Columns of lists and of links

Which columns a guest list may have, and what stands in the files that come out.

## Input

Case, accents, spaces, hyphens and punctuation in headers do not matter: `E-MAIL`, `e_mail` and `Email` are one. Columns
may stand in any order; those that are not understood are kept, and come out again. `--map FIELD=HEADER` or
`read_recipients(columns={...})` names a column that is not understood; an empty header says that no column holds the
field; and `[columns]` in [config.toml](configuration.md) teaches `alfactl` a header for good.

"""


def page() -> str:
    """Return the page."""
    return (
        HEAD
        + table(("field", "holds", "German headers", "English headers", "Invitario"), map(_field, _ALIASES))
        + "\nJSON lists have objects with these fields, or these headers, as keys.\n"
        + "\n## Output: CSV and workbooks\n\nThe columns of the list as they came, then: "
        + f"{code(RESULT_COLUMNS)}.\nA column of the list with one of these names becomes `… (list)`.\n\n"
        + table(
            ("column", "holds"),
            (
                ("`status`", code(status.value for status in RowStatus)),
                ("`join_link`", "the personal link: whoever has it can enter"),
                ("`link_id`", "by which the link can be deleted"),
                ("`error`", "why there is no link, or why nobody knows"),
            ),
        )
        + "\nCSV has the delimiter of the list; cells that a spreadsheet could take for a formula get an apostrophe.\n"
        + f"\n## Output: JSON lines\n\nEach line has {code(_json_keys())}; `extra` has the original cells by header. "
        + f"`mail` is one of {code(state.value for state in MailState)}.\n"
        + "\n## Output: stdout of `alfactl bulk`\n\n"
        + f"With `-o csv`, `tsv`, `json` and `jsonl`: {code(COLUMNS)}.\n"
        + "\n## Output: the report of bad rows\n\n"
        + f"`guests.report.csv`: {code(PROBLEM_COLUMNS)}; `kind` is `error` or `warning`.\n"
    )


def _field(field: str) -> tuple[str, ...]:
    german, english = HEADERS[field]
    return f"`{field}`", MEANINGS[field], german, english, INVITARIO_HEADERS.get(field, "")


def _json_keys() -> list[str]:
    result = RowResult(recipient=Recipient(email="ada@example.org", display_name="Ada"), status=RowStatus.CREATED)
    return list(orjson.loads(json_line(result)))


def undescribed_headers() -> dict[str, set[str]]:
    """Return field -> folded headers that the code understands and the page does not name, or the other way round."""
    named = {
        field: {
            _folded(name)
            for names in (*HEADERS.get(field, ()), INVITARIO_HEADERS.get(field, ""))
            for name in names.split(",")
            if name
        }
        for field in HEADERS | _ALIASES
    }
    return {field: wrong for field in named if (wrong := named[field] ^ set(_ALIASES.get(field, "").split()))}
