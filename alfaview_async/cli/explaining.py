"""Errors of the library in the words of `alfactl`: what failed, where, and what to type next."""

from urllib.parse import urlsplit

from alfaview_async import errors
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation

_KINDS: tuple[tuple[type[errors.AlfaviewError], str, Exit], ...] = (
    (errors.KeyringLocked, "keyring-locked", Exit.NOT_LOGGED_IN),
    (errors.StorageUnavailable, "no-store", Exit.NOT_LOGGED_IN),
    (errors.TokenStoreError, "token-store", Exit.NOT_LOGGED_IN),
    (errors.RefreshRejected, "session-expired", Exit.NOT_LOGGED_IN),
    (errors.AuthenticationError, "login-rejected", Exit.NOT_LOGGED_IN),
    (errors.CompanyMismatch, "wrong-company", Exit.NOT_LOGGED_IN),
    (errors.RecipientsRejected, "rejected-rows", Exit.REJECTED_INPUT),
    (errors.AlreadyInvited, "already-invited", Exit.REJECTED_INPUT),
    (errors.JournalInUse, "journal-in-use", Exit.REJECTED_INPUT),
    (errors.JournalError, "journal", Exit.REJECTED_INPUT),
    (errors.AmbiguousName, "ambiguous-name", Exit.NOT_FOUND),
    (errors.NotFound, "not-found", Exit.NOT_FOUND),
    (errors.JoinLinkError, "no-join-link", Exit.USAGE),
    (errors.LinkNotActive, "link-not-active", Exit.REFUSED),
    (errors.PermissionDenied, "refused", Exit.REFUSED),
    (errors.QuotaExceeded, "quota", Exit.REFUSED),
    (errors.InvalidArgument, "refused", Exit.REFUSED),
    (errors.OutcomeUnknown, "outcome-unknown", Exit.UNKNOWN_OUTCOME),
    (errors.LateDuplicates, "late-duplicates", Exit.UNKNOWN_OUTCOME),
    (errors.TransportError, "unreachable", Exit.UNREACHABLE),
    (errors.RateLimited, "unreachable", Exit.UNREACHABLE),
    (errors.Unavailable, "unreachable", Exit.UNREACHABLE),
    (errors.ServerTimeout, "unreachable", Exit.UNREACHABLE),
    (errors.BadReply, "bad-reply", Exit.BUG),
    (errors.PartialError, "partial", Exit.PARTIAL),
    (errors.StatusError, "refused", Exit.REFUSED),
    (errors.ConfigurationError, "configuration", Exit.USAGE),
    (errors.AlfaviewError, "failed", Exit.BUG),
)
"""Kind of error -> code and exit; the first that fits."""
_SERVER_ERROR = 500
PROXIES = ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy")


def explained(error: BaseException, invocation: Invocation) -> Failure | None:
    """Turn an error of the library, or of a file, into a failure; `None` for any other, which is a bug."""
    if isinstance(error, BaseExceptionGroup):
        return explained(error.exceptions[0], invocation)
    if isinstance(error, Failure):
        return error
    if isinstance(error, errors.BadReply) and error.http_status >= _SERVER_ERROR:
        return _told(error, "unreachable", Exit.UNREACHABLE, invocation)  # a page of a proxy, which cannot go on
    for kind, code, end in _KINDS:
        if isinstance(error, kind):
            return _told(error, code, end, invocation)
    if isinstance(error, OSError) and error.filename is not None:
        return invocation.fail("file", Exit.REJECTED_INPUT, file=error.filename, reason=error.strerror)
    return None


def _told(error: errors.AlfaviewError, code: str, end: Exit, invocation: Invocation) -> Failure:
    values: dict[str, object] = {"error": str(error)}
    if not isinstance(error, errors.ConfigurationError):  # settings that cannot be read must not hide themselves
        settings = invocation.settings
        reason = error.message
        if code == "no-store" and settings["store"].value == "keyring":
            code, reason = "no-keyring", getattr(error, "reason", "") or error.message.partition("; ")[0]
        server = settings["base_url"].value
        values |= {
            "profile": settings.profile.value,
            "store": settings["store"].value,
            "server": server,
            "host": urlsplit(server).netloc,
            "who": named_login(invocation, invocation.who or settings["identity"].value),
            "reason": reason,
            "status": getattr(error, "status", ""),
            "request": ", ".join(error.request_ids),
            "attempts": max(1, len(error.request_ids)),
        }
    failure = invocation.fail(code, end, **values)
    if code == "unreachable" and any(map(invocation.environment.get, PROXIES)):
        failure.details += (invocation.text("proxy-not-used"),)
    return failure


def named_login(invocation: Invocation, who: str) -> str:
    """Name a login in the language of the user.

    Args:
        invocation: Knows the language.
        who: As `config.toml` keeps it: `key:ALIAS` or `user:NAME`; empty if unknown.
    """
    kind, _, name = who.partition(":")
    return invocation.text(f"login-{kind}", name=name) if kind in ("key", "user") else invocation.text("login-unknown")
