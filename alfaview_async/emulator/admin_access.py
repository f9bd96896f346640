"""Who may use the admin API, and what its JSON looks like: this machine's own programs and the emulator's own page."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

import orjson
from aiohttp import hdrs, web

from alfaview_async.emulator.digits import number_of
from alfaview_async.emulator.refusals import Refused
from alfaview_async.errors import ConfigurationError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_LARGEST_BODY = 64 * 1024 * 1024
"""An export with 50,000 links has 30 MB."""
_MOST_AT_ONCE = 1000
_HARDENING = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    hdrs.CACHE_CONTROL: "no-store",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let in only this machine, keep web sites of others out, and answer every mistake as JSON."""
    try:
        refusal = _refusal(request)
        response = problem(403, refusal) if refusal else await handler(request)
    except web.HTTPRequestEntityTooLarge:
        response = problem(413, f"the body is larger than {_LARGEST_BODY} bytes")
    except web.HTTPException as error:
        response = problem(error.status, f"{request.method} {request.path}: {error.reason}")
    except (ConfigurationError, Refused) as error:
        response = problem(400, str(error))
    if not response.prepared:
        for name, value in _HARDENING.items():
            response.headers.setdefault(name, value)
    return response


def as_json(value: object, status: int = 200) -> web.Response:
    """Answer with JSON."""
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json")


def problem(status: int, text: str) -> web.Response:
    """Answer that something is wrong."""
    return as_json({"error": text}, status)


async def fields(request: web.Request, *names: str) -> dict[str, object]:
    """Read the JSON object of a request; no body is an empty object.

    Raises:
        ConfigurationError: No JSON object, or one with other keys than these.
    """
    found = await json_object(request)
    if unknown := sorted(found.keys() - set(names)):
        raise ConfigurationError(f"unknown: {', '.join(unknown)}; expected some of: {', '.join(names)}")
    return found


async def json_object(request: web.Request) -> dict[str, object]:
    """Read the JSON object of a request; no body is an empty object.

    Raises:
        ConfigurationError: No JSON object.
    """
    body = await request.clone(client_max_size=_LARGEST_BODY).read()
    try:
        found = orjson.loads(body or b"{}")
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"not JSON: {error}") from None
    if not isinstance(found, dict):
        raise ConfigurationError("the body must be a JSON object")
    return found


def limit_of(request: web.Request) -> int:
    """Read from the query how many items somebody wants.

    Raises:
        ConfigurationError: No number from 1 to 1,000.
    """
    limit = number_of(request.query.get("limit", "200"))
    if limit is None or not 1 <= limit <= _MOST_AT_ONCE:
        raise ConfigurationError(f"limit must be a number from 1 to {_MOST_AT_ONCE}")
    return limit


def moment_of(text: str) -> datetime:
    """Read a time.

    Raises:
        ConfigurationError: No time, or one without zone.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ConfigurationError(f"{text!r} is no time with a zone such as 2026-12-24T18:00+01:00")
    return moment


def seconds_of(text: str, most: float) -> float:
    """Read a number of seconds.

    Raises:
        ConfigurationError: No number from 0 to `most`.
    """
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= most:
        raise ConfigurationError(f"wait must be a number of seconds from 0 to {most:g}")
    return seconds


def _refusal(request: web.Request) -> str:
    """Tell why a request is not for us; empty if it is.

    The peer keeps other machines out; the host keeps out web sites whose name was made to point here; the origin and
    the content type, which a browser sends to strangers only after asking, keep out every other web site.
    """
    peer = request.transport.get_extra_info("peername") if request.transport else None
    if not (isinstance(peer, tuple) and _is_loopback(str(peer[0]))):
        return "the admin API answers this machine only"
    if not _is_loopback(_host_name(request.host)):
        return "the admin API is reached by a loopback address or localhost"
    origin = request.headers.get(hdrs.ORIGIN)
    if origin not in (None, f"{request.scheme}://{request.host}"):
        return "the admin API answers no other web site"
    if request.method not in ("GET", "HEAD") and request.content_type != "application/json":
        return f"{request.method} needs the header Content-Type: application/json"
    return ""


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(host: str) -> bool:
    if host.casefold() == "localhost":
        return True
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
