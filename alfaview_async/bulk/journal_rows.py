"""Rows as a journal keeps them."""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any, ClassVar

import orjson
from attrs import define, fields_dict, frozen

from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import Link, MailState, RowState

_FIELDS = tuple(fields_dict(Recipient))
_TIMES = (_FIELDS.index("valid_from"), _FIELDS.index("valid_until"))
_VALUES = attrgetter(*_FIELDS)


@define(kw_only=True)
class PlannedRow:
    """A row of a new run.

    Attributes:
        key: Tells the row from all others, in later processes too.
        digest: Of all that is sent for it.
        target: Id of its room or meeting.
        recipient: The row.
        existing: The invitation that was there before, if the guest keeps that one.
    """

    key: str
    digest: bytes
    target: str
    recipient: Recipient
    existing: Link | None = None


@frozen(kw_only=True)
class StoredRow:
    """A row as the journal has it.

    Attributes:
        ordinal: Its place in the list, from 0.
        key: Tells it from all others.
        target: Id of its room or meeting.
        recipient: The row of the list.
        state: Where it stands.
        call: Number of the call that made it so, 0 for none.
        link: Its invitation, `None` if there is none.
        reason: Why it was refused, or why nobody knows.
        at_most: With how many rows it may travel in one call; 0 for no limit.
        mail: What became of a mail that was sent by itself.
    """

    COLUMNS: ClassVar[str] = "ordinal, key, target, recipient, state, call, link_id, join_link, reason, at_most, mail"
    AS_JSON: ClassVar[str] = COLUMNS.replace("recipient", "CAST(recipient AS TEXT)")

    ordinal: int
    key: str
    target: str
    recipient: Recipient
    state: RowState
    call: int
    link: Link | None
    reason: str
    at_most: int
    mail: MailState


def stored_row(columns: Sequence[Any]) -> StoredRow:
    """Read a row of `StoredRow.COLUMNS`.

    Raises:
        ValueError: It is damaged.
    """
    ordinal, key, target, recipient, state, call, link_id, join_link, reason, at_most, mail = columns
    return StoredRow(
        ordinal=ordinal,
        key=key,
        target=target,
        recipient=_recipient(recipient),
        state=RowState(state),
        call=call,
        link=Link(id=link_id, join_link=join_link) if link_id else None,
        reason=reason,
        at_most=at_most,
        mail=MailState(mail),
    )


def recipient_bytes(recipient: Recipient) -> bytes:
    """Write a recipient as JSON: its values, in the order of its fields."""
    return orjson.dumps(_VALUES(recipient), default=dict)  # `extra` may be any mapping


def _recipient(data: bytes) -> Recipient:
    values: list[Any] = orjson.loads(data)
    try:
        for place in _TIMES:
            if values[place] is not None:
                values[place] = datetime.fromisoformat(values[place])
        return Recipient(**dict(zip(_FIELDS, values, strict=True)))
    except (IndexError, KeyError, TypeError) as error:
        raise ValueError(str(error)) from error
