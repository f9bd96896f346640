"""`quotaService`: limits of the contract and their use."""

from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.room_changes import rooms_in_use
from alfaview_async.emulator.state import Company
from alfaview_async.models.quotas import (
    QuotaInfoReply,
    QuotaInfoRequest,
    QuotaResource,
    QuotaStat,
    QuotaStatsReply,
    QuotaStatsRequest,
)
from alfaview_async.services.quotas import QuotaService


@handles(QuotaService.info)
def info(call: Call, request: QuotaInfoRequest) -> QuotaInfoReply:
    """List the limits of the contract, all or those of one resource."""
    wanted = request.resource
    return QuotaInfoReply(
        quotas=[quota for quota in call.company.quotas if wanted in (QuotaResource.ALL_LIMITS, quota.resource)]
    )


@handles(QuotaService.stats, explained=False)
def stats(call: Call, request: QuotaStatsRequest) -> QuotaStatsReply:
    """Tell the use of a resource. Guess: one entry, for the whole span, with the use of this moment."""
    return QuotaStatsReply(
        stats=[
            QuotaStat(
                start_time=request.start_time,
                stop_time=request.stop_time or call.state.clock.now(),
                value=_use(call.company, request.resource),
            )
        ]
    )


def _use(company: Company, resource: QuotaResource) -> int:
    match resource:
        case QuotaResource.ROOM_LIMIT:
            return rooms_in_use(company)
        case QuotaResource.ROOM_SUBROOM_LIMIT:
            return sum(len(room.sub_rooms) for room in company.rooms.values())
        case QuotaResource.ROOM_PARTICIPANTS:
            return sum(len(people) for people in company.present.values())
        case _:
            return 0
