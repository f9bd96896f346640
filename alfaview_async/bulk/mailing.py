"""Mails sent one by one after the links: each at most once, whatever fails."""

import asyncio

from attrs import evolve

from alfaview_async.bulk.blame import is_for_all, nothing_was_sent
from alfaview_async.bulk.destinations import MailsSeparately
from alfaview_async.bulk.journal_rows import StoredRow
from alfaview_async.bulk.journal_thread import JournalThread
from alfaview_async.bulk.pace import Pace
from alfaview_async.bulk.results import RowResult
from alfaview_async.bulk.row_results import result_of
from alfaview_async.bulk.run import Emit
from alfaview_async.bulk.states import MailState, RowState
from alfaview_async.errors import AlfaviewError, Outcome

_AT_ONCE = 8


async def mail_all(destination: MailsSeparately, thread: JournalThread, emit: Emit, pace: Pace) -> None:
    """Mail every guest of the run who has a link and was not mailed; emits the results of all who have a link.

    Raises:
        JournalError: The journal cannot be written any more; no mail was sent that is not in it.
    """
    batch: list[StoredRow] = []
    async for row in thread.rows(RowState.DONE):
        if row.mail is MailState.INTENDED:  # its process died in between: nobody knows, and it is not repeated
            await thread.do(thread.journal.note_mails, {row.ordinal: MailState.UNKNOWN})
            await emit([result_of(evolve(row, mail=MailState.UNKNOWN))])
        elif row.mail is not MailState.NONE or not pace.may_send:
            await emit([result_of(row)])
        else:
            batch.append(row)
            if len(batch) == _AT_ONCE:
                await emit(await _mailed(destination, thread, pace, batch))
                batch = []
    if batch:
        await emit(await _mailed(destination, thread, pace, batch))


async def _mailed(
    destination: MailsSeparately, thread: JournalThread, pace: Pace, rows: list[StoredRow]
) -> list[RowResult]:
    """Mail these guests; those who were put off because of too many requests again, after the wait."""
    states = {row.ordinal: row.mail for row in rows}
    while (due := [row for row in rows if states[row.ordinal] is MailState.NONE]) and await pace.turn():
        await thread.do(thread.journal.note_mails, {row.ordinal: MailState.INTENDED for row in due})
        ended = await asyncio.gather(*(_mail(destination, row, pace) for row in due))
        states |= {row.ordinal: state for row, state in zip(due, ended, strict=True)}
        await thread.do(thread.journal.note_mails, {row.ordinal: states[row.ordinal] for row in due})
    return [result_of(evolve(row, mail=states[row.ordinal])) for row in rows]


async def _mail(destination: MailsSeparately, row: StoredRow, pace: Pace) -> MailState:
    try:
        await destination.mail(row.link.id if row.link else "", row.target)
    except AlfaviewError as error:
        pace.note(error)
        if is_for_all(error) or nothing_was_sent(error):
            return MailState.NONE
        return MailState.REFUSED if error.outcome is Outcome.REFUSED else MailState.UNKNOWN
    pace.note(None)
    return MailState.SENT
