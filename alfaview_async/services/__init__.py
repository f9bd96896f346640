"""The services of alfaview, by the name of the client's attribute; each file is the table of one of them."""

from collections.abc import Iterator
from importlib import import_module
from types import MappingProxyType

from alfaview_async.operation import Row, Service, rows

SERVICES = MappingProxyType(
    {
        "authentication": "AuthenticationService",
        "business": "BusinessService",
        "companies": "CompanyService",
        "guests": "GuestService",
        "quotas": "QuotaService",
        "rooms": "RoomService",
        "users": "UserService",
    }
)


def service(attribute: str) -> type[Service]:
    """Return the class behind an attribute of the client; imported only now, with the models it needs."""
    found: type[Service] = getattr(import_module(f"{__name__}.{attribute}"), SERVICES[attribute])
    return found


def operations() -> Iterator[tuple[str, str, Row]]:
    """Yield every operation with the client's attribute and the method that call it."""
    for attribute in SERVICES:
        for method, operation in rows(service(attribute)).items():
            yield attribute, method, operation
