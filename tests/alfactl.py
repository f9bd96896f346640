"""A person at a machine of their own, who types `alfactl ...`: each run is a process."""

import json
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from select import select
from time import monotonic

from warm_process import WarmProcess

COMPANY = "01FH0EX2VQQ378MV7Z5NAGHESK"
SECOND_COMPANY = "01EZYCFW9MJ10P15YJ63NZ8S47"
_PATIENCE = 30.0


class Person:
    """Has an empty home, no desktop and, unless the environment has one, no login.

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
            self.environment.setdefault("ALFAVIEW_BASE_URL", base_url)

    @classmethod
    def with_key(cls, home: Path, emulator, **environment: str) -> "Person":
        """Have the API key of an emulator in the environment."""
        key = {"ALFAVIEW_CLIENT_ID": emulator.client_id, "ALFAVIEW_CODE": emulator.code}
        everything = key | {"ALFAVIEW_COMPANY_ID": emulator.company_id} | environment
        return cls(home, emulator.base_url, **everything)

    @property
    def config(self) -> Path:
        return self.home / ".config" / "alfaview" / "config.toml"

    @property
    def jobs(self) -> Path:
        return self.home / ".local" / "state" / "alfaview" / "jobs"

    def run(self, *arguments, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run to the end; without `stdin` it is a pipe to which nobody writes: who reads it waits in vain."""
        with self.start(*arguments, **environment) as process:
            said, told = process.communicate(stdin, timeout=_PATIENCE)
        return subprocess.CompletedProcess(arguments, process.returncode, said, told)

    def start(self, *arguments, **environment: str) -> WarmProcess:
        """Start what goes on until it is stopped."""
        return WarmProcess(map(str, arguments), self.home, self.environment | environment)

    def each(self, *commands) -> list[subprocess.CompletedProcess[str]]:
        """Run several commands side by side; results in their order."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda command: self.run(*command), commands))

    def in_both(self, *command) -> list[subprocess.CompletedProcess[str]]:
        """Run a command in English and in German."""
        return self.each((*command, "--lang", "en"), (*command, "--lang", "de"))

    def data(self, *arguments, stdin: str | None = None):
        """Run a command that must do its work, and return the JSON that it writes."""
        done = self.run(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

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
        self._master, terminal = os.openpty()
        everything = {"TERM": "xterm"} | person.environment | environment
        self._process = WarmProcess(map(str, arguments), person.home, everything, terminal)
        os.close(terminal)

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
        return self._process.wait()

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
