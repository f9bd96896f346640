"""The way to Redis: to whom tokens may travel, from which event loops, and what errors do not tell."""

import asyncio
import logging
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from traceback import TracebackException

import pytest
import redis
import redis.asyncio
from attrs import evolve
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from redis.asyncio.sentinel import Sentinel

from alfaview_async.errors import ConfigurationError, StorageUnavailable, TokenStoreError
from alfaview_async.secret import Secret
from alfaview_async.testing import KEY, OTHER_COMPANY, TOKEN
from alfaview_async.tokens.record import record_name
from alfaview_async.tokens.redis import RedisTokenStore

pytest_plugins = ["redis_server"]

PLACE = f"alfaview_async:{record_name(KEY)}"
PASSWORD = "password-canary"
CANARIES = [PASSWORD, TOKEN.refresh_token.reveal(), TOKEN.access_token.reveal(), "x" * 100]

PROTECTED = [
    "redis://localhost",
    "redis://",
    "redis://127.9.9.9:1",
    "redis://[::1]",
    "unix:///run/redis/redis.sock",
    "rediss://redis.example",
    "rediss://redis.example?ssl_ca_certs=/etc/ssl/own.pem",
]
UNPROTECTED = [
    "redis://redis.example",
    "redis://10.0.0.5/0",
    "redis://0.0.0.0",
    "redis://[2001:db8::1]",
    "redis://127.0.0.1.example",
    "redis://localhost.example",
    "redis://user:password-canary@10.0.0.5",
    "redis://?host=10.0.0.5",
    "rediss://redis.example?ssl_cert_reqs=none",
]
UNUSABLE = [
    "",
    "nonsense",
    "http://localhost",
    "redis://localhost:port-canary",
    "redis://user:password-canary@localhost:x",
    "redis://localhost?no_such_option=password-canary",
    "redis://localhost?socket_timeout=password-canary",
]


@pytest.mark.parametrize("url", PROTECTED)
def test_f46_this_machine_and_tls_are_fine(url):
    """Loopback, a socket, or TLS with a checked certificate; nothing is opened before it is used."""
    assert "RedisTokenStore" in repr(RedisTokenStore(url))
    assert RedisTokenStore(redis.asyncio.Redis.from_url(url))


@pytest.mark.parametrize("url", UNPROTECTED)
def test_f46_other_machines_want_tls(url):
    """Plain text to another host is refused, and so is TLS with anybody, unless it was asked for in so many words."""
    for server in (url, redis.asyncio.Redis.from_url(url)):
        with pytest.raises(ConfigurationError, match="allow_plaintext=True") as caught:
            RedisTokenStore(server)
        assert "canary" not in str(caught.value)
        assert RedisTokenStore(server, allow_plaintext=True)


def test_f46_where_sentinels_point_to_is_not_known():
    """The host is told later, by somebody: TLS, or a word that plain text is meant."""
    sentinel = Sentinel([("localhost", 26379)])
    with pytest.raises(ConfigurationError, match="the sentinels"):
        RedisTokenStore(sentinel.master_for("tokens"))
    assert RedisTokenStore(sentinel.master_for("tokens", ssl=True))
    with pytest.raises(ConfigurationError):
        RedisTokenStore(sentinel.master_for("tokens", ssl=True, ssl_cert_reqs="none"))


@pytest.mark.parametrize("url", UNUSABLE)
def test_an_unusable_url_is_refused_at_once(url):
    """Not at the first renewal; and the error does not quote it."""
    with pytest.raises(ConfigurationError) as caught:
        RedisTokenStore(url)
    assert "canary" not in repr(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize("server", [None, 6379, redis.Redis(), b"redis://localhost"])
def test_what_is_no_async_client_is_refused(server):
    """The blocking client of redis-py looks alike and would block the event loop."""
    with pytest.raises(ConfigurationError, match=r"redis\.asyncio\.Redis"):
        RedisTokenStore(server)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate authority, and a certificate by it for localhost."""
    directory = tmp_path_factory.mktemp("tls")
    now = datetime.now(UTC)

    uses = dict.fromkeys(
        [
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ],
        False,
    )

    def write(name, subject, issuer, issuer_key, extension):
        key = ec.generate_private_key(ec.SECP256R1())
        called = [x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)]) for text in (subject, issuer)]
        signing = issuer_key or key
        known = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
        certificate = (
            x509.CertificateBuilder(*reversed(called), key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(hours=1))
            .add_extension(extension, critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=bool(issuer_key), key_cert_sign=not issuer_key, crl_sign=not issuer_key, **uses
                ),
                critical=True,
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(known, critical=False)
            .sign(signing, hashes.SHA256())
        )
        (directory / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (directory / f"{name}.key").write_bytes(key.private_bytes(*plain))
        return key

    authority = write("ca", "authority", "authority", None, x509.BasicConstraints(ca=True, path_length=None))
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    write("server", "server", "authority", authority, names)
    return directory


@pytest.fixture
def tls_url(own_redis, certificates):
    files = {"--tls-cert-file": "server.crt", "--tls-key-file": "server.key", "--tls-ca-cert-file": "ca.crt"}
    options = [word for option, name in files.items() for word in (option, str(certificates / name))]
    server = own_redis("--tls-auth-clients", "no", *options)
    server.start("--tls-port", str(server.tls_port))
    return f"rediss://localhost:{server.tls_port}"


async def test_tokens_travel_by_tls(tls_url, certificates, connect):
    """With the authority that signed the certificate, all works; two stores meet."""
    first, second = (connect(f"{tls_url}?ssl_ca_certs={certificates / 'ca.crt'}") for _ in range(2))
    assert await first.compare_and_swap(KEY, 0, TOKEN)
    async with second.lock(KEY):
        assert await second.load(KEY) == evolve(TOKEN, generation=1)


async def test_a_stranger_with_a_certificate_gets_nothing(tls_url, connect):
    """A certificate that nobody here trusts is an error."""
    with pytest.raises(StorageUnavailable, match="certificate verify failed"):
        await connect(tls_url).load(KEY)


async def test_trusted_certificates_are_read_beside_the_event_loop(tls_url, certificates, connect, monkeypatch):
    """S6: reading the machine's certificates takes tens of milliseconds, in which the loop goes on."""
    from redis.asyncio.connection import RedisSSLContext  # noqa: PLC0415 - looked into here alone

    threads = []
    get = RedisSSLContext.get

    def recorded(context):
        if context.context is None:
            threads.append(threading.current_thread())
        return get(context)

    monkeypatch.setattr(RedisSSLContext, "get", recorded)
    await connect(f"{tls_url}?ssl_ca_certs={certificates / 'ca.crt'}").load(KEY)
    assert threads
    assert threading.current_thread() not in threads


LOOPS = """
import asyncio, sys
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.redis import RedisTokenStore

store = RedisTokenStore(sys.argv[1])

async def use(generation):
    async with store.lock(KEY):
        assert await store.compare_and_swap(KEY, generation, TOKEN)

for generation in range(3):
    asyncio.run(use(generation))
"""

FORK = """
import asyncio, os, sys
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.redis import RedisTokenStore

store = RedisTokenStore(sys.argv[1])

async def count(times):
    for _ in range(times):
        async with store.lock(KEY):
            stored = await store.load(KEY)
            assert await store.compare_and_swap(KEY, stored.generation if stored else 0, TOKEN)

with asyncio.Runner() as parent:
    parent.run(count(1))
    child = os.fork()
    if not child:
        asyncio.run(count(20))
        os._exit(0)
    parent.run(count(20))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert parent.run(store.load(KEY)).generation == 41
    parent.run(store.close())
"""


@pytest.mark.parametrize("code", [LOOPS, FORK], ids=["one loop after the other", "a forked child"])
def test_a_store_with_a_url_serves_every_event_loop(redis_server, code):
    """Each loop has connections of its own: no "Event loop is closed", no answer read by the wrong process."""
    command = [sys.executable, "-c", code, redis_server.url]
    ran = subprocess.run(command, check=False, capture_output=True, text=True, timeout=30)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_store_serves_several_threads_at_once(redis_server):
    """Two loops in two threads: all changes are made, each once."""
    store = RedisTokenStore(redis_server.url)

    async def count():
        for _ in range(20):
            async with store.lock(KEY):
                stored = await store.load(KEY)
                assert await store.compare_and_swap(KEY, stored.generation if stored else 0, TOKEN)
        await store.close()

    threads = [threading.Thread(target=asyncio.run, args=(count(),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert redis_server.admin.hget(PLACE, "generation") == b"40"


def test_a_client_of_the_callers_belongs_to_one_event_loop(redis_server):
    """Its connections cannot be used in another: an error that says what to do, before anything is sent."""

    async def use(store):
        await store.load(KEY)

    async def first():
        async with redis.asyncio.Redis(port=redis_server.port) as client:
            store = RedisTokenStore(client)
            await use(store)
            await store.close()
            assert await client.ping()
            return store

    store = asyncio.run(first())
    with pytest.raises(ConfigurationError, match="another event loop"):
        asyncio.run(use(store))


async def uses(store, before=lambda: None):
    """Do all that a store does, and return the errors."""

    async def lock():
        async with store.lock(KEY):
            pass

    works = [store.load(KEY), store.compare_and_swap(KEY, 1, TOKEN), store.delete(KEY), store.keys(), lock()]
    errors = []
    for work in works:
        before()
        try:
            await work
        except TokenStoreError as error:
            errors.append(error)
    return errors


async def outgrow(store):
    await store.compare_and_swap(KEY, 0, evolve(TOKEN, access_token=Secret("x" * 70_000)))


@pytest.fixture
def with_password(own_redis, connect):
    """Start a server with options and make a store that logs in with the password."""

    def start(*options):
        server = own_redis(*options).start()
        server.admin.execute_command("ACL", "SETUSER", "ada", "on", f">{PASSWORD}", "~*", "+@all")
        return server, connect(server.url.replace("//", f"//ada:{PASSWORD}@"))

    return start


def everything(errors, caplog, *shown):
    """Put together whatever could be printed of an error, frames with their locals included."""
    told = [line for error in errors for line in TracebackException.from_exception(error, capture_locals=True).format()]
    told += [repr(error) + str(error) + repr(error.__context__) + repr(error.__cause__) for error in errors]
    return "\n".join([*told, caplog.text, *map(repr, shown), *(repr(vars(thing)) for thing in shown)])


def assert_untold(errors, caplog, store):
    assert errors
    text = everything(errors, caplog, store, store._redis, store._locks)
    assert [canary for canary in CANARIES if canary in text] == []


async def test_s13_what_redis_quotes_is_not_repeated(with_password, caplog):
    """Redis answers to a command that it does not know with the arguments: here, user and password."""
    caplog.set_level(logging.DEBUG)
    server, store = with_password("--rename-command", "AUTH", "")
    with pytest.raises(redis.ResponseError, match=PASSWORD):
        server.admin.execute_command("AUTH", "ada", PASSWORD)
    errors = await uses(store)
    assert "lacks a command" in str(errors[0])
    assert_untold(errors, caplog, store)


async def test_s13_no_error_tells_a_secret(with_password, caplog):
    """Refused, out of memory, damaged, gone: neither messages nor frames nor the log at DEBUG hold one."""
    caplog.set_level(logging.DEBUG)
    server, store = with_password()
    await store.compare_and_swap(KEY, 0, TOKEN)
    record = server.admin.hget(PLACE, "record")

    def damaged(data):
        return lambda: server.admin.hset(PLACE, mapping={"record": data, "generation": 1, "change": "c"})

    errors = await uses(store, damaged(record + b"}"))
    errors += await uses(store, damaged(record.replace(b'"version":1', b'"version":2')))
    errors += await uses(store, damaged(record.replace(KEY.company_id.encode(), OTHER_COMPANY.company_id.encode())))
    damaged(record)()
    server.admin.config_set("maxmemory", 1)
    errors += await uses(store)
    server.admin.config_set("maxmemory", 0)
    server.admin.replicaof("127.0.0.1", "1")
    errors += await uses(store)
    server.kill()
    errors += await uses(store)
    assert len(errors) >= 18
    assert_untold(errors, caplog, store)


async def test_s13_a_record_too_large_is_not_shown(redis_server, connect, caplog):
    """The frames of what could not be stored show neither token nor record."""
    store = connect(redis_server.url)
    with pytest.raises(TokenStoreError, match="larger") as caught:
        await outgrow(store)
    assert_untold([caught.value], caplog, store)
