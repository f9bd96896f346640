"""What tests of the file store need of a real machine: root, mounts, a tracer, other processes."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

import alfaview_async

ROOT = Path(__file__).parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(Path(alfaview_async.__file__).parents[1])}
PROCESS = [sys.executable, str(Path(__file__).with_name("store_process.py"))]


def require(*, there, reason):
    """Skip where a part is missing; fail where parts must not be missing."""
    if not there:
        (pytest.fail if os.environ.get("REQUIRE_SERVICES") == "1" else pytest.skip)(reason)


def require_root():
    require(there=hasattr(os, "geteuid") and os.geteuid() == 0, reason="mounts and other users need root")


@contextmanager
def mounted(*arguments, at):
    """Mount something while the block runs."""
    require_root()
    done = subprocess.run(["mount", *arguments, str(at)], capture_output=True, text=True, check=False)
    require(there=done.returncode == 0, reason=f"cannot mount here: {done.stderr}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


@contextmanager
def process(*arguments, prefix=()):
    """Run a part of store_process.py while the block runs; its first line is out when the block begins."""
    with subprocess.Popen(
        [*prefix, *PROCESS, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=ENVIRONMENT,
    ) as running:
        running.said = running.stdout.readline().strip()
        try:
            yield running
        finally:
            running.kill()


def run(*arguments, prefix=(), check=True, timeout=30):
    """Run a part of store_process.py to its end."""
    return subprocess.run(
        [*prefix, *PROCESS, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=check,
        timeout=timeout,
        env=ENVIRONMENT,
    )


def traced(log, *options, arguments):
    """Run a part of store_process.py under strace and return the traced calls."""
    require(there=shutil.which("strace"), reason="strace is not installed")
    probe = subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True, text=True, check=False)
    require(there=probe.returncode == 0, reason=f"nothing can be traced here: {probe.stderr}")
    run(*arguments, prefix=["strace", "-f", "-qq", "-o", str(log), *options], check=False)
    return Path(log).read_text().splitlines()
