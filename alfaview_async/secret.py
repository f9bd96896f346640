"""What must not show: in no log, repr, traceback, pickle or JSON."""

from hashlib import sha256
from hmac import compare_digest
from typing import Any, NoReturn, Self


class Secret:
    """Wraps a token, code or password; `reveal()` is the one way to the text.

    Printed, formatted or dumped with the locals of a traceback it shows a fingerprint, which tells two secrets apart
    and gives nothing away.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    @classmethod
    def of(cls, text: "str | Secret") -> Self:
        """Wrap a text; a secret stays what it is."""
        return cls(text.reveal() if isinstance(text, Secret) else text)

    def reveal(self) -> str:
        """Return the text. Keep it out of variables that outlive the line."""
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        """Compare in constant time, with secrets only: no test by guessing texts."""
        if not isinstance(other, Secret):
            return NotImplemented
        return compare_digest(self._text.encode(errors="surrogatepass"), other._text.encode(errors="surrogatepass"))

    def __hash__(self) -> int:
        return hash((Secret, self._text))

    def __repr__(self) -> str:
        return (
            f"<secret {sha256(self._text.encode(errors='surrogatepass')).hexdigest()[:4]}>"
            if self._text
            else "<no secret>"
        )

    __str__ = __repr__

    def __format__(self, _spec: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled or copied to elsewhere; reveal() it on purpose where it must go")

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: object) -> Self:
        return self


NO_SECRET = Secret("")


class SecretBytes(bytes):
    """Bytes that hold tokens among other things; tracebacks with locals show their length only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"


class SecretJson(dict[str, Any]):
    """Parsed JSON that may hold tokens or links; tracebacks with locals show its keys only."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<JSON with {', '.join(sorted(self))[:200]}>"
