"""What each operation does to the state: a file or two per service, one function per operation."""

from alfaview_async.emulator.handlers import (
    authentication,
    business,
    companies,
    guests,
    logins,
    one_time,
    presence,
    quotas,
    rooms,
    users,
    whole_companies,
)

__all__ = [
    "authentication",
    "business",
    "companies",
    "guests",
    "logins",
    "one_time",
    "presence",
    "quotas",
    "rooms",
    "users",
    "whole_companies",
]
