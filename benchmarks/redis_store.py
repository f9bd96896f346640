"""Token stores under load: round trips to Redis, waits for locks, one expired token among 32 processes (B7, B8).

python benchmarks/redis_store.py [rounds]

Starts redis-server (it must be installed), the emulator in this process, and the others as processes of this file.
"""

import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from socket import create_server
from typing import Self

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff

from alfaview_async import Alfaview, ApiKey
from alfaview_async.secret import Secret
from alfaview_async.tokens.file import FileTokenStore
from alfaview_async.tokens.redis import RedisTokenStore
from alfaview_async.tokens.store import StoredToken, TokenKey, TokenStore

PROCESSES = 32
CALLERS = 20
SERVER_SECONDS = 0.1
LOCKINGS = 50
KEY = TokenKey(origin="https://apis.alfaview.com", principal="key:benchmark", company_id="company")
TOKEN = StoredToken(company_id="company", refresh_token=Secret("r" * 36), access_token=Secret("a" * 360))
AUTHENTICATE = "authenticationService/authenticate"


def store_at(place: str) -> TokenStore:
    return RedisTokenStore(place) if place.startswith("redis:") else FileTokenStore(place)


def summary(seconds: list[float]) -> str:
    """Show a median, a 99th percentile and the longest, in milliseconds."""
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"p50 {statistics.median(ordered) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, max {ordered[-1] * 1e3:.1f} ms"


async def timed(action: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await action()
    return time.perf_counter() - began


def say(what: object) -> None:
    print(json.dumps(what), flush=True)


def told() -> bool:
    """Wait for the word to go on."""
    return bool(sys.stdin.readline().strip())


async def renew(place: str, base_url: str, *login: str) -> None:
    """Be one of many processes: when told, find the token refused, with many callers waiting for the next."""
    store = store_at(place)
    client_id, code, company_id = login
    key = ApiKey(client_id=client_id, code=code, company_id=company_id)
    async with Alfaview(key, base_url=base_url, tokens=store) as alfaview:
        session = alfaview._session  # noqa: SLF001 - how long calls wait for a token is not seen from outside
        token = await session.token()
        say("ready")
        while told():
            session.invalidate(token.generation)
            waits = await asyncio.gather(*(timed(session.token) for _ in range(CALLERS)), return_exceptions=True)
            token = await session.token()
            say([wait if isinstance(wait, float) else repr(wait) for wait in waits])
            told()
            calls = await asyncio.gather(
                *(alfaview.rooms.list(limit=1) for _ in range(CALLERS)), return_exceptions=True
            )
            say([repr(call) for call in calls if isinstance(call, BaseException)])
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
        say(waits)
    await store.close()


class Crowd:
    """Processes of this file that act when told, all at once."""

    def __init__(self, *arguments: str) -> None:
        self._arguments = arguments
        self._processes: list[asyncio.subprocess.Process] = []

    async def __aenter__(self) -> Self:
        pipe = asyncio.subprocess.PIPE
        for _ in range(PROCESSES):
            command = (sys.executable, __file__, *self._arguments)
            self._processes.append(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=2**20))
        await self.answers()
        return self

    async def answers(self) -> list[list[object]]:
        return [json.loads(await process.stdout.readline()) for process in self._processes]

    async def act(self) -> list[object]:
        """Tell everybody to go on, and return all that they answer."""
        for process in self._processes:
            process.stdin.write(b"go\n")
        return [part for answer in await self.answers() for part in answer]

    async def __aexit__(self, *_error: object) -> None:
        for process in self._processes:
            process.stdin.close()
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
                waits = await crowd.act()
                refreshes = emulator.requests.count(AUTHENTICATE) - logins
                failures = [wait for wait in waits if not isinstance(wait, float)]
                failures += await crowd.act()
                waits = [wait for wait in waits if isinstance(wait, float)]
                print(
                    f"{name} round {number + 1}: {refreshes} refresh, {len(failures)} failures, wait {summary(waits)}"
                )
                for failure in set(failures):
                    print("  ", failure)
            print(f"{name}: {emulator.requests.count(AUTHENTICATE)} logins for {rounds} renewals and the first")


async def contended_lock(name: str, place: str) -> None:
    async with Crowd("contend", place) as crowd:
        began = time.perf_counter()
        waits = await crowd.act()
        seconds = time.perf_counter() - began
    store = store_at(place)
    stored = await store.load(KEY)
    await store.close()
    lost = PROCESSES * LOCKINGS - stored.generation
    print(f"{name} lock, {PROCESSES} processes x {LOCKINGS} saves: {summary(waits)}, {lost} lost, {seconds:.1f} s")


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
    roles = {"renew": renew, "contend": contend}
    if sys.argv[1:2] and sys.argv[1] in roles:
        asyncio.run(roles[sys.argv[1]](*sys.argv[2:]))
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 5))
