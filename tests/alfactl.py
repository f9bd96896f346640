"""A person at a machine of their own, who types `alfactl ...`: each run is a process."""

import os
import pty
import subprocess
import sys
from pathlib import Path
from select import select
from time import monotonic

ALFACTL = [sys.executable, "-m", "alfaview_async"]
COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
SECOND_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
_PATIENCE = 30.0


class Person:
    """Has an empty home, no desktop and no login.

    Attributes:
        home: Where the person is, too.
        environment: All that a run sees.
    """

    def __init__(self, home: Path, base_url: str = "", **environment: str) -> None:
        self.home = home
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PYTHONIOENCODING": "utf-8",
            "COLUMNS": "200",
        } | environment
        if base_url:
            self.environment["ALFAVIEW_BASE_URL"] = base_url

    @property
    def config(self) -> Path:
        return self.home / ".config" / "alfaview" / "config.toml"

    def run(self, *arguments, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run to the end; without `stdin` it is a pipe to which nobody writes: who reads it waits in vain."""
        silent, held = os.pipe()
        try:
            return subprocess.run(
                [*ALFACTL, *map(str, arguments)],
                stdin=silent if stdin is None else None,
                input=stdin,
                capture_output=True,
                encoding="utf-8",
                cwd=self.home,
                env=self.environment | environment,
                check=False,
                timeout=_PATIENCE,
            )
        finally:
            os.close(silent)
            os.close(held)

    def log_in(self, *arguments, **environment: str) -> None:
        """Log in to the emulator with its API key, and keep that in files."""
        key = ("--client-id", "demo", "--company", COMPANY, "--store", "file", "--secret-stdin")
        done = self.run("login", *key, *arguments, stdin="demo-secret\n", **environment)
        assert done.returncode == 0, done.stderr

    def log_in_as_user(self, *arguments) -> None:
        """Log in to the emulator as the user who is in two companies."""
        user = ("--username", "ada@example.org", "--company", COMPANY, "--store", "file", "--secret-stdin")
        done = self.run("login", *user, *arguments, stdin="demo-password")
        assert done.returncode == 0, done.stderr


class Terminal:
    """A real pseudo-terminal with a run of `alfactl` in it: what it shows, and a keyboard."""

    def __init__(self, person: Person, *arguments, **environment: str) -> None:
        self.shown = ""
        pid, self._master = pty.fork()
        if pid == 0:  # the child has the terminal as its controlling one, as a shell's child has
            os.chdir(person.home)
            everything = {"TERM": "xterm"} | person.environment | environment
            os.execve(ALFACTL[0], [*ALFACTL, *map(str, arguments)], everything)  # noqa: S606 - no shell is wanted
        self._pid = pid

    def read_until(self, text: str) -> str:
        """Read until this is shown; returns all that was shown so far."""
        deadline = monotonic() + _PATIENCE
        while text not in self.shown:
            assert monotonic() < deadline, f"never shown: {text!r}, but: {self.shown!r}"
            assert self._read(), f"ended before showing {text!r}: {self.shown!r}"
        return self.shown

    def type(self, text: str) -> None:
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Read to the end and return the exit code."""
        deadline = monotonic() + _PATIENCE
        while self._read():
            assert monotonic() < deadline, f"did not end: {self.shown!r}"
        os.close(self._master)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def _read(self) -> bool:
        ready, _, _ = select([self._master], [], [], 0.5)
        if not ready:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:  # how Linux says that the other side is closed
            return False
        self.shown += data.decode(errors="replace")
        return bool(data)
