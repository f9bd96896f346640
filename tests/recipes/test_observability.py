"""What logs, spans and metrics show of the calls to alfaview, and what they never do."""

import importlib
import logging
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest

import alfaview_async
from alfaview_async import Alfaview, ApiKey, NotSent, OutcomeUnknown, RetryPolicy
from alfaview_async.models import GuestLinkCreation
from alfaview_async.tokens import MemoryTokenStore

PACKAGE = Path(alfaview_async.__file__).parent
GUEST = GuestLinkCreation(email="ada@example.org", display_name="Ada Lovelace")


@pytest.fixture
def key(alfaview_emulator):
    return ApiKey(
        client_id=alfaview_emulator.client_id, code=alfaview_emulator.code, company_id=alfaview_emulator.company_id
    )


async def a_busy_day(key, emulator, http=None):
    """Log in, read through a fault, refresh, create a link, lose an answer; return all secrets of it."""
    store = MemoryTokenStore()
    policy = RetryPolicy(wait=0.001)
    secrets = [emulator.code]

    async def note_tokens():
        for known in await store.keys():
            stored = await store.load(known)
            secrets.extend([stored.access_token.reveal(), stored.refresh_token.reveal()])

    async with Alfaview(key, base_url=emulator.base_url, tokens=store, retry=policy, http=http) as alfaview:
        emulator.faults.add("roomService/list", do="reset", on="1")
        await alfaview.rooms.list()
        await note_tokens()
        emulator.clock.advance(hours=2)
        role, _ = await alfaview.business.permission_group("Participant")
        await note_tokens()
        GUEST.permission_group_id = role
        new = {"room_id": emulator.room_id, "guest_link_creations": [GUEST]}
        (made,) = (await alfaview.guests.create_guest_links(**new)).guest_links
        emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
        with pytest.raises(OutcomeUnknown):
            await alfaview.guests.create_guest_links(**new)
    assert len({*secrets}) >= 4
    return [secret for secret in [*secrets, made.join_link, made.access_key, GUEST.email, GUEST.display_name] if secret]


async def test_logs_name_neither_secrets_nor_guests(key, alfaview_emulator, caplog):
    """With every logger at DEBUG, and everything that handlers of one's own could read in a record."""
    caplog.set_level(logging.DEBUG)
    secrets = await a_busy_day(key, alfaview_emulator)
    told = "\n".join(repr(vars(record)) + record.getMessage() for record in caplog.records)
    assert not [secret for secret in secrets if secret in told]


async def test_a_retry_is_logged_by_stamina(key, alfaview_emulator, caplog):
    """As a warning, with cause and wait as attributes of the record."""
    await a_busy_day(key, alfaview_emulator)
    (record,) = [record for record in caplog.records if record.name == "stamina"]
    assert (record.levelname, record.getMessage()) == ("WARNING", "stamina.retry_scheduled")
    assert "TransportError" in vars(record)["stamina.caused_by"]
    assert vars(record)["stamina.wait_for"] <= 0.01


def test_there_is_one_logger_and_it_has_no_handler():
    """Its name is that of the package, in every file; what is done with its lines is up to the program."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    assert set(re.findall(r"_log = logging\.getLogger\((.*)\)", code)) == {'"alfaview_async"'}
    assert logging.getLogger("alfaview_async").handlers == []


def test_the_page_quotes_lines_that_are_logged():
    """Each quoted line and its level stand in the code."""
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "logging.md").read_text(encoding="utf-8")
    code = "\n".join(path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py"))
    quoted = re.findall(r"^\| (DEBUG|INFO|WARNING) \| `(.*?)` \|", page, re.MULTILINE)
    assert len(quoted) > 5
    assert [line for level, line in quoted if f'_log.{level.lower()}("{line}' not in code] == []


class Watched:
    """What the SDK of OpenTelemetry has collected."""

    def __init__(self, program):
        trace = importlib.import_module("opentelemetry.sdk.trace")
        metrics = importlib.import_module("opentelemetry.sdk.metrics")
        exporting = importlib.import_module("opentelemetry.sdk.trace.export")
        in_memory = importlib.import_module("opentelemetry.sdk.trace.export.in_memory_span_exporter")
        self._spans = in_memory.InMemorySpanExporter()
        self._metrics = metrics.export.InMemoryMetricReader()
        self.tracers = trace.TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(exporting.SimpleSpanProcessor(self._spans))
        self.meters = metrics.MeterProvider([self._metrics], shutdown_on_exit=False)
        self.hook = program.name_by_operation

    @property
    def spans(self):
        return self._spans.get_finished_spans()

    @property
    def points(self):
        (resource,) = self._metrics.get_metrics_data().resource_metrics
        metrics = [metric for scope in resource.scope_metrics for metric in scope.metrics]
        return {metric.name: list(metric.data.data_points) for metric in metrics}


@pytest.fixture
def program(example):
    pytest.importorskip("opentelemetry.sdk", reason="pip install --group recipes")
    return example(".", "observability", needs="opentelemetry.instrumentation.aiohttp_client")


@pytest.fixture
def watched(program, monkeypatch):
    """The program's spans and metrics, kept in memory; every session made from now on is instrumented."""
    watched = Watched(program)
    monkeypatch.setattr(program, "tracer", watched.tracers.get_tracer("test"))
    monkeypatch.setattr(program, "failures", watched.meters.get_meter("test").create_counter("alfaview.failures"))
    instrumentor = program.AioHttpClientInstrumentor()
    instrumentor.instrument(tracer_provider=watched.tracers, meter_provider=watched.meters, request_hook=watched.hook)
    yield watched
    instrumentor.uninstrument()


@pytest.mark.parametrize("own_session", [False, True])
async def test_each_attempt_is_a_span_without_secrets(watched, key, alfaview_emulator, own_session):
    """Spans name operation, URL and status, and no more: all that is secret is in bodies, and one cookie."""
    if own_session:
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            secrets = await a_busy_day(key, alfaview_emulator, http)
    else:
        secrets = await a_busy_day(key, alfaview_emulator)
    assert [(span.name, span.status.is_ok) for span in watched.spans] == [
        ("authenticationService/authenticate", True),
        ("roomService/list", False),
        ("roomService/list", True),
        ("permissionGroups/list", False),  # the token is outdated
        ("authenticationService/authenticate", True),
        ("permissionGroups/list", True),
        ("guestService.v2/createGuestLinks", True),
        ("guestService.v2/createGuestLinks", False),
    ]
    listed = watched.spans[2].attributes
    url = alfaview_emulator.base_url + "roomService/list"
    assert dict(listed) == {"http.method": "POST", "http.url": url, "http.status_code": 200}
    told = "\n".join(span.to_json() for span in watched.spans)
    assert not [secret for secret in secrets if secret in told]
    durations = watched.points["http.client.duration"]
    assert sum(point.count for point in durations) == len(watched.spans)
    assert {key for point in durations for key in point.attributes} <= {
        *("http.method", "http.host", "http.status_code", "net.peer.name", "net.peer.port"),
        *("http.flavor", "http.scheme"),
    }


async def test_work_that_fails_shows_what_the_support_asks_for(watched, program, key, alfaview_emulator):
    """Request ids, kind of error and outcome on the span above the requests; kind and operation are counted."""
    alfaview_emulator.faults.add("createGuestLinks", do="apply-then-reset", on="1")
    async with Alfaview(key, base_url=alfaview_emulator.base_url) as alfaview:
        with pytest.raises(OutcomeUnknown) as raised, program.followed("invite Ada"):
            await alfaview.guests.create_guest_links(room_id="room", guest_link_creations=[GUEST])
    span = watched.spans[-1]
    assert span.name == "invite Ada"
    assert {child.parent.span_id for child in watched.spans[:-1]} == {span.context.span_id}
    assert span.attributes["alfaview.request_ids"] == raised.value.request_ids
    assert len(raised.value.request_ids) == 1
    kind = {"error.type": "OutcomeUnknown", "alfaview.outcome": "ambiguous"}
    (point,) = watched.points["alfaview.failures"]
    assert point.value == 1
    assert dict(point.attributes) == kind | {"alfaview.operation": "guestService.v2/createGuestLinks"}


@pytest.mark.usefixtures("watched")
async def test_that_nothing_was_sent_is_proven_as_before(key):
    """Watching changes nothing of what is known about a create that could not leave."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    policy = RetryPolicy(attempts=1)
    async with Alfaview(key, base_url=f"http://127.0.0.1:{port}/", retry=policy) as alfaview:
        with pytest.raises(NotSent):
            await alfaview.guests.create_guest_links(room_id="room", guest_link_creations=[GUEST])


async def test_alfaview_is_told_the_trace(watched, plain_server, plain_client):
    """The instrumentation adds a `traceparent` header, as it does to every request of the program."""
    plain_server.on("roomService/list", {"rooms": {}})
    await plain_client.rooms.list()
    _, _, headers = plain_server.sent[-1]
    assert headers["traceparent"].split("-")[1] == f"{watched.spans[-1].context.trace_id:032x}"


def test_the_example_runs(program, surroundings):
    """As a program: rooms in the log, spans and metrics on stdout, and the code in neither."""
    ended = subprocess.run(
        [sys.executable, "-W", "error", program.__file__],
        env=os.environ | surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Seminar A" in ended.stderr
    assert '"name": "roomService/list"' in ended.stdout
    assert "http.client.duration" in ended.stdout
    assert surroundings["ALFAVIEW_CODE"] not in ended.stdout + ended.stderr
