"""What `alfactl --help` takes, from the start of the process to its end, over `python -c "import click"`.

The goal is twice `python -c pass` plus click's own import, which is one bare start more than importing click takes.

python benchmarks/cli_start.py [rounds]
"""

import os
import statistics
import subprocess
import sys
import time
from functools import partial
from tempfile import TemporaryDirectory

from paired import Costs, rounds

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import click": ["-c", "import click"],
    "alfactl --help": [
        "-c",
        "import sys; sys.argv = ['alfactl', '--help']; from alfaview_async.cli import main; main()",
    ],
    "alfactl version": ["-m", "alfaview_async", "version"],
    "alfactl status": ["-m", "alfaview_async", "status", "--emulator"],
}


def seconds(arguments: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, env=environment)
    return time.perf_counter() - began


def measured(times: int, environment: dict[str, str]) -> Costs:
    return rounds({name: partial(seconds, command, environment) for name, command in COMMANDS.items()}, times)


def main(times: int) -> None:
    with TemporaryDirectory() as cache:  # as installed: with compiled files, whatever the environment says
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        costs = measured(times, kept | {"PYTHONPYCACHEPREFIX": cache})
    medians = {name: statistics.median(values) for name, values in costs.items()}
    for name, median in medians.items():
        print(f"{name}: {median * 1000:.0f} ms, x{median / medians['import click']:.2f} of importing click")
    goal = medians["python -c pass"] + medians["import click"]
    print(f"alfactl --help over the goal ({goal * 1000:.0f} ms): x{medians['alfactl --help'] / goal:.2f}, wanted <= 1")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 9)
