"""Where the journals of bulk jobs lie, how a job is named, and what is noted beside its journal."""

import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import choice
from typing import Any, Self

import orjson
from attrs import asdict, field, frozen

from alfaview_async.bulk import RunOverview, read_overview
from alfaview_async.bulk.outputs.atomic import replacing
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.settings import state_directory
from alfaview_async.errors import JournalError

_NAME = re.compile(r"\d{8}-\d{4}-[a-z0-9]{2,4}")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look like others: names are read out and typed."""
_AGE = re.compile(r"([1-9]\d{0,4})([hdw])")
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@frozen(kw_only=True)
class JobNotes:
    """What a job needs to be gone on with, and its journal does not hold: no names, no links, no secrets.

    Attributes:
        source: What the list is called, e.g. `guests.csv`.
        where: The room or meeting, for people.
        profile: Whose login made it.
        company: The company; empty where the login chose it.
        base_url: The server.
        links: Files to write the results to.
        ics: Directory for calendar files, empty for none.
        qr: Directory for QR codes, empty for none.
        title: What the appointments are called.
        delimiter: Of the list, so that files look like it.
        encoding: Of the list.
    """

    source: str
    profile: str
    company: str
    base_url: str
    where: str = ""
    links: tuple[str, ...] = ()
    ics: str = ""
    qr: str = ""
    title: str = ""
    delimiter: str = ""
    encoding: str = ""

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """Read them; `None` if they are gone or not ours: a job can be gone on with all the same."""
        try:
            raw: Any = orjson.loads(path.read_bytes())
            return cls(**raw | {"links": tuple(raw["links"])})
        except (OSError, ValueError, TypeError, KeyError):
            return None


@frozen(kw_only=True)
class Job:
    """A run of the past, or one that goes on.

    Attributes:
        name: E.g. `20261122-1412-k7`: when it was begun, by the clock here, and two letters.
        journal: Path of its journal.
    """

    name: str
    journal: Path

    @property
    def notes_path(self) -> Path:
        """Where its notes are."""
        return self.journal.with_suffix(".json")

    @property
    def notes(self) -> JobNotes | None:
        """Its notes, if they can be read."""
        return JobNotes.read(self.notes_path)

    def note(self, notes: JobNotes) -> None:
        """Write its notes, for our eyes only."""
        with replacing(self.notes_path) as file:
            file.write(orjson.dumps(asdict(notes)))

    def overview(self) -> RunOverview | None:
        """How its run stands; `None` if none was begun.

        Raises:
            JournalError: The journal cannot be read.
        """
        return read_overview(self.journal)

    def delete(self) -> None:
        """Delete all of it, the notes last: what is left of a job that was not deleted whole still has a name."""
        for path in sorted(self.journal.parent.glob(f"{self.name}.journal*")):
            path.unlink(missing_ok=True)
        self.notes_path.unlink(missing_ok=True)


@frozen
class JobFound:
    """A job and how it stands; `overview` is `None` where its journal cannot be read, and `damage` says why."""

    job: Job
    overview: RunOverview | None
    damage: str = ""


@frozen
class Jobs:
    """The jobs of a user.

    Attributes:
        directory: Where they lie, mode 0700.
    """

    directory: Path = field()

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Self:
        """Find the user's directory; it is made with the first job."""
        return cls(state_directory(environment) / "jobs")

    def new(self, notes: JobNotes) -> Job:
        """Name a job that nobody else has, and write its notes."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        moment = datetime.now(UTC).astimezone()
        while True:
            job = self._job(f"{moment:%Y%m%d-%H%M}-{choice(_LETTERS)}{choice(_LETTERS)}")
            try:
                os.close(os.open(job.notes_path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            except FileExistsError:
                continue
            job.note(notes)
            return job

    def all(self) -> list[JobFound]:
        """Find the jobs that were begun, the latest last."""
        return sorted(self._found(), key=_begun)

    def find(self, invocation: Invocation, name: str, *, last: bool = False) -> Job:
        """Find a job by its name, or the latest one.

        Raises:
            Failure: There is no such job, or none was named.
        """
        if last == bool(name):
            raise invocation.fail("which-job", Exit.USAGE)
        if last:
            jobs = self.all()
            if not jobs:
                raise invocation.fail("no-jobs", Exit.NOT_FOUND, directory=self.directory)
            return jobs[-1].job
        job = self._job(name)
        if not _NAME.fullmatch(name) or not job.journal.is_file():
            raise invocation.fail("no-job", Exit.NOT_FOUND, job=name)
        return job

    def _job(self, name: str) -> Job:
        return Job(name=name, journal=self.directory / f"{name}.journal")

    def _found(self) -> Iterator[JobFound]:
        for path in self.directory.glob("*.journal"):
            if not _NAME.fullmatch(path.stem):
                continue
            job = self._job(path.stem)
            try:
                overview = job.overview()
            except JournalError as error:
                yield JobFound(job, None, error.message)
            else:
                if overview:
                    yield JobFound(job, overview)


def age(text: str) -> timedelta | None:
    """Read how old a job must be, e.g. `30d`, `12h` or `2w`; `None` if it is no such text."""
    found = _AGE.fullmatch(text.strip().lower())
    return timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None


def _begun(found: JobFound) -> tuple[str, datetime]:
    """Sort by the minute in the name, which a damaged journal has too, then by the journal's own clock."""
    made_at = found.overview.made_at if found.overview else datetime.max.replace(tzinfo=UTC)
    return found.job.name[:13], made_at
