"""`config.toml` as people keep it: changed value by value, with their comments, replaced as a whole, readable by us."""

import os
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any, cast

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable, Table

from alfaview_async.errors import ConfigurationError


class ConfigFile:
    """Changes settings in a file, and leaves all else in it as it is.

    Args:
        path: Made with mode 0600, in a directory of mode 0700, at the first change. Where it is a symbolic link, the
            file that it names is changed.

    Raises:
        ConfigurationError: The file cannot be read, or is no TOML.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.resolve()
        try:
            self._document = tomlkit.parse(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self._document = tomlkit.document()
        except (OSError, UnicodeDecodeError, TOMLKitError) as error:
            raise ConfigurationError(f"{path} cannot be read: {error}") from error

    def set(self, profile: str, **values: str) -> None:
        """Set values of a profile; empty ones are removed."""
        table = self._profile(profile)
        for name, value in values.items():
            if value:
                table[name] = value
            elif name in table:
                del table[name]

    def set_default_profile(self, profile: str) -> None:
        """Choose the profile that is used where none is named."""
        self._document["default_profile"] = profile

    def delete_profile(self, profile: str) -> None:
        """Remove all values of a profile, and the choice of it."""
        profiles = cast("dict[str, Any]", self._document.get("profile", {}))
        if profile in profiles:
            del profiles[profile]
        if self._document.get("default_profile") == profile:
            del self._document["default_profile"]

    def save(self) -> None:
        """Replace the file: whoever reads it sees the old one or the new one.

        Raises:
            ConfigurationError: It cannot be written.
        """
        unfinished = self._path.with_name(f"{self._path.name}.{token_hex(6)}.tmp")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                    file.write(tomlkit.dumps(self._document).encode())
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(self._path)
            except OSError:
                with suppress(OSError):
                    unfinished.unlink()
                raise
        except OSError as error:
            raise ConfigurationError(f"{self._path} cannot be written: {error.strerror}") from error

    def _profile(self, name: str) -> Table | InlineTable:
        if "profile" not in self._document:
            self._document["profile"] = tomlkit.table(is_super_table=True)
        profiles = cast("Table | InlineTable", self._document["profile"])
        if name not in profiles:
            profiles[name] = tomlkit.inline_table() if isinstance(profiles, InlineTable) else tomlkit.table()
        return cast("Table | InlineTable", profiles[name])
