"""The items of a request that asks for several things at once, e.g. the `guestLinkCreations`."""

from typing import Any, TypeVar, get_args, get_origin

import attrs
from attrs import evolve

from alfaview_async.errors import ConfigurationError
from alfaview_async.models.common import Model, Request
from alfaview_async.operation import Row

Req = TypeVar("Req", bound=Request)


def items_field(operation: Row) -> str:
    """Tell which field of a request holds its items.

    Raises:
        ConfigurationError: No field, or more than one, is a list of messages.
    """
    model: Any = operation.request
    names = [str(field.name) for field in attrs.fields(model) if _is_list_of_messages(field.type)]
    if len(names) != 1:
        raise ConfigurationError(f"{operation.path} takes no list of items, so it cannot be done in part")
    return names[0]


def first_half(request: Req, operation: Row) -> Req:
    """Copy a request with the first half of its items, rounded down: something is always missing."""
    name = items_field(operation)
    items: list[Model] = getattr(request, name)
    return evolve(request, **{name: items[: len(items) // 2]})


def _is_list_of_messages(kind: object) -> bool:
    return get_origin(kind) is list and issubclass(get_args(kind)[0], Model)
