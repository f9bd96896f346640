"""What a server answered, as it came; nothing of it shows that may hold a token."""

from collections.abc import AsyncIterator, Iterator, Mapping

from aiohttp import hdrs
from attrs import define, frozen
from multidict import CIMultiDictProxy

from alfaview_async.secret import SecretBytes

_SHOWN = ("Content-Type", "Date", "Retry-After")


class LargeBody(bytearray):
    """A body too long to be copied while others wait; tracebacks with locals show its length only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    __str__ = __repr__


class ShownHeaders(Mapping[str, str]):
    """The headers that say something about an answer: `Content-Type`, `Date`, `Retry-After`.

    They are looked for when somebody asks: few answers are asked. The others, cookies among them, do not show.
    """

    __slots__ = ("_all",)

    def __init__(self, headers: CIMultiDictProxy[str]) -> None:
        self._all = headers

    def __getitem__(self, name: str) -> str:
        if name not in _SHOWN:
            raise KeyError(name)
        return self._all[name]

    def __iter__(self) -> Iterator[str]:
        return (name for name in _SHOWN if name in self._all)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __repr__(self) -> str:
        return repr(dict(self))

    def set_cookie(self) -> tuple[str, ...]:
        """Return all headers of that name, which hold refresh tokens."""
        return tuple(self._all.getall(hdrs.SET_COOKIE, ()))


@define(eq=False)
class HttpReply:
    """A whole answer.

    Attributes:
        status: HTTP status.
        headers: Those that say something about the answer.
        body: Whole and unpacked.
    """

    status: int
    headers: ShownHeaders
    body: SecretBytes | LargeBody


@frozen
class HttpStream:
    """An answer that comes line by line; `lines` ends with it. An error that came instead is one line."""

    status: int
    headers: Mapping[str, str]
    lines: AsyncIterator[bytes]
