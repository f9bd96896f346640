"""Other processes that use a file store, for tests that stop, fork, kill or trace them.

python tests/store_process.py ACTION DIRECTORY
"""

import asyncio
import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path

from attrs import evolve

from alfaview_async.errors import StorageTimeout, StorageUnavailable
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens import FileTokenStore
from alfaview_async.tokens import file as file_module
from alfaview_async.tokens.directory import PrivateDirectory
from alfaview_async.tokens.lock_file import locked


def say(text):
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def save(directory):
    """Save a token over what is there."""
    store = FileTokenStore(directory)
    stored = await store.load(KEY)
    assert await store.compare_and_swap(
        KEY, stored.generation if stored else 0, evolve(TOKEN, refresh_token=Secret("saved by a process"))
    )


async def hold(directory):
    """Hold the lock until told to leave."""
    async with FileTokenStore(directory).lock(KEY):
        say("held")
        await asyncio.to_thread(sys.stdin.readline)
    say("left")


async def stop_in_save(directory):
    """Stop in the middle of a save, with the new file half-way on the disk."""
    real_fsync = os.fsync

    def stopping_fsync(descriptor):
        os.fsync = real_fsync
        say("stopping")
        os.kill(os.getpid(), signal.SIGSTOP)
        real_fsync(descriptor)

    os.fsync = stopping_fsync
    await save(directory)
    say("saved")


async def hang_in_save(directory):
    """Save to a disk that never answers, and end nevertheless."""
    os.fsync = lambda _descriptor: threading.Event().wait()
    file_module._BOUND_SECONDS = 1.0
    try:
        await save(directory)
    except StorageTimeout:
        say("gave up")


async def fork_and_leave(directory):
    """Fork while holding the lock; the child leaves the block and ends."""
    async with FileTokenStore(directory).lock(KEY):
        child = os.fork()
        if child:
            os.waitpid(child, 0)  # noqa: ASYNC222 - nothing else is to happen meanwhile
            say("the child is gone")
            await asyncio.to_thread(sys.stdin.readline)
    if not child:
        os._exit(0)


async def fork_and_stay(directory):
    """Fork while holding the lock; the child lives on."""
    async with FileTokenStore(directory).lock(KEY):
        child = os.fork()
        if not child:
            signal.pause()
        say(child)
        await asyncio.to_thread(sys.stdin.readline)


def fork_between(directory):
    """Use one store before a fork, and after it in both processes."""
    store = FileTokenStore(directory)
    asyncio.run(store.compare_and_swap(KEY, 0, TOKEN))
    child = os.fork()
    loaded = asyncio.run(store.load(KEY))
    assert loaded is not None
    if not child:
        os._exit(0 if asyncio.run(store.compare_and_swap(KEY, loaded.generation, TOKEN)) else 1)
    _, status = os.waitpid(child, 0)
    say(f"{os.waitstatus_to_exitcode(status)} {asyncio.run(store.load(KEY)).generation}")


def copies_after_fork(directory):
    """Count the descriptors of a lock that a forked child has."""
    place = PrivateDirectory(directory)
    with locked(partial(place.open_lock, "a.lock")):
        child = os.fork()
        if not child:
            opened = [copy.readlink() for copy in Path("/proc/self/fd").iterdir() if copy.is_symlink()]
            os._exit(opened.count((Path(directory) / "a.lock").resolve()))
        _, status = os.waitpid(child, 0)
    say(os.waitstatus_to_exitcode(status))


def open_as(directory, user):
    """Open a store as another user; say why it cannot be."""
    os.setgroups([])
    os.setresgid(int(user), int(user), int(user))
    os.setresuid(int(user), int(user), int(user))
    try:
        FileTokenStore(directory)
    except StorageUnavailable as error:
        say(error)
    else:
        say("opened")


def umask(directory, mask):
    """Save under a umask."""
    os.umask(int(mask, 8))
    asyncio.run(save(directory))
    asyncio.run(save(directory))


if __name__ == "__main__":
    action, *given = sys.argv[1:]
    done = globals()[action](*given)
    if done is not None:
        asyncio.run(done)
