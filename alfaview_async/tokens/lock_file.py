"""A lock between processes: a file that is never deleted, and `flock` on it, which ends with its holder.

Where there is no `flock`, on Windows, the first byte of the file is locked instead: waiting then means asking a
hundred times a second, so the order of waiters is left to chance.
"""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from alfaview_async.errors import StorageUnavailable

if sys.platform == "win32":
    import msvcrt
    from time import sleep

    def _lock(descriptor: int, *, wait: bool) -> None:
        while True:
            try:
                os.lseek(descriptor, 0, os.SEEK_SET)
                msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            except OSError:
                if not wait:
                    raise BlockingIOError from None
                sleep(0.01)
            else:
                return

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, 0, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


_descriptors: set[int] = set()


@contextmanager
def locked(open_file: Callable[[], int], *, wait: bool = True) -> Iterator[None]:
    """Hold the lock of a file while the block runs. Blocks the thread: the kernel lets waiters in as they came.

    A forked child does not hold it: the child closes its copy of the descriptor, and never unlocks.

    Args:
        open_file: Opens the file, with `O_CLOEXEC`; called again if somebody deletes the file meanwhile.
        wait: False to raise `BlockingIOError` at once if another has the lock.

    Raises:
        StorageUnavailable: The file system knows no locks.
    """
    process = os.getpid()
    descriptor = _locked(open_file, wait=wait)
    try:
        yield
    finally:
        if os.getpid() == process:  # unlocking a child's copy would unlock the parent's
            with suppress(OSError):  # closing unlocks too, whatever it says
                _unlock(descriptor)
            with suppress(OSError):
                _close(descriptor)


def _locked(open_file: Callable[[], int], *, wait: bool) -> int:
    while True:
        descriptor = open_file()
        _descriptors.add(descriptor)
        try:
            _lock(descriptor, wait=wait)
            if os.fstat(descriptor).st_nlink:  # else it was deleted: newcomers lock another file
                return descriptor
        except BlockingIOError:
            _close(descriptor)
            raise
        except OSError as error:
            _close(descriptor)
            raise StorageUnavailable(f"token files cannot be locked here: {error.strerror}") from error
        _close(descriptor)


def _close(descriptor: int) -> None:
    _descriptors.discard(descriptor)
    os.close(descriptor)


def _close_copies() -> None:
    """Let go in a forked child: a lock lasts as long as anybody has its descriptor open."""
    for descriptor in _descriptors:
        os.close(descriptor)
    _descriptors.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_close_copies)
