"""The admin API of a running emulator, as `alfactl` calls it: plain HTTP, to this machine only, past any proxy."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import ProxyHandler, Request, build_opener

import click

from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.settings import EMULATOR_URL

Json = Mapping[str, Any]


def ask(
    invocation: Invocation,
    method: str,
    path: str,
    body: object = None,
    *,
    query: Mapping[str, object] | None = None,
    wait: float = 0.0,
) -> Json:
    """Ask the emulator that the base URL names; where no base URL is set, the one at the usual port.

    Args:
        invocation: Says which emulator, and how long an exchange may take.
        method: Of HTTP.
        path: Below `/_emulator/`.
        body: What JSON can hold.
        query: Empty values are left out.
        wait: Seconds that the emulator may take longer than usual.

    Raises:
        Failure: The URL is not this machine's, nobody answers there, or the emulator refused what was asked.
        click.exceptions.Exit: With `--dry-run`, before something would have changed.
    """
    base_url = invocation.settings["base_url"]
    origin = _origin(invocation, EMULATOR_URL if base_url.origin == "default" else base_url.value)
    given = urlencode({key: value for key, value in (query or {}).items() if value not in ("", None)})
    if invocation.dry_run and method != "GET":
        invocation.say("dry-run", what=f"{method} /_emulator/{path} {json.dumps(body or {})[:200]}")
        raise click.exceptions.Exit(Exit.DONE)
    request = Request(  # noqa: S310 - http and loopback, as checked
        f"{origin}/_emulator/{path}{'?' if given else ''}{given}",
        data=json.dumps({} if body is None else body).encode() if method == "POST" else None,
        headers={"Content-Type": "application/json"},
        method=method,
    )
    try:
        status, body_of_answer = _exchanged(request, invocation.timeout + wait)
    except URLError as error:
        raise _no_emulator(invocation, origin, error.reason) from None
    except OSError as error:
        raise _no_emulator(invocation, origin, error) from None
    except HTTPException:
        raise _no_emulator(invocation, origin, invocation.text("emulator-other-server")) from None
    found = _object(invocation, body_of_answer, origin)
    if status >= HTTPStatus.BAD_REQUEST:
        raise invocation.fail("emulator-refused", Exit.USAGE, error=found.get("error", f"HTTP {status}"))
    return found


def _exchanged(request: Request, timeout: float) -> tuple[int, bytes]:
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=timeout) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def _origin(invocation: Invocation, url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        is_here = parts.scheme == "http" and (host == "localhost" or ip_address(host).is_loopback)
    except ValueError:
        is_here, host, port = False, "", None
    if not is_here:
        raise invocation.fail("emulator-elsewhere", Exit.USAGE, url=url, example=EMULATOR_URL)
    return f"http://{f'[{host}]' if ':' in host else host}{f':{port}' if port else ''}"


def _object(invocation: Invocation, body: bytes, origin: str) -> Json:
    try:
        found = json.loads(body)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise _no_emulator(invocation, origin, invocation.text("emulator-other-server"))
    return found


def _no_emulator(invocation: Invocation, origin: str, why: object) -> Failure:
    return invocation.fail("no-emulator", Exit.UNREACHABLE, origin=origin, why=why)
