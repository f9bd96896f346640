"""Many invitations from many rows: read a list, check all of it, invite, and account for every row."""

from typing import TYPE_CHECKING

from alfaview_async._lazy import lazy_names

if TYPE_CHECKING:
    from alfaview_async.bulk.destinations.guest_links import GuestLinks as GuestLinks
    from alfaview_async.bulk.destinations.rooms_and_roles import RoomsAndRoles as RoomsAndRoles
    from alfaview_async.bulk.destinations.webex_meeting import WebexMeeting as WebexMeeting
    from alfaview_async.bulk.history import invited_before as invited_before
    from alfaview_async.bulk.outputs.csv import write_csv as write_csv
    from alfaview_async.bulk.outputs.ics import write_calendar as write_calendar
    from alfaview_async.bulk.outputs.ics import write_calendars as write_calendars
    from alfaview_async.bulk.outputs.jsonl import write_jsonl as write_jsonl
    from alfaview_async.bulk.outputs.qr import write_qr_codes as write_qr_codes
    from alfaview_async.bulk.outputs.xlsx import write_xlsx as write_xlsx
    from alfaview_async.bulk.overview import RunOverview as RunOverview
    from alfaview_async.bulk.overview import peek_results as peek_results
    from alfaview_async.bulk.overview import read_overview as read_overview
    from alfaview_async.bulk.policies import Duplicates as Duplicates
    from alfaview_async.bulk.policies import Existing as Existing
    from alfaview_async.bulk.policies import Mode as Mode
    from alfaview_async.bulk.reading import read_recipients as read_recipients
    from alfaview_async.bulk.recipients import GuestList as GuestList
    from alfaview_async.bulk.recipients import Recipient as Recipient
    from alfaview_async.bulk.recipients import RowProblem as RowProblem
    from alfaview_async.bulk.reconciling import reconcile as reconcile
    from alfaview_async.bulk.report import write_report as write_report
    from alfaview_async.bulk.resolving import read_results as read_results
    from alfaview_async.bulk.resolving import resolve as resolve
    from alfaview_async.bulk.results import Progress as Progress
    from alfaview_async.bulk.results import RowResult as RowResult
    from alfaview_async.bulk.results import RowStatus as RowStatus
    from alfaview_async.bulk.runner import invite as invite
    from alfaview_async.bulk.runner import resume as resume
    from alfaview_async.bulk.sources.invitario import read_invitario as read_invitario
    from alfaview_async.bulk.states import MailState as MailState
    from alfaview_async.bulk.undoing import undo as undo

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "destinations.guest_links": "GuestLinks",
        "destinations.rooms_and_roles": "RoomsAndRoles",
        "destinations.webex_meeting": "WebexMeeting",
        "history": "invited_before",
        "outputs.csv": "write_csv",
        "outputs.ics": "write_calendar write_calendars",
        "outputs.jsonl": "write_jsonl",
        "outputs.qr": "write_qr_codes",
        "outputs.xlsx": "write_xlsx",
        "overview": "RunOverview peek_results read_overview",
        "policies": "Duplicates Existing Mode",
        "reading": "read_recipients",
        "recipients": "GuestList Recipient RowProblem",
        "reconciling": "reconcile",
        "report": "write_report",
        "resolving": "read_results resolve",
        "results": "Progress RowResult RowStatus",
        "runner": "invite resume",
        "sources.invitario": "read_invitario",
        "states": "MailState",
        "undoing": "undo",
    },
)

if not TYPE_CHECKING:  # for `help` and star imports; checkers read literals only, and go by the imports above
    __all__ = tuple(__dir__())
