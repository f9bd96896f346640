"""Has imported all that `alfactl` may need, and forks a process for each command: that takes 3 ms, a start 500 ms.

Started by `warm_process.py` with the number of a socket: each byte on it, with four descriptors, begins a command.
"""

import fcntl
import gc
import json
import os
import runpy
import signal
import socket
import sys
import termios
import threading
import time
from importlib import import_module
from pkgutil import walk_packages
from select import select

PARTS = ("bulk", "cli", "emulator", "invitario", "services", "tokens", "webex")
STRANGERS = ("email_validator", "segno", "xlsxwriter", "xlsxwriter.exceptions")
"""What our code imports inside functions; all but `keyring`, which reads the environment when it is imported."""
BEGUN_ANEW = "alfaview_async.cli.app"
"""It measures the terminal when it is imported, so each process imports it by itself."""


def import_everything():
    for part in PARTS:
        package = import_module(f"alfaview_async.{part}")
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if module.name != BEGUN_ANEW:
                import_module(module.name)
    for name in STRANGERS:
        import_module(name)
    sys.modules.pop(BEGUN_ANEW, None)


def serve(control):
    """Fork a process for each command until nobody wants any more; returns in the child, with its connection."""
    ended, wake = socket.socketpair()
    os.set_blocking(wake.fileno(), False)
    signal.set_wakeup_fd(wake.fileno())
    signal.signal(signal.SIGCHLD, lambda *_: None)
    running = {}
    while True:
        ready, _, _ = select([control, ended], [], [])
        if ended in ready:
            ended.recv(4096)
            report_ends(running)
        if control not in ready:
            continue
        word, descriptors, _, _ = socket.recv_fds(control, 1, 4)
        if not word:
            for pid in running:
                os.kill(pid, signal.SIGKILL)
            sys.exit()
        pid = os.fork()
        if not pid:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for other in (control, ended, wake, *running.values()):
                other.close()
            return descriptors
        for descriptor in descriptors[:3]:
            os.close(descriptor)
        running[pid] = socket.socket(fileno=descriptors[3])
        running[pid].send(pid.to_bytes(4, "big"))


def report_ends(running):
    while running:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with running.pop(pid) as connection:
            try:
                connection.send(status.to_bytes(4, "big"))
            except BrokenPipeError:  # nobody waits for it
                continue


def become_the_command(descriptors):
    """Take on its streams, environment, directory and arguments, as if Python had been started so."""
    with socket.socket(fileno=descriptors[3]) as connection, connection.makefile("rb") as lines:
        wanted = json.loads(lines.readline())
    for number, descriptor in enumerate(descriptors[:3]):
        os.dup2(descriptor, number)
        os.close(descriptor)
    if wanted["terminal"]:
        os.setsid()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    os.chdir(wanted["directory"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    time.tzset()
    encoding, _, errors = os.environ["PYTHONIOENCODING"].partition(":")
    how = {"encoding": encoding, "errors": errors or "strict", "newline": "\n", "closefd": False}
    sys.stdin = sys.__stdin__ = open(0, **how | {"newline": None})  # noqa: SIM115 - open as long as the process runs
    sys.stdout = sys.__stdout__ = open(1, "w", **how)  # noqa: SIM115 - as above
    sys.stderr = sys.__stderr__ = open(2, "w", buffering=1, **how | {"errors": "backslashreplace"})  # noqa: SIM115
    sys.path.insert(0, wanted["directory"])
    sys.argv[1:] = wanted["arguments"]


def run_the_command():
    """Run it, and end as Python ends; only the modules are not cleared, which would copy each page of memory."""
    try:
        runpy.run_module("alfaview_async", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        threading._shutdown()
        gc.collect()  # what was forgotten complains now
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(end.code)


if __name__ == "__main__":
    del sys.path[0]
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a run of the tests in the background may ignore it
    import_everything()
    gc.collect()
    gc.freeze()
    assert len(threading.enumerate()) == 1
    control = socket.socket(fileno=int(sys.argv[1]))
    control.send(b"+")
    become_the_command(serve(control))
    run_the_command()
