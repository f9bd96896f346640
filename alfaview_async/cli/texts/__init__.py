"""What `alfactl` says to people, in English and German: `en.toml` and `de.toml` have the same keys."""

import tomllib
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "de")


class _Value:
    """What fills a place of a text: `{count:# row|# rows}` is for one or many, `{name:shell}` for a command line."""

    def __init__(self, value: object) -> None:
        self._value = value

    def __format__(self, spec: str) -> str:
        if spec == "shell":
            from shlex import quote  # noqa: PLC0415 - few texts have commands in them

            return quote(str(self._value))
        one, of_several, many = spec.partition("|")
        if of_several:
            return (one if self._value == 1 else many).replace("#", str(self._value))
        return format(self._value, spec)

    def __repr__(self) -> str:
        return repr(self._value)


@cache
def _texts(language: str) -> dict[str, str]:
    return tomllib.loads((files(__name__) / f"{language}.toml").read_text(encoding="utf-8"))


def text(language: str, key: str, /, **values: object) -> str:
    """Return a text with its places filled in.

    Args:
        language: Of `LANGUAGES`.
        key: Of the files.
        values: For the places in braces.
    """
    return _texts(language)[key].format(**{name: _Value(value) for name, value in values.items()})


def optional(language: str, key: str, /, **values: object) -> str:
    """Return a text with its places filled in, empty if there is none of this key."""
    return text(language, key, **values) if key in _texts(language) else ""


def language(wanted: str, environment: str) -> str:
    """Choose a language: the one that is wanted, else that of `LC_ALL` or `LANG`, else English."""
    chosen = wanted or environment[:2].lower()
    return chosen if chosen in LANGUAGES else "en"
