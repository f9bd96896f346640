"""Token stores under load: round trips to Redis, waits for locks, one expired token among 32 processes (B7, B8).

python benchmarks/redis_store.py [rounds]

Starts redis-server (it must be installed), the emulator in this process, and the others as processes of this file.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from socket import create_server
from typing import Self

from latencies import summary, timed
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from store_saves import KEY, TOKEN

from alfaview_async import Alfaview, ApiKey
from alfaview_async.tokens.file import FileTokenStore
from alfaview_async.tokens.redis import RedisTokenStore
from alfaview_async.tokens.store import TokenStore

PROCESSES = 32
CALLERS = 20
SERVER_SECONDS = 0.1
LOCKINGS = 50
AUTHENTICATE = "authenticationService/authenticate"


def store_at(place: str) -> TokenStore:
    return RedisTokenStore(place) if place.startswith("redis:") else FileTokenStore(place)


def say(*what: object) -> None:
    print(json.dumps(what), flush=True)


def told() -> bool:
    """Wait for the word to go on."""
    return bool(sys.stdin.readline().strip())


async def renew(place: str, base_url: str, key: ApiKey) -> None:
    """Be one of many processes: when told, find the token refused, with many callers waiting for the next."""
    store = store_at(place)
    async with Alfaview(key, base_url=base_url, tokens=store) as alfaview:
        session = alfaview._session  # noqa: SLF001 - how long calls wait for a token is not seen from outside
        token = await session.token()
        say("ready")
        while told():
            session.invalidate(token.generation)
            waits = await asyncio.gather(*(timed(session.token) for _ in range(CALLERS)), return_exceptions=True)
            token = await session.token()
            say(*(wait if isinstance(wait, float) else repr(wait) for wait in waits))
            told()
            calls = await asyncio.gather(
                *(alfaview.rooms.list(limit=1) for _ in range(CALLERS)), return_exceptions=True
            )
            say(*(repr(call) for call in calls if isinstance(call, BaseException)))
    await store.close()


async def contend(place: str) -> None:
    """Be one of many processes: when told, take the lock and save, again and again."""
    store = store_at(place)
    await store.load(KEY)
    say("ready")
    while told():
        waits = []
        for _ in range(LOCKINGS):
            began = time.perf_counter()
            async with store.lock(KEY):
                waits.append(time.perf_counter() - began)
                stored = await store.load(KEY)
                assert await store.compare_and_swap(KEY, stored.generation if stored else 0, TOKEN)
        say(*waits)
    await store.close()


class Crowd:
    """Processes of this file that act when told, all at once."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._processes: list[asyncio.subprocess.Process] = []
        self._told: list[asyncio.StreamWriter] = []
        self._said: list[asyncio.StreamReader] = []

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        for _ in range(PROCESSES):
            command = (sys.executable, __file__, *self._arguments)
            process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**20)
            assert process.stdin
            assert process.stdout
            self._processes.append(process)
            self._told.append(process.stdin)
            self._said.append(process.stdout)
        await self.answers()
        return self

    async def answers(self) -> list[list[float | str]]:
        return [json.loads(await said.readline()) for said in self._said]

    async def act(self) -> list[float | str]:
        """Tell everybody to go on, and return all that they answer: seconds, or what went wrong."""
        for told in self._told:
            told.write(b"go\n")
        return [part for answer in await self.answers() for part in answer]

    async def __aexit__(self, *_error: object) -> None:
        for told, process in zip(self._told, self._processes, strict=True):
            told.close()
            await process.wait()


async def one_expired_token(name: str, place: str, rounds: int) -> None:
    from alfaview_async.emulator import Emulator  # noqa: PLC0415 - not for the many processes

    async with Emulator() as emulator:
        emulator.faults.add(AUTHENTICATE, do="delay", seconds=SERVER_SECONDS)
        async with Crowd(
            "renew", place, emulator.base_url, emulator.client_id, emulator.code, emulator.company_id
        ) as crowd:
            for number in range(rounds):
                emulator.clock.advance(hours=2)
                logins = emulator.requests.count(AUTHENTICATE)
                answers = await crowd.act()
                refreshes = emulator.requests.count(AUTHENTICATE) - logins
                waits = [answer for answer in answers if isinstance(answer, float)]
                failures = [answer for answer in answers if isinstance(answer, str)]
                failures += map(str, await crowd.act())
                print(
                    f"{name} round {number + 1}: {refreshes} refresh, {len(failures)} failures, wait {summary(waits)}"
                )
                for failure in set(failures):
                    print("  ", failure)
            print(f"{name}: {emulator.requests.count(AUTHENTICATE)} logins for {rounds} renewals and the first")


async def contended_lock(name: str, place: str) -> None:
    async with Crowd("contend", place) as crowd:
        began = time.perf_counter()
        answers = await crowd.act()
        seconds = time.perf_counter() - began
    store = store_at(place)
    stored = await store.load(KEY)
    await store.close()
    assert stored
    lost, waits = PROCESSES * LOCKINGS - stored.generation, summary(map(float, answers))
    print(f"{name} lock, {PROCESSES} processes x {LOCKINGS} saves: {waits}, {lost} lost, {seconds:.1f} s")


async def round_trips(place: str) -> None:
    store = store_at(place)
    generation = 0

    async def save() -> None:
        nonlocal generation
        assert await store.compare_and_swap(KEY, generation, TOKEN)
        generation += 1

    async def lock() -> None:
        async with store.lock(KEY):
            pass

    for name, action in (("save", save), ("load", lambda: store.load(KEY)), ("lock and release", lock)):
        print(f"Redis {name}: {summary([await timed(action) for _ in range(1000)])}")
    await store.delete(KEY)
    await store.close()


@asynccontextmanager
async def redis_server() -> AsyncIterator[str]:
    with create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with tempfile.TemporaryDirectory() as directory:
        options = ("--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", directory, "--logfile", "log")
        process = await asyncio.create_subprocess_exec("redis-server", *options)
        url = f"redis://127.0.0.1:{port}"
        async with Redis.from_url(url, retry=Retry(ConstantBackoff(0.02), 250)) as client:
            await client.ping()
        try:
            yield url
        finally:
            process.terminate()
            await process.wait()


async def main(rounds: int) -> None:
    async with redis_server() as url:
        with tempfile.TemporaryDirectory() as directory:
            print(f"{os.cpu_count()} CPUs, {PROCESSES} processes x {CALLERS} callers, server {SERVER_SECONDS:g} s")
            await round_trips(url + "/0")
            for name, place in (("Redis", url + "/1"), ("file", f"{directory}/locked")):
                await contended_lock(name, place)
            for name, place in (("B8 Redis", url + "/2"), ("B7 file", f"{directory}/renewed")):
                await one_expired_token(name, place, rounds)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["renew", place, base_url, client_id, code, company_id]:
            asyncio.run(renew(place, base_url, ApiKey(client_id=client_id, code=code, company_id=company_id)))
        case ["contend", place]:
            asyncio.run(contend(place))
        case rounds:
            asyncio.run(main(int(rounds[0]) if rounds else 5))
