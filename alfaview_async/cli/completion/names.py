"""Names of rooms and roles for the shell's completion: from a short-lived cache, filled by a process of its own.

The shell waits while somebody types. So the cache is read, and where it is missing or old another process asks the
server; it is waited for a moment only, and goes on by itself for the next time.
"""

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from time import time

from click.shell_completion import CompletionItem

from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.settings import cache_directory
from alfaview_async.errors import ConfigurationError

LONGEST_AGE = 180.0
"""Seconds after which names are asked for again."""
_WAIT_SECONDS = 0.6
"""With the start of Python and the imports, well below a second."""
_FLAGS = frozenset({"profile", "company", "base_url", "lang"})
"""What every command takes; others, such as `--timezone`, matter to no name."""


def offered(invocation: Invocation, kind: str, incomplete: str) -> list[CompletionItem]:
    """Return the names that begin so, whatever their case; none where nobody is logged in.

    Args:
        invocation: Whose names.
        kind: `room` or `role`.
        incomplete: What has been typed so far.
    """
    try:
        path = cache_file(invocation)
        names = _read(path)
        if names is None:
            _refill(invocation)
            names = _read(path)
    except (ConfigurationError, OSError):
        return []
    begin = incomplete.casefold()
    return [
        CompletionItem(name, type="name") for name in (names or {}).get(kind, []) if name.casefold().startswith(begin)
    ]


def cache_file(invocation: Invocation) -> Path:
    """Name the file for this login: other profiles, companies and servers have other names."""
    settings = invocation.settings
    whose = [settings[name].value for name in ("profile", "company", "base_url", "store")]
    whose += [invocation.environment.get(name, "") for name in ("ALFAVIEW_CLIENT_ID", "ALFAVIEW_USERNAME")]
    digest = sha256(json.dumps([*whose, invocation.emulator]).encode()).hexdigest()[:24]
    return cache_directory(invocation.environment) / f"names-{digest}.json"


def write_names(path: Path, names: dict[str, list[str]]) -> None:
    """Replace the file as a whole; only its owner can read it.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{token_hex(6)}.tmp")
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump({"time": time(), **names}, file, ensure_ascii=False)
    unfinished.replace(path)


def _read(path: Path) -> dict[str, list[str]] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        names = {kind: [str(name) for name in found[kind]] for kind in ("room", "role")}
        age = time() - float(found["time"])
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return names if 0 <= age <= LONGEST_AGE else None


def _refill(invocation: Invocation) -> None:
    command = [sys.executable, "-m", "alfaview_async", "completion", "--refill", "--quiet", "--no-input"]
    for name in _FLAGS & invocation.flags.keys():
        command += [f"--{name.replace('_', '-')}", invocation.flags[name]]
    command += ["--emulator"] if invocation.emulator else []
    environment = {name: value for name, value in invocation.environment.items() if not name.endswith("_COMPLETE")}
    process = subprocess.Popen(  # noqa: S603 - ourselves
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        process.wait(_WAIT_SECONDS)
    except subprocess.TimeoutExpired:
        process.returncode = 0  # it is left to itself; Popen would warn of that
