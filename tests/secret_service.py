"""A Secret Service of the tests' own: a private D-Bus and gnome-keyring, to be frozen, killed, locked and unlocked."""

import gc
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import monotonic, sleep

import pytest

jeepney = pytest.importorskip("jeepney", reason="keyring needs it on free desktops only")
blocking = pytest.importorskip("jeepney.io.blocking")
secretstorage = pytest.importorskip("secretstorage")

PASSWORD = b"test-pass"
_NAME = "org.freedesktop.secrets"
_BUS = jeepney.DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
_UNLOCKER = jeepney.DBusAddress(
    "/org/freedesktop/secrets", _NAME, "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface"
)
"""What the login screen's PAM module uses: the one way to unlock without a prompt."""


class SecretService:
    """Starts unlocked and empty.

    Attributes:
        environment: What a process needs to find this service, and no other.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        runtime = directory / "run"
        runtime.mkdir(mode=0o700)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(directory),
            "XDG_DATA_HOME": str(directory / "data"),
            "XDG_CONFIG_HOME": str(directory / "config"),
            "XDG_STATE_HOME": str(directory / "state"),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        self._processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Start D-Bus and keyring; returns when both answer."""
        bus = self._started("dbus-daemon", "--session", "--nofork", "--print-address=1")
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()
        keyring = self._started("gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets")
        keyring.stdin.write(PASSWORD)
        keyring.stdin.close()
        self._wait(lambda: self.pid() is not None and not self.is_locked())

    def pid(self) -> int | None:
        """Return the process that serves now; `None` if there is none."""
        asked = jeepney.new_method_call(_BUS, "GetConnectionUnixProcessID", "s", (_NAME,))
        with self._connection() as connection:
            reply = connection.send_and_get_reply(asked)
        return None if reply.header.message_type is jeepney.MessageType.error else reply.body[0]

    def freeze(self) -> None:
        """Stop the process: its callers get no answer, and no error."""
        os.kill(self.pid(), signal.SIGSTOP)

    def thaw(self) -> None:
        """Let the frozen process go on."""
        os.kill(self.pid(), signal.SIGCONT)

    def kill(self) -> None:
        """End the process as it stands; D-Bus starts another, locked, for whoever asks next."""
        pid = self.pid()
        os.kill(pid, signal.SIGKILL)
        self._wait(lambda: self.pid() != pid)

    def lock(self) -> None:
        """Lock the collection."""
        with self._connection() as connection:
            secretstorage.get_default_collection(connection).lock()

    def unlock(self) -> None:
        """Unlock the collection; starts the service if it was killed."""
        with self._connection() as connection:
            session = secretstorage.util.open_session(connection)
            collection = secretstorage.get_default_collection(connection, session)
            secret = secretstorage.util.format_secret(session, PASSWORD, "text/plain")
            arguments = (collection.collection_path, secret)
            connection.send_and_get_reply(
                jeepney.new_method_call(_UNLOCKER, "UnlockWithMasterPassword", "o(oayays)", arguments)
            )
        assert not self.is_locked()

    def is_locked(self) -> bool:
        """Tell whether the collection is locked."""
        with self._connection() as connection:
            return secretstorage.get_default_collection(connection).is_locked()

    def entries(self, service: str) -> dict[str, bytes]:
        """Return the entries of a service: what a keyring application would show."""
        with self._connection() as connection:
            items = secretstorage.get_default_collection(connection).search_items({"service": service})
            return {item.get_attributes()["username"]: item.get_secret() for item in items}

    def files(self) -> dict[Path, bytes]:
        """Return everything that lies in the home directory, among it the sealed collection."""
        return {path: path.read_bytes() for path in self._directory.rglob("*") if path.is_file()}

    def set_entry(self, service: str, name: str, secret: bytes) -> None:
        """Write an entry past our store."""
        attributes = {"service": service, "username": name, "application": "Python keyring library"}
        with self._connection() as connection:
            secretstorage.get_default_collection(connection).create_item(name, attributes, secret, replace=True)

    def stop(self) -> None:
        """End everything that was started, by us or by D-Bus, frozen or not."""
        if "DBUS_SESSION_BUS_ADDRESS" in self.environment and (pid := self.pid()):
            os.kill(pid, signal.SIGKILL)
        for process in self._processes:
            with process:
                process.kill()

    def _started(self, *command: str) -> subprocess.Popen[bytes]:
        pipe, log = subprocess.PIPE, self._directory / f"{command[0]}.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(command, env=self.environment, stdin=pipe, stdout=pipe, stderr=stderr)
        self._processes.append(process)
        return process

    def _connection(self) -> closing:
        return closing(blocking.open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"]))

    @staticmethod
    def _wait(condition) -> None:
        deadline = monotonic() + 10
        while not condition():
            assert monotonic() < deadline, "the Secret Service did not get there in 10 s"
            sleep(0.01)


@contextmanager
def secret_service(directory: Path) -> Iterator[SecretService]:
    """Run a Secret Service; without the programs the test is skipped, or fails where services are required."""
    missing = [program for program in ("dbus-daemon", "gnome-keyring-daemon") if shutil.which(program) is None]
    if missing:
        unavailable(f"needs {' and '.join(missing)} (Debian packages: dbus, gnome-keyring)")
    service = SecretService(directory)
    try:
        service.start()
        yield service
    finally:
        service.stop()
        # keyring leaves the connections of failed calls to the collector: now, and not in the middle of another test
        gc.collect()


def unavailable(reason: str) -> None:
    """Skip the test, aloud; where services are required, fail it."""
    (pytest.fail if os.environ.get("REQUIRE_SERVICES") == "1" else pytest.skip)(reason)
