"""Questions at the terminal, and a Ctrl-C that comes when nobody looks."""

import io
import os
import signal
import sys

import click
import pytest

if sys.platform == "win32":
    pytest.skip("Windows has no pseudo-terminals of this kind", allow_module_level=True)

from alfaview_async.cli.output.asking import asked, confirmed


class Keyboard(io.TextIOWrapper):
    """A terminal where Ctrl-C is typed while Python gets ready to read, which makes `input` forget it."""

    def fileno(self):
        signal.raise_signal(signal.SIGINT)
        return super().fileno()


@pytest.mark.parametrize("ask", [asked, confirmed])
def test_ctrl_c_right_after_the_question_ends_it(monkeypatch, ask):
    """Nothing need be typed after it; what alarms and Ctrl-C did before, they do again."""
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM)]
    master, terminal = os.openpty()
    with os.fdopen(terminal, "rb") as typed, Keyboard(typed) as keyboard:
        monkeypatch.setattr(sys, "stdin", keyboard)
        with pytest.raises(click.Abort):
            ask("Who")
        monkeypatch.undo()
    os.close(master)
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGALRM)] == handlers
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
