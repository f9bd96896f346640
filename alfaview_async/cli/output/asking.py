"""Questions at the terminal, in the middle of coroutines."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

_LOOKS_EVERY = 0.2


@contextmanager
def _interruptible() -> Iterator[None]:
    """Let Ctrl-C end a question: asyncio would only cancel the task that waits for it, once it has been answered."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with _alarms():
            yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _alarms() -> Iterator[None]:
    """Have Python look for signals while it reads: one that came just before it began to read would not end that."""
    if sys.platform == "win32":  # Ctrl-C is part of what is typed there
        yield
        return
    before = signal.signal(signal.SIGALRM, lambda *_: None)
    signal.setitimer(signal.ITIMER_REAL, _LOOKS_EVERY, _LOOKS_EVERY)
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
    with _interruptible():
        answer: str = click.prompt(question, hide_input=hidden, err=True)
    return answer


def confirmed(question: str) -> bool:
    """Ask for yes or no on stderr, no by default; errors as of `asked`."""
    with _interruptible():
        return click.confirm(question, err=True)
