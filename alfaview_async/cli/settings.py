"""Where values of a command come from: flag, environment, `./alfaview.toml`, `config.toml`, default; in this order."""

import os
import re
import tomllib
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from attrs import frozen

from alfaview_async.errors import ConfigurationError

BASE_URL = "https://apis.alfaview.com/json/v1/"
EMULATOR_URL = "http://127.0.0.1:8080/json/v1/"
STORES = ("keyring", "file", "memory", "redis")
ENVIRONMENT = {
    "profile": "ALFAVIEW_PROFILE",
    "company": "ALFAVIEW_COMPANY_ID",
    "base_url": "ALFAVIEW_BASE_URL",
    "store": "ALFAVIEW_STORE",
    "timezone": "ALFAVIEW_TIMEZONE",
    "redis_url": "ALFAVIEW_REDIS_URL",
}
_DEFAULTS = {
    "profile": "default",
    "company": "",
    "base_url": BASE_URL,
    "store": "keyring",
    "timezone": "Europe/Berlin",
    "locale": "",
    "role": "",
    "room": "",
    "lang": "",
    "identity": "",
    "redis_url": "",
}
NAMES = tuple(_DEFAULTS)
"""What can be set."""
ONLY_IN_ENVIRONMENT = frozenset({"redis_url"})
"""It may hold a password, which no file of settings keeps."""
SECRET_NAME = re.compile("secret|password|passwort|code|token|redis_url|api_?key", re.IGNORECASE)
"""Names under which people would put what no file of settings may hold."""
_NEVER_IN_PROJECT = frozenset({"base_url", "redis_url", "store", "identity"})
"""A directory that somebody else wrote must not send our login elsewhere."""


@frozen
class Setting:
    """A value and where it comes from.

    Attributes:
        value: Empty if nothing sets it.
        origin: The option, the name of the variable, the path of the file, or `default`.
    """

    value: str
    origin: str


class Settings:
    """All settings of one invocation.

    Args:
        flags: What was given on the command line, by name; empty values count as not given.
        environment: Usually `os.environ`.
        directory: Where `alfaview.toml` is looked for.
        emulator: Go to the emulator on this machine, whatever base URL is set.

    Attributes:
        config_path: The file of the user.
        project_path: The file of the directory.
        profile: The login to use.

    Raises:
        ConfigurationError: A file is no TOML, is built otherwise than such a file is, or sets what it must not set.
    """

    def __init__(
        self, flags: Mapping[str, str], environment: Mapping[str, str], directory: Path, *, emulator: bool = False
    ) -> None:
        self._flags = flags
        self._environment = environment
        self._emulator = emulator
        self.config_path = config_directory(environment) / "config.toml"
        self.project_path = directory / "alfaview.toml"
        self.config = read_toml(self.config_path)
        self.project = read_toml(self.project_path)
        self._check()
        default = self.config.get("default_profile", "")
        self.profile = self._chosen("profile", self.project, {"profile": default})

    def __getitem__(self, name: str) -> Setting:
        """Return a setting of `NAMES`."""
        if name == "profile":
            return self.profile
        if name == "base_url" and self._emulator:
            return Setting(_emulator_url(self._flags, self._environment), "--emulator")
        return self._chosen(name, self.project, self.of_profile(self.profile.value))

    @property
    def profiles(self) -> list[str]:
        """The profiles in `config.toml`, sorted."""
        return sorted(self.config.get("profile", {}))

    def of_profile(self, name: str) -> Mapping[str, Any]:
        """Return what `config.toml` sets for a profile; nothing if it does not know it."""
        found: Mapping[str, Any] = self.config.get("profile", {}).get(name, {})
        return found

    @property
    def columns(self) -> Mapping[str, list[str]]:
        """Field -> further headers by which every list is understood."""
        columns: Mapping[str, list[str]] = self.config.get("columns", {})
        return columns

    def _check(self) -> None:
        if forbidden := sorted(self.project.keys() & _NEVER_IN_PROJECT):
            raise ConfigurationError(f"{self.project_path} must not set {', '.join(forbidden)}; use {self.config_path}")
        profiles, columns = self.config.get("profile", {}), self.config.get("columns", {})
        if not isinstance(profiles, dict) or not all(isinstance(profile, dict) for profile in profiles.values()):
            raise ConfigurationError(f"{self.config_path}: profiles are tables, e.g. [profile.work]")
        if not isinstance(columns, dict) or not all(_are_texts(headers) for headers in columns.values()):
            raise ConfigurationError(f'{self.config_path}: [columns] holds lists of headers, e.g. email = ["Kontakt"]')

    def _chosen(self, name: str, project: Mapping[str, Any], config: Mapping[str, Any]) -> Setting:
        variable = ENVIRONMENT.get(name, "")
        candidates = [
            (self._flags.get(name), f"--{name.replace('_', '-')}"),
            (self._environment.get(variable), variable),
        ]
        if name not in ONLY_IN_ENVIRONMENT:
            candidates += [(project.get(name), str(self.project_path)), (config.get(name), str(self.config_path))]
        for value, origin in candidates:
            if value:
                return Setting(str(value), origin)
        return Setting(_DEFAULTS[name], "default")


def config_directory(environment: Mapping[str, str]) -> Path:
    """Return where `config.toml` and file tokens are: `ALFAVIEW_CONFIG_DIR`, or below `XDG_CONFIG_HOME`."""
    if directory := environment.get("ALFAVIEW_CONFIG_DIR"):
        return Path(directory)
    return _below(environment.get("XDG_CONFIG_HOME", ""), Path(".config"))


def state_directory(environment: Mapping[str, str]) -> Path:
    """Return where journals of bulk jobs are: below `XDG_STATE_HOME`."""
    return _below(environment.get("XDG_STATE_HOME", ""), Path(".local", "state"))


def cache_directory(environment: Mapping[str, str]) -> Path:
    """Return where names for completion are kept for a short while: below `XDG_CACHE_HOME`."""
    return _below(environment.get("XDG_CACHE_HOME", ""), Path(".cache"))


def _emulator_url(flags: Mapping[str, str], environment: Mapping[str, str]) -> str:
    """Return where `--emulator` goes: to the base URL that is set if that is this machine's, else to the usual port."""
    for url in (flags.get("base_url", ""), environment.get("ALFAVIEW_BASE_URL", "")):
        if url and is_this_machine(url):
            return url
    return EMULATOR_URL


def read_toml(path: Path) -> dict[str, Any]:
    """Read a file of settings; one that is not there sets nothing.

    Raises:
        ConfigurationError: It cannot be read, or is no TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def process_environment() -> Mapping[str, str]:
    """Return the environment of this process."""
    return os.environ


def _below(base: str, usual: Path) -> Path:
    return (Path(base) if Path(base).is_absolute() else Path.home() / usual) / "alfaview"


def is_this_machine(url: str) -> bool:
    """Tell whether a URL leads to this machine: what answers there is an emulator."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
