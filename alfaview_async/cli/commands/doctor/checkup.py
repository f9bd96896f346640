"""What `alfactl doctor` looks at; each check says ok, warning or failed, and why."""

import asyncio
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from difflib import get_close_matches
from http.client import HTTPException, InvalidURL
from pathlib import Path
from time import monotonic, time
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from attrs import frozen

from alfaview_async.cli.explaining import PROXIES, explained
from alfaview_async.cli.failures import Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client, has_credentials_in_environment
from alfaview_async.cli.logins.logging_in import probe
from alfaview_async.cli.logins.store import token_store
from alfaview_async.cli.settings import NAMES, ONLY_IN_ENVIRONMENT, SECRET_NAME, read_toml
from alfaview_async.errors import AlfaviewError, ConfigurationError
from alfaview_async.http_date import http_date

OK, WARNING, FAILED = "ok", "warning", "failed"
_TOLERATED_SECONDS = 30.0
"""The library makes up for any difference; times that people write into lists do not."""
_KNOWN_AT_THE_TOP = {"default_profile", "profile", "columns"}


@frozen
class Finding:
    """What a check found.

    Attributes:
        check: `configuration`, `environment`, `store`, `server`, `clock`, `proxy` or `login`.
        result: `ok`, `warning` or `failed`.
        detail: For people.
    """

    check: str
    result: str
    detail: str


async def findings(invocation: Invocation) -> AsyncIterator[Finding]:
    """Check everything; what cannot be checked without something that failed is left out."""
    broken = [finding async for finding in _each(_configuration(invocation))]
    for finding in broken:
        yield finding
    try:
        settings = invocation.settings
    except ConfigurationError:
        return  # found just now; the rest would only repeat it
    if not broken:
        yield Finding("configuration", OK, str(settings.config_path))
    yield await _store(invocation)
    server = await asyncio.to_thread(lambda: list(_server(invocation)))
    for finding in server:
        yield finding
    if any(map(invocation.environment.get, PROXIES)):
        yield Finding("proxy", WARNING, invocation.text("proxy-not-used"))
    if server[0].result != FAILED:
        yield await _login(invocation)


async def _each(found: Iterator[Finding]) -> AsyncIterator[Finding]:
    for finding in found:
        yield finding


def _configuration(invocation: Invocation) -> Iterator[Finding]:
    try:
        settings = invocation.settings
    except ConfigurationError as error:
        yield Finding("configuration", FAILED, str(error))
        return
    for path in (settings.config_path, settings.project_path):
        data = read_toml(path)
        for name in _secrets(data):
            yield Finding("configuration", FAILED, invocation.text("secret-in-file", name=name, file=path))
    known = set(NAMES) - ONLY_IN_ENVIRONMENT
    of_profiles = [*settings.config.get("profile", {}).items()]
    places = [
        (settings.config_path, "", settings.config, _KNOWN_AT_THE_TOP),
        (settings.project_path, "", settings.project, known),
    ]
    places += [(settings.config_path, f"profile.{name}.", data, known - {"profile"}) for name, data in of_profiles]
    for path, before, data, names in places:
        for name in data.keys() - names:
            if not SECRET_NAME.search(name):
                likely = get_close_matches(name, names, 1)
                hint = f"  {invocation.text('did-you-mean', meant=likely[0])}" if likely else ""
                text = invocation.text("unknown-setting", name=before + name, file=path)
                yield Finding("configuration", WARNING, f"{text}{hint}")
    yield from _readable_by_others(invocation, settings.config_path.parent / "tokens")


def _secrets(data: Mapping[str, Any], before: str = "") -> Iterator[str]:
    """Name what looks like a secret, at any depth; headers in `columns` are texts of guest lists."""
    for name, value in data.items():
        if isinstance(value, dict) and (before or name != "columns"):
            yield from _secrets(value, f"{before}{name}.")
        elif SECRET_NAME.search(name) and value:
            yield before + name


def _readable_by_others(invocation: Invocation, directory: Path) -> Iterator[Finding]:
    if os.name == "posix" and directory.exists() and (mode := directory.stat().st_mode & 0o777) & 0o077:
        yield Finding(
            "configuration", FAILED, invocation.text("readable-by-others", file=directory, mode=f"{mode:04o}")
        )


async def _store(invocation: Invocation) -> Finding:
    if invocation.emulator or has_credentials_in_environment(invocation):
        return Finding("store", OK, invocation.text("store-not-needed"))
    name = invocation.settings["store"].value
    try:
        store = token_store(invocation)
        try:
            await probe(store)
        finally:
            await store.close()
    except (AlfaviewError, Failure) as error:
        return Finding("store", FAILED, _said(error, invocation))
    return Finding("store", OK, name)


def _server(invocation: Invocation) -> Iterator[Finding]:
    """Ask with a request that needs no login; any answer of HTTP will do, and its date is the server's clock."""
    url, began = invocation.settings["base_url"].value, monotonic()
    if not url.startswith(("https://", "http://")):
        yield Finding("server", FAILED, invocation.text("no-url", url=url))
        return
    opener = build_opener(ProxyHandler({}))  # past any proxy, as the library goes
    try:
        with opener.open(Request(url, method="GET"), timeout=min(invocation.timeout, 10.0)) as answer:  # noqa: S310 - checked
            date = answer.headers.get("Date", "")
    except HTTPError as error:
        date = error.headers.get("Date", "")
    except (URLError, OSError, ValueError, InvalidURL) as error:
        yield Finding("server", FAILED, f"{url}: {getattr(error, 'reason', error)}")
        return
    except HTTPException:
        yield Finding("server", FAILED, f"{url}: {invocation.text('no-http')}")
        return
    yield Finding("server", OK, f"{url}  {round((monotonic() - began) * 1000)} ms")
    told = http_date(date)
    if told is None:
        yield Finding("clock", WARNING, invocation.text("clock-untold"))
        return
    ahead = round(time() - told.timestamp())
    wrong = abs(ahead) > _TOLERATED_SECONDS
    yield Finding(
        "clock", WARNING if wrong else OK, invocation.text("clock-off" if wrong else "clock-right", seconds=ahead)
    )


async def _login(invocation: Invocation) -> Finding:
    try:
        async with client(invocation) as alfaview:
            await alfaview.authentication.is_authenticated()
    except (AlfaviewError, Failure) as error:
        return Finding("login", FAILED, _said(error, invocation))
    return Finding("login", OK, invocation.who)


def _said(error: Exception, invocation: Invocation) -> str:
    failure = explained(error, invocation)
    if failure is None:
        return str(error)
    return "  ".join(filter(None, [failure.message, failure.next_step]))
