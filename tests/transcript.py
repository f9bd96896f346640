"""The sessions on a page of the docs, typed again: files written, commands run, what they print compared."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from warm_process import control_socket

DOCS = Path(__file__).parents[1] / "docs"
EMULATOR = "alfactl emulator run"
_USUAL_PORT = "127.0.0.1:8080"
_PARTS = re.compile(
    r"^`(?P<file>\S+)`:\n\n```\w+\n(?P<text>.*?)^```|^```console\n(?P<session>.*?)^```", re.MULTILINE | re.DOTALL
)


def parts(page):
    """Yield what is to be done in the order of the page: `(name, text)` of a file, or `(command, what it prints)`."""
    for part in _PARTS.finditer(page.read_text(encoding="utf-8")):
        if part["file"]:
            yield "write", part["file"], part["text"]
            continue
        for step in re.split(r"^\$ ", part["session"], flags=re.MULTILINE)[1:]:
            command, _, printed = step.partition("\n")
            yield "type", command, printed


def pattern(printed):
    """`…` stands for what differs from day to day and from place to place."""
    return re.escape(printed).replace("…", "[^\n]*?")


COLD = f'#!/bin/sh\nexec "{sys.executable}" {{}}"$@"\n'
WARM = f"""#!/bin/sh
# What is killed from outside must be the process itself: what goes into the background is started as usual.
if [ "$COLD" ]; then exec "{sys.executable}" -m alfaview_async "$@"; fi
exec "{sys.executable}" -ISc '
import json, os, socket, sys
desk = socket.socket(socket.AF_UNIX)
desk.connect("{{}}")
wanted = dict(arguments=sys.argv[1:], directory=os.getcwd(), environment=dict(os.environ), terminal=False)
socket.send_fds(desk, [json.dumps(wanted).encode()], [0, 1, 2])
sys.exit(int.from_bytes(desk.recv(4), "big"))
' "$@"
"""


class Desk:
    """Where the shell's `alfactl` hands in its streams and arguments, to have a warm process become the command.

    Args:
        address: Path of the socket.
    """

    def __init__(self, address):
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(address))
        self._socket.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _serve(self):
        while True:
            try:
                shell, _ = self._socket.accept()
            except OSError:  # closed
                return
            threading.Thread(target=self._carry_out, args=(shell,), daemon=True).start()

    def _carry_out(self, shell):
        with shell:
            wanted, streams, _, _ = socket.recv_fds(shell, 65536, 3)
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    socket.send_fds(control_socket(), [b"+"], [*streams, theirs.fileno()])
                for stream in streams:
                    os.close(stream)
                ours.recv(4)  # its number
                ours.sendall(wanted + b"\n")
                status = os.waitstatus_to_exitcode(int.from_bytes(ours.recv(4), "big"))
            shell.sendall((status & 0xFF).to_bytes(4, "big"))


class Typist:
    """Somebody with one shell, who remembers variables, directory and background jobs as people's shells do.

    Args:
        person: Has a home and an environment.
        directory: Where the shell begins.
    """

    def __init__(self, person, directory):
        tools = person.home / "bin"
        tools.mkdir()
        self._desk = Desk(tools / "desk")
        for name, text in (("python", COLD.format("")), ("alfactl", WARM.format(self._desk.address))):
            (tools / name).write_text(text)
            (tools / name).chmod(0o755)
        directory.mkdir(exist_ok=True)
        self._environment = person.environment | {"PATH": f"{tools}:{person.environment['PATH']}"}
        self._directory = directory
        self._port = _USUAL_PORT
        self._shell = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env=self._environment,
            cwd=directory,
            start_new_session=True,
        )
        self._emulator = None

    def type_page(self, page):
        """Do all that a page says; returns how many commands that were."""
        typed = 0
        for kind, what, text in parts(page):
            if kind == "write":
                self._write(what, text)
                continue
            typed += 1
            printed = self._serve() if what == EMULATOR else self._type(what.replace(_USUAL_PORT, self._port))
            assert re.fullmatch(pattern(text.replace(_USUAL_PORT, self._port)), printed), f"$ {what}\n{printed}"
        return typed

    def close(self):
        """Leave the shell, and end what it has started."""
        if self._emulator is not None:
            self._emulator.send_signal(signal.SIGINT)
            assert self._emulator.wait(timeout=10) == 0
            self._emulator.stdout.close()
        self._desk.close()
        os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.wait()
        self._shell.stdin.close()
        self._shell.stdout.close()

    def _type(self, command):
        end = f"end-{token_hex(8)}"
        command = f"COLD=1 {command}" if command.endswith("&") else command
        self._shell.stdin.write(f"{command}\necho {end}\n")
        self._shell.stdin.flush()
        printed = ""
        for line in self._shell.stdout:
            if line == f"{end}\n":
                return printed
            printed += line
        raise AssertionError(f"$ {command}\n{printed}\nthe shell has ended")

    def _write(self, name, text):
        directory = self._type("pwd").strip()
        (Path(directory) / name).write_text(text, encoding="utf-8")

    def _serve(self):
        """Start the emulator in a terminal of its own, on a free port instead of the usual one."""
        self._emulator = subprocess.Popen(
            [*EMULATOR.split(), "--port", "0"],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=self._environment | {"COLD": "1"},
            cwd=self._directory,
            start_new_session=True,
        )
        lines = [self._emulator.stdout.readline()]
        self._port = re.search(r"127\.0\.0\.1:\d+", lines[0])[0]
        while not lines[-1].startswith("export ALFAVIEW_COMPANY_ID"):
            lines.append(self._emulator.stdout.readline())
            assert lines[-1], lines
        return "".join(lines)


@contextmanager
def typist(person, directory):
    """Have somebody at a shell while the block runs."""
    somebody = Typist(person, directory)
    try:
        yield somebody
    finally:
        somebody.close()
