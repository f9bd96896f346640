"""Failures as people and scripts see them: a code, what, where, the next command to type, and an exit code."""

from enum import IntEnum


class Exit(IntEnum):
    """How `alfactl` ends; part of its contract."""

    DONE = 0
    BUG = 1
    USAGE = 2
    DECLINED = 3
    NOT_LOGGED_IN = 4
    PARTIAL = 5
    REJECTED_INPUT = 6
    NOT_FOUND = 7
    REFUSED = 8
    UNREACHABLE = 9
    UNKNOWN_OUTCOME = 10
    INTERRUPTED = 130


class Failure(Exception):
    """Ends a command.

    Attributes:
        code: Names the kind for scripts, e.g. `room-not-found`.
        exit: How the process ends.
        message: What failed, in one line, in the language of the user.
        details: Where and why; one line each.
        next_step: What to type next, as people read it; empty if nobody knows.
    """

    def __init__(
        self, code: str, exit: Exit, message: str, details: tuple[str, ...] = (), *, next_step: str = ""
    ) -> None:
        super().__init__(message)
        self.code = code
        self.exit = exit
        self.message = message
        self.details = details
        self.next_step = next_step

    def __str__(self) -> str:
        lines = [f"error[{self.code}]: {self.message}", *self.details, *([self.next_step] if self.next_step else [])]
        return "\n  ".join(lines)

    def as_json(self, next_word: str) -> dict[str, object]:
        """Return what scripts read on stderr.

        Args:
            next_word: With which a next step begins for people; scripts need not be told what they look up by name.
        """
        return {
            "type": "error",
            "code": self.code,
            "message": self.message,
            "details": list(self.details),
            "next": self.next_step.removeprefix(next_word),
        }


class ReaderLeft(Exception):
    """Whoever reads stdout has seen enough: no failure, but nothing is left to do."""
