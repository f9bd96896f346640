"""The keyring of this machine: a real one only, asked in daemon threads, never waited for longer than 3 seconds."""

import asyncio
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from importlib import import_module
from operator import itemgetter
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from attrs import define, field

from alfaview_async.errors import KeyringLocked, StorageTimeout, StorageUnavailable, TokenStoreError
from alfaview_async.tokens.side_thread import Result, SideThread

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_ANSWER_SECONDS = 2.8  # the error is then there within 3 seconds of asking, on a busy loop too
_MOST_UNENDED = 4
_REMEDIES = "use FileTokenStore(directory) or MemoryTokenStore(), with an API key or password in environment variables"
_UNFREEZE = f"it may be frozen, or wait for somebody to unlock it: unlock it and try again, or {_REMEDIES}"
_FREE_DESKTOP = ("SecretService.Keyring", "libsecret.Keyring", "kwallet.DBusKeyring", "kwallet.DBusKeyringKWallet4")
_PLATFORMS = {"darwin": ("macOS.Keyring",), "win32": ("Windows.WinVaultKeyring",)}
_REAL = {f"keyring.backends.{name}" for names in (_FREE_DESKTOP, *_PLATFORMS.values()) for name in names}


class Entries:
    """The entries of one service: texts under names. Its methods block, and raise `TokenStoreError` alone."""

    def __init__(self, backend: "KeyringBackend", service: str) -> None:
        self._backend = backend
        self._service = service

    def read(self, name: str) -> str | None:
        """Return an entry, `None` if there is none; bytes that are no text come as backslash escapes."""
        try:
            return self._asked(self._backend.get_password, self._service, name)
        except UnicodeDecodeError as error:
            return error.object.decode(errors="backslashreplace")

    def write(self, name: str, text: str) -> None:
        """Set an entry, whatever it was."""
        self._asked(self._backend.set_password, self._service, name, text)

    def remove(self, name: str) -> None:
        """Remove an entry."""
        self._asked(self._backend.delete_password, self._service, name)

    def _asked(self, method: Callable[..., Result], *arguments: str) -> Result:
        import keyring.errors  # noqa: PLC0415 - loaded by the choice of the backend, in the thread

        try:
            return method(*arguments)
        except UnicodeDecodeError:
            raise
        except keyring.errors.KeyringLocked:
            failure: TokenStoreError = KeyringLocked(
                f"the keyring is locked; unlock it (without a desktop: gnome-keyring-daemon --unlock), or {_REMEDIES}"
            )
        except BaseException as error:  # noqa: BLE001 - backends are strangers: some exit, many quote what they store
            failure = _unusable(f"the keyring failed ({_dotted(type(error))})", f"try again, or {_REMEDIES}")
        raise failure


@define
class _Line:
    """Who waits for a thread: in line, so that waiting for each other does not count as waiting for the keyring."""

    thread: SideThread
    turns: WeakKeyDictionary[AbstractEventLoop, asyncio.Lock] = field(factory=WeakKeyDictionary, init=False)
    silences: int = field(default=0, init=False)


def _reader() -> SideThread:
    return SideThread(nullcontext, bound=_ANSWER_SECONDS, shown="the keyring")


class OsKeyring:
    """Asks the keyring off the event loop; nobody waits for it longer than 3 seconds once the turn is theirs.

    A read that hangs is left to itself and the next one gets a new thread. A change that hangs keeps its lock: it may
    still happen, and then must not undo what somebody else stored meanwhile.

    Args:
        service: Under which the entries are kept.
        backend: As the user wants it; `None` takes the best real one.
        change_lock: Makes what each change is done inside of.
        lock_shown: What to call that lock in errors.
    """

    def __init__(
        self,
        service: str,
        backend: "KeyringBackend | None",
        change_lock: Callable[[], AbstractContextManager[object]],
        lock_shown: str,
    ) -> None:
        self._service = service
        self._wanted = backend
        self._entries: Entries | None = None
        self._reads = _Line(_reader())
        shown = f"the keyring (lock {lock_shown})"
        self._changes = _Line(SideThread(change_lock, bound=_ANSWER_SECONDS, shown=shown))
        self._unended: set[object] = set()

    async def read(self, call: Callable[[Entries], Result]) -> Result:
        """Make a call that changes nothing.

        Raises:
            StorageUnavailable: There is no keyring to use, or it fails.
            KeyringLocked: It is locked.
            StorageTimeout: It did not answer for 3 seconds: us, or those before us in the line.
            TokenStoreError: Whatever the call raises.
        """
        try:
            return await self._asked(self._reads, call)
        except StorageTimeout:
            self._reads.thread = _reader()
            raise

    async def change(self, call: Callable[[Entries], Result]) -> Result:
        """Make a call under the lock; errors as in `read`, and `StorageTimeout` if the lock cannot be had."""
        return await self._asked(self._changes, call)

    async def _asked(self, line: _Line, call: Callable[[Entries], Result]) -> Result:
        silences = line.silences
        async with line.turns.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
            if line.silences != silences or len(self._unended) >= _MOST_UNENDED:
                raise StorageTimeout(f"the keyring does not answer; {_UNFREEZE}")
            try:
                return await line.thread.run(partial(self._made, call))
            except StorageTimeout as timeout:
                line.silences += 1
                raise StorageTimeout(f"{timeout.message}; {_UNFREEZE}") from None

    def _made(self, call: Callable[[Entries], Result]) -> Result:
        self._unended.add(this := object())
        try:
            if self._entries is None:
                self._entries = Entries(_chosen(self._wanted), self._service)
            return call(self._entries)
        except TokenStoreError as error:
            failure = error
        finally:
            self._unended.discard(this)
        failure.__context__ = None
        raise failure.with_traceback(None)  # the frames it came through hold records as plain text


def _chosen(wanted: "KeyringBackend | None") -> "KeyringBackend":
    """Return the backend that the user wants, else the one configured for `keyring`, else the best real one here.

    Neither plugins nor a chain of backends get a chance: they could break or delay this, or store in plain text.
    """
    try:
        from keyring.backends.chainer import ChainerBackend  # noqa: PLC0415 - loads for 0.2 s, and strangers' code
        from keyring.core import load_config, load_env  # noqa: PLC0415 - likewise

        backend = wanted if wanted is not None else load_env() or load_config()
    except BaseException as error:  # noqa: BLE001 - a configured backend is a stranger: some exit
        raise _unusable(
            "keyring, or the backend that PYTHON_KEYRING_BACKEND or keyringrc.cfg names, does not load "
            f"({_dotted(type(error))}: {error})"
        ) from None
    if backend is None or isinstance(backend, ChainerBackend):
        return _best()
    if backend is not wanted and _dotted(type(backend)) not in _REAL:
        raise _unusable(
            f"PYTHON_KEYRING_BACKEND or keyringrc.cfg names {_dotted(type(backend))}, which is no keyring of an "
            "operating system",
            f"pass it as backend= if tokens may go there, or {_REMEDIES}",
        )
    return backend


def _best() -> "KeyringBackend":
    works: list[tuple[float, KeyringBackend]] = []
    reasons: list[str] = []
    for name in _PLATFORMS.get(sys.platform, _FREE_DESKTOP):
        module, _, kind = name.partition(".")
        try:
            backend = getattr(import_module(f"keyring.backends.{module}"), kind)
            works.append((backend.priority, backend()))
        except BaseException as error:  # noqa: BLE001 - each says in its own way why it cannot work here
            reasons.append(f"{module}: {error}")
    if not works:
        unusable = _unusable(f"there is no usable keyring here ({reasons[0]})")
        unusable.reason = reasons[0]
        raise unusable
    return max(works, key=itemgetter(0))[1]


def _unusable(reason: str, remedy: str = _REMEDIES) -> StorageUnavailable:
    error = StorageUnavailable(f"{reason}; {remedy}")
    error.reason = reason
    return error


def _dotted(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
