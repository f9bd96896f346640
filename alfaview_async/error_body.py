"""Error replies: what their bodies say, in every form that gateways give them, and how to say it on."""

import re
import string
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from alfaview_async.errors import BadReply, Outcome, StatusError
from alfaview_async.http_date import http_date
from alfaview_async.models.status import StatusCode
from alfaview_async.status_errors import GRPC_STATUS, HTTP_STATUS, STATUS_ERRORS

_MESSAGE_LIMIT = 500
_EXCERPT_LIMIT = 200
_SECRET = re.compile(r"[A-Za-z0-9+/_=]{28,}|[A-Za-z0-9+/_=.-]{40,}")
"""Access keys and tokens have at least 32 of these characters in a row; ids have hyphens and 36, or 26."""
_SECRET_OR_ID = re.compile(r"[A-Za-z0-9+/_=%-]{20,}")
"""Refresh tokens look like ids, so where a body may be a login reply cut short, ids go too."""
_SECRET_CHARACTERS = string.ascii_letters + string.digits + "+/_=%-"
_JSON_TEXT = re.compile(r"""(:\s*")(?:[^"\\]|\\.)*+""")
"""The text of a key, whole or cut off: dial-in codes and half a token are too short to look like secrets."""


def status_error(
    raw: Mapping[str, Any], path: str, http_status: int, headers: Mapping[str, str], request_ids: Sequence[str] = ()
) -> StatusError:
    """Build the error that an error body tells of, judged by code before message, body before HTTP status."""
    detail = _detail(raw)
    http_status = _number(raw.get("http_code")) or http_status
    grpc_code = _number(raw.get("code") or raw.get("grpc_code"))
    message = _first_text(raw.get("message"), detail.get("statusMessage"), raw.get("error")) or "no reason given"
    by_code = GRPC_STATUS.get(grpc_code) or (HTTP_STATUS.get(http_status, "INTERNAL") if http_status != 200 else "")  # noqa: PLR2004
    said = _status_text(detail.get("statusCode")) or _status_by_message(message, grpc_code) or by_code or "INTERNAL"
    unknown = said not in StatusCode.__members__
    kind = STATUS_ERRORS.get(said) or (STATUS_ERRORS.get(by_code) if unknown else None) or StatusError
    if path.startswith("authenticationService/"):
        message = _SECRET_OR_ID.sub("***", message)
    error = kind(
        f"{said}: {printable(message)}",
        operation=path,
        request_ids=request_ids,
        status=said,
        grpc_code=grpc_code,
        http_status=http_status,
        retry_after=retry_after(headers),
    )
    if not grpc_code and not detail and error.outcome is Outcome.REFUSED:
        error.outcome = Outcome.AMBIGUOUS  # some proxy's JSON: it does not know what alfaview did
    return error


def bad_reply(
    problem: str,
    path: str,
    http_status: int,
    headers: Mapping[str, str],
    body: bytes,
    request_ids: Sequence[str] = (),
) -> BadReply:
    """Build the error for a body that is not alfaview's; shows the start of it, without what may be a secret."""
    start = _start(body.decode("utf-8", "replace"), _EXCERPT_LIMIT * 4)
    excerpt = printable(_SECRET_OR_ID.sub("***", _JSON_TEXT.sub(r"\1***", start)), _EXCERPT_LIMIT)
    kind = printable(headers.get("Content-Type", "no content type"), 80)
    return BadReply(
        f"{problem} in the reply (HTTP {http_status}, {kind}): {excerpt or 'empty'}",
        operation=path,
        request_ids=request_ids,
        http_status=http_status,
        retry_after=retry_after(headers),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read how many seconds the server asks to wait: a number, or a date against the server's own clock."""
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return float(value[:10])
    then, now = http_date(value), http_date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (then - now).total_seconds()) if then else None


def printable(text: str, limit: int = _MESSAGE_LIMIT) -> str:
    """Make foreign text safe to show: no control or bidi characters, nothing like a secret, not too long."""
    safe = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in _SECRET.sub("***", _start(text, limit * 4)))
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def _start(text: str, length: int) -> str:
    """Cut a text, and take off a word that the cut went through: half a secret does not look like one."""
    return text if len(text) <= length else text[:length].rstrip(_SECRET_CHARACTERS) + "…"


def _detail(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find the reply info among the details, or where replies have it; its `@type` is not always the documented one."""
    details = raw.get("details")
    candidates = [*(details if isinstance(details, list) else ()), raw.get("replyInfo"), raw]
    return next((item for item in candidates if isinstance(item, dict) and item.get("statusCode")), {})


def _status_text(value: object) -> str:
    """Read a status code; the handbook itself prints one with a stray backslash."""
    if isinstance(value, str):
        value = value.replace("\\", "").strip().upper()
    elif isinstance(value, bool) or not isinstance(value, int):
        return ""
    code = StatusCode.from_wire(value)
    return "" if code == StatusCode.OK else printable(code.value, 60)


def _status_by_message(message: str, grpc_code: int) -> str:
    text = message.lower()
    if "context deadline exceeded" in text:
        return "DEADLINE_EXCEEDED"
    if "token expired" in text and grpc_code in (0, 16):
        return "TOKEN_OUTDATED"
    return ""


def _first_text(*values: object) -> str:
    return next((value for value in values if isinstance(value, str) and value), "")


def _number(value: object) -> int:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value[:9])
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
