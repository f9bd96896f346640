"""`alfactl emulator fault`, `clock`, `outbox` and the rest: a running emulator looked at, changed and broken."""

import json
import re
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import click

from alfaview_async.cli.declaring import Command, Group, Misuse, with_invocation
from alfaview_async.cli.emulator_admin import ask
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.models.status import StatusCode

_FAULTS = ("id", "match", "on", "do", "times", "fired", "seen", "status", "http", "seconds")
_ALL_OF_FAULTS = (*_FAULTS, "location")
_ONLY_OF = {"status": "error", "http": "status", "seconds": "delay", "location": "redirect"}
"""Field of a fault -> the only way to fail that it matters for."""
_MAILS = ("number", "localTime", "to", "locale", "subject")
_ALL_OF_MAILS = (*_MAILS, "kind", "text", "joinLink", "linkId", "timezone", "sentAt")
_REQUESTS = ("number", "path", "status")
_ALL_OF_REQUESTS = (*_REQUESTS, "body")
_SPAN = re.compile(r"(?:(?P<days>\d+)d)?(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")
_DO = "error status redirect no-route timeout reset truncate delay apply-then-timeout apply-then-reset partial"
_SEED_ENDINGS = (".json", ".yaml", ".yml")


@click.group(cls=Group)
def fault() -> None:
    """Let requests go wrong."""


@fault.command("add")
@click.argument("operation")
@click.option("--do", default="", help=f"One of: {_DO}.")
@click.option("--on", default="", help="Which requests: 2, 2-4 or 10%; default: each one.")
@click.option("--times", type=int, help="How often at most.")
@click.option("--status", help="Status code of `error`, e.g. QUOTA_EXCEEDED.")
@click.option("--http", type=int, help="HTTP status of `status`, e.g. 502.")
@click.option("--seconds", type=float, help="Wait of `delay`.")
@click.option("--location", help="Where `redirect` points.")
@with_invocation
def add_fault(invocation: Invocation, /, operation: str, **options: object) -> None:
    """Add a failure, e.g. `createGuestLinks --on 2 --do apply-then-timeout`.

    OPERATION is a path, the last part of one, or a pattern such as `roomService/*`; or all in one word:
    `createGuestLinks@2:apply-then-timeout`.
    """
    given = {name: value for name, value in options.items() if value not in ("", None)}
    added = ask(invocation, "POST", "faults", {"match": operation, **given})
    _warn_of_status(invocation, str(given.get("status", "")))
    _show_faults(invocation, [added])


@fault.command("list")
@with_invocation
def list_faults(invocation: Invocation) -> None:
    """List the failures in force and how often they struck."""
    _show_faults(invocation, ask(invocation, "GET", "faults")["faults"])


@fault.command("clear")
@click.argument("number", type=int, required=False)
@with_invocation
def clear_faults(invocation: Invocation, number: int | None) -> None:
    """Take back all failures, or the one of that number."""
    left = ask(invocation, "DELETE", "faults", query={"id": number})["faults"]
    invocation.say("faults-left", count=left)


@click.group(cls=Group)
def clock() -> None:
    """Move the time by which tokens and links expire."""


@clock.command("now")
@click.argument("time", required=False)
@with_invocation
def now(invocation: Invocation, time: str | None) -> None:
    """Tell the time, or let it be TIME from now on, e.g. 2026-12-24T18:00+01:00."""
    _show_clock(
        invocation, ask(invocation, "POST", "clock", {"now": time}) if time else ask(invocation, "GET", "clock")
    )


@clock.command("freeze")
@click.argument("time", required=False)
@with_invocation
def freeze(invocation: Invocation, time: str | None) -> None:
    """Let the clock stand still, now or at TIME."""
    _show_clock(invocation, ask(invocation, "POST", "clock", {"freeze": time or True}))


@clock.command("thaw")
@with_invocation
def thaw(invocation: Invocation) -> None:
    """Let the clock run on from where it stands."""
    _show_clock(invocation, ask(invocation, "POST", "clock", {"thaw": True}))


@clock.command("advance")
@click.argument("span")
@with_invocation
def advance(invocation: Invocation, span: str) -> None:
    """Move the clock forward by SPAN, e.g. 12h, 30m, 90s or 1d12h."""
    parts = _SPAN.fullmatch(span)
    if not span or not parts:
        raise Misuse("usage-span", given=span)
    step = {unit: int(number) for unit, number in parts.groupdict().items() if number}
    _show_clock(invocation, ask(invocation, "POST", "clock", {"advance": step}))


@click.command(cls=Command)
@click.option("--to", default="", help="Only mails to this address.")
@click.option("--since", default="", help="Only mails after this number, or from this time on.")
@click.option("--wait", type=click.FloatRange(0, 60), default=0.0, help="Seconds to wait for such a mail to come.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="The latest ones only.")
@click.option("--clear", is_flag=True, help="Forget all mails.")
@with_invocation
def outbox(invocation: Invocation, to: str, since: str, wait: float, limit: int, *, clear: bool) -> None:
    """List the mails that alfaview would have sent; with --wait, fail if there is none."""
    if clear:
        ask(invocation, "DELETE", "outbox")
        invocation.say("outbox-empty")
        return
    query = {"to": to, "since": since, "wait": wait or "", "limit": limit}
    mails = ask(invocation, "GET", "outbox", query=query, wait=wait)["mails"]
    _show(invocation, mails, _MAILS, _ALL_OF_MAILS)
    if wait and not mails:
        raise invocation.fail("no-mail", Exit.NOT_FOUND, seconds=f"{wait:g}")


@click.command(cls=Command)
@click.option("--path", default="", help="Only requests for this operation, e.g. roomService/list.")
@click.option("--limit", type=click.IntRange(1, 1000), default=200, show_default=True, help="The latest ones only.")
@with_invocation
def requests(invocation: Invocation, path: str, limit: int) -> None:
    """List what was asked so far; bodies, with secrets masked, are in the JSON."""
    found = ask(invocation, "GET", "requests", query={"path": path, "limit": limit})["requests"]
    _show(invocation, found, _REQUESTS, _ALL_OF_REQUESTS)


@click.command(cls=Command)
@click.argument("changes", nargs=-1, metavar="[HABIT=VALUE]...")
@with_invocation
def habits(invocation: Invocation, changes: tuple[str, ...]) -> None:
    """List how the server writes its answers, or change that, e.g. `emitDefaults=true cookie=cleared`."""
    wanted = {}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals:
            raise Misuse("usage-habit", given=change)
        wanted[name] = json.loads(value) if value in ("true", "false", "null", "0") else value
    found = ask(invocation, "POST", "habits", wanted) if wanted else ask(invocation, "GET", "habits")
    rows = [{"habit": name, "value": value} for name, value in found["habits"].items()]
    invocation.show(rows, ("habit", "value"))


@click.command(cls=Command)
@click.option("--seed", "name", help="Name of another seed to begin with, once.")
@with_invocation
def reset(invocation: Invocation, name: str | None) -> None:
    """Begin anew: no logins, mails, faults, requests; real time."""
    ask(invocation, "POST", "reset", {"seed": name} if name else {})
    invocation.say("begun-anew", seed=name or invocation.text("own-seed"))


@click.command(cls=Command)
@click.argument("source", metavar="NAME|FILE")
@with_invocation
def seed(invocation: Invocation, source: str) -> None:
    """Begin anew with a seed: standard, training-centre, large, empty; or a file (.json, .yaml, .yml)."""
    if source.lower().endswith(_SEED_ENDINGS):
        from alfaview_async.emulator.seeds.files import read_file  # noqa: PLC0415 - loads the emulator

        ask(invocation, "POST", "seed", read_file(Path(source)), wait=60)
    else:
        ask(invocation, "POST", "reset", {"seed": source})
    invocation.say("begun-anew", seed=source)


@click.command(cls=Command)
@with_invocation
def export(invocation: Invocation) -> None:
    """Print all data as a seed file in JSON; passwords, codes and join links are in it."""
    click.echo(json.dumps(ask(invocation, "GET", "export", wait=60), ensure_ascii=False, indent=2))


def _show(invocation: Invocation, rows: Sequence[Mapping[str, Any]], some: Sequence[str], every: Sequence[str]) -> None:
    """Write rows to stdout: what people look at, or all that there is for programs."""
    invocation.show(rows, every if invocation.output.startswith("json") or invocation.fields else some)


def _warn_of_status(invocation: Invocation, status: str) -> None:
    """Name a status that nobody knows: it may be wanted, for a server of tomorrow, or a slip."""
    if not status or status in StatusCode.__members__:
        return
    invocation.say("unknown-status", status=status)
    if meant := get_close_matches(status.upper(), StatusCode.__members__, n=1):
        invocation.say("did-you-mean", meant=meant[0])


def _show_faults(invocation: Invocation, faults: Sequence[Mapping[str, Any]]) -> None:
    """Write faults to stdout; people are spared what does not matter for a fault."""
    if not invocation.json:
        faults = [
            {name: value for name, value in one.items() if _ONLY_OF.get(name, one["do"]) == one["do"]} for one in faults
        ]
    _show(invocation, faults, _FAULTS, _ALL_OF_FAULTS)


def _show_clock(invocation: Invocation, found: Mapping[str, Any]) -> None:
    invocation.show_record(found, ("now", "frozen"))


COMMANDS: tuple[click.Command, ...] = (fault, clock, outbox, requests, habits, reset, seed, export)
