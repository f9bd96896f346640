"""A process of `alfactl` that need not import anything: real in all that can be seen from outside."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

SERVER = Path(__file__).with_name("warm_server.py")
PATIENCE = 60.0


@cache
def control_socket():
    """Start the server of this process of tests; it ends when this end of the socket is closed."""
    ours, theirs = socket.socketpair()
    with theirs:
        command = [sys.executable, str(SERVER), str(theirs.fileno())]
        environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "COLUMNS": "200"}
        null = subprocess.DEVNULL
        server = subprocess.Popen(  # a session of its own: the Ctrl-C that ends the tests would make it complain
            command, pass_fds=[theirs.fileno()], env=environment, stdin=null, stdout=null, start_new_session=True
        )

    def end():
        ours.close()
        server.wait()

    atexit.register(end)
    assert ours.recv(1), "the server of warm processes has ended: its stderr says why"
    return ours


class WarmProcess:
    """Has the methods of `subprocess.Popen` that tests use.

    Args:
        arguments: What is typed after `alfactl`.
        directory: Where.
        environment: All of it; `PYTHONIOENCODING` is needed, other variables for Python itself do nothing.
        terminal: A descriptor that becomes all three streams and the controlling terminal; it stays open here.
            Without it there are three pipes, as streams of text: `stdin`, `stdout`, `stderr`.
    """

    def __init__(self, arguments, directory, environment, terminal=None):
        self.returncode = None
        theirs = [terminal] * 3
        if terminal is None:
            (standard, typed), (said, output), (told, errors) = os.pipe(), os.pipe(), os.pipe()
            theirs = [standard, output, errors]
            self.stdin = os.fdopen(typed, "w", encoding="utf-8")
            self.stdout = os.fdopen(said, encoding="utf-8")
            self.stderr = os.fdopen(told, encoding="utf-8")
        self._connection, connection = socket.socketpair()
        self._connection.settimeout(PATIENCE)
        with connection:
            socket.send_fds(control_socket(), [b"+"], [*theirs, connection.fileno()])
        if terminal is None:
            for descriptor in theirs:
                os.close(descriptor)
        wanted = {
            "arguments": [os.fspath(argument) for argument in arguments],
            "directory": str(directory),
            "environment": environment,
            "terminal": terminal is not None,
        }
        self.pid = self._number()
        self._connection.sendall(json.dumps(wanted).encode() + b"\n")

    def __enter__(self):
        return self

    def __exit__(self, *_exception):
        if self.returncode is None:  # after an assertion nobody else would ever end it
            with suppress(ProcessLookupError):
                self.send_signal(signal.SIGKILL)
        for stream in (self.stdout, self.stderr, self.stdin):
            with suppress(BrokenPipeError):
                stream.close()
        self.wait()

    def communicate(self, typed=None, timeout=PATIENCE):
        """Read stdout and stderr to their ends, and return them; without `typed`, stdin stays open and silent."""
        with ThreadPoolExecutor(3) as pool:
            read = [pool.submit(stream.read) for stream in (self.stdout, self.stderr)]
            if typed is not None:
                pool.submit(self._type, typed)
            self.wait(timeout)
            return tuple(future.result() for future in read)

    def wait(self, timeout=PATIENCE):
        """Return the exit code, negative for the signal that ended it."""
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                self.returncode = os.waitstatus_to_exitcode(self._number())
            except TimeoutError as late:
                self.send_signal(signal.SIGKILL)
                raise AssertionError(f"still running after {timeout} s") from late
            self._connection.close()
        return self.returncode

    def send_signal(self, number):
        os.kill(self.pid, number)

    def _type(self, text):
        with suppress(BrokenPipeError), self.stdin:
            self.stdin.write(text)

    def _number(self):
        number = self._connection.recv(4)
        if not number:
            raise RuntimeError("the server of warm processes has ended: its stderr says why")
        return int.from_bytes(number, "big")
