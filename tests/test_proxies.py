"""Calls through a real forward proxy, to a server whose certificate only a company knows."""

import asyncio
import os
import ssl
import sys
from base64 import b64encode
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from yarl import URL

from alfaview_async import Alfaview, NotSent, RetryPolicy, UntrustedServer
from alfaview_async.models import GuestLinkCreation

EXAMPLE = Path(__file__).parents[1] / "examples" / "behind_a_proxy.py"
IMPATIENT = RetryPolicy(attempts=1)


async def copy(reader, writer):
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def join(reader, writer, port):
    """Connect somebody to a port of this machine, until one of both hangs up."""
    there = await asyncio.open_connection("127.0.0.1", port)
    try:
        await asyncio.gather(copy(reader, there[1]), copy(there[0], writer))
    finally:
        there[1].transport.abort()


@asynccontextmanager
async def listening(serve, **options):
    tasks = set()

    async def tracked(reader, writer):
        tasks.add(asyncio.current_task())
        try:
            await serve(reader, writer)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(tracked, "127.0.0.1", 0, **options)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Proxy:
    """Opens tunnels (`CONNECT`) for those who know the password, and notes where they want to go."""

    def __init__(self, password=""):
        self.asked = []
        self._wanted = f"Basic {b64encode(f'ada:{password}'.encode()).decode()}" if password else ""

    async def serve(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split(" ", 2)
        self.asked.append((method, target))
        if self._wanted and f"Proxy-Authorization: {self._wanted}\r\n" not in head:
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            await reader.read()  # until the client hangs up
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await join(reader, writer, int(target.rpartition(":")[2]))


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A file with a certificate for localhost, which vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "company")])
    now = datetime.now(UTC)
    unused = ["content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"]
    usage = x509.KeyUsage(
        **dict.fromkeys([*unused, "encipher_only", "decipher_only"], False), digital_signature=True, key_cert_sign=True
    )
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("company") / "ca.pem"
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(*plain))
    return file


@pytest.fixture
async def encrypted(emulator, certificate):
    """The base URL of an emulator that speaks TLS."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    port = URL(emulator.base_url).port
    async with listening(lambda reader, writer: join(reader, writer, port), ssl=context) as tls_port:
        yield f"https://localhost:{tls_port}/json/v1/"


@pytest.fixture
def trusted(certificate):
    return ssl.create_default_context(cafile=certificate)


@pytest.fixture
def session(trusted):
    """A session as the page makes it, with a proxy of one's own choice."""

    def made(proxy, context=trusted):
        connector = aiohttp.TCPConnector(ssl=context, keepalive_timeout=2)
        return aiohttp.ClientSession(proxy=proxy, connector=connector, cookie_jar=aiohttp.DummyCookieJar())

    return made


async def test_calls_go_through_the_proxy_of_a_session(api_key, encrypted, session):
    """The proxy sees a tunnel to the server, and nothing else; its password may stand in its URL."""
    proxy = Proxy("pass word")
    async with (
        listening(proxy.serve) as port,
        session(f"http://ada:pass%20word@localhost:{port}") as http,
        Alfaview(api_key, base_url=encrypted, http=http) as alfaview,
    ):
        assert "Seminar A" in [room.display_name async for _, room in alfaview.rooms.all()]
    assert set(proxy.asked) == {("CONNECT", URL(encrypted).authority)}


async def test_a_certificate_that_nobody_vouches_for_is_final(api_key, encrypted, session):
    """Through the proxy too: the message says what is wrong, and it is not tried again."""
    proxy = Proxy()
    async with (
        listening(proxy.serve) as port,
        session(f"http://localhost:{port}", context=True) as http,
        Alfaview(api_key, base_url=encrypted, http=http) as alfaview,
    ):
        with pytest.raises(UntrustedServer, match="no valid TLS certificate"):
            await alfaview.rooms.list()
    assert len(proxy.asked) == 1


async def test_the_environment_alone_leads_to_no_proxy(api_key, encrypted, trusted, emulator, monkeypatch):
    """Only a session that trusts the environment reads these variables."""
    proxy = Proxy()
    async with listening(proxy.serve) as port:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://localhost:{port}")
            monkeypatch.setenv(name.lower(), f"http://localhost:{port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        async with Alfaview(api_key, base_url=emulator.base_url) as alfaview:
            await alfaview.rooms.list()
        assert proxy.asked == []
        async with (
            aiohttp.ClientSession(trust_env=True, connector=aiohttp.TCPConnector(ssl=trusted)) as http,
            Alfaview(api_key, base_url=encrypted, http=http) as alfaview,
        ):
            await alfaview.rooms.list()
        assert {target for _, target in proxy.asked} == {URL(encrypted).authority}


async def test_the_example_runs_behind_a_proxy_with_a_certificate_of_the_company(api_key, encrypted, certificate):
    """`HTTPS_PROXY` and `SSL_CERT_FILE` are all that the program needs."""
    proxy = Proxy("secret")
    async with listening(proxy.serve) as port:
        variables = {
            "ALFAVIEW_BASE_URL": encrypted,
            "ALFAVIEW_CLIENT_ID": api_key.client_id,
            "ALFAVIEW_CODE": api_key.code.reveal(),
            "ALFAVIEW_COMPANY_ID": api_key.company_id,
            "HTTPS_PROXY": f"http://ada:secret@localhost:{port}",
            "SSL_CERT_FILE": str(certificate),
            "no_proxy": "",
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", EXAMPLE, env=os.environ | variables, stderr=asyncio.subprocess.PIPE
        )
        _, told = await process.communicate()
    assert process.returncode == 0, told.decode()
    assert "there is Seminar A" in told.decode()
    assert {method for method, _ in proxy.asked} == {"CONNECT"}


async def test_a_proxy_that_is_not_there_is_proof_that_nothing_was_sent(api_key, encrypted, session):
    """Also for creates; the message names the server, never the password of the proxy."""
    async with listening(Proxy().serve) as port:
        pass
    async with (
        session(f"http://ada:secret@localhost:{port}") as http,
        Alfaview(api_key, base_url=encrypted, http=http, retry=IMPATIENT) as alfaview,
    ):
        with pytest.raises(NotSent) as raised:
            await alfaview.guests.create_guest_links(room_id="room", guest_link_creations=[GuestLinkCreation()])
    assert URL(encrypted).authority in str(raised.value)
    assert "secret" not in f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"


async def test_a_proxy_that_wants_another_password_is_proof_that_nothing_was_sent(api_key, encrypted, session):
    """The tunnel was refused before a byte of the request, also for creates; no message has the password."""
    proxy = Proxy("right")
    async with (
        listening(proxy.serve) as port,
        session(f"http://ada:wrong-secret@localhost:{port}") as http,
        Alfaview(api_key, base_url=encrypted, http=http, retry=IMPATIENT) as alfaview,
    ):
        with pytest.raises(NotSent, match=r"the proxy refuses the way to .* \(HTTP 407\)") as raised:
            await alfaview.guests.create_guest_links(room_id="room", guest_link_creations=[GuestLinkCreation()])
    assert "wrong-secret" not in f"{raised.value!r} {raised.value} {raised.value.__cause__!r}"


@pytest.mark.parametrize(("jar", "sent"), [(aiohttp.CookieJar, ["auth=r1"]), (aiohttp.DummyCookieJar, [None])])
async def test_a_usual_cookie_jar_would_send_the_refresh_token_with_each_call(plain_server, api_key, jar, sent):
    """So a session for alfaview keeps none."""
    plain_server.headers["authenticationService/authenticate"] = {"Set-Cookie": "auth=r1; Path=/"}
    plain_server.answers["authenticationService/authenticate"][0]["companyId"] = api_key.company_id
    plain_server.on("roomService/list", {"rooms": {}})
    async with aiohttp.ClientSession(cookie_jar=jar()) as http:
        url = plain_server.base_url.replace("127.0.0.1", "localhost")
        async with Alfaview(api_key, base_url=url, http=http) as alfaview:
            await alfaview.rooms.list()
    assert plain_server.cookies("roomService/list") == sent
