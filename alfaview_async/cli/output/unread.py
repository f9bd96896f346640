"""Streams whose reader may leave while the work goes on: `| head -1` must not leave half a job behind."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter, FileIO, TextIOWrapper
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class _Unread(FileIO):
    """Writes to a descriptor, and nowhere once its reader has left."""

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return super().write(data)


def stderr_may_go_unread() -> None:
    """From now on no command ends since nobody reads what it tells."""
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr = _unread(sys.stderr)


@contextmanager
def stdout_may_go_unread() -> Iterator[None]:
    """Inside the block the work goes on when nobody reads its results any more."""
    before = sys.stdout
    if not isinstance(before, TextIOWrapper):
        yield
        return
    sys.stdout = _unread(before)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stdout = before


def _unread(stream: TextIOWrapper) -> TextIOWrapper:
    stream.flush()
    return TextIOWrapper(
        BufferedWriter(_Unread(stream.fileno(), "wb", closefd=False)),
        encoding=stream.encoding,
        errors=stream.errors,
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
