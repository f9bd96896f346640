"""Quotas: what the contract allows and what was used."""

from datetime import datetime
from typing import Annotated

from attrs import define, field
from cattrs import override

from alfaview_async.models.common import Int64, Model, Reply, Request
from alfaview_async.models.enums import OpenEnum


class QuotaDuration(OpenEnum):
    """The period a limit counts for."""

    UNLIMITED = "UNLIMITED"
    MONTH = "MONTH"
    YEAR = "YEAR"


class QuotaResource(OpenEnum):
    """What a limit limits."""

    ALL_LIMITS = "ALL_LIMITS"
    ROOM_LIMIT = "ROOM_LIMIT"
    ROOM_SUBROOM_LIMIT = "ROOM_SUBROOM_LIMIT"
    ROOM_ONLINE_SECONDS = "ROOM_ONLINE_SECONDS"
    ROOM_CONCURRENT_LIMIT = "ROOM_CONCURRENT_LIMIT"
    ROOM_PARTICIPANTS = "ROOM_PARTICIPANTS"
    ROOM_SPECTATORS = "ROOM_SPECTATORS"
    ROOM_TYPE = "ROOM_TYPE"
    MEETING_TYPE = "MEETING_TYPE"
    TRANSCRIPTION_SECONDS = "TRANSCRIPTION_SECONDS"
    TRANSLATION_LANGUAGE_LIMIT = "TRANSLATION_LANGUAGE_LIMIT"
    DIAL_IN_LINES = "DIAL_IN_LINES"


@define(kw_only=True)
class Quota(Model):
    """One limit of the contract."""

    name: str = ""
    resource: QuotaResource = QuotaResource.ALL_LIMITS
    start_time: datetime | None = None
    end_time: datetime | None = None
    limit: Int64 = 0
    timeframe: QuotaDuration = QuotaDuration.UNLIMITED
    metadata: dict[str, str] = field(factory=dict)
    limits: dict[str, str] = field(factory=dict)
    remove: bool = False


@define(kw_only=True)
class QuotaInfoReply(Reply):
    """What `quotaService/info` answers."""

    quotas: list[Quota] = field(factory=list)


@define(kw_only=True)
class QuotaInfoRequest(Request):
    """What `quotaService/info` takes."""

    resource: QuotaResource = QuotaResource.ALL_LIMITS


@define(kw_only=True)
class QuotaStat(Model):
    """How much was used in a span of time."""

    start_time: datetime | None = None
    stop_time: datetime | None = None
    value: Int64 = 0


@define(kw_only=True)
class QuotaStatsReply(Reply):
    """What `quotaService/stats` answers."""

    stats: Annotated[list[QuotaStat], override(rename="Stats")] = field(factory=list)
    """One entry for each span of time."""


@define(kw_only=True)
class QuotaStatsRequest(Request):
    """What `quotaService/stats` takes."""

    resource: QuotaResource = QuotaResource.ALL_LIMITS
    name: str = ""
    start_time: datetime | None = None
    stop_time: datetime | None = None
