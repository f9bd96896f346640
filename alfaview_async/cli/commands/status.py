"""`alfactl status`: who is logged in, where, and where each value comes from."""

from datetime import UTC, datetime
from time import monotonic, time
from typing import Any

import click
from attrs import define, field

from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.explaining import explained, named_login
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import VARIABLES, client_with, has_credentials_in_environment, open_store
from alfaview_async.cli.logins.store import not_logged_in, token_directory, usable_login
from alfaview_async.errors import AlfaviewError
from alfaview_async.tokens import StoredToken, TokenStore

_COLUMNS = ("profile", "company", "identity", "secret", "access", "server")


@define
class _Server:
    """What the server said when it was asked."""

    asked: bool = False
    reachable: bool | None = None
    milliseconds: int | None = None
    company_name: str = ""
    failure: Failure | None = field(default=None)


@click.command(cls=Command)
@click.option("--check", "ask", is_flag=True, help="Ask the server too, whether the login is good.")
@asynchronous
async def status(invocation: Invocation, *, ask: bool) -> None:
    """Show who is logged in, where, and where each value comes from.

    Exit code 4 where nobody is. Without --check no server is asked.
    """
    store = open_store(invocation)
    try:
        server = await _asked(invocation, store) if ask else _Server()
        apart = invocation.emulator or has_credentials_in_environment(invocation)
        stored = None if apart else await usable_login(invocation, store)
    finally:
        await store.close()
    facts = _facts(invocation, stored, server)
    invocation.show_record(facts if invocation.json else _lines(invocation, facts), _COLUMNS)
    if server.failure is not None:
        raise server.failure
    if not apart and stored is None:
        raise not_logged_in(invocation)


async def _asked(invocation: Invocation, store: TokenStore) -> _Server:
    began = monotonic()
    try:
        async with client_with(invocation, store) as alfaview:
            companies = await alfaview.accessible_companies()
            began = monotonic()
            await alfaview.authentication.is_authenticated()
    except (AlfaviewError, Failure) as error:
        failure = explained(error, invocation)
        reachable = failure is None or failure.exit is not Exit.UNREACHABLE
        return _Server(asked=True, reachable=reachable if not isinstance(error, Failure) else None, failure=failure)
    company = companies.get(invocation.settings["company"].value)
    return _Server(
        asked=True,
        reachable=True,
        milliseconds=round((monotonic() - began) * 1000),
        company_name=company.display_name if company else "",
    )


def _facts(invocation: Invocation, stored: StoredToken | None, server: _Server) -> dict[str, Any]:
    settings = invocation.settings
    profile, company, base_url, store = (settings[name] for name in ("profile", "company", "base_url", "store"))
    apart = "--emulator" if invocation.emulator else _variables(invocation)
    if apart and not invocation.who:
        invocation.who = _who_in_environment(invocation)
    left = stored.access_expires_at - time() if stored and stored.access_token and stored.access_expires_at else None
    return {
        "profile": {"value": profile.value, "origin": profile.origin},
        "company": {"id": company.value, "name": server.company_name or None, "origin": company.origin},
        "identity": {"value": (invocation.who if apart else settings["identity"].value) or None},
        "secret": {"store": None if apart else store.value, "origin": apart or store.origin},
        "access": {
            "valid": _is_valid(stored, left, server, apart=bool(apart)),
            "expires_at": datetime.fromtimestamp(stored.access_expires_at, UTC) if stored and left else None,
            "seconds_left": max(0, round(left)) if left is not None else None,
            "renewable": bool(stored and stored.refresh_token and not stored.suspect),
            "checked": server.asked,
        },
        "server": {
            "url": base_url.value,
            "origin": base_url.origin,
            "reachable": server.reachable,
            "milliseconds": server.milliseconds,
        },
    }


def _is_valid(stored: StoredToken | None, left: float | None, server: _Server, *, apart: bool) -> bool | None:
    """Tell whether calls would be let in: the server's word counts; `None` where nobody can know without asking it."""
    if server.asked:
        return server.failure is None
    if apart:
        return None
    if stored is None:
        return False
    return not stored.suspect and (left is None or left > 0)


def _variables(invocation: Invocation) -> str:
    return ", ".join(name for name in VARIABLES if invocation.environment.get(name))


def _who_in_environment(invocation: Invocation) -> str:
    alias, user = (invocation.environment.get(name, "") for name in ("ALFAVIEW_CLIENT_ID", "ALFAVIEW_USERNAME"))
    return f"key:{alias}" if alias else f"user:{user}" if user else ""


def _lines(invocation: Invocation, facts: dict[str, Any]) -> dict[str, str]:
    """Write each fact as people read it, with its origin in brackets."""
    company, access, server = facts["company"], facts["access"], facts["server"]
    secret = facts["secret"]
    place = (
        invocation.text(f"place-{secret['store']}", directory=token_directory(invocation)) if secret["store"] else ""
    )
    return {
        "profile": f"{facts['profile']['value']}  ({facts['profile']['origin']})",
        "company": "  ".join(filter(None, [company["name"], company["id"], f"({company['origin']})"])),
        "identity": named_login(invocation, facts["identity"]["value"]) if facts["identity"]["value"] else "",
        "secret": f"{place}  ({secret['origin']})" if place else secret["origin"],
        "access": _access_line(invocation, access),
        "server": _server_line(invocation, server),
    }


def _access_line(invocation: Invocation, access: dict[str, Any]) -> str:
    seconds = access["seconds_left"]
    if access["valid"] is None:
        return invocation.text("access-unknown")
    if not access["valid"]:
        expired = not access["checked"] and access["renewable"]
        return invocation.text("access-expired" if expired else "access-invalid")
    if seconds is None:
        return invocation.text("access-valid")
    return invocation.text("access-left", hours=seconds // 3600, minutes=seconds % 3600 // 60)


def _server_line(invocation: Invocation, server: dict[str, Any]) -> str:
    line = f"{server['url']}  ({server['origin']})"
    if server["reachable"] is None:
        return line
    if not server["reachable"]:
        return f"{line}  {invocation.text('server-silent')}"
    if server["milliseconds"] is None:
        return f"{line}  {invocation.text('server-reachable')}"
    return f"{line}  {invocation.text('server-answers', milliseconds=server['milliseconds'])}"
