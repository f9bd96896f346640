"""Workers that keep their tokens in one Redis share one login."""

import asyncio

import pytest

pytest_plugins = ["redis_server"]

AUTHENTICATE = "authenticationService/authenticate"


@pytest.fixture
def opened_backend(example, surroundings, redis_server, monkeypatch):
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    assert surroundings["ALFAVIEW_CLIENT_ID"]
    return example("web", "backend").opened_backend


async def test_two_workers_log_in_once(opened_backend, alfaview_emulator, guests):
    """One login for both, at the start and when its token has ended; a third worker finds it in Redis."""
    async with opened_backend() as one, opened_backend() as other:
        await asyncio.gather(
            one.invitations.link_for("ada@example.org", "Ada", room="Seminar A"),
            other.invitations.link_for("grace@example.org", "Grace", room="Seminar A"),
        )
        assert alfaview_emulator.requests.count(AUTHENTICATE) == 1
        alfaview_emulator.expire_tokens()
        await asyncio.gather(
            one.invitations.link_for("alan@example.org", "Alan", room="Seminar A"),
            other.invitations.link_for("joan@example.org", "Joan", room="Seminar A"),
        )
        assert alfaview_emulator.requests.count(AUTHENTICATE) == 2
    async with opened_backend() as third:
        await third.invitations.link_for("edith@example.org", "Edith", room="Seminar A")
    assert alfaview_emulator.requests.count(AUTHENTICATE) == 2
    assert len(guests()) == 5


async def test_what_lies_in_redis_is_named_by_the_prefix(opened_backend, redis_server):
    """The page tells whoever looks into Redis what belongs to whom."""
    async with opened_backend() as backend:
        await backend.invitations.link_for("ada@example.org", "Ada", room="Seminar A")
    names = redis_server.admin.keys()
    assert names
    assert all(name.startswith(b"alfaview_async:") for name in names)
