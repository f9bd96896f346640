"""A lock between processes: a file that is never deleted, and `flock` on it, which ends with its holder."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic

from alfaview_async.errors import StorageTimeout, StorageUnavailable

_LOCK_SECONDS = 5.0
_POLL_SECONDS = 0.005


@asynccontextmanager
async def held(path: Path) -> AsyncIterator[None]:
    """Hold the lock of a file while the block runs.

    No thread waits: one that hangs in `flock` could not be cancelled, and would keep the lock it gets in the end.

    Raises:
        StorageTimeout: Somebody else kept it for 5 seconds; it is not taken away from them.
        StorageUnavailable: The file cannot be opened, or is a link.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StorageUnavailable(f"cannot open the lock {path}: {error.strerror}") from error
    try:
        deadline = monotonic() + _LOCK_SECONDS
        while not _taken(descriptor):
            if monotonic() > deadline:
                raise StorageTimeout(f"another process has held {path} for {_LOCK_SECONDS:g} s")
            await asyncio.sleep(_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
