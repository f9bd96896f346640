"""`alfactl source`: guest lists of other systems."""

import sys
from typing import Any

import click

from alfaview_async.cli.declaring import Group, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation, plain_symbols
from alfaview_async.cli.jobs.guest_list import list_options, reading_of
from alfaview_async.cli.jobs.invitario_list import read_event
from alfaview_async.cli.logins.invitario import (
    CODE_VARIABLE,
    EventLogin,
    event_login,
    invitario_client,
    keep_login,
)
from alfaview_async.cli.output.asking import asked, interruptible_reading
from alfaview_async.invitario import Guests, RegistrationState
from alfaview_async.secret import Secret

_EVENT_COLUMNS = ("event", "base_url", "station", "guests", "registered", "companions", "deleted")
_GUEST_COLUMNS = ("key", "display_name", "email", "locale", "role", "room", "valid_from", "valid_until")


@click.group(cls=Group)
def source() -> None:
    """Guest lists of other systems."""


@source.group(cls=Group)
def invitario() -> None:
    """Guests of Invitario events.

    Base URL, event id, station name and App Code come from INVITARIO_BASE_URL, INVITARIO_EVENT_ID,
    INVITARIO_STATION_NAME and INVITARIO_API_KEY, or from `login`.
    """


@invitario.command(
    epilog=example("alfactl source invitario login --url https://example.invitario.com --event 123 --station Links")
)
@click.option("--url", required=True, metavar="URL", help="Scheme and host of your admin pages.")
@click.option("--event", required=True, metavar="ID", help="From the address of the event's admin page.")
@click.option("--station", required=True, metavar="NAME", help="The name of a check-in configuration.")
@click.option("--code-stdin", is_flag=True, help="Read its App Code from stdin instead of asking for it.")
@asynchronous
async def login(invocation: Invocation, *, url: str, event: str, station: str, code_stdin: bool) -> None:
    """Store the login of an event, after trying it.

    The App Code goes where the tokens of the profile are: the keyring, or where --store of `alfactl login` said.
    """
    code = _code(invocation, code_stdin=code_stdin)
    login = EventLogin(base_url=url, event_id=event, station_name=station, code=code)
    guests = await _guests(invocation, login)
    if invocation.dry_run:
        invocation.say("dry-run", what=invocation.text("would-keep-event", event=event))
        return
    await keep_login(invocation, login)
    invocation.say("event-kept", event=event, count=len(guests), store=invocation.settings["store"].value)


@invitario.command()
@click.argument("event", metavar="[EVENT]", default="")
@asynchronous
async def test(invocation: Invocation, event: str) -> None:
    """Log in, count the guests, and log out."""
    login = await event_login(invocation, event)
    guests = await _guests(invocation, login)
    living = [guest for guest in guests if guest.deleted_at is None]
    registered = [guest for guest in living if guest.registration_state == RegistrationState.REGISTERED]
    counts = {
        "guests": len(living),
        "registered": len(registered),
        "companions": sum(bool(guest.parent_id) for guest in living),
        "deleted": len(guests) - len(living),
    }
    event_of = {"event": login.event_id, "base_url": login.base_url, "station": login.station_name}
    invocation.show_record(event_of | counts, _EVENT_COLUMNS)


@invitario.command(epilog=example("alfactl source invitario pull 123 -o csv > guests.csv"))
@click.argument("event", metavar="[EVENT]", default="")
@click.option("--companions", is_flag=True, help="Those who come along, too.")
@click.option(
    "--state",
    type=click.Choice(["registered", "unknown", "deregistered"]),
    default="registered",
    show_default=True,
    help="Guests who have answered so.",
)
@list_options
@asynchronous
async def pull(
    invocation: Invocation,
    /,
    event: str,
    *,
    companions: bool,
    state: str,
    **reading: Any,
) -> None:
    """Print the guests who are to be invited, as `alfactl bulk create` reads them.

    Guests who cannot be invited are named on stderr.
    """
    how = reading_of(invocation, **reading)
    guests = await read_event(invocation, event, how, state=state, companions=companions)
    invocation.show(
        ({name: getattr(guest, name) for name in _GUEST_COLUMNS} for guest in guests.recipients), _GUEST_COLUMNS
    )
    for problem in guests.problems:
        invocation.say("guest-left-out", problem=problem)


def _code(invocation: Invocation, *, code_stdin: bool) -> Secret:
    with interruptible_reading():
        text = sys.stdin.readline() if code_stdin else invocation.environment.get(CODE_VARIABLE, "")
    if not text.strip() and not code_stdin:
        if not invocation.can_ask:
            raise invocation.fail("code-needed", Exit.DECLINED, variable=CODE_VARIABLE)
        text = asked(plain_symbols(invocation.text("ask-app-code")), hidden=True)
    if not text.strip():
        raise invocation.fail("empty-secret", Exit.USAGE)
    return Secret.of(text.strip())


async def _guests(invocation: Invocation, login: EventLogin) -> Guests:
    async with invitario_client(invocation, login) as client:
        return await client.guests()
