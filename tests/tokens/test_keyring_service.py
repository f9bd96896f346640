"""Tokens in a real Secret Service: gnome-keyring on a D-Bus of the tests' own."""

import asyncio
import json
import sys
from itertools import count

import pytest
from attrs import evolve
from secret_service import secret_service

from alfaview_async.errors import StorageCorrupt
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN, TokenStoreContract
from alfaview_async.tokens.keyring import KeyringTokenStore
from alfaview_async.tokens.record import record_name

NAME = record_name(KEY)
_numbers = count()

INCREMENT = """
import asyncio, sys
from attrs import evolve
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.keyring import KeyringTokenStore

async def main():
    store, left = KeyringTokenStore(sys.argv[1]), int(sys.argv[2])
    generation = number = 0
    while left:
        more = evolve(TOKEN, refresh_token=Secret(str(number + 1)))
        if await store.compare_and_swap(KEY, generation, more):
            left, generation, number = left - 1, generation + 1, number + 1
        else:
            stored = await store.load(KEY)
            generation, number = stored.generation, int(stored.refresh_token.reveal())

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with secret_service(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def keyring(running, monkeypatch):
    for name, value in running.environment.items():
        monkeypatch.setenv(name, value)
    return running


@pytest.fixture
def service(keyring):  # noqa: ARG001 - a name for the keyring that is running
    """Name a service that nobody has used yet, so that each test has an empty keyring."""
    return f"alfaview_async test {next(_numbers)}"


@pytest.fixture
def store(service):
    return KeyringTokenStore(service)


async def increments(service, times):
    """Count upwards in the record, in a process of its own."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", INCREMENT, service, str(times))
    assert await process.wait() == 0


class TestKeyringTokenStore(TokenStoreContract):
    @pytest.fixture(autouse=True)
    def use(self, service):
        self.service = service

    async def make_store(self):
        return KeyringTokenStore(self.service)


async def test_the_secret_service_holds_the_record_as_text(store, keyring, service):
    """One entry for the key, beside the index; a keyring application shows readable JSON."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    entries = keyring.entries(service)
    assert entries.keys() == {"index.0", NAME}
    assert json.loads(entries[NAME])["token"]["refresh_token"] == TOKEN.refresh_token.reveal()


async def test_no_file_of_the_home_directory_holds_a_token(store, keyring):
    """The operating system seals it; our own locks are empty."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    secret = TOKEN.refresh_token.reveal().encode()
    files = keyring.files()
    assert any(path.suffix == ".keyring" for path in files)
    assert not [path for path, data in files.items() if secret in data]


async def test_another_process_finds_the_record(store, service):
    """What one process stored, the next one counts on."""
    await store.compare_and_swap(KEY, 0, evolve(TOKEN, refresh_token=Secret("41")))
    await increments(service, 1)
    assert (await store.load(KEY)).refresh_token.reveal() == "42"


@pytest.mark.slow
async def test_two_processes_lose_no_write(store, service):
    """30 increments each, at the same time, make 60: our lock is the compare-and-swap a keyring lacks (F34).

    The figure of 100 and 100 is printed by `benchmarks/keyring_store.py`.
    """
    await asyncio.gather(increments(service, 30), increments(service, 30))
    stored = await store.load(KEY)
    assert (stored.refresh_token.reveal(), stored.generation) == ("60", 60)


async def test_bytes_that_are_no_text_are_put_aside(store, keyring, service):
    """What somebody else wrote in place of a record is kept, and the next save works (S9)."""
    await store.compare_and_swap(KEY, 0, TOKEN)
    keyring.set_entry(service, NAME, b"\xff\xfe{}")
    with pytest.raises(StorageCorrupt):
        await store.load(KEY)
    (aside,) = (secret for name, secret in keyring.entries(service).items() if name.startswith(f"{NAME}.corrupt-"))
    assert aside == rb"\xff\xfe{}"
    assert await store.compare_and_swap(KEY, 0, TOKEN)


async def test_services_do_not_mix(service):
    """Two programs with names of their own have logins of their own."""
    mine, theirs = KeyringTokenStore(f"{service} a"), KeyringTokenStore(f"{service} b")
    await mine.compare_and_swap(KEY, 0, TOKEN)
    await theirs.compare_and_swap(OTHER_COMPANY, 0, TOKEN)
    assert (await mine.keys(), await theirs.keys()) == ([KEY], [OTHER_COMPANY])
