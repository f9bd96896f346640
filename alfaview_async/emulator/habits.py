"""Habits of servers that differ between alfaview's versions: switches, all off unless somebody turns them on."""

from collections.abc import Mapping
from enum import Enum

from attrs import asdict, define, fields

from alfaview_async.errors import ConfigurationError
from alfaview_async.wire import wire_name


class Cookie(Enum):
    """What a login does to the refresh token that the client holds."""

    AS_RULED = "as ruled"
    """As `TokenRules.rotate` says."""
    ROTATED = "rotated"
    """Every refresh brings a new one, and ends the old one."""
    KEPT = "kept"
    """The one of the first login stays good; a refresh brings none."""
    CLEARED = "cleared"
    """A refresh takes it away."""


class ExplicitOk(Enum):
    """How a success says so, which usually it does not: zeros are left out."""

    TEXT = "OK"
    NUMBER = 0


@define(kw_only=True)
class Habits:
    """Ways of writing that clients must not depend on; change them while the emulator runs.

    All off: zeros are left out, as grpc-gateway v1 does and the handbook shows.

    Attributes:
        emit_defaults: Every field is present: empty text, `false`, `null` for messages, `"0"`, `[]`, `{}`
            (grpc-gateway v2).
        numeric_status: The status code is its number where one is known.
        explicit_ok: A success bears a status code too.
        bare_info: The fields of the reply info stand at the top of the reply, in place of `replyInfo`.
        errors_in_ok: Refusals come with HTTP 200 and the status in the reply info; those of streams as a line.
        error_key: Errors repeat their text under `error` (grpc-gateway v1).
        numeric_int64: 64-bit integers are JSON numbers.
        nanoseconds: Times have nine digits after the second.
        unknown_enums: Enumerations have values that no client knows yet; status codes stay.
        unknown_fields: Every message has a field that no client knows yet.
        cookie: What becomes of the refresh token.
        wrong_company: A user enters another company than the one asked for, if there is another.
        gateway_v2: Canceled is HTTP 499, HTTP 401 bears `WWW-Authenticate`, and where there is no operation the answer
            is JSON: 404, or 501 for another method than POST.
        unsteady_rooms: Rooms change places within a page with each request, and from the second page on each begins
            with rooms of the page before it, as if others had been made in the meantime.
    """

    emit_defaults: bool = False
    numeric_status: bool = False
    explicit_ok: ExplicitOk | None = None
    bare_info: bool = False
    errors_in_ok: bool = False
    error_key: bool = False
    numeric_int64: bool = False
    nanoseconds: bool = False
    unknown_enums: bool = False
    unknown_fields: bool = False
    cookie: Cookie = Cookie.AS_RULED
    wrong_company: bool = False
    gateway_v2: bool = False
    unsteady_rooms: bool = False

    def change(self, **values: object) -> None:
        """Change several habits at once; those that are not named stay.

        Args:
            values: By attribute; what is `Cookie` or `ExplicitOk` may be its value too, as it comes from JSON.

        Raises:
            ConfigurationError: No such habit, or a value that it cannot have; nothing has changed.
        """
        found = {name: _checked(name, value) for name, value in values.items()}
        for name, value in found.items():
            setattr(self, name, value)

    def copy(self, other: "Habits") -> None:
        """Take over all habits of somebody else."""
        for name, value in asdict(other).items():
            setattr(self, name, value)

    def clear(self) -> None:
        """Turn all off."""
        self.copy(Habits())

    @property
    def on(self) -> Mapping[str, object]:
        """Those that are not as in the handbook, with their values, by attribute."""
        usual = asdict(Habits())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    @property
    def change_replies(self) -> bool:
        """Whether replies are written otherwise than the handbook shows."""
        return bool(
            self.emit_defaults
            or self.numeric_status
            or self.explicit_ok
            or self.bare_info
            or self.numeric_int64
            or self.nanoseconds
            or self.unknown_enums
            or self.unknown_fields
        )


HABITS: Mapping[str, str] = {field.name: wire_name(field) for field in fields(Habits)}
"""Attributes, and what JSON calls them."""
_CHOICES: dict[str, dict[object, object]] = {
    "explicit_ok": {None: None, **{choice.value: choice for choice in ExplicitOk}},
    "cookie": {choice.value: choice for choice in Cookie},
}


def choices(name: str) -> list[object]:
    """List the values that a habit can have, as JSON writes them."""
    return list(_CHOICES.get(name, (False, True)))


def by_attribute(values: object) -> dict[str, object]:
    """Read an object of JSON, for `Habits.change`.

    Raises:
        ConfigurationError: No object.
    """
    if not isinstance(values, dict):
        raise ConfigurationError('expected an object of habits and their values, e.g. {"emitDefaults": true}')
    attributes = {key: name for name, key in HABITS.items()}
    return {attributes.get(str(key), str(key)): value for key, value in values.items()}


def _checked(name: str, value: object) -> object:
    if name not in HABITS:
        raise ConfigurationError(f"no habit {name!r}; there are {', '.join(HABITS)}")
    plain = value.value if isinstance(value, Cookie | ExplicitOk) else value
    if not any(plain == choice and type(plain) is type(choice) for choice in choices(name)):
        raise ConfigurationError(f"{name} must be one of {', '.join(map(repr, choices(name)))}, not {value!r}")
    return _CHOICES[name][plain] if name in _CHOICES else plain
