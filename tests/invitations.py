"""What tests of bulk runs share: guests, a destination that does not wait long, and processes that can be killed."""

import asyncio
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import orjson

import alfaview_async
from alfaview_async.bulk import GuestLinks, Recipient, invite, resume
from alfaview_async.retry import RetryPolicy

CREATE = "guestService.v2/createGuestLinks"
LIST = "guestService.v2/listGuestLinks"
HASTY = RetryPolicy(wait=0.001)
QUICK = {"room": "Seminar A", "role": "Participant", "send_email": True, "effect_within": 0.2, "listed_within": 0.05}
DRIVER = Path(__file__).with_name("bulk_driver.py")


def guests(count, **more):
    return [
        Recipient(email=f"guest{n}@example.org", display_name=f"Guest {n}", line=n + 2, **more) for n in range(count)
    ]


def addresses(count):
    """Return the addresses of `guests`, sorted."""
    return sorted(f"guest{n}@example.org" for n in range(count))


def mailed(emulator):
    """Return who was mailed, as often as that, sorted."""
    return sorted(mail.to for mail in emulator.outbox)


def linked(emulator):
    """Return who has a guest link, as often as that, sorted."""
    return sorted(link.email for company in emulator.state.companies.values() for link in company.links.values())


def statuses(results):
    return [result.status for result in results]


def destination(alfaview, **options):
    return GuestLinks(alfaview, **QUICK | options)


async def run(destination, recipients, **options):
    return [result async for result in invite(destination, recipients, **options)]


async def resumed(destination, journal, **options):
    return [result async for result in resume(destination, journal=journal, **options)]


class Driver:
    """Gives orders to processes of bulk_driver.py that work with an emulator."""

    def __init__(self, process, emulator, journal):
        self._process = process
        self._order = {
            "base_url": emulator.base_url,
            "key": {"client_id": emulator.client_id, "code": emulator.code, "company_id": emulator.company_id},
            "journal": str(journal),
        }

    async def begin(self, do, *, destination=None, **order):
        """Start a process; returns its id."""
        order = self._order | {"do": do, "destination": QUICK | {"chunk_size": 3} | (destination or {})} | order
        self._process.stdin.write(orjson.dumps(order) + b"\n")
        self._process.stdin.flush()
        return (await self._said())["pid"]

    async def end(self):
        """Wait for the process that was started; returns what it said and how it ended."""
        return await self._said()

    async def do(self, do, **order):
        """Start a process and wait for its end."""
        await self.begin(do, **order)
        return await self.end()

    async def _said(self):
        line = await asyncio.to_thread(self._process.stdout.readline)
        assert line, "bulk_driver.py has died"
        return orjson.loads(line)


@contextmanager
def started():
    """Run bulk_driver.py while the block runs."""
    with subprocess.Popen(
        [sys.executable, str(DRIVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": str(Path(alfaview_async.__file__).parents[1])},
    ) as process:
        yield process
