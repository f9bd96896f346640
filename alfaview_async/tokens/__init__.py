"""Where refresh tokens sleep: one protocol, one file for each kind of place."""

from typing import TYPE_CHECKING

from alfaview_async._lazy import lazy_names

if TYPE_CHECKING:
    from alfaview_async.tokens.file import FileTokenStore as FileTokenStore
    from alfaview_async.tokens.keyring import KeyringTokenStore as KeyringTokenStore
    from alfaview_async.tokens.memory import MemoryTokenStore as MemoryTokenStore
    from alfaview_async.tokens.redis import RedisTokenStore as RedisTokenStore
    from alfaview_async.tokens.store import Lease as Lease
    from alfaview_async.tokens.store import StoredToken as StoredToken
    from alfaview_async.tokens.store import TokenKey as TokenKey
    from alfaview_async.tokens.store import TokenStore as TokenStore

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "file": "FileTokenStore",
        "keyring": "KeyringTokenStore",
        "memory": "MemoryTokenStore",
        "redis": "RedisTokenStore",
        "store": "Lease StoredToken TokenKey TokenStore",
    },
)

if not TYPE_CHECKING:  # for `help` and star imports; checkers read literals only, and go by the imports above
    __all__ = tuple(__dir__())
