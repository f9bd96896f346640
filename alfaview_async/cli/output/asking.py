"""Questions at the terminal, and whatever else is read in the middle of coroutines."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import click

_ASKS_EVERY = 0.2


@contextmanager
def interruptible_reading() -> Iterator[None]:
    """Let Ctrl-C end what is read here in the middle of a coroutine: asyncio would wait for the end of it.

    Python loses a Ctrl-C that comes right after a question: `input` drops what is raised while it gets ready, and
    what comes before it waits is not looked at until something is typed. So an alarm asks whether there was one.
    """
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:  # as by `nohup`: it stays ignored
        yield
        return
    pressed = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        raise KeyboardInterrupt

    def ask(_number: int, _frame: FrameType | None) -> None:
        if pressed:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, note)
    try:
        with _alarms(ask):
            yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _alarms(call: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    """Call it again and again, also while something is read."""
    if sys.platform == "win32":  # has none
        yield
        return
    before = signal.signal(signal.SIGALRM, call)
    signal.setitimer(signal.ITIMER_REAL, _ASKS_EVERY, _ASKS_EVERY)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def asked(question: str, *, hidden: bool = False) -> str:
    """Ask for a text on stderr.

    Args:
        question: Without the colon.
        hidden: What is typed does not show.

    Raises:
        click.Abort: Ctrl-C, or the end of the input.
    """
    with interruptible_reading():
        answer: str = click.prompt(question, hide_input=hidden, err=True)
    return answer


def confirmed(question: str) -> bool:
    """Ask for yes or no on stderr, no by default; errors as of `asked`."""
    with interruptible_reading():
        return click.confirm(question, err=True)
