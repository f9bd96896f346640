"""`alfactl quota`: what the contract allows, and what is used."""

import asyncio
from typing import TYPE_CHECKING, Any

import click

from alfaview_async.cli.arguments.moments import local
from alfaview_async.cli.declaring import Command, asynchronous
from alfaview_async.cli.examples import example
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.logins.client import client
from alfaview_async.errors import StatusError
from alfaview_async.models.quotas import Quota, QuotaResource
from alfaview_async.models.rooms import AvailableRoomType, RoomQuotas

if TYPE_CHECKING:
    from alfaview_async import Alfaview

_COLUMNS = ("name", "resource", "limit", "used", "timeframe", "start_time", "end_time")


@click.command(cls=Command, epilog=example("alfactl quota", "alfactl quota --json"))
@asynchronous
async def quota(invocation: Invocation) -> None:
    """Show what the contract allows, and what is used: limits, and how many rooms of each size."""
    async with client(invocation) as alfaview:
        limits = (await alfaview.quotas.info()).quotas
        sizes = (await alfaview.rooms.available_types()).room_types
        used = await asyncio.gather(*(_used(invocation, alfaview, limit) for limit in limits))
        rows = [_limit(invocation, limit, use) for limit, use in zip(limits, used, strict=True)]
        invocation.show([*rows, *map(_size, sizes)], _COLUMNS)


async def _used(invocation: Invocation, alfaview: "Alfaview", limit: Quota) -> int | None:
    """Return the use of the last span of time; `None` where alfaview does not tell it."""
    try:
        spans = (await alfaview.quotas.stats(resource=limit.resource, name=limit.name)).stats
    except StatusError as error:
        invocation.say("use-unknown", name=limit.name or limit.resource.value, error=error)
        return None
    return spans[-1].value if spans else None


def _limit(invocation: Invocation, limit: Quota, used: int | None) -> dict[str, Any]:
    return {
        "name": limit.name,
        "resource": limit.resource,
        "limit": limit.limit,
        "used": used,
        "timeframe": limit.timeframe,
        "start_time": local(invocation, limit.start_time),
        "end_time": local(invocation, limit.end_time),
    }


def _size(size: AvailableRoomType) -> dict[str, Any]:
    name = (size.quota or RoomQuotas()).name
    return {"name": name, "resource": QuotaResource.ROOM_TYPE, "limit": size.limit, "used": size.limit - size.available}
