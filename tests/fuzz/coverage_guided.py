"""Search for inputs that break a target, led by the lines they reach: `python -m fuzz.coverage_guided TARGET`.

Options after it are libFuzzer's, such as `-max_total_time=60`. What breaks the target is kept in the directory.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["alfaview_async"]):
    from fuzz.targets import TARGETS


def main() -> None:
    """Search from the target's seeds on, in a directory that keeps what was found to reach new lines."""
    name, *options = sys.argv[1:]
    target = TARGETS[name]
    corpus = Path(name.replace(" ", "-"))
    corpus.mkdir(exist_ok=True)
    for number, seed in enumerate(target.seeds):
        (corpus / f"seed-{number}").write_bytes(seed)
    atheris.Setup([name, str(corpus), *options], target)
    atheris.Fuzz()


main()
