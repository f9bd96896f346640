"""How long single calls take, and how that is shown."""

import time
from collections.abc import Awaitable, Callable, Iterable
from statistics import median


async def timed(call: Callable[[], Awaitable[object]]) -> float:
    """Return the seconds until the call has returned."""
    began = time.perf_counter()
    await call()
    return time.perf_counter() - began


def summary(seconds: Iterable[float]) -> str:
    """Show a median, a 99th percentile and the longest, in milliseconds."""
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return f"p50 {median(ordered) * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms, max {ordered[-1] * 1e3:.1f} ms"
