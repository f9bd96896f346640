"""Locks between processes, and what happens to those who hold them or wait for them."""

import asyncio
import contextlib
import os
import signal
import time
from threading import Thread

import pytest
from real_disk import process, run

from alfaview_async.errors import StorageTimeout, StorageUnavailable
from alfaview_async.testing import KEY
from alfaview_async.tokens import FileTokenStore
from alfaview_async.tokens import file as file_module


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "tokens"


async def enter(store, within=10):
    async with asyncio.timeout(within), store.lock(KEY):
        pass


@pytest.fixture
def kept_out(directory, monkeypatch):
    """Try to get the lock, with less patience than usual, in vain."""

    async def kept_out():
        with monkeypatch.context() as hurry:
            hurry.setattr(file_module, "_BOUND_SECONDS", 0.2)
            with pytest.raises(StorageTimeout, match="another process keeps it locked"):
                await enter(FileTokenStore(directory))

    return kept_out


async def test_another_process_is_kept_out(directory, kept_out):
    """S4: the lock is one for all processes, and ends when its holder leaves."""
    with process("hold", directory) as holder:
        await kept_out()
        holder.stdin.write("leave\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "left\n"
        await enter(FileTokenStore(directory))


async def test_a_killed_holder_holds_nothing(directory):
    """S4: the lock dies with its holder, also by kill -9."""
    with process("hold", directory) as holder:
        waiting = asyncio.create_task(enter(FileTokenStore(directory)))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        holder.kill()
        await waiting


async def test_a_stopped_holder_is_waited_for_not_robbed(directory, kept_out):
    """F20: whoever waits hears of it at the bound; the holder wakes up and still has the lock."""
    with process("hold", directory) as holder:
        holder.send_signal(signal.SIGSTOP)
        for _ in range(3):
            await kept_out()
        holder.send_signal(signal.SIGCONT)
        await kept_out()
        holder.stdin.write("leave\n")
        holder.stdin.flush()
        assert holder.stdout.readline() == "left\n"
        await enter(FileTokenStore(directory))


async def test_waiters_who_gave_up_hold_nothing(directory, monkeypatch):
    """F21: of a hundred who were cancelled or ran out of time none gets the lock when it is free at last."""
    monkeypatch.setattr(file_module, "_BOUND_SECONDS", 1.0)
    store, peer = FileTokenStore(directory), FileTokenStore(directory)
    async with peer.lock(KEY):
        waiting = [asyncio.create_task(enter(store)) for _ in range(100)]
        await asyncio.sleep(0.05)
        for task in waiting[::2]:
            task.cancel()
        results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(result) for result in results] == [asyncio.CancelledError, StorageTimeout] * 50
    monkeypatch.setattr(file_module, "_BOUND_SECONDS", 5.0)
    await enter(FileTokenStore(directory), within=2)
    await enter(store, within=2)


async def test_a_waiter_cancelled_just_when_its_turn_comes_does_not_keep_the_lock(directory):
    """F21: the thread has the lock, the task has not heard of it yet, and is cancelled."""
    store, peer = FileTokenStore(directory), FileTokenStore(directory)
    turn = contextlib.AsyncExitStack()
    await turn.enter_async_context(peer.lock(KEY))
    waiting = asyncio.create_task(enter(store))
    await asyncio.sleep(0.05)
    await turn.aclose()
    time.sleep(0.2)  # noqa: ASYNC251 - the loop must not hear of what the thread does meanwhile
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await enter(peer, within=2)


async def test_cancelling_at_any_moment_leaves_the_lock_free(directory):
    """F21: waiters that are cancelled somewhere between asking and leaving, three hundred times."""
    store, peer = FileTokenStore(directory), FileTokenStore(directory)
    for attempt in range(300):
        tasks = [asyncio.create_task(enter(one)) for one in (store, peer)]
        await asyncio.sleep(attempt % 30 * 0.0001)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await enter(FileTokenStore(directory), within=2)


async def test_a_forked_child_that_leaves_does_not_unlock(directory, kept_out):
    """F22: the parent still has the lock after its child has left the block and ended."""
    with process("fork_and_leave", directory) as parent:
        assert parent.said == "the child is gone"
        await kept_out()
        parent.kill()
        parent.wait()
        await enter(FileTokenStore(directory))


async def test_a_forked_child_that_stays_does_not_hold(directory):
    """F22: the lock ends with the parent, though a child forked under it lives on."""
    with process("fork_and_stay", directory) as parent:
        parent.kill()
        parent.wait()
        try:
            await enter(FileTokenStore(directory), within=2)
        finally:
            os.kill(int(parent.said), signal.SIGKILL)


def test_a_store_works_in_both_processes_after_a_fork(directory):
    """F22: the child has no thread of its parent's, and starts one of its own."""
    assert run("fork_between", directory).stdout == "0 2\n"


def test_a_forked_child_closes_its_copies(directory):
    """F22: whatever the child does later, it cannot unlock what it has no descriptor of."""
    assert run("copies_after_fork", directory).stdout == "0\n"


async def test_a_deleted_lock_file_does_not_let_two_in(directory):
    """S4: whoever waited for a lock file that is deleted meanwhile asks for the new one."""
    store = FileTokenStore(directory)
    async with store.lock(KEY):
        waiting = asyncio.create_task(enter(FileTokenStore(directory)))
        await asyncio.sleep(0.05)
        (lock,) = directory.glob("*.lock")
        lock.unlink()
        peer = FileTokenStore(directory)
        entered = contextlib.AsyncExitStack()
        await entered.enter_async_context(peer.lock(KEY))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    await entered.aclose()
    await waiting


async def test_a_symlink_in_place_of_the_lock_is_refused(directory, tmp_path):
    """F9: nothing is opened, made or cut where it points to."""
    store = FileTokenStore(directory)
    await enter(store)
    (lock,) = directory.glob("*.lock")
    for victim in (tmp_path / "canary", tmp_path / "absent"):
        (tmp_path / "canary").write_text("canary")
        lock.unlink()
        lock.symlink_to(victim)
        with pytest.raises(StorageUnavailable, match="symbolic link"):
            await enter(store)
    assert (tmp_path / "canary").read_text() == "canary"
    assert not (tmp_path / "absent").exists()


async def test_a_lock_planted_while_it_is_taken_cuts_nothing(directory, tmp_path):
    """F9: a thread swaps the lock file for a link to a victim and back, as fast as it can."""
    store = FileTokenStore(directory)
    await enter(store)
    (lock,) = directory.glob("*.lock")
    canary = tmp_path / "canary"
    canary.write_text("canary")
    canary.chmod(0o640)
    over = False

    def plant():
        while not over:
            lock.unlink(missing_ok=True)
            with contextlib.suppress(FileExistsError):  # the store was faster
                lock.symlink_to(canary)
            time.sleep(0.0001)

    attacker = Thread(target=plant)
    attacker.start()
    refused = entered = 0
    try:
        async with asyncio.timeout(10):
            while refused < 50 or entered < 10:
                try:
                    await enter(store)
                    entered += 1
                except StorageUnavailable:
                    refused += 1
    finally:
        over = True
        attacker.join()
    assert canary.read_text() == "canary"
    assert canary.stat().st_mode & 0o777 == 0o640
