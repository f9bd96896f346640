"""Runs the programs of the docs, each in a process of its own that a warm one has made.

Importing the library takes longer than most of these programs. So one process imports it once and forks for each of
them; it has no threads and no event loop that a child could inherit.
"""

import multiprocessing
import os
import sys
import warnings
from pathlib import Path

_IMPORTED_ONCE = ["alfaview_async.client", "alfaview_async.bulk.runner", "alfaview_async.emulator.emulator"]
_PATIENCE = 60


def run(code, directory, environment):
    """Run a program; returns its exit code and what it has written to stderr."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_IMPORTED_ONCE)
    errors = Path(directory) / "stderr"
    process = context.Process(target=_program, args=(code, os.fspath(directory), environment, os.fspath(errors)))
    process.start()
    process.join(_PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode, errors.read_text(encoding="utf-8")


def _program(code, directory, environment, errors):
    os.dup2(os.open(errors, os.O_WRONLY | os.O_CREAT, 0o600), sys.stderr.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    os.chdir(directory)
    os.environ.update(environment)
    warnings.resetwarnings()
    warnings.simplefilter("error")
    sys.argv = ["-c"]
    exec(compile(code, "<snippet>", "exec"), {"__name__": "__main__"})  # noqa: S102 - the code of our own pages
