"""Generations under any sequence of calls, by any number of store objects, against a model."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from attrs import evolve
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from alfaview_async.errors import StorageCorrupt
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, OTHER_PRINCIPAL, TOKEN
from alfaview_async.tokens import FileTokenStore
from alfaview_async.tokens.record import record_name

some_key = st.sampled_from([KEY, OTHER_COMPANY, OTHER_PRINCIPAL])
some_store = st.integers(0, 1)


class FileStoreStates(RuleBasedStateMachine):
    """S3, S16: a swap succeeds if and only if it names the generation of the living record."""

    @initialize(encryption_key=st.sampled_from([None, bytes(range(32))]))
    def begin(self, encryption_key):
        self.runner = asyncio.Runner()
        self.encryption_key = encryption_key
        self.directory = Path(tempfile.mkdtemp()) / "tokens"
        self.stores = [self.opened(), self.opened()]
        self.generations = {}
        self.tokens = {}
        self.broken = set()

    def opened(self):
        return FileTokenStore(self.directory, encryption_key=self.encryption_key)

    def ask(self, key, call):
        """Ask a store; if the record was broken, it says so once and then begins anew."""
        if key in self.broken:
            with pytest.raises(StorageCorrupt):
                self.runner.run(call())
            self.broken.remove(key)
        return self.runner.run(call())

    @rule(key=some_key, store=some_store, text=st.text(max_size=10), behind=st.integers(0, 2))
    def swap(self, key, store, text, behind):
        token = evolve(TOKEN, refresh_token=Secret(text), generation=99)
        living = self.generations.get(key, 0) if key in self.tokens else 0
        expected = max(0, living - behind)
        swapped = self.ask(key, lambda: self.stores[store].compare_and_swap(key, expected, token))
        assert swapped == (expected == living)
        if swapped:
            self.generations[key] = self.generations.get(key, 0) + 1
            self.tokens[key] = evolve(token, generation=self.generations[key])

    @rule(key=some_key, store=some_store)
    def delete(self, key, store):
        self.ask(key, lambda: self.stores[store].delete(key))
        self.generations[key] = self.generations.get(key, 0) + 1
        self.tokens.pop(key, None)

    @rule(key=some_key, store=some_store)
    def load(self, key, store):
        assert self.ask(key, lambda: self.stores[store].load(key)) == self.tokens.get(key)

    @rule(key=some_key)
    def damage(self, key):
        if key in self.generations:
            (self.directory / f"{record_name(key)}.record").write_bytes(b"broken")
            self.broken.add(key)
            self.tokens.pop(key, None)
            del self.generations[key]

    @rule(store=some_store)
    def reopen(self, store):
        self.runner.run(self.stores[store].close())
        self.stores[store] = self.opened()

    @rule(store=some_store)
    def lock(self, store):
        async def entered():
            async with self.stores[store].lock(KEY):
                pass

        self.runner.run(entered())

    @invariant()
    def the_living_are_listed(self):
        if not getattr(self, "broken", True):
            assert self.runner.run(self.stores[0].keys()) == sorted(self.tokens)

    def teardown(self):
        if hasattr(self, "runner"):
            self.runner.close()
            shutil.rmtree(self.directory.parent)


TestFileStoreStates = FileStoreStates.TestCase
TestFileStoreStates.settings = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
