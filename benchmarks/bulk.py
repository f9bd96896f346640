"""10,000 links: `invite`, with and without its journal, over concurrent aiohttp and plain dicts by hand.

Both send chunks of 100, ten at a time, to an emulator in a process of its own, in turns. By hand means: one session,
ten tasks, orjson in and out, ids and links kept; nothing is written down, and nothing is known of lost answers.
The memory is that of a process that invites 50,000.

python benchmarks/bulk.py [--quick]
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from itertools import count
from time import perf_counter
from typing import IO, Any

import aiohttp
import orjson
from paired import Measure, Shown, figure, peak_bytes, ratio, rounds, script
from peers import JSON

from alfaview_async import Alfaview, ApiKey
from alfaview_async.bulk import GuestLinks, Recipient, RowStatus, invite
from alfaview_async.emulator import Emulator

LINKS = 10_000
CHUNK = 100
AT_ONCE = 10
MANY = 50_000
ROOM = "Seminar A"
ROLE = "Participant"
LOGIN = "authenticationService/authenticate"


async def serve() -> None:
    """Run an emulator that begins anew for each line on standard input, and tells how many logins there were."""
    async with Emulator() as emulator:
        key = {"client_id": emulator.client_id, "code": emulator.code, "company_id": emulator.company_id}
        print(json.dumps({"base_url": emulator.base_url, "key": key}), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            logins = emulator.requests.count(LOGIN)
            emulator.reset()
            print(logins, flush=True)


class Server:
    """The emulator in its process."""

    def __init__(self, said: IO[str], told: IO[str]) -> None:
        self._said, self._told = said, told
        where = json.loads(said.readline())
        self.base_url: str = where["base_url"]
        self.key: dict[str, str] = where["key"]

    def reset(self) -> int:
        """Begin anew; return the logins until now."""
        self._told.write("\n")
        self._told.flush()
        return int(self._said.readline())


@contextmanager
def server() -> Iterator[Server]:
    with subprocess.Popen(
        [sys.executable, __file__, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        assert process.stdin
        yield Server(process.stdout, process.stdin)
        process.stdin.close()


def guests(count: int) -> list[Recipient]:
    return [Recipient(email=f"guest{n}@example.org", display_name=f"Guest {n}", line=n + 2) for n in range(count)]


async def ours(emulator: Server, rows: list[Recipient], journal: str | None) -> int:
    """Invite; returns how many were created."""
    created = 0
    async with Alfaview(ApiKey(**emulator.key), base_url=emulator.base_url) as alfaview:
        there = GuestLinks(alfaview, room=ROOM, role=ROLE, chunk_size=CHUNK)
        async for result in invite(there, rows, journal=journal, chunks_per_room=AT_ONCE):
            created += result.status is RowStatus.CREATED
    return created


async def by_hand(emulator: Server, rows: list[dict[str, str]]) -> int:
    """Create the links without any library but aiohttp and orjson; returns how many there are."""
    links: dict[str, tuple[str, str]] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def call(path: str, body: object) -> Any:
            async with session.post(emulator.base_url + path, data=orjson.dumps(body), headers=JSON) as response:
                response.raise_for_status()
                return orjson.loads(await response.read())

        names = {"client_id": "clientId", "code": "code", "company_id": "companyId"}
        login = {"authorizationCodeCredentials": {names[name]: value for name, value in emulator.key.items()}}
        access = {"accessToken": (await call(LOGIN, login))["accessToken"]}
        rooms = (await call("roomService/list", {"accessInfo": access}))["rooms"]
        room = next(room_id for room_id, room in rooms.items() if room["displayName"] == ROOM)
        groups = (await call("businessLogicService/permissionGroups/list", {"accessInfo": access}))["permissionGroups"]
        role = next(group_id for group_id, group in groups.items() if group["name"] == ROLE)
        chunks = iter([rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)])

        async def work() -> None:
            for chunk in chunks:
                creations = [row | {"permissionGroupId": role} for row in chunk]
                body = {"accessInfo": access, "roomId": room, "guestLinkCreations": creations}
                reply = await call("guestService.v2/createGuestLinks", body)
                for link in reply["guestLinks"]:
                    links[link["email"]] = link["id"], link["joinLink"]

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return len(links)


def many() -> None:
    """Invite so many that memory shows; print the growth of the peak in bytes."""
    with server() as emulator, tempfile.TemporaryDirectory() as place:
        before = peak_bytes()
        assert asyncio.run(ours(emulator, guests(MANY), f"{place}/journal")) == MANY
        print(peak_bytes() - before)


def measures(*, quick: bool) -> Iterator[Measure]:
    rows = guests(LINKS)
    plain = [{"email": row.email, "displayName": row.display_name} for row in rows]
    numbers = count()
    with server() as emulator, tempfile.TemporaryDirectory() as place:

        def wall_seconds(work: Coroutine[None, None, int]) -> float:
            emulator.reset()
            began = perf_counter()
            assert asyncio.run(work) == LINKS
            return perf_counter() - began

        costs = rounds(
            {
                "by hand": lambda: wall_seconds(by_hand(emulator, plain)),
                "without journal": lambda: wall_seconds(ours(emulator, rows, None)),
                "with journal": lambda: wall_seconds(ours(emulator, rows, f"{place}/{next(numbers)}")),
            },
            2 if quick else 5,
        )
        emulator.reset()
        asyncio.run(ours(emulator, rows, f"{place}/logins"))
        logins = emulator.reset()
    what = f"{LINKS:,} guest links in chunks of {CHUNK}, {AT_ONCE} in flight, wall over aiohttp by hand"
    for way, goal in (("without journal", 1.5), ("with journal", 1.8)):
        yield ratio(f"{what}, {way}", costs, way, "by hand", goal=goal, shown=Shown(1, "s of wall clock"))
    yield figure(f"logins in a run of {LINKS:,} guest links", [logins], "", goal=1)
    if not quick:
        done = subprocess.run([sys.executable, __file__, "many"], stdout=subprocess.PIPE, check=True)
        yield figure(
            f"growth of the process's peak while {MANY:,} guests are invited", [int(done.stdout) / 2**20], "MiB"
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            asyncio.run(serve())
        case ["many"]:
            many()
        case _:
            script(measures)
