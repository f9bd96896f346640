"""Seed files: JSON, and YAML where PyYAML is installed, read into plain values."""

from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from alfaview_async.errors import ConfigurationError

_YAML_ENDINGS = frozenset({".yaml", ".yml"})
ENDINGS = frozenset({".json"} | _YAML_ENDINGS)


def read_file(path: Path) -> dict[str, object]:
    """Read a seed file; times of YAML stay text, as JSON has them.

    Raises:
        ConfigurationError: It cannot be read, has another ending than .json, .yaml or .yml, is not what its ending
            says, or holds no object.
    """
    if path.suffix.lower() not in ENDINGS:
        raise ConfigurationError(f"{path}: a seed file ends with {', '.join(sorted(ENDINGS))}")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8; save it in that encoding"
        raise ConfigurationError(f"cannot read the seed file {path}: {why}") from None
    found = _yaml(text, path) if path.suffix.lower() in _YAML_ENDINGS else _json(text, path)
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path}: a seed is an object that holds companies, users and apiKeys")
    return found


def _json(text: str, path: Path) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"{path} is not JSON: {error}") from None


def _yaml(text: str, path: Path) -> object:
    try:
        yaml: Any = import_module("yaml")  # optional: who has JSON seeds, or none, need not install it
    except ModuleNotFoundError:
        raise ConfigurationError(
            f"{path}: YAML needs one more package: pip install PyYAML; or write the seed as JSON"
        ) from None
    loader = yaml.SafeLoader(text)
    try:
        return _value(loader.get_single_node(), loader)
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"{path} is not YAML: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ConfigurationError(f"{path} is nested too deeply, or an alias stands within itself") from None
    finally:
        loader.dispose()


def _value(node: Any, loader: Any) -> object:
    """Turn a node into plain values. PyYAML's own way would make dates of times and forget one of two equal keys."""
    if node is None:
        return None
    kind = node.tag.rpartition(":")[2]
    if kind == "map":
        return _mapping(node, loader)
    if kind == "seq":
        return [_value(item, loader) for item in node.value]
    return node.value if kind == "timestamp" else loader.construct_object(node)


def _mapping(node: Any, loader: Any) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in node.value:
        place = f"line {key.start_mark.line + 1}"
        if not isinstance(key.value, str):
            raise ValueError(f"{place}: a key must be text")  # noqa: TRY004 - told with the other mistakes of the file
        if key.value in found:
            raise ValueError(f"{place}: the key {key.value!r} is there twice")
        found[key.value] = _value(value, loader)
    return found
