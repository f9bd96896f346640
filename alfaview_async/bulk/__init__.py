"""Many invitations from many rows: read a list, check all of it, invite, and account for every row."""

from typing import TYPE_CHECKING

from alfaview_async._lazy import lazy_names

if TYPE_CHECKING:
    from alfaview_async.bulk.destinations.guest_links import GuestLinks as GuestLinks
    from alfaview_async.bulk.outputs.csv import write_csv as write_csv
    from alfaview_async.bulk.reading import read_recipients as read_recipients
    from alfaview_async.bulk.recipients import GuestList as GuestList
    from alfaview_async.bulk.recipients import Recipient as Recipient
    from alfaview_async.bulk.recipients import RowProblem as RowProblem
    from alfaview_async.bulk.results import Progress as Progress
    from alfaview_async.bulk.results import RowResult as RowResult
    from alfaview_async.bulk.results import RowStatus as RowStatus
    from alfaview_async.bulk.runner import invite as invite

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "destinations.guest_links": "GuestLinks",
        "outputs.csv": "write_csv",
        "reading": "read_recipients",
        "recipients": "GuestList Recipient RowProblem",
        "results": "Progress RowResult RowStatus",
        "runner": "invite",
    },
)
