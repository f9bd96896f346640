"""10,000 links: `invite` with its journal, over concurrent aiohttp and plain dicts by hand; one line of JSON.

python benchmarks/bulk.py [rounds]

Both send chunks of 100, ten at a time, to an emulator in a process of its own, by turns. By hand means: one session,
ten tasks, `json` in and out, ids and links kept; nothing is written down, and nothing is known of lost answers.
The memory is that of a process that invites 50,000.
"""

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter, process_time
from typing import IO, Any

import aiohttp
import orjson

from alfaview_async import Alfaview, ApiKey
from alfaview_async.bulk import GuestLinks, Recipient, RowStatus, invite
from alfaview_async.emulator import Emulator

LINKS = 10_000
CHUNK = 100
AT_ONCE = 10
MANY = 50_000
ROOM = "Seminar A"
ROLE = "Participant"


async def serve() -> None:
    """Run an emulator that begins anew for each line on standard input."""
    async with Emulator() as emulator:
        key = {"client_id": emulator.client_id, "code": emulator.code, "company_id": emulator.company_id}
        print(json.dumps({"base_url": emulator.base_url, "key": key}), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            emulator.reset()
            print(flush=True)


class Server:
    """The emulator in its process."""

    def __init__(self, said: IO[str], told: IO[str]) -> None:
        self._said, self._told = said, told
        where = json.loads(said.readline())
        self.base_url: str = where["base_url"]
        self.key: dict[str, str] = where["key"]

    def reset(self) -> None:
        self._told.write("\n")
        self._told.flush()
        self._said.readline()


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
    """Create the links without any library but aiohttp; returns how many there are."""
    links: dict[str, tuple[str, str]] = {}
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def call(path: str, body: object) -> Any:
            async with session.post(emulator.base_url + path, json=body) as response:
                response.raise_for_status()
                return json.loads(await response.read())

        names = {"client_id": "clientId", "code": "code", "company_id": "companyId"}
        login = {"authorizationCodeCredentials": {names[name]: value for name, value in emulator.key.items()}}
        access = {"accessToken": (await call("authenticationService/authenticate", login))["accessToken"]}
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


def measured(emulator: Server, work: Coroutine[None, None, int]) -> tuple[float, float]:
    """Return the seconds that went by, and those that this process has worked."""
    emulator.reset()
    began, worked = perf_counter(), process_time()
    assert asyncio.run(work) == LINKS
    return perf_counter() - began, process_time() - worked


def memory() -> dict[str, float]:
    """Invite many in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "many"], capture_output=True, check=True)
    found: dict[str, float] = orjson.loads(done.stdout)
    return found


def many() -> None:
    with server() as emulator, tempfile.TemporaryDirectory() as place:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = perf_counter()
        assert asyncio.run(ours(emulator, guests(MANY), f"{place}/journal")) == MANY
        took = perf_counter() - began
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"before_mb": before // 1024, "peak_mb": peak // 1024, "wall_s": round(took, 1)}))


def main(rounds: int) -> dict[str, object]:
    rows = guests(LINKS)
    plain = [{"email": row.email, "displayName": row.display_name} for row in rows]
    walls: dict[str, list[tuple[float, float]]] = {"by_hand": [], "journal": [], "no_journal": []}
    with server() as emulator, tempfile.TemporaryDirectory() as place:
        measured(emulator, ours(emulator, rows, None))  # codecs are built once per process
        for number in range(rounds):
            walls["by_hand"].append(measured(emulator, by_hand(emulator, plain)))
            walls["journal"].append(measured(emulator, ours(emulator, rows, f"{place}/{number}")))
            walls["no_journal"].append(measured(emulator, ours(emulator, rows, None)))
    hand = [wall for wall, _ in walls["by_hand"]]
    return {
        "links": LINKS,
        "rounds": rounds,
        **{f"{name}_s": round(median(wall for wall, _ in took), 2) for name, took in walls.items()},
        **{f"{name}_cpu_s": round(median(worked for _, worked in took), 2) for name, took in walls.items()},
        **{
            f"{name}_ratio": round(median(wall / other for (wall, _), other in zip(walls[name], hand, strict=True)), 2)
            for name in ("journal", "no_journal")
        },
        "rows_50000": memory(),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["serve"]:
            asyncio.run(serve())
        case ["many"]:
            many()
        case given:
            print(json.dumps(main(int(given[0]) if given else 5)))
