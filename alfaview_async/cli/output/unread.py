"""Streams whose reader may leave while the work goes on: `| head -1` must not leave half a job behind."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Unread(FileIO):
    """Writes to a descriptor, and nowhere once that fails.

    Attributes:
        failure: Why, if it was not that its reader has left.
    """

    failure: OSError | None = None

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write; nobody can be told here that it failed."""
        try:
            return super().write(data)
        except OSError as error:
            if not isinstance(error, BrokenPipeError):
                self.failure = error
            write_nowhere(self.fileno())
            return super().write(data)


def write_nowhere(descriptor: int) -> None:
    """Let what is written to a descriptor from now on go nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)


def stderr_may_go_unread() -> None:
    """From now on no command ends since nobody reads what it tells."""
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr, _ = _unread(sys.stderr)


@contextmanager
def stdout_may_go_unread() -> Iterator[Unread]:
    """Inside the block the work goes on when its results cannot be written any more; yields what knows why."""
    before = sys.stdout
    if not isinstance(before, TextIOWrapper):  # closed from the beginning
        with Unread(os.devnull, "wb") as nowhere:
            yield nowhere
        return
    sys.stdout, raw = _unread(before)
    try:
        yield raw
    finally:
        sys.stdout.flush()
        sys.stdout = before


def _unread(stream: TextIOWrapper) -> tuple[TextIOWrapper, Unread]:
    stream.flush()
    raw = Unread(stream.fileno(), "wb", closefd=False)
    unread = TextIOWrapper(
        BufferedWriter(raw),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
    return unread, raw
