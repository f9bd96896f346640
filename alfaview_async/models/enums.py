"""Enumerations that outlive the server's next release."""

import re
from enum import StrEnum
from typing import Self

_NUMBER = re.compile(r"0|[1-9][0-9]{0,9}")
"""As protobuf numbers enumerations, in 32 bits; more digits than that are a text, and would not fit into JSON."""


class OpenEnum(StrEnum):
    """An enumeration that grows: a value of a later server is kept as it came, never an error.

    The first member is the wire's zero, which stands for an absent value.
    """

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = unknown._value_ = value
        return unknown

    @classmethod
    def from_wire(cls, value: object) -> Self:
        """Read a text, a number or nothing; a number without a known text is kept as its decimal text."""
        if value is None or value == "":
            return next(iter(cls))
        if isinstance(value, str):
            return cls(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return cls.from_number(value)
        raise TypeError(f"expected a text or number of {cls.__name__}, found {type(value).__name__}")

    @classmethod
    def from_number(cls, number: int) -> Self:
        """Read the number that protobuf gives a value; only the zero is known of most enumerations."""
        return cls(str(number)) if number else next(iter(cls))

    @property
    def number(self) -> int | None:
        """The number, where only that is known; else `None`."""
        return int(self) if _NUMBER.fullmatch(self) else None

    def to_wire(self) -> str | int:
        """Write the text, or the number where only that is known."""
        number = self.number
        return self.value if number is None else number
