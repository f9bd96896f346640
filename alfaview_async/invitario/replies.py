"""From an HTTP answer of Invitario to guests, or to the error that it tells of.

Judged by the body first, since no page says which HTTP status goes with which error.
"""

from codecs import BOM_UTF8
from collections.abc import Sequence

import orjson

from alfaview_async.error_body import bad_reply, printable, status_error
from alfaview_async.errors import BadReply, RedirectRefused, StatusError
from alfaview_async.http_reply import HttpReply
from alfaview_async.invitario.guests import Guests
from alfaview_async.invitario.listing import guests_of
from alfaview_async.invitario.refusals import (
    ApiKeyIncorrect,
    EventUnknown,
    InvalidJson,
    InvitarioError,
    ParametersMissing,
    SessionEnded,
)
from alfaview_async.secret import Secret, SecretJson
from alfaview_async.wire import UnreadableError

_REDIRECTS = range(300, 400)
_FIRST_ERROR = 400
_FIRST_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429
_SHOWN_CHARACTERS = 300
_LOOKED_AT_BYTES = 8192
"""Many times more than what is shown, so no half of a secret stands at the end of that."""
_BY_CODE: dict[int, tuple[type[InvitarioError], str]] = {
    10: (InvalidJson, "Invitario received no JSON; does a proxy rewrite requests?"),
    20: (ParametersMissing, "Invitario misses parameters"),
    30: (SessionEnded, "Invitario does not accept the session"),
    1000: (EventUnknown, "Invitario knows no such event; its id stands in the address of its admin page"),
    1010: (ApiKeyIncorrect, "Invitario refused the App Code; the list of check-in configurations shows the right one"),
}
"""Invitario's code -> class of the error, and what it means for the caller."""


def success(path: str, http: HttpReply, secrets: Sequence[Secret]) -> SecretJson:
    """Return the JSON of a success, and raise what any other answer says.

    Args:
        path: What was asked, for the error.
        http: The answer.
        secrets: What was sent and must not come back in a message.

    Raises:
        InvitarioError: Invitario refused; the subclass says why.
        StatusError: An HTTP status that says so, without a code of Invitario's.
        BadReply: No JSON object, one that says neither yes nor no, or one without what was asked for.
    """
    if http.status in _REDIRECTS:
        raise RedirectRefused(
            f"redirect (HTTP {http.status}) refused: the App Code would follow it; check the base URL",
            operation=path,
            http_status=http.status,
        )
    raw = _object(http.body)
    if raw is None:
        raise bad_reply("no JSON object", path, http.status, http.headers, _without(http.body, secrets))
    if raw.get("errors") or raw.get("status") not in (None, "success"):
        raise _refusal(raw, path, http, secrets)
    if http.status >= _FIRST_ERROR:
        raise status_error({}, path, http.status, http.headers)
    if raw.get("status") is None:
        raise bad_reply("no status", path, http.status, http.headers, _without(http.body, secrets))
    return raw


def session_of(path: str, http: HttpReply, secrets: Sequence[Secret]) -> Secret:
    """Return the session token of a login; arguments and errors as of `success`."""
    token = success(path, http, secrets).get("sessionToken")
    if not isinstance(token, str) or not token:
        raise BadReply("the login brought no session token", operation=path)
    return Secret(token)


def list_of(path: str, http: HttpReply, secrets: Sequence[Secret]) -> Guests:
    """Return the guests of a list; arguments and errors as of `success`."""
    raw = success(path, http, secrets)
    try:
        return guests_of(raw)
    except UnreadableError as error:
        reason = str(error)
    # Raised out here, the error has no context: the locals of its frames are access codes among other things.
    raise BadReply(f"the reply is not as documented: {reason}", operation=path)


def _object(body: bytes | bytearray) -> SecretJson | None:
    try:
        raw = orjson.loads(memoryview(body)[len(BOM_UTF8) if body.startswith(BOM_UTF8) else 0 :])
    except orjson.JSONDecodeError:
        return None
    return SecretJson(raw) if isinstance(raw, dict) else None


def _refusal(raw: SecretJson, path: str, http: HttpReply, secrets: Sequence[Secret]) -> StatusError:
    """Build the error: by the first code that is documented, else by an HTTP status that passes, else as it came."""
    errors = raw.get("errors")
    entries = [entry for entry in errors if isinstance(entry, dict)] if isinstance(errors, list) else []
    entries.sort(key=lambda entry: _code(entry) not in _BY_CODE)
    entry = entries[0] if entries else {}
    said = _said(entry.get("message"), raw.get("displayMessage"), secrets=secrets)
    code = _code(entry)
    if code not in _BY_CODE and (http.status >= _FIRST_SERVER_ERROR or http.status == _TOO_MANY_REQUESTS):
        return status_error({"message": said}, path, http.status, http.headers)
    kind, meaning = _BY_CODE.get(code, (InvitarioError, f"Invitario refused with code {code}"))
    return kind(f"{meaning} ({said or 'no reason given'})", operation=path, code=code, http_status=http.status)


def _code(entry: dict[str, object]) -> int:
    """Read a code; PHP is not particular about numbers and texts."""
    code = entry.get("code")
    if isinstance(code, str) and code.isascii() and code.isdecimal():
        return int(code[:9])
    return code if isinstance(code, int) and not isinstance(code, bool) else 0


def _said(*texts: object, secrets: Sequence[Secret]) -> str:
    told = "; ".join(text for text in texts if isinstance(text, str) and text)
    return printable(_without(told.encode("utf-8", "replace"), secrets).decode("utf-8", "replace"), _SHOWN_CHARACTERS)


def _without(body: bytes | bytearray, secrets: Sequence[Secret]) -> bytes:
    """Return a start from which what we know to be secret is taken: an App Code is too short to look like one."""
    start = bytes(body[:_LOOKED_AT_BYTES])
    for secret in secrets:
        start = start.replace(secret.reveal().encode("utf-8", "replace"), b"***")
    return start
