"""Writes the page of errors and status codes from the classes and tables of the code."""

import inspect

from generated_page import code, table

from alfaview_async import errors
from alfaview_async.cli.explaining import _KINDS
from alfaview_async.errors import AlfaviewError
from alfaview_async.models.status import StatusCode
from alfaview_async.status_errors import GRPC_STATUS, HTTP_STATUS, STATUS_ERRORS

WHAT_TO_DO = {
    "ConfigurationError": "Correct the argument or setting that the message names.",
    "ClientClosed": "Keep the client open for as long as it is used: `async with` around all of it.",
    "JoinLinkError": "Ask for the whole link; old links without `/v2` must be made anew.",
    "TransportError": "Reads are repeated by themselves. After a create, look before you send it again.",
    "NotSent": "Check name, port, proxy and firewall; it is safe to send it again.",
    "UntrustedServer": "Check the machine's clock and root certificates, and who answers under this name.",
    "RequestTimeout": "Look before you send a create again; a larger `timeout` helps slow calls.",
    "BadReply": "Check `base_url`; a proxy's page usually stands in the message. Repeat later.",
    "ReplyTooLarge": "Ask for less: a smaller `limit`, one room.",
    "RedirectRefused": "Set `base_url` to the address that the server names, if you trust it.",
    "StatusError": "Read `status`; the request ids are what alfaview's support asks for.",
    "AuthenticationError": "Check the key or password and the company; the same ones will be refused again.",
    "TokenOutdated": "Nothing: the client renews the token and sends the call again. Seen only if that fails too.",
    "RefreshRejected": "Log in again.",
    "RefreshLost": "Log in again; with an API key or a password the client does so by itself.",
    "PermissionDenied": "Give the user who made the API key the right, or use another login.",
    "NotFound": "Check id, name and company; deleted things are not found either.",
    "AlreadyExists": "Look at what is there; an attempt of yours may have made it.",
    "InvalidArgument": "Correct the request; the message names the field where alfaview does.",
    "QuotaExceeded": "Delete what is not needed, or extend the contract: `alfactl quota`.",
    "RateLimited": "Wait `retry_after` seconds; send less at once.",
    "Unavailable": "Repeat later.",
    "ServerTimeout": "Reads are repeated by themselves. After a create, look before you send it again.",
    "PartialError": "Read `reply`, and compare it with what you asked for.",
    "OutcomeUnknown": "List what is there and compare, then send what is missing. Bulk runs do this by themselves.",
    "LinkNotActive": "Enter within `valid_from` and `valid_until`, or change the link.",
    "CompanyMismatch": "Name the right `company_id`, or use a login that may enter it.",
    "AmbiguousName": "Use the path (`Nord/Seminar A`) or the id.",
    "RecipientsRejected": "Correct the rows in `problems`, or leave them out with `skip_invalid=True`.",
    "AlreadyInvited": "Say what is wanted: `existing=Existing.SKIP` or `CREATE`.",
    "LateDuplicates": "Delete `link_ids`, and take a longer `effect_within` from now on.",
    "JournalError": "See its subclasses.",
    "JournalUnavailable": "Free space, get the rights, or choose a local disk.",
    "JournalInUse": "Wait for the other process, or end it.",
    "JournalCorrupt": "Restore it, or read what can be read with `salvage`; then look into the room.",
    "JournalMismatch": "Use the rows and settings that the journal was begun with, or a new journal.",
    "TokenStoreError": "See its subclasses.",
    "StorageUnavailable": "Choose another store; see the page on tokens and companies.",
    "KeyringLocked": "Unlock the keyring, and try again.",
    "StorageCorrupt": "Log in again; the record was put aside for you to look at.",
    "StorageTimeout": "Try again; if it stays, the store or whoever holds its lock hangs.",
    "StoreTooNew": "Update this version, or use another store.",
}
"""Class -> what its reader can do; the code knows the rest."""

HEAD = """# Errors and status codes

Which error is raised when, what it says about the effect of the call, and what to do. The tree, and the attributes of
each class, are on the page [Errors](errors.md).

*Effect* is `error.outcome`: *not sent* and *refused* mean that nothing happened, *ambiguous* that it may have happened,
*fatal* that nothing was tried or trying again cannot help. Where an error body names no status code of alfaview's, its
gRPC code decides, then the HTTP status.

## Errors

"""
CODES_HEAD = """
## Status codes

What `replyInfo.statusCode` may say. A code that is not here is a `StatusError` with that code in `status`.

"""


def page() -> str:
    """Return the page."""
    return (
        HEAD
        + table(
            ("error", "when, and what to do", "effect", "`alfactl`", "codes"),
            (_error(kind) for kind in error_classes()),
        )
        + CODES_HEAD
        + table(("status code", "number", "counts as", "error"), map(_status, StatusCode))
    )


def error_classes() -> list[type[AlfaviewError]]:
    """Return the classes of errors below the root, in the order of the tree."""
    found = (kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AlfaviewError))
    return sorted((kind for kind in found if kind is not AlfaviewError), key=lambda kind: _place(kind.__name__))


def _place(name: str) -> int:
    return list(WHAT_TO_DO).index(name)


def _error(kind: type[AlfaviewError]) -> list[str]:
    codes = [status for status, error in STATUS_ERRORS.items() if error is kind]
    when = " ".join((kind.__doc__ or "").partition("\n\n")[0].split())
    end = next(f"`{name}`, exit {end.value}" for error, name, end in _KINDS if issubclass(kind, error))
    numbers = [
        f"{name} {code(number for number, status in meanings.items() if STATUS_ERRORS.get(status) is kind)}"
        for name, meanings in (("gRPC", GRPC_STATUS), ("HTTP", HTTP_STATUS))
        if any(STATUS_ERRORS.get(status) is kind for status in meanings.values())
    ]
    return [
        f"{{class}}`~alfaview_async.errors.{kind.__name__}`",
        f"{when} *To do:* {WHAT_TO_DO[kind.__name__]}",
        "" if kind is errors.StatusError else kind.outcome.value,
        end,
        "; ".join(filter(None, (code(codes), *numbers))),
    ]


def _status(status: StatusCode) -> list[str]:
    number = getattr(status, "_number", None)
    counts = "an error" if status.is_error else "a warning" if status.is_warning else "success"
    if status == StatusCode.PARTIAL_ERROR:
        counts = "success in part"
    kind = STATUS_ERRORS.get(status.value, errors.StatusError if status.is_error else None)
    raised = f"{{class}}`~alfaview_async.errors.{kind.__name__}`" if kind else ""
    return [f"`{status.value}`", "" if number is None else str(number), counts, raised]
