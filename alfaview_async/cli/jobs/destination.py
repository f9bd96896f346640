"""Where the rows of a job go: made from what its journal and its notes say, without the options it was begun with."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import click

from alfaview_async.bulk import GuestLinks, RunOverview, WebexMeeting
from alfaview_async.bulk.destinations import Destination
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.directory import Job, JobNotes
from alfaview_async.cli.logins.client import client
from alfaview_async.cli.logins.webex import webex_client, webex_url

Function = TypeVar("Function", bound=Callable[..., Any])

EFFECT_WITHIN = 180.0
_LISTED_WITHIN = 10.0


def listed_within(effect_within: float) -> float:
    """Return the seconds after which a list shows a link: who waits less for its making waits less for that, too."""
    return min(_LISTED_WITHIN, effect_within)


def effect_option(command: Function) -> Function:
    """Add `--effect-within`."""
    return click.option(
        "--effect-within",
        type=click.FloatRange(min=0),
        default=EFFECT_WITHIN,
        show_default=True,
        metavar="SECONDS",
        help="How long a call whose answer was lost may still have an effect.",
    )(command)


def is_webex(settings: Mapping[str, str]) -> bool:
    """Tell whether a run goes to a Webex meeting; else its rows become guest links."""
    return settings.get("destination") == "webex meeting"


@asynccontextmanager
async def reopened(
    invocation: Invocation, job: Job, overview: RunOverview, *, effect_within: float = EFFECT_WITHIN
) -> AsyncIterator[Destination]:
    """Open the destination of a job again.

    Raises:
        Failure: The job belongs to another server, or nobody is logged in.
        JournalMismatch: A later version began it.
    """
    settings = overview.settings
    seen = listed_within(effect_within)
    adopt(invocation, job, overview)
    if is_webex(settings):
        async with webex_client(invocation) as webex:
            yield WebexMeeting.from_settings(webex, settings, effect_within=effect_within, listed_within=seen)
    else:
        async with client(invocation) as alfaview:
            yield GuestLinks.from_settings(alfaview, settings, effect_within=effect_within, listed_within=seen)


def adopt(invocation: Invocation, job: Job, overview: RunOverview) -> None:
    """Use the login and the company that the job was begun with, where nothing else is asked for.

    Raises:
        Failure: The server is another one.
    """
    notes = job.notes
    if notes is None:
        return
    for name, value in (("profile", notes.profile), ("company", notes.company)):
        if value and not invocation.flags.get(name):
            invocation.flags[name] = value
    invocation.forget_settings()
    here = server(invocation, overview.settings)
    if here != notes.base_url:
        raise invocation.fail("other-server", Exit.USAGE, job=job.name, theirs=notes.base_url, ours=here)


def server(invocation: Invocation, settings: Mapping[str, str]) -> str:
    """Return the address of the server to which a run with these settings goes."""
    return webex_url(invocation) if is_webex(settings) else invocation.settings["base_url"].value


def notes_of(invocation: Invocation, settings: Mapping[str, str], source: str) -> JobNotes:
    """Note what a job that is about to begin will need."""
    chosen = invocation.settings
    return JobNotes(
        source=source,
        profile=chosen.profile.value,
        company="" if is_webex(settings) else chosen["company"].value,
        base_url=server(invocation, settings),
    )
