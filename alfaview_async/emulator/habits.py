"""Habits of servers that differ between alfaview's versions: switches, all off unless somebody turns them on."""

from enum import Enum

from attrs import define, fields


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
        gateway_v2: Canceled is HTTP 499, and HTTP 401 bears `WWW-Authenticate`.
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

    def clear(self) -> None:
        """Turn all off."""
        for field in fields(Habits):
            setattr(self, field.name, field.default)

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
