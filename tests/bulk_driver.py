"""Processes that invite, to be killed: one that waits for orders, and a fork of it for each order.

python tests/bulk_driver.py

An order is a line of JSON on standard input. It is answered by two lines: `{"pid": ...}` when its process begins, and
when that has ended `{"exit": ..., "results": [[address, status, mail], ...] or null, "error": [class, text] or null}`.
A fork costs a hundredth of a new interpreter, and shares nothing with the processes before it but the files.
"""

import asyncio
import os
import select
import signal
import sys
import time
from contextlib import contextmanager
from functools import wraps
from inspect import iscoroutinefunction
from pathlib import Path

import orjson

from alfaview_async import Alfaview, ApiKey, calls
from alfaview_async.bulk import GuestLinks, Mode, Recipient, invite, resume, undo, write_csv
from alfaview_async.bulk.journal import Journal
from alfaview_async.bulk.journal_file import JournalFile
from alfaview_async.emulator import Emulator
from alfaview_async.retry import RetryPolicy

ROOMS = ("Seminar A", "Nord/Seminar B")
CREATE = "guestService.v2/createGuestLinks"


class Crash:
    """Kills its own process at the n-th time that it comes by a point.

    Args:
        point: Name of what is called there.
        when: `before` or `after` the call; `inside`: when a transaction has written all and committed nothing.
        nth: Of the calls, from 1.
    """

    def __init__(self, point, when, nth):
        self.place = (point, when)
        self.left = nth

    def passing(self, point, when):
        if (point, when) == self.place:
            self.left -= 1
            if not self.left:
                os.kill(os.getpid(), signal.SIGKILL)

    def lay(self):
        """Put the points where they belong."""
        for name in ("begin", "commit", "note_echo", "note_mails", "note_withdrawing"):
            self._wrap(Journal, name)
        for name in ("create", "invitations", "mail", "withdraw"):
            self._wrap(GuestLinks, name)
        self._wrap(Path, "replace")
        self._wrap_decoding()
        self._wrap_transactions()

    def _wrap(self, owner, name):
        real = getattr(owner, name)

        @wraps(real)
        def plain(*args, **kwargs):
            self.passing(name, "before")
            result = real(*args, **kwargs)
            self.passing(name, "after")
            return result

        @wraps(real)
        async def awaited(*args, **kwargs):
            self.passing(name, "before")
            result = await real(*args, **kwargs)
            self.passing(name, "after")
            return result

        setattr(owner, name, awaited if iscoroutinefunction(real) else plain)

    def _wrap_decoding(self):
        real = calls.decode_reply

        def decode(operation, *args):
            if operation.path == CREATE:
                self.passing("decode", "before")
            return real(operation, *args)

        calls.decode_reply = decode

    def _wrap_transactions(self):
        real = JournalFile.transaction

        @contextmanager
        def transaction(journal):
            with real(journal) as database:
                yield database
                self.passing("transaction", "inside")

        JournalFile.transaction = transaction


def recipients(count):
    """Guests for both rooms by turns."""
    return [
        Recipient(email=f"guest{n}@example.org", display_name=f"Guest {n}", room=ROOMS[n % 2], line=n + 2)
        for n in range(count)
    ]


async def carry_out(order):
    """Do what an order says; returns the results."""
    patience = {"timeout": order.get("timeout", 5.0), "retry": RetryPolicy(wait=0.001)}
    async with Alfaview(ApiKey(**order["key"]), base_url=order["base_url"], **patience) as alfaview:
        there = GuestLinks(alfaview, **order["destination"])
        where = {"journal": order.get("journal")}
        pace = {"rooms_at_once": order.get("rooms_at_once", 4)}
        match order["do"]:
            case "invite":
                run = invite(
                    there, recipients(order["guests"]), mode=Mode(order.get("mode", "reconciled")), **where, **pace
                )
            case "resume":
                run = resume(there, **where, **pace)
            case "undo":
                run = undo(there, **where)
        results = [result async for result in run]
    if order.get("report"):
        write_csv(order["report"], results)
    return results


def child(order, said):
    """Carry out an order and say what came of it; never returns, whatever happens."""
    answer = {"results": None, "error": None}
    code = 1
    try:
        if crash := order.get("crash"):
            Crash(*crash).lay()
        try:
            results = asyncio.run(carry_out(order))
            answer["results"] = [[result.recipient.email, result.status, result.mail] for result in results]
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the tests look at what it was
            answer["error"] = [type(error).__name__, str(error)]
        with os.fdopen(said, "wb") as pipe:
            pipe.write(orjson.dumps(answer))
        code = 0
    finally:
        os._exit(code)


def ended(process, heard, kill_after):
    """Wait for a process, or kill it when its time has come; returns its answer."""
    deadline = None if kill_after is None else time.monotonic() + kill_after
    answer = b""
    while True:
        wait = None if deadline is None else max(0.0, deadline - time.monotonic())
        if not select.select([heard], [], [], wait)[0]:
            os.kill(process, signal.SIGKILL)
            deadline = None
        elif part := os.read(heard, 1 << 16):
            answer += part
        else:
            break
    os.close(heard)
    _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    return {"exit": code, **(orjson.loads(answer) if code == 0 else {"results": None, "error": None})}


def say(value):
    sys.stdout.buffer.write(orjson.dumps(value) + b"\n")
    sys.stdout.buffer.flush()


async def rehearse():
    """Do it all once before the first fork: codecs are built when they are first needed, which takes half a second."""
    async with Emulator() as emulator:
        key = {"client_id": emulator.client_id, "code": emulator.code, "company_id": emulator.company_id}
        there = {"role": "Participant"}
        await carry_out({"do": "invite", "guests": 1, "base_url": emulator.base_url, "key": key, "destination": there})


def main():
    asyncio.run(rehearse())
    for line in sys.stdin.buffer:
        order = orjson.loads(line)
        heard, said = os.pipe()
        process = os.fork()
        if not process:
            os.close(heard)
            child(order, said)
        os.close(said)
        say({"pid": process})
        say(ended(process, heard, order.get("kill_after")))


if __name__ == "__main__":
    main()
