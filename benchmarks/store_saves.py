"""What the processes of the file-store benchmarks save: large records that tell whether they are whole."""

import asyncio
import os
from collections.abc import Callable, Coroutine

from attrs import evolve

from alfaview_async.secret import Secret
from alfaview_async.tokens import FileTokenStore
from alfaview_async.tokens.store import StoredToken, TokenKey

KEY = TokenKey(origin="https://apis.alfaview.com", principal="key:benchmark", company_id="company")
TOKEN = StoredToken(
    company_id="company",
    refresh_token=Secret("r" * 36),
    access_token=Secret("+/=" * 90),
    access_expires_at=1_900_000_000.0,
    refresh_expires_at=1_902_592_000.5,
)
SIZE = 26_000  # of a record, as measured for other libraries


def token(generation: int) -> StoredToken:
    """Make a token whose every part says which generation it is."""
    text = f"{generation:010d}"
    return evolve(TOKEN, refresh_token=Secret(text), access_token=Secret(text * (SIZE // len(text))))


def whole(stored: StoredToken) -> bool:
    return stored == evolve(token(stored.generation), generation=stored.generation)


async def save_for_ever(directory: str, acknowledged: int) -> None:
    """Save, and write a generation to the descriptor as soon as its save has returned."""
    store = FileTokenStore(directory)
    stored = await store.load(KEY)
    generation = stored.generation if stored else 0
    while await store.compare_and_swap(KEY, generation, token(generation + 1)):
        generation += 1
        os.write(acknowledged, generation.to_bytes(8, "big"))
    raise SystemExit("somebody else has saved")


def child(work: Callable[..., Coroutine[object, object, None]], *arguments: object) -> int:
    """Fork a process that does the work and ends."""
    pid = os.fork()
    if pid:
        return pid
    try:
        asyncio.run(work(*arguments))
        os._exit(0)
    finally:
        os._exit(1)
