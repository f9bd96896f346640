"""What Webex's error answers mean: class from the HTTP status, text from any of the body's known forms.

The forms: `message` with `errors[].description`; `code` or `errorCode` with `message`; `error` as a list of
`{key, message: [{description, code}]}`, as one such object, or as text. A 429 may have no body at all.
"""

import re
from collections.abc import Iterator, Mapping

from alfaview_async.error_body import bad_reply, printable, retry_after
from alfaview_async.errors import AlfaviewError, Outcome, RedirectRefused, StatusError
from alfaview_async.status_errors import HTTP_STATUS, STATUS_ERRORS
from alfaview_async.webex.bodies import json_in
from alfaview_async.webex.exchange import TRACKING_ID, HttpAnswer
from alfaview_async.wire import UnreadableError

_REDIRECTS = range(300, 400)
_CLIENT_ERRORS = range(400, 500)
_STATUS = HTTP_STATUS | {
    409: "ALREADY_EXISTS",
    410: "NOT_FOUND",
    423: "RESOURCE_EXHAUSTED",
}
"""HTTP status -> status code of alfaview's of the same meaning; other 4xx are INVALID_ARGUMENT, the rest INTERNAL.

423, "locked", is documented as 429 is: unavailable for the moment, `Retry-After` may say for how long.
"""
_TRACKING_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")
"""Long enough to look like a secret, which `printable` would hide."""
_PUT_OFF = "RESOURCE_EXHAUSTED"
_TEXT_KEYS = ("message", "description", "reason", "error", "errors", "error_description")
_DEEPEST = 5
_MOST_TEXTS = 5


def refusal(reply: HttpAnswer, label: str) -> AlfaviewError:
    """Build the error that an answer other than success tells of.

    Args:
        reply: The answer.
        label: Method and path of the request.
    """
    if reply.status in _REDIRECTS:
        return RedirectRefused(
            f"Webex answered HTTP {reply.status}, a redirect; it is not followed, since it would take our token along",
            operation=label,
            http_status=reply.status,
        )
    body = _json_object(reply)
    said = _STATUS.get(reply.status) or ("INVALID_ARGUMENT" if reply.status in _CLIENT_ERRORS else "INTERNAL")
    texts = list(dict.fromkeys(_texts(body, _DEEPEST)))[:_MOST_TEXTS]
    error = STATUS_ERRORS.get(said, StatusError)(
        _message(reply, body, texts, label),
        operation=label,
        status=said,
        http_status=reply.status,
        retry_after=retry_after(reply.headers),
    )
    if error.outcome is Outcome.REFUSED and said != _PUT_OFF and not tracking_id(reply):
        error.outcome = Outcome.AMBIGUOUS  # some proxy's word: it does not know what Webex did
    return error


def tracking_id(reply: HttpAnswer) -> str:
    """Return the id under which Webex's support finds the request, from body or header; empty if there is none."""
    said = _json_object(reply).get("trackingId")
    text = said if isinstance(said, str) and said else reply.headers.get(TRACKING_ID, "")
    return text if _TRACKING_ID.fullmatch(text) else printable(text, 100)


def _json_object(reply: HttpAnswer) -> Mapping[str, object]:
    """Parse a body; what is no JSON object is an empty one."""
    try:
        parsed = json_in(reply)
    except UnreadableError:
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _message(reply: HttpAnswer, body: Mapping[str, object], texts: list[str], label: str) -> str:
    if not texts:
        if not reply.body:
            return f"Webex answered HTTP {reply.status} and no reason"
        return bad_reply("no reason that we can read", label, reply.status, reply.headers, reply.body).message
    code = next((c for key in ("code", "errorCode") if (c := _code(body.get(key)))), "")
    return printable(f"HTTP {reply.status}: {'; '.join(texts)}{f' (code {code})' if code else ''}")


def _code(value: object) -> str:
    is_code = isinstance(value, int | str) and not isinstance(value, bool)
    return str(value)[:20] if is_code else ""


def _texts(value: object, depth: int) -> Iterator[str]:
    """Yield every text that gives a reason, outer ones first."""
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _texts(item, depth - 1)
    elif isinstance(value, dict) and depth:
        for key in _TEXT_KEYS:
            yield from _texts(value.get(key), depth - 1)
