"""What the page at `/_emulator/` is made of: static files, the mails as pages of their own, and the facts it shows."""

import re
from base64 import b64encode
from datetime import datetime
from hashlib import sha256
from html import escape
from pathlib import Path

from alfaview_async.emulator.faults import Fault
from alfaview_async.emulator.outbox import Mail, zone
from alfaview_async.emulator.request_log import LoggedRequest
from alfaview_async.emulator.state import Company
from alfaview_async.models.guests import GroupLink, GuestLink
from alfaview_async.models.rooms import Room
from alfaview_async.wire import write

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Only what this emulator serves, no inline script or style, no page around it."""
_MAIL_POLICY = "default-src 'none'; style-src 'sha256-{}'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""The frame of a mail has no origin that could load a file, so its style stands in it, named by its hash."""
_FOLDER = Path(__file__).parent / "page"
_TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
_URL = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
_MAIL = """<!doctype html>
<html lang="{language}">
<meta charset="utf-8">
<title>{subject}</title>
<style>{style}</style>
<h1>{subject}</h1>
<p class="to">{to}</p>
<article>{text}</article>
</html>
"""


def static(name: str) -> tuple[str, bytes] | None:
    """Read a file of the page: its content type and bytes; `None` if there is none of that name."""
    path = _FOLDER / name
    if "/" in name or "\\" in name or path.suffix not in _TYPES or not path.is_file():
        return None
    return _TYPES[path.suffix], path.read_bytes()


def mail_page(mail: Mail) -> tuple[str, str]:
    """Render a mail as a page whose only active parts are its links; the second value is its content policy."""
    style = (_FOLDER / "mail.css").read_text(encoding="utf-8")
    text = "".join(
        f'<a href="{escape(part)}" target="_blank" rel="noopener noreferrer">{escape(part)}</a>'
        if _URL.fullmatch(part)
        else escape(part)
        for part in re.split(f"({_URL.pattern})", mail.text)
    )
    made = _MAIL.format(
        language=escape(mail.locale), subject=escape(mail.subject), to=escape(mail.to), text=text, style=style
    )
    return made, _MAIL_POLICY.format(b64encode(sha256(style.encode()).digest()).decode())


def mail_facts(number: int, mail: Mail) -> dict[str, object]:
    """Describe a mail; `localTime` is the time in the zone of its text."""
    return {
        "number": number,
        "kind": mail.kind,
        "to": mail.to,
        "locale": mail.locale,
        "subject": mail.subject,
        "text": mail.text,
        "joinLink": mail.join_link,
        "linkId": mail.link_id,
        "timezone": mail.timezone,
        "sentAt": stamp(mail.sent_at),
        "localTime": f"{mail.sent_at.astimezone(zone(mail.timezone)):%Y-%m-%d %H:%M}",
    }


def company_facts(company: Company, links: dict[str, int]) -> dict[str, object]:
    """Describe a company and its rooms, with the number of links of each room."""
    return {
        "id": company.id,
        "name": company.profile.display_name,
        "links": len(company.links),
        "rooms": [_room_facts(room_id, room, links.get(room_id, 0)) for room_id, room in company.rooms.items()],
    }


def link_facts(link: GuestLink | GroupLink, company: Company) -> dict[str, object]:
    """Describe a link as the wire does, with its kind, its name whichever kind it is, and the name of its role."""
    role = company.permission_groups.get(link.permission_group_id)
    is_guest = isinstance(link, GuestLink)
    return {
        **write(link),
        "kind": "guest" if is_guest else "group",
        "name": (link.display_name or link.email) if isinstance(link, GuestLink) else link.description,
        "role": role.name if role else "",
    }


def fault_facts(fault: Fault) -> dict[str, object]:
    """Describe a fault as it was asked for, and how often it struck."""
    return {
        "id": fault.id,
        "match": fault.operation,
        "do": fault.do,
        "on": fault.on,
        "times": fault.times,
        "status": fault.status,
        "http": fault.http,
        "seconds": fault.seconds,
        "location": fault.location,
        "seen": fault.seen,
        "fired": fault.fired,
    }


def request_facts(number: int, request: LoggedRequest) -> dict[str, object]:
    """Describe a request, secrets masked."""
    return {"number": number, "path": request.path, "status": request.status, "body": request.body}


def stamp(moment: datetime) -> str:
    """Write a time for JSON, in UTC."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _room_facts(room_id: str, room: Room, links: int) -> dict[str, object]:
    kind = room.type.removeprefix("ROOM_TYPE_").lower()
    return {
        "id": room_id,
        "name": room.display_name,
        "parentId": room.parent_id,
        "type": kind,
        "sort": room.sort,
        "links": links,
    }
