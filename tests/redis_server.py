"""A real redis-server for tests, and fixtures: started on a free port, frozen, killed and filled at will."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from time import monotonic, sleep

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from alfaview_async.tokens import redis_lock
from alfaview_async.tokens.redis import RedisTokenStore

START_SECONDS = 10.0


def redis_binary():
    """Name the server, or skip; where services are required, fail."""
    binary = shutil.which("redis-server")
    if binary is None:
        missing = "redis-server is not installed: apt-get install redis-server"
        if os.environ.get("REQUIRE_SERVICES") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    return binary


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class RedisServer:
    """One redis-server without persistence; `start` it, then talk to it with `admin`."""

    def __init__(self, directory: Path, *options: str):
        self.port, self.tls_port = free_port(), free_port()
        self.admin = redis.Redis(port=self.port, retry=Retry(NoBackoff(), 0))
        self._directory = directory
        self._options = options
        self._process = None

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    def start(self, *options):
        """Start it, again too, and wait until it answers; an error is an answer."""
        command = [redis_binary(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        command += ["--dir", str(self._directory), "--logfile", "redis.log", *self._options, *options]
        self._process = subprocess.Popen(command)
        deadline = monotonic() + START_SECONDS
        while not self._answers():
            assert self._process.poll() is None, (self._directory / "redis.log").read_text()
            assert monotonic() < deadline, "redis-server does not answer"
            sleep(0.01)
        return self

    def _answers(self):
        try:
            self.admin.ping()
        except redis.ResponseError:
            return True
        except redis.ConnectionError as error:
            return isinstance(error, redis.AuthenticationError | redis.BusyLoadingError)
        return True

    async def until(self, condition):
        """Wait until what `INFO persistence` tells is so; 5 seconds at most."""
        async with asyncio.timeout(5):
            while not condition(self.admin.info("persistence")):  # noqa: ASYNC110 - no event tells
                await asyncio.sleep(0.005)

    def freeze(self):
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self._process.send_signal(signal.SIGCONT)

    def kill(self):
        self._process.kill()
        self._process.wait()

    def stop(self):
        self.admin.close()
        if self._process is not None and self._process.poll() is None:
            self.thaw()
            self.kill()


@pytest.fixture(scope="session")
def shared_redis(tmp_path_factory):
    """One server for all tests that leave it as it was."""
    server = RedisServer(tmp_path_factory.mktemp("redis")).start()
    yield server
    server.stop()


@pytest.fixture
def redis_server(shared_redis):
    """The shared server, empty and with the settings it began with."""
    before = shared_redis.admin.config_get("maxmemory*")
    yield shared_redis
    shared_redis.admin.client_unpause()
    shared_redis.admin.replicaof("NO", "ONE")
    shared_redis.admin.config_set("maxmemory", 0)
    shared_redis.admin.config_set("maxmemory-policy", before["maxmemory-policy"])
    shared_redis.admin.flushall()


@pytest.fixture
def own_redis(tmp_path):
    """Make servers for this test alone, to be frozen, killed or started with other options."""
    servers = []

    def make(*options):
        servers.append(RedisServer(tmp_path, *options))
        return servers[-1]

    yield make
    for server in servers:
        server.stop()


@pytest.fixture
async def connect():
    """Make stores that are closed after the test."""
    stores = []

    def make(redis, **options):
        stores.append(RedisTokenStore(redis, **options))
        return stores[-1]

    yield make
    for store in stores:
        await store.close()


@pytest.fixture
def assert_free(monkeypatch):
    """Make passes so good that nobody waits for their end, and check that a lock can be had at once all the same."""
    monkeypatch.setattr(redis_lock, "_PASS_MILLISECONDS", 60_000)

    async def check(store, key):
        async with asyncio.timeout(2), store.lock(key):
            pass

    return check
