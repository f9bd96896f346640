"""What an emulator begins with: a seed by name, from a file, or as data."""

from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from pathlib import Path

import orjson
from attrs import frozen

from alfaview_async.emulator.seeds.data import contents_of, plain
from alfaview_async.emulator.seeds.files import ENDINGS, read_file
from alfaview_async.emulator.seeds.large import large
from alfaview_async.emulator.seeds.standard import empty, standard
from alfaview_async.emulator.seeds.training_centre import training_centre
from alfaview_async.emulator.state import Contents
from alfaview_async.errors import ConfigurationError

SeedSource = str | Path | Mapping[str, object]
"""The name of a seed; a file that ends with `.json`, `.yaml` or `.yml`; or data as `Emulator.export` returns it."""

SEEDS: Mapping[str, Callable[[], Contents]] = {
    "standard": standard,
    "training-centre": training_centre,
    "large": large,
    "empty": empty,
}
"""What there is by name."""


@frozen
class Seed:
    """A seed that was checked.

    Attributes:
        name: For people: its name, its file, or that it is data.
        build: Makes new contents each time.
        mark: Differs between seeds whose ids must not come again; see `Ids.restart`.
    """

    name: str
    build: Callable[[], Contents]
    mark: str = ""


def find_seed(source: SeedSource) -> Seed:
    """Find and check a seed; files are read here, once.

    Raises:
        ConfigurationError: No such seed, a file that cannot be read, or data that is wrong somewhere.
    """
    if isinstance(source, str) and source in SEEDS:
        return Seed(source, SEEDS[source])
    if isinstance(source, Mapping):
        return _checked("the seed", source)
    path = Path(source)
    if isinstance(source, str) and path.suffix.lower() not in ENDINGS:
        raise ConfigurationError(
            f"no seed {source!r}; there are {', '.join(SEEDS)}, and files that end with {', '.join(sorted(ENDINGS))}"
        )
    return _checked(str(path), read_file(path))


def _checked(name: str, data: Mapping[str, object]) -> Seed:
    contents = contents_of(data, name)
    whole = plain(contents)
    return Seed(name, partial(contents_of, whole, name), sha256(orjson.dumps(whole)).hexdigest())
