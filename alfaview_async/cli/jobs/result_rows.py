"""What became of each row of a job, on stdout."""

from collections.abc import Iterable, Mapping

from alfaview_async.bulk import RowResult
from alfaview_async.cli.explaining import explained
from alfaview_async.cli.invocation import Invocation
from alfaview_async.errors import StatusError

COLUMNS = (
    "line",
    "key",
    "email",
    "display_name",
    "room",
    "status",
    "mail",
    "link_id",
    "join_link",
    "code",
    "error",
)
_FOR_PEOPLE = ("line", "display_name", "email", "status", "join_link", "error")
_FOR_RESOLVING = ("line", "key", "email", "status", "mail", "error")


def show_results(invocation: Invocation, results: Iterable[RowResult], *, with_keys: bool = False) -> None:
    """Write results to stdout, in the order of the list: all of `COLUMNS`, in tables those that people look at.

    Args:
        invocation: Says in which format.
        results: What became of each row.
        with_keys: The tables are for people who want to name rows, not for those who want links.
    """
    ordered = sorted(results, key=lambda result: result.recipient.line)
    few = _FOR_RESOLVING if with_keys else _FOR_PEOPLE
    columns = few if invocation.output == "table" and not invocation.fields else COLUMNS
    invocation.show((row(result, code_of(invocation, result)) for result in ordered), columns)


def code_of(invocation: Invocation, result: RowResult) -> str:
    """Name an error for programs: by alfaview's status where there is one, else as in `error[...]`."""
    if result.error is None:
        return ""
    if isinstance(result.error, StatusError) and result.error.status:
        return result.error.status
    cause = explained(result.error, invocation)
    return cause.code if cause else "failed"


def row(result: RowResult, code: str = "") -> Mapping[str, object]:
    """Return a result as data for stdout, by the names of `COLUMNS`.

    Args:
        result: What became of the row.
        code: Of its error, for programs.
    """
    guest = result.recipient
    return {
        "line": guest.line,
        "key": result.key,
        "email": guest.email,
        "display_name": guest.display_name,
        "room": guest.room,
        "status": result.status.value,
        "mail": result.mail.value,
        "link_id": result.link_id,
        "join_link": result.join_link,
        "code": code,
        "error": str(result.error) if result.error else "",
    }
