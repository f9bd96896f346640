"""Which keyring is used: a real one, or the one that the user hands over; never plain text without a word."""

import base64
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from keyring.backends.chainer import ChainerBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.backends.null import Keyring as NullKeyring
from memory_keyring import MemoryKeyring
from secret_service import secret_service, unavailable

import alfaview_async
from alfaview_async.errors import StorageUnavailable
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN
from alfaview_async.tokens.keyring import KeyringTokenStore
from alfaview_async.tokens.record import TokenRecord, record_name

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="macOS and Windows have one keyring, which tests leave alone"),
    pytest.mark.filterwarnings("ignore:unclosed <socket.socket:ResourceWarning"),  # as in test_keyring_faults.py
]

SECRET = TOKEN.refresh_token.reveal().encode()
SAVE = """
import asyncio, keyring
from alfaview_async.errors import TokenStoreError
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens import os_keyring
from alfaview_async.tokens.keyring import KeyringTokenStore

os_keyring._ANSWER_SECONDS = 30

async def main():
    store = KeyringTokenStore({arguments})
    try:
        print("there was", await store.load(KEY), "saved:", await store.compare_and_swap(KEY, 0, TOKEN))
    except TokenStoreError as error:
        print(type(error).__name__, error)

asyncio.run(main())
"""
"""A machine may be busy: how long a keyring is waited for has its own tests."""
KEYRING_ITSELF = "print(type(keyring.get_keyring()).__name__)"
"""What keyring would take; asked in the same process, but last, since it loads whatever it finds."""


def output(code, environment, *paths):
    """Run code in an environment, with the paths before all else, and return what it prints."""
    here = Path(alfaview_async.__file__).parents[1]
    environment = environment | {"PYTHONPATH": os.pathsep.join(map(str, (*paths, here)))}
    ended = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return ended.stdout.strip()


def holding_the_token(directory):
    """Name the files in which the token stands, plainly or in base64."""
    return [path.name for path in directory.rglob("*") if path.is_file() and SECRET in with_base64(path.read_bytes())]


def with_base64(data):
    runs = [b"".join(run.split()) for run in re.findall(rb"(?:[A-Za-z0-9+/]\s*){40,}", data)]
    return b"\n".join([data, *(base64.b64decode(run[: len(run) // 4 * 4]) for run in runs)])


@pytest.fixture
def no_dbus(tmp_path):
    """An environment as on a server: a home directory, and no desktop."""
    return {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)}


@pytest.fixture(scope="module")
def keyrings_alt(tmp_path_factory):
    """Install the package of plain text backends beside the others, out of the way of other tests."""
    directory = tmp_path_factory.mktemp("alt")
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", directory, "keyrings.alt"]
    command += ["--no-compile", "--disable-pip-version-check"]
    installed = subprocess.run(command, capture_output=True, text=True, check=False)
    if installed.returncode:
        unavailable(f"keyrings.alt cannot be installed: {installed.stderr.strip()[-300:]}")
    return directory


@pytest.fixture(scope="module")
def stale_copy(tmp_path_factory, keyrings_alt):
    """What the plain text backend writes when it is given two records."""
    home = tmp_path_factory.mktemp("home")
    plant = "from keyrings.alt.file import PlaintextKeyring; backend = PlaintextKeyring()"
    for key in (KEY, OTHER_COMPANY):
        record = TokenRecord(key=key).next(TOKEN).to_bytes().decode()
        plant += f"; backend.set_password('alfaview_async', {record_name(key)!r}, {record!r})"
    output(plant, {"PATH": os.environ["PATH"], "HOME": str(home)}, keyrings_alt)
    (written,) = home.rglob("keyring_pass.cfg")
    return written.read_bytes()


@pytest.fixture
def service(tmp_path):
    with secret_service(tmp_path) as service:
        yield service


def test_without_a_keyring_the_error_names_the_ways_out(no_dbus, tmp_path):
    """No D-Bus, as on a server: told at the first use, and nothing is written anywhere (F27)."""
    said = output(SAVE.format(arguments=""), no_dbus)
    assert said.startswith("StorageUnavailable there is no usable keyring here (SecretService: ")
    for way_out in ("FileTokenStore(directory)", "MemoryTokenStore()", "environment variables"):
        assert way_out in said
    assert holding_the_token(tmp_path) == []


def test_plain_text_backends_are_not_chosen(no_dbus, tmp_path, keyrings_alt):
    """Where keyring itself would write the token into a file, the store refuses (F28, S15)."""
    said, keyrings_choice = output(SAVE.format(arguments="") + KEYRING_ITSELF, no_dbus, keyrings_alt).splitlines()
    assert keyrings_choice in {"PlaintextKeyring", "ChainerBackend"}  # by what else is installed
    assert said.startswith("StorageUnavailable there is no usable")
    assert holding_the_token(tmp_path) == []


def test_plain_text_is_for_those_who_ask_for_it(no_dbus, tmp_path, keyrings_alt):
    """A backend that the user hands over is used, whatever it is (S15)."""
    plain = "backend=__import__('keyrings.alt.file').alt.file.PlaintextKeyring()"
    assert output(SAVE.format(arguments=plain), no_dbus, keyrings_alt) == "there was None saved: True"
    assert holding_the_token(tmp_path) == ["keyring_pass.cfg"]


@pytest.mark.parametrize("arguments", ["", "backend=keyring.get_keyring()"])
def test_of_a_chain_the_real_keyring_alone_is_used(service, keyrings_alt, stale_copy, arguments):
    """A stale copy in a plain text backend further down is neither read nor written (F29)."""
    planted = Path(service.environment["XDG_DATA_HOME"], "python_keyring", "keyring_pass.cfg")
    planted.parent.mkdir(parents=True)
    planted.write_bytes(stale_copy)
    keyring_reads_it = (
        f"{KEYRING_ITSELF}; print(bool(keyring.get_password('alfaview_async', {record_name(OTHER_COMPANY)!r})))"
    )
    said = output(SAVE.format(arguments=arguments) + keyring_reads_it, service.environment, keyrings_alt)
    assert said.splitlines() == ["there was None saved: True", "ChainerBackend", "True"]
    assert SECRET in service.entries("alfaview_async")[record_name(KEY)]
    assert planted.read_bytes() == stale_copy


@pytest.mark.parametrize("configured", ["environment", "file"])
@pytest.mark.parametrize("name", ["keyring.backends.null.Keyring", "memory_keyring.MemoryKeyring"])
async def test_a_configured_backend_that_is_no_real_keyring_is_refused(tmp_path, monkeypatch, configured, name):
    """Whoever switched keyring off, or to files, did not think of our tokens: they are asked to say so (S15)."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    if configured == "environment":
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    else:
        directory = tmp_path / "python_keyring"
        directory.mkdir()
        (directory / "keyringrc.cfg").write_text(f"[backend]\ndefault-keyring={name}\n")
    with pytest.raises(StorageUnavailable, match=rf"names {name}, .*backend=.*FileTokenStore"):
        await KeyringTokenStore(lock_directory=tmp_path / "locks").load(KEY)


@pytest.mark.parametrize("name", ["no.such.Keyring", "", "keyring.backends.null.Fog", "keyring.backends.macOS.Keyring"])
async def test_a_configured_backend_that_does_not_load_is_told(tmp_path, monkeypatch, name):
    """Not a traceback of strangers' code, and no silent second choice."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    with pytest.raises(StorageUnavailable, match=r"PYTHON_KEYRING_BACKEND .*does not load"):
        await KeyringTokenStore(lock_directory=tmp_path / "locks").load(KEY)


@pytest.mark.parametrize(
    "name", ["keyring.backends.SecretService.Keyring", "keyring.backends.chainer.ChainerBackend", None]
)
async def test_a_real_keyring_is_used(service, tmp_path, monkeypatch, name):
    """Configured, as the best of a chain, or found."""
    for variable, value in service.environment.items():
        monkeypatch.setenv(variable, value)
    if name:
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", name)
    assert await KeyringTokenStore(lock_directory=tmp_path / "locks").compare_and_swap(KEY, 0, TOKEN)
    assert record_name(KEY) in service.entries("alfaview_async")


async def test_a_keyring_that_comes_later_is_found(service, tmp_path, monkeypatch):
    """A program may start before the desktop does: looking once is not enough."""
    store = KeyringTokenStore(lock_directory=tmp_path / "locks")
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with pytest.raises(StorageUnavailable):
        await store.load(KEY)
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", service.environment["DBUS_SESSION_BUS_ADDRESS"])
    assert await store.compare_and_swap(KEY, 0, TOKEN)


async def test_a_backend_that_is_handed_over_is_used(tmp_path):
    """Even one that forgets, or always fails: the user knows why."""
    for backend in (MemoryKeyring(), NullKeyring()):
        assert await KeyringTokenStore(backend=backend, lock_directory=tmp_path).compare_and_swap(KEY, 0, TOKEN)
    with pytest.raises(StorageUnavailable, match="NoKeyringError"):
        await KeyringTokenStore(backend=FailKeyring(), lock_directory=tmp_path).load(KEY)


async def test_a_chain_is_not_taken_as_it_is(tmp_path, monkeypatch):
    """Without a real keyring in it there is none, whatever else it would find."""
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with pytest.raises(StorageUnavailable, match="no usable keyring"):
        await KeyringTokenStore(backend=ChainerBackend(), lock_directory=tmp_path).load(KEY)


def test_a_keyring_library_that_is_broken_is_told(no_dbus, tmp_path):
    """Its import may fail in any way, even by an exit (F36)."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "keyring.py").write_text("raise SystemExit('broken')")
    said = output(SAVE.format(arguments="").replace(", keyring", ""), no_dbus, tmp_path / "broken")
    assert said.startswith("StorageUnavailable keyring, or the backend")
    assert "does not load (builtins.SystemExit: broken)" in said


def test_the_plugin_of_a_stranger_is_not_even_loaded(service, tmp_path):
    """Backends announced by other packages cannot break, delay or replace ours (F36)."""
    plugin = tmp_path / "plugin"
    (plugin / "stranger-1.dist-info").mkdir(parents=True)
    (plugin / "stranger-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: stranger\nVersion: 1\n")
    (plugin / "stranger-1.dist-info" / "entry_points.txt").write_text("[keyring.backends]\nstranger = stranger\n")
    (plugin / "stranger.py").write_text("print('loaded'); raise SystemExit(1)")
    with pytest.raises(subprocess.CalledProcessError) as keyring_itself:
        output(SAVE.format(arguments="") + KEYRING_ITSELF, service.environment, plugin)
    assert keyring_itself.value.stdout == "there was None saved: True\nloaded\n"
