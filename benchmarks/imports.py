"""What a program pays before its first call: the import, and the first client; each in a fresh process.

python benchmarks/imports.py [--quick]
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from resource import RUSAGE_CHILDREN, getrusage
from tempfile import TemporaryDirectory

from paired import Measure, Shown, ratio, rounds, script

CODES = {
    "Python alone": "pass",
    "aiohttp": "import aiohttp",
    "alfaview_async": "import alfaview_async",
    "first Alfaview object": "from alfaview_async import Alfaview, ApiKey\n"
    "Alfaview(ApiKey(client_id='a', code='b', company_id='c'))",
    "first httpx client": "import httpx; httpx.AsyncClient()",
}


def cpu_seconds(code: str, place: str, environment: dict[str, str]) -> float:
    """Return the CPU time of a process; it runs elsewhere, to import what is installed and not what lies around."""
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, cwd=place, env=environment)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measures(*, quick: bool) -> Iterator[Measure]:
    with TemporaryDirectory() as place:  # compiled files are there for all contenders, whatever the environment says
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment = kept | {"PYTHONPYCACHEPREFIX": f"{place}/cache"}
        work = {name: lambda code=code: cpu_seconds(code, place, environment) for name, code in CODES.items()}
        costs = rounds(work, 5 if quick else 21)
    bare = costs.pop("Python alone")
    costs = {name: [cost - less for cost, less in zip(values, bare, strict=True)] for name, values in costs.items()}
    shown = Shown(1000, "ms of CPU beyond Python's own start")
    imports = {name: costs[name] for name in ("aiohttp", "alfaview_async")}
    clients = {name: values for name, values in costs.items() if name != "alfaview_async"}
    yield ratio(
        "`import alfaview_async` over `import aiohttp`", imports, "alfaview_async", "aiohttp", goal=0.15, shown=shown
    )
    yield ratio(
        "first `Alfaview` object over `import aiohttp`",
        clients,
        "first Alfaview object",
        "aiohttp",
        goal=1.3,
        shown=shown,
    )


if __name__ == "__main__":
    script(measures)
