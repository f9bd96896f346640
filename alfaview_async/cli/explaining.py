"""Errors of the library in the words of `alfactl`: what failed, where, and what to type next."""

import errno

from alfaview_async import errors
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.library_words import described, translated
from alfaview_async.cli.logins.client import has_credentials_in_environment

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
_UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
"""What ends writing to stdout, which has no name."""
_LOGINS = ("key", "user")
_LOGIN_SERVICE = "authenticationService/"
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
        reason = translated(invocation.language, error.strerror or type(error).__name__)
        return invocation.fail("file", Exit.REJECTED_INPUT, file=error.filename, reason=reason)
    if isinstance(error, OSError) and error.errno in _UNWRITABLE:
        reason = translated(invocation.language, error.strerror or type(error).__name__)
        return invocation.fail("stdout", Exit.REJECTED_INPUT, reason=reason)
    return None


def _told(error: errors.AlfaviewError, code: str, end: Exit, invocation: Invocation) -> Failure:
    language = invocation.language
    values: dict[str, object] = {"error": described(language, error)}
    if not isinstance(error, errors.ConfigurationError):  # settings that cannot be read must not hide themselves
        settings = invocation.settings
        reason = translated(language, error.message)
        if code == "no-store" and settings["store"].value == "keyring":
            code, reason = "no-keyring", getattr(error, "reason", "") or error.message.partition("; ")[0]
        server, origin = settings["base_url"].value, settings["base_url"].origin
        values |= {
            "profile": settings.profile.value,
            "store": settings["store"].value,
            "server": server,
            "origin": origin,
            "host": server.partition("://")[2].partition("/")[0],  # `urlsplit` raises where it is no URL
            "who": named_login(invocation, invocation.who or settings["identity"].value),
            "reason": reason,
            "status": getattr(error, "status", ""),
            "request": ", ".join(error.request_ids),
            "attempts": max(1, len(error.request_ids)),
        }
    failure = invocation.fail(code, end, **values)
    if code == "login-rejected":
        _advise_on_login(failure, error.operation, invocation)
    if code == "unreachable" and any(map(invocation.environment.get, PROXIES)):
        failure.details += (invocation.text("proxy-not-used"),)
    return failure


def _advise_on_login(failure: Failure, operation: str, invocation: Invocation) -> None:
    """Say what of a refused login may be wrong: a wrong company looks like a wrong secret.

    Where another call was refused, nothing of the login was sent, but the access token that it had given.
    """
    settings = invocation.settings
    if operation and not operation.startswith(_LOGIN_SERVICE):
        failure.details = (invocation.text("login-rejected-token"),)
        if not (invocation.emulator or has_credentials_in_environment(invocation)):
            failure.next_step = invocation.text("session-expired-next", profile=settings.profile.value)
        return
    kind = (invocation.who or settings["identity"].value).partition(":")[0]
    if kind in _LOGINS:
        failure.details = (invocation.text(f"login-rejected-{kind}"),)
    company = settings["company"]
    if company.value and not invocation.emulator:
        suspect = invocation.text("login-rejected-company", company=company.value, origin=company.origin)
        failure.details += (suspect,)


def named_login(invocation: Invocation, who: str) -> str:
    """Name a login in the language of the user.

    Args:
        invocation: Knows the language.
        who: As `config.toml` keeps it: `key:ALIAS` or `user:NAME`; empty if unknown.
    """
    kind, _, name = who.partition(":")
    return invocation.text(f"login-{kind}", name=name) if kind in _LOGINS else invocation.text("login-unknown")
