"""What only a person can know: whether an invitation in doubt was made."""

from os import PathLike

from alfaview_async.bulk.journal_thread import opened
from alfaview_async.bulk.results import RowResult
from alfaview_async.bulk.row_results import result_of
from alfaview_async.bulk.states import Change, Link, RowChange, RowState
from alfaview_async.errors import ConfigurationError


async def resolve(
    journal: str | PathLike[str], key: str, *, link_id: str = "", join_link: str = "", absent: bool = False
) -> None:
    """Settle a row whose state is unknown, or not known yet, after a look into the room.

    Args:
        journal: Path of the run's file.
        key: `RowResult.key` of the row.
        link_id: Of the invitation that is there.
        join_link: Of the invitation that is there.
        absent: There is none, and `resume` shall send the row again. If there is one after all, the guest gets two.

    Raises:
        ConfigurationError: No such row, its state is known, or both or neither of `link_id` and `absent` are given.
        JournalError: The journal cannot be used.
    """
    if bool(link_id) is absent:
        raise ConfigurationError("say either link_id=... of the invitation that is there, or absent=True")
    async with opened(journal) as thread:
        async for row in thread.rows(RowState.UNKNOWN, RowState.IN_FLIGHT):
            if row.key == key:
                change = RowChange(state=RowState.PLANNED if absent else RowState.DONE, call=row.call)
                links = {} if absent else {row.ordinal: Link(id=link_id, join_link=join_link)}
                await thread.commit(Change(rows={row.ordinal: change}, links=links))
                return
    raise ConfigurationError(f"the journal has no row with the key {key!r} whose state is unknown")


async def read_results(journal: str | PathLike[str]) -> list[RowResult]:
    """Return what became of each row so far; sends nothing and changes nothing.

    Raises:
        JournalError: The journal cannot be used.
    """
    async with opened(journal) as thread:
        return [result_of(row) async for row in thread.rows()]
