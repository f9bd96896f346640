"""What `quotaService` offers: limits of the contract and their use."""

from alfaview_async.models.quotas import (
    QuotaInfoReply,
    QuotaInfoRequest,
    QuotaStatsReply,
    QuotaStatsRequest,
)
from alfaview_async.operation import Operation, Service


class QuotaService(Service):
    """What `quotaService` offers: limits of the contract and their use."""

    info = Operation("quotaService/info", QuotaInfoRequest, QuotaInfoReply, idempotent=True)
    """List the limits of the contract."""
    stats = Operation("quotaService/stats", QuotaStatsRequest, QuotaStatsReply, idempotent=True)
    """List how much of a limit was used, by spans of time."""
