"""Rows as a journal keeps them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

import orjson
from attrs import fields_dict, frozen

from alfaview_async.bulk.recipients import Recipient
from alfaview_async.bulk.states import Link, MailState, RowState

_FIELDS = tuple(fields_dict(Recipient))
_TIMES = ("valid_from", "valid_until")


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
    """Write a recipient as JSON; what is empty is left out."""
    values = {name: value for name in _FIELDS if (value := getattr(recipient, name))}
    if recipient.extra:
        values["extra"] = dict(recipient.extra)
    return orjson.dumps(values)


def _recipient(data: bytes) -> Recipient:
    raw = orjson.loads(data)
    try:
        times = {name: datetime.fromisoformat(raw[name]) for name in _TIMES if name in raw}
        return Recipient(**raw | times)
    except TypeError as error:
        raise ValueError(str(error)) from error
