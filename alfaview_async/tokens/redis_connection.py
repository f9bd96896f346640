"""The way to a Redis server: a client for each event loop, a bound on each answer, errors without secrets."""

import logging
import re
import warnings
from asyncio import AbstractEventLoop, get_running_loop, timeout, to_thread
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import ip_address
from ssl import CERT_NONE
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, ref

from attrs import frozen
from redis.asyncio import Redis, SSLConnection, UnixDomainSocketConnection
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    BusyLoadingError,
    InvalidResponse,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from alfaview_async.errors import ConfigurationError, StorageTimeout, StorageUnavailable, TokenStoreError
from alfaview_async.secret import Secret
from alfaview_async.tokens.redis_scripts import Commands, Script, Word

T = TypeVar("T")

_log = logging.getLogger("alfaview_async")
ANSWER_SECONDS = 2.0
_LONGEST_REASON = 200

_REASONS: dict[type[RedisError], str] = {
    AuthenticationError: "refuses the login; check user and password",
    AuthenticationWrongNumberOfArgsError: "refuses the login; check user and password",
    NoPermissionError: "does not let its user run the commands needed, or use keys with the prefix",
    OutOfMemoryError: "is out of memory",
    ReadOnlyError: "is a read-only replica; use the address of the primary",
    BusyLoadingError: "is still loading its data",
}
_REASONS_BY_CODE = {
    "OOM": _REASONS[OutOfMemoryError],
    "READONLY": _REASONS[ReadOnlyError],
    "NOPERM": _REASONS[NoPermissionError],
    "MISCONF": "cannot save to its disk and so refuses changes",
    "NOREPLICAS": "has too few replicas and so refuses changes",
    "WRONGTYPE": "has something else where a lock should be; delete the keys *.lock and *.lock.next",
    "MOVED": "is part of a cluster, which this store does not support",
    "unknown command": "lacks a command that is needed",
}
"""For codes that redis-py has no class for, and for servers that hide the code in the text of a failed script."""


class _Commands:
    """What is asked of Redis, by way of a client whose own settings do not matter."""

    def __init__(self, client: Redis) -> None:
        self._client: Any = client  # `execute_command` has no types

    async def send(self, *words: Word) -> Any:
        """Send one command; the answer is not decoded: a sealed record is no text."""
        return await self._client.execute_command(*words, NEVER_DECODE=True)

    async def run(self, script: Script, keys: Sequence[bytes], *arguments: Word) -> Any:
        """Run a script; it is sent whole only to a server that does not know it, or not any more."""
        rest = (len(keys), *keys, *arguments)
        try:
            answer = await self.send("EVALSHA", script.digest, *rest)
        except NoScriptError:
            answer = await self.send("EVAL", script.source, *rest)
        if not isinstance(answer, int | list):  # no script of ours says so, but a server that is not Redis may
            raise InvalidResponse
        return answer


class RedisConnection:
    """Puts questions to one Redis server.

    Args:
        redis: A URL, for clients of our own, or a client of the caller's.
        allow_plaintext: Talk without TLS to another machine.

    Attributes:
        where: Host and port, or the path of a socket.
        longest_block: Seconds for which a command may wait for something to happen.

    Raises:
        ConfigurationError: The URL or client cannot be used, or it would carry tokens unprotected to another machine.
    """

    def __init__(self, redis: Secret | Redis, *, allow_plaintext: bool) -> None:
        self._redis = redis
        self._clients: WeakKeyDictionary[AbstractEventLoop, Redis] = WeakKeyDictionary()
        self._callers_loop: ref[AbstractEventLoop] | None = None
        self._policy_seen = False
        destination = _destination(redis)
        self.where, self.longest_block = destination.where, destination.patience / 3
        if not destination.protected and not allow_plaintext:
            raise ConfigurationError(
                f"tokens would travel to Redis at {self.where} unprotected; use rediss:// with a checked certificate, "
                "or allow_plaintext=True in a network where nobody can listen or answer in its place"
            )

    async def ask(self, question: Callable[[Commands], Awaitable[T]]) -> T:
        """Put a question, and give the server 2 seconds to answer.

        Errors are raised anew, without what led to them: an answer of Redis may quote what it was sent, and the frames
        of its client hold it.

        Raises:
            StorageTimeout: No answer in time.
            StorageUnavailable: The server cannot be reached, or refused.
            ConfigurationError: The client belongs to another event loop.
        """
        failure: TokenStoreError
        try:
            async with timeout(ANSWER_SECONDS):
                await self._look_at_eviction()
                return await question(_Commands(self._client()))
        except (RedisError, OSError) as error:
            failure = self._failure(error)
        raise failure

    async def close(self) -> None:
        """Close the client we opened in this event loop; one of the caller's stays open."""
        client = self._clients.pop(get_running_loop(), None)
        if client is None:
            return
        try:
            async with timeout(ANSWER_SECONDS):
                await client.aclose()
        except (RedisError, OSError) as error:
            _log.debug("the connection to Redis at %s did not close well: %s", self.where, type(error).__name__)

    def _client(self) -> Redis:
        loop = get_running_loop()
        if isinstance(self._redis, Secret):
            return self._clients.get(loop) or self._clients.setdefault(loop, _open(self._redis))
        if self._callers_loop is None:
            self._callers_loop = ref(loop)
        if self._callers_loop() is not loop:
            raise ConfigurationError(
                "the Redis client given belongs to another event loop; give RedisTokenStore the URL instead, or make a "
                "client and a store in each event loop"
            )
        return self._redis

    async def _look_at_eviction(self) -> None:
        """Warn once if Redis may throw out tokens to make room."""
        if self._policy_seen:
            return
        try:
            memory = await self._client().info("memory")
        except ResponseError:
            _log.debug("Redis at %s does not tell its eviction policy", self.where)
            memory = {}
        if self._policy_seen:
            return
        self._policy_seen = True
        policy = str(memory.get("maxmemory_policy", ""))
        if policy.startswith("allkeys-"):
            warnings.warn(
                f"Redis at {self.where} evicts any key when its memory is full (maxmemory-policy {policy}), tokens "
                "too: logins would be lost. Use noeviction or a volatile- policy",
                RuntimeWarning,
                stacklevel=2,
            )

    def _failure(self, error: Exception) -> TokenStoreError:
        """Say what went wrong in words of our own; those of the server may quote a token or a password."""
        if isinstance(error, TimeoutError | RedisTimeoutError):
            return StorageTimeout(f"Redis at {self.where} did not answer within {ANSWER_SECONDS:g} s")
        reason = next((text for kind, text in _REASONS.items() if isinstance(error, kind)), None)
        if reason is None and isinstance(error, RedisConnectionError | OSError):
            reason = f"cannot be reached ({_printable(error)})"
        if reason is None:
            code = re.search("|".join(_REASONS_BY_CODE), str(error))
            reason = _REASONS_BY_CODE[code[0]] if code else f"answered with an error ({type(error).__name__})"
        return StorageUnavailable(f"Redis at {self.where} {reason}")


class _TlsConnection(SSLConnection):
    """Reads the certificates that this machine trusts in a thread: it takes tens of milliseconds."""

    async def _connect(self) -> None:
        await to_thread(self.ssl_context.get)
        await super()._connect()  # type: ignore[no-untyped-call] # redis-py has no types there


def _open(url: Secret) -> Redis:
    """Make a client that asks once more when a connection breaks, as an idle one may: no script acts twice."""
    client: Redis = Redis.from_url(
        url.reveal(),
        protocol=2,  # the older one: each server and proxy knows it, and it takes one exchange less
        retry=Retry(NoBackoff(), 1),
        socket_timeout=ANSWER_SECONDS,
        socket_connect_timeout=ANSWER_SECONDS,
    )
    if client.connection_pool.connection_class is SSLConnection:
        client.connection_pool.connection_class = _TlsConnection
    return client


@frozen(kw_only=True)
class _Destination:
    """Where connections go, how long an answer may take there, and whether nobody could listen on the way."""

    where: str
    protected: bool
    patience: float


def _destination(redis: Secret | Redis) -> _Destination:
    if not isinstance(redis, Secret | Redis):
        raise ConfigurationError(f"expected a URL or a redis.asyncio.Redis, not a {type(redis).__qualname__}")
    connection: Any = None
    try:
        pool = (_open(redis) if isinstance(redis, Secret) else redis).connection_pool
        connection = pool.connection_class(**pool.connection_kwargs)
    except (RedisError, TypeError, ValueError):
        connection = None
    if connection is None:  # raised here, since those errors quote parts of the URL
        raise ConfigurationError("the Redis URL cannot be used; expected redis://, rediss:// or unix://, as redis-py")
    patience = min(ANSWER_SECONDS, connection.socket_timeout or ANSWER_SECONDS)
    if isinstance(connection, UnixDomainSocketConnection):
        return _Destination(where=connection.path, protected=True, patience=patience)
    told_later = isinstance(redis, Redis) and isinstance(redis.connection_pool, SentinelConnectionPool)
    if isinstance(connection, SSLConnection):
        protected = connection.cert_reqs != CERT_NONE
    else:
        protected = not told_later and _is_this_machine(connection.host)
    where = "the address that the sentinels tell" if told_later else f"{connection.host}:{connection.port}"
    return _Destination(where=where, protected=protected, patience=patience)


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _printable(error: Exception) -> str:
    text = str(error).encode("ascii", "backslashreplace").decode()
    return "".join(letter if letter.isprintable() else " " for letter in text)[:_LONGEST_REASON]
