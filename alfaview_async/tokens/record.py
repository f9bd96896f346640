"""A record as bytes, the same in every store: versioned, bound to its key, sealed if there is a cipher."""

import re
from base64 import b32encode
from functools import lru_cache
from hashlib import sha256
from typing import Any, Protocol

import orjson
from attrs import evolve, field, frozen

from alfaview_async.errors import StorageCorrupt, StoreTooNew, TokenStoreError
from alfaview_async.secret import Secret, SecretBytes, SecretJson
from alfaview_async.tokens.store import StoredToken, TokenKey

VERSION = 1
LARGEST_RECORD = 64 * 1024
"""The same limit for writing and reading: what can be stored can be loaded."""
_SEALED_1 = b"sealed 1\n"
"""What sealed records begin with, so that one without its key is not taken for garbage."""
_SEALED = re.compile(rb"sealed [1-9][0-9]{0,3}\n")


class NotOpened(StorageCorrupt):
    """Sealed with another key or under another name, or not sealed where it should be.

    The record may be good and the key wrong: a store must not put it aside.
    """


class Cipher(Protocol):
    """Seals records at rest; `name` is bound to the sealed bytes, so that records cannot change places."""

    def seal(self, data: bytes, name: str) -> bytes:
        """Return the sealed bytes."""
        ...

    def open(self, data: bytes, name: str) -> bytes:
        """Return the bytes that were sealed under this name; raises `ValueError` if they were not."""
        ...


@frozen(kw_only=True)
class TokenRecord:
    """What a store keeps for a key.

    Attributes:
        key: Whose it is; also stored inside, and checked on reading.
        generation: Grows with every change, deletions too.
        token: `None` after a deletion.
    """

    key: TokenKey
    generation: int = 0
    token: StoredToken | None = field(default=None, repr=False)

    @property
    def expected(self) -> int:
        """The generation that a swap must name: 0 where there is no living token."""
        return self.generation if self.token is not None else 0

    def next(self, token: StoredToken | None) -> "TokenRecord":
        """Return the record after a change."""
        generation = self.generation + 1
        return TokenRecord(
            key=self.key, generation=generation, token=evolve(token, generation=generation) if token else None
        )

    def to_bytes(self, cipher: Cipher | None = None) -> bytes:
        """Write the record.

        Raises:
            TokenStoreError: It is larger than `LARGEST_RECORD`, or holds what could not be read back: a lone
                surrogate, an endless time.
        """
        try:
            data = SecretBytes(
                orjson.dumps(
                    {
                        "version": VERSION,
                        "key": [self.key.origin, self.key.principal, self.key.company_id],
                        "generation": self.generation,
                        "token": None if self.token is None else _plain(self.token),
                    }
                )
            )
            readable = self._from_json(_json(data)) == self
        except (ValueError, TypeError):
            readable, data = False, SecretBytes()
        if not readable:
            raise TokenStoreError("a token record with text or times that cannot be read back is not stored")
        if cipher:
            data = SecretBytes(_SEALED_1 + cipher.seal(data, record_name(self.key)))
        if len(data) > LARGEST_RECORD:
            raise TokenStoreError(f"the token record is larger than {LARGEST_RECORD} bytes; it was not stored")
        return data

    @classmethod
    def from_bytes(cls, data: bytes, whose: TokenKey | str, cipher: Cipher | None = None) -> "TokenRecord":
        """Read a record.

        Args:
            data: As `to_bytes` wrote them.
            whose: The key of the record it should be, or the `record_name` under which it was found.
            cipher: The one it was sealed with.

        Raises:
            StorageCorrupt: No record, or one of another key.
            NotOpened: Sealed otherwise.
            StoreTooNew: Written by a later version.
        """
        data = SecretBytes(data)
        name = record_name(whose) if isinstance(whose, TokenKey) else whose
        if len(data) > LARGEST_RECORD:
            raise StorageCorrupt(f"no token record: larger than {LARGEST_RECORD} bytes")
        try:
            raw = _json(_opened(data, name, cipher))
            if type(raw.get("version")) is int and raw["version"] > VERSION:
                raise _too_new()
            record = cls._from_json(raw)
        except (ValueError, TypeError, KeyError):
            raise StorageCorrupt("no token record") from None
        if record_name(record.key) != name:
            raise StorageCorrupt("the token record belongs to another login")
        return record

    @classmethod
    def _from_json(cls, raw: SecretJson) -> "TokenRecord":
        version, generation = raw["version"], raw["generation"]
        if type(version) is not int or version != VERSION or type(generation) is not int or generation < 1:
            raise ValueError
        origin, principal, company_id = map(_text, raw["key"])
        token = None if raw["token"] is None else _token(raw["token"], generation)
        key = TokenKey(origin=origin, principal=principal, company_id=company_id)
        return cls(key=key, generation=generation, token=token)


@lru_cache(maxsize=1024)  # asked for five times in a renewal; base32 is slow in Python 3.11
def record_name(key: TokenKey) -> str:
    """Name a record by a digest of its key: ids may hold what file names and entries must not."""
    digest = sha256(f"{key.origin}\n{key.principal}\n{key.company_id}".encode(errors="surrogatepass")).digest()
    return b32encode(digest).decode()[:32].lower()


def _json(data: bytes) -> SecretJson:
    raw = orjson.loads(memoryview(data))  # orjson takes no subclass of bytes
    if not isinstance(raw, dict):
        raise TypeError
    return SecretJson(raw)


def _opened(data: bytes, name: str, cipher: Cipher | None) -> bytes:
    if not _SEALED.match(data):
        if cipher and data.startswith(b"{"):
            raise NotOpened("an encryption key was given, but the record is not sealed")
        return data
    if not data.startswith(_SEALED_1):
        raise _too_new()
    if not cipher:
        raise NotOpened("it is sealed, and no encryption key was given")
    try:
        return cipher.open(data.removeprefix(_SEALED_1), name)
    except ValueError:
        raise NotOpened("wrong key or moved") from None


def _too_new() -> StoreTooNew:
    return StoreTooNew("a later version of alfaview_async wrote this token record; update this one")


def _plain(token: StoredToken) -> dict[str, object]:
    return {
        "company_id": token.company_id,
        "refresh_token": token.refresh_token.reveal(),
        "access_token": token.access_token.reveal(),
        "access_expires_at": token.access_expires_at,
        "access_lifetime": token.access_lifetime,
        "refresh_expires_at": token.refresh_expires_at,
        "renewing_since": token.renewing_since,
        "suspect": token.suspect,
    }


def _token(raw: Any, generation: int) -> StoredToken:
    names = ("access_expires_at", "access_lifetime", "refresh_expires_at", "renewing_since")
    times = {name: _number(raw[name]) for name in names}
    if type(raw["suspect"]) is not bool:
        raise TypeError
    return StoredToken(
        company_id=_text(raw["company_id"]),
        refresh_token=Secret(_text(raw["refresh_token"])),
        access_token=Secret(_text(raw["access_token"])),
        suspect=raw["suspect"],
        generation=generation,
        **times,
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError
    return float(value)
