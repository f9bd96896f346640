"""Start `alfactl` as its users do: in processes of its own, against an emulator, with nothing of this machine's."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

ALFACTL = [sys.executable, "-m", "alfaview_async"]


class Alfactl:
    """Runs commands with the login of an emulator.

    Args:
        emulator: The one that runs.
        directory: For everything that a command may read or write.
        variables: Further or other environment variables; `None` takes one away.
    """

    def __init__(self, emulator, directory, **variables):
        self.directory = directory
        login = {
            "ALFAVIEW_CLIENT_ID": emulator.client_id,
            "ALFAVIEW_CODE": emulator.code,
            "ALFAVIEW_COMPANY_ID": emulator.company_id,
            "ALFAVIEW_BASE_URL": emulator.base_url,
        }
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"), str(directory))
        plain = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8", "COLUMNS": "200", "LANG": "C.UTF-8"}
        found = {**plain, **places, **login, **variables}
        self.environment = {name: value for name, value in found.items() if value is not None}

    def __call__(self, *arguments, stdin=""):
        """Run one command to its end."""
        return subprocess.run(
            [*ALFACTL, *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            cwd=self.directory,
            env=self.environment,
            check=False,
            timeout=60,
        )

    def each(self, *commands):
        """Run several commands side by side, since starting takes longest; results in their order."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(lambda command: self(*command), commands))

    def data(self, *arguments, stdin=""):
        """Run a command that must do its work, and return the JSON that it writes."""
        done = self(*arguments, "--json", stdin=stdin)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def start(self, *arguments):
        """Start a command that goes on; its stdout is a stream of lines."""
        return subprocess.Popen(
            [*ALFACTL, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=self.directory,
            env=self.environment,
        )


def in_both(alfactl, *command):
    """Run a command in English and in German."""
    return alfactl.each((*command, "--lang", "en"), (*command, "--lang", "de"))
