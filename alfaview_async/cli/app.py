"""The tree of commands, and how `alfactl` ends."""

import os
import sys
from functools import cache
from io import TextIOWrapper
from typing import TYPE_CHECKING

import click

from alfaview_async.cli.declaring import LazyGroup
from alfaview_async.cli.failures import Exit, Failure, ReaderLeft
from alfaview_async.cli.global_options import global_options

if TYPE_CHECKING:
    from alfaview_async.cli.invocation import Invocation

_USUAL_WIDTH = 80
_JSON = {"--json", "-ojson", "-ojsonl", "--output=json", "--output=jsonl"}

_COMMANDS = {
    "api": "Call any operation by its name.",
    "bulk": "Many guest links from a list: validate, create, resume, undo.",
    "company": "The companies that you may enter.",
    "completion": "Print a script that completes commands and names.",
    "config": "Read and write settings.",
    "demo": "See it work: a guest list becomes personal links, offline.",
    "doctor": "Check settings, store, clock and server.",
    "emulator": "An alfaview on this machine, to develop and test against.",
    "group": "Links that many people share.",
    "guest": "Personal links for single guests.",
    "link": "Look into a join link, offline.",
    "login": "Log in, and remember it in the keyring.",
    "logout": "Forget a login.",
    "profile": "Several logins side by side.",
    "quota": "Show what the contract allows, and what is used.",
    "role": "The roles (permission groups) that links can give.",
    "room": "Rooms and departments.",
    "source": "Guest lists of other systems: Invitario.",
    "status": "Show who is logged in, where, and where each value comes from.",
    "task": "Follow a background task.",
    "token": "Print an access token, for curl.",
    "user": "List and invite users.",
    "version": "Show versions, for reports.",
    "webex": "Invite to a Webex meeting.",
}


class _Alfactl(LazyGroup):
    """The root, which takes the global options visibly."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, files=_COMMANDS, **kwargs)
        self.params += global_options()


def _help_width() -> int:
    """Return what click would, without the 5 ms that importing `shutil` takes: its archives come along."""
    columns = os.environ.get("COLUMNS", "")
    try:
        width = int(columns) if columns.isdecimal() else os.get_terminal_size(1).columns
    except (OSError, ValueError):  # no terminal, or more digits than Python reads
        width = _USUAL_WIDTH
    return max(min(width or _USUAL_WIDTH, _USUAL_WIDTH) - 2, 50)


@click.command(
    cls=_Alfactl,
    context_settings={"help_option_names": ["-h", "--help"], "terminal_width": _help_width()},
    epilog="Try: alfactl demo   alfactl room list --tree   alfactl bulk template   alfactl emulator run",
)
@click.version_option(package_name="alfaview-async", prog_name="alfactl")
def alfactl() -> None:
    """Work with alfaview from the command line."""


def run() -> None:
    """Run the command line; every failure becomes a few lines on stderr and an exit code."""
    invocation = cache(_invocation)
    if "_ALFACTL_COMPLETE" in os.environ:
        from alfaview_async.cli.completion.shells import teach_bash  # noqa: PLC0415 - only the shell asks for it

        teach_bash()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show ends no list
    try:
        end = alfactl.main(prog_name="alfactl", standalone_mode=False, obj=invocation)
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        whole = error.ctx is not None and error.ctx.parent is None  # `alfactl` alone asks for help; `alfactl room` errs
        click.echo(error.format_message(), err=not whole)
        sys.exit(Exit.DONE if whole else Exit.USAGE)
    except click.exceptions.Abort:
        click.echo(err=True)  # the line in which Ctrl-C was typed has no end
        sys.exit(Exit.INTERRUPTED)
    except (ReaderLeft, BrokenPipeError):
        _forget_the_rest()
        sys.exit(Exit.DONE)
    except Exception as error:
        if (failure := _as_failure(error, invocation())) is None:
            raise
        if isinstance(error, OSError) and error.filename is None:  # stdout itself
            _forget_the_rest()
        _tell(invocation(), failure)
        sys.exit(failure.exit)
    sys.exit(end if isinstance(end, int) else Exit.DONE)


def _forget_the_rest() -> None:
    """Let what is left in the buffer go nowhere, or Python would complain at its end."""
    from alfaview_async.cli.output.unread import write_nowhere  # noqa: PLC0415 - `--help` needs it only if it fails

    write_nowhere(sys.stdout.fileno())


def _invocation() -> "Invocation":
    from pathlib import Path  # noqa: PLC0415 - `--help` needs no paths

    from alfaview_async.cli.invocation import Invocation  # noqa: PLC0415 - `--help` needs neither it nor the settings
    from alfaview_async.cli.output.unread import stderr_may_go_unread  # noqa: PLC0415 - as above
    from alfaview_async.cli.settings import process_environment  # noqa: PLC0415 - as above

    stderr_may_go_unread()
    environment = process_environment()
    try:
        return Invocation(environment, Path.cwd())
    except FileNotFoundError:
        failed = Invocation(environment, Path())
        _expect_json_if_wanted(failed)
        failure = failed.fail("no-directory", Exit.USAGE)
        _tell(failed, failure)
        sys.exit(failure.exit)


def _as_failure(error: Exception, invocation: "Invocation") -> Failure | None:
    if isinstance(error, Failure):
        return error
    if isinstance(error, click.ClickException):
        return _misuse(error, invocation)
    from alfaview_async.cli.explaining import explained  # noqa: PLC0415 - `--help` needs none of the library

    return explained(error, invocation)


def _misuse(error: click.ClickException, invocation: "Invocation") -> Failure:
    from alfaview_async.cli.misuse import told  # noqa: PLC0415 - `--help` is no misuse

    _expect_json_if_wanted(invocation)
    return told(error, invocation)


def _expect_json_if_wanted(invocation: "Invocation") -> None:
    """Where the line was not read to its end, the option may not have been seen."""
    if _JSON.intersection(sys.argv[1:]):
        invocation.output = "json"


def _tell(invocation: "Invocation", failure: Failure) -> None:
    from alfaview_async.cli.invocation import plain_symbols  # noqa: PLC0415 - as above

    if invocation.json:
        import json  # noqa: PLC0415 - as above

        shown = failure.as_json(next_word=invocation.text("next-word"))
        click.echo(json.dumps(shown, ensure_ascii=False), err=True)
        return
    from alfaview_async.cli.output.colors import wants_color  # noqa: PLC0415 - as above

    text = plain_symbols(str(failure))
    color = wants_color(invocation.color, invocation.environment, sys.stderr)
    head = f"error[{failure.code}]:"
    click.echo(text.replace(head, click.style(head, fg="red", bold=True), 1) if color else text, err=True, color=color)
