"""Follow what a program does with alfaview: a span for each piece of work and each request, durations and failures."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import aiohttp
from opentelemetry import metrics, trace
from opentelemetry.instrumentation.aiohttp_client import AioHttpClientInstrumentor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter, PeriodicExportingMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter

from alfaview_async import Alfaview, AlfaviewError

log = logging.getLogger("my_program")
tracer = trace.get_tracer(__name__)
failures = metrics.get_meter(__name__).create_counter("alfaview.failures", description="Work that alfaview failed")


@contextmanager
def followed(work: str) -> Iterator[None]:
    """Put the requests of a block under one span; if they fail, say what alfaview's support asks for."""
    with tracer.start_as_current_span(work) as span:
        try:
            yield
        except AlfaviewError as error:
            kind = {"error.type": type(error).__name__, "alfaview.outcome": error.outcome.value}
            span.set_attributes(kind | {"alfaview.request_ids": error.request_ids})
            failures.add(1, kind | {"alfaview.operation": error.operation})
            raise


def name_by_operation(span: trace.Span, request: aiohttp.TraceRequestStartParams) -> None:
    """Call the span of a request `roomService/list`; by itself it would be `POST`, like all others."""
    span.update_name("/".join(request.url.parts[-2:]))


async def main() -> None:
    """Log the names of all rooms."""
    async with Alfaview.from_env() as alfaview:
        with followed("list rooms"):
            async for _, room in alfaview.rooms.all():
                log.info("there is %s", room.display_name)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    spans = TracerProvider()
    spans.add_span_processor(BatchSpanProcessor(ConsoleSpanExporter()))
    trace.set_tracer_provider(spans)
    metrics.set_meter_provider(MeterProvider([PeriodicExportingMetricReader(ConsoleMetricExporter())]))
    AioHttpClientInstrumentor().instrument(request_hook=name_by_operation)  # before a client opens a connection
    asyncio.run(main())
