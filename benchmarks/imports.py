"""What importing costs, over importing aiohttp, each in a fresh process.

python benchmarks/imports.py [rounds]
"""

import statistics
import subprocess
import sys
import time

FIRST = "from alfaview_async import Alfaview, ApiKey; Alfaview(ApiKey(client_id='a', code='b', company_id='c'))"


def seconds(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began


def main(rounds: int) -> None:
    codes = {
        "import aiohttp": "import aiohttp",
        "import alfaview_async": "import alfaview_async",
        "first client": FIRST,
    }
    costs = {name: [] for name in codes}
    for _ in range(rounds):
        empty = seconds("pass")
        for name, code in codes.items():
            costs[name].append(seconds(code) - empty)
    base = statistics.median(costs["import aiohttp"])
    for name, values in costs.items():
        print(f"{name}: {statistics.median(values) * 1000:.0f} ms, x{statistics.median(values) / base:.2f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
