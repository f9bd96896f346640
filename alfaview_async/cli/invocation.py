"""One run of `alfactl`: what was asked for in general, and how to speak with people."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from attrs import define, field

from alfaview_async.cli import texts
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.output.asking import confirmed
from alfaview_async.cli.output.colors import wants_color
from alfaview_async.cli.output.rows import write_record, write_rows
from alfaview_async.cli.settings import Settings, is_this_machine
from alfaview_async.errors import ConfigurationError


@define
class Invocation:
    """The options that every command takes, and what follows from them.

    Attributes:
        environment: Usually `os.environ`.
        directory: Where `alfaview.toml` is looked for.
        flags: Settings given as options, by name.
        output: The format on stdout, one of `global_options.FORMATS`.
        fields: The columns to show; empty for all.
        emulator: Work with an emulator on this machine, whatever else is set.
        check: Where a room is not found, look for it in the other companies too.
        dry_run: Say what would be done, and change nothing.
        yes: Do not ask.
        no_input: Never ask: what would need an answer fails.
        quiet: Say nothing but errors.
        verbose: How much to say: 1 for progress of calls, 2 for all that the library logs.
        color: When to use colours: `auto`, `always` or `never`.
        timeout: Seconds for one exchange with the server.
        who: The login that a client was opened with, e.g. `key:billing-bot`, for messages; empty before that.
    """

    environment: Mapping[str, str]
    directory: Path
    flags: dict[str, str] = field(factory=dict)
    output: str = "table"
    fields: tuple[str, ...] = ()
    emulator: bool = False
    check: bool = False
    dry_run: bool = False
    yes: bool = False
    no_input: bool = False
    quiet: bool = False
    verbose: int = 0
    color: str = "auto"
    timeout: float = 30.0
    who: str = ""
    _settings: Settings | None = field(default=None, init=False)

    @property
    def settings(self) -> Settings:
        """The settings with their origins.

        Raises:
            ConfigurationError: A file of settings cannot be read.
        """
        if self._settings is None:
            self._settings = Settings(self.flags, self.environment, self.directory, emulator=self.emulator)
        return self._settings

    @property
    def test_environment(self) -> bool:
        """Whether alfaview is an emulator on this machine, where guests may have addresses that nobody can have."""
        return is_this_machine(self.settings["base_url"].value)

    def forget_settings(self) -> None:
        """Read the settings anew when they are next asked for: a flag or a file has changed."""
        self._settings = None

    @property
    def language(self) -> str:
        """In which people are spoken to: `en` or `de`; files that cannot be read do not stop that."""
        wanted = self.flags.get("lang", "")
        if not wanted:
            try:
                wanted = self.settings["lang"].value
            except ConfigurationError:
                wanted = ""
        names = ("LC_ALL", "LC_MESSAGES", "LANG")
        return texts.language(
            wanted, next((self.environment[name] for name in names if self.environment.get(name)), "")
        )

    def text(self, key: str, /, **values: object) -> str:
        """Return a text in the language of the user."""
        return texts.text(self.language, key, **values)

    def say(self, key: str, /, **values: object) -> None:
        """Tell people something, on stderr."""
        if not self.quiet:
            click.echo(plain_symbols(self.text(key, **values)), err=True)

    def fail(self, code: str, end: Exit, /, **values: object) -> Failure:
        """Return a failure with the texts `code` and, where there are, `code-where` and `code-next`."""
        where, following = (texts.optional(self.language, f"{code}-{part}", **values) for part in ("where", "next"))
        return Failure(code, end, self.text(code, **values), (where,) if where else (), next_step=following)

    def show(self, rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
        """Write rows to stdout."""
        color = wants_color(self.color, self.environment, sys.stdout)
        write_rows(rows, self.check_fields(columns), self.output, color=color)

    def show_record(self, record: Mapping[str, Any], columns: Sequence[str]) -> None:
        """Write one record to stdout."""
        write_record(record, self.check_fields(columns), self.output)

    def may(self, key: str, /, **values: object) -> bool:
        """Ask whether to do what cannot be undone.

        Returns:
            False for a dry run, which says what would be done.

        Raises:
            Failure: The answer was no, or there is nobody to ask.
        """
        question = self.text(key, **values)
        if self.dry_run:
            self.say("dry-run", what=question)
            return False
        if self.yes:
            return True
        if not self.can_ask:
            raise self.fail("needs-confirmation", Exit.DECLINED, what=question)
        if confirmed(plain_symbols(f"{question}\n{self.text('continue')}")):
            return True
        raise self.fail("declined", Exit.DECLINED)

    @property
    def can_ask(self) -> bool:
        """Whether somebody sits at a terminal and wants to be asked."""
        return not (self.no_input or self.environment.get("CI")) and sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def json(self) -> bool:
        """Whether a program reads us: data and errors are JSON then."""
        return self.output in ("json", "jsonl")

    def check_fields(self, columns: Sequence[str]) -> Sequence[str]:
        """Return the columns to show; what changes something asks before it does, not when it shows what it did.

        Args:
            columns: Those that there are.

        Raises:
            Failure: `--fields` names others.
        """
        unknown = [name for name in self.fields if name not in columns]
        if unknown:
            raise self.fail("unknown-field", Exit.USAGE, fields=", ".join(unknown), known=", ".join(columns))
        return self.fields or columns


def plain_symbols(line: str) -> str:
    """Return a line that stderr can show: marks become `[ok]`, `[!]` and `[x]` where it is not UTF-8."""
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        for mark, plain in (("✓", "[ok]"), ("✗", "[x]"), ("…", "..."), ("→", "->"), ("·", "-")):
            line = line.replace(mark, plain)
    return line
