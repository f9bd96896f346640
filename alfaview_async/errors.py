"""Everything that can go wrong, as one tree.

::

    AlfaviewError
    ├── ConfigurationError         an argument, credential or setting that cannot work (also a ValueError)
    ├── ClientClosed               the client was used after `close()`
    ├── JoinLinkError              a text that is no usable join link (also a ValueError)
    ├── TransportError             no complete reply; the request may have been carried out
    │   ├── NotSent                proven: not a byte of the request left
    │   │   └── UntrustedServer    no valid TLS certificate; trying again cannot help
    │   └── RequestTimeout         the deadline passed while waiting (also a TimeoutError)
    ├── BadReply                   a reply that is not alfaview's, or not understood
    │   ├── ReplyTooLarge          longer than the limit
    │   └── RedirectRefused        a redirect, which would carry our token elsewhere
    ├── StatusError                alfaview answered: no
    │   ├── AuthenticationError    not logged in, or the login was refused
    │   │   ├── TokenOutdated      the access token has expired
    │   │   └── RefreshRejected    the refresh token is worth nothing any more
    │   │       └── RefreshLost    ... because a process died while it was renewing it
    │   ├── PermissionDenied       logged in, but not allowed
    │   ├── NotFound               no such room, link, company, user
    │   ├── AlreadyExists
    │   ├── InvalidArgument        the request is malformed or a value is out of range
    │   ├── QuotaExceeded          the contract's limits are used up
    │   ├── RateLimited            too many requests; `retry_after` may say how long to wait
    │   ├── Unavailable            the service cannot answer now
    │   ├── ServerTimeout          "context deadline exceeded": the server gave up waiting
    │   └── PartialError           some of the entities of one call failed; `reply` holds the rest
    ├── OutcomeUnknown             a create may or may not have happened; never re-send it blindly
    ├── LinkNotActive              a guest or group link outside its time frame
    ├── CompanyMismatch            the login landed in another company than the one asked for
    ├── AmbiguousName              a name that several rooms, roles or users bear
    ├── RecipientsRejected         a guest list with bad rows; nothing was sent (also a ValueError)
    ├── AlreadyInvited             guests of the list have such an invitation already; nothing was sent
    ├── LateDuplicates             more invitations of a run exist than it has rows: the server was later than it may be
    ├── JournalError               the journal of a bulk run cannot be used; nothing was sent
    │   ├── JournalUnavailable     it cannot be opened or written
    │   ├── JournalInUse           another process is working on it
    │   ├── JournalCorrupt         it is damaged, or no journal
    │   └── JournalMismatch        it belongs to other rows or settings
    └── TokenStoreError            a token store cannot do its work
        ├── StorageUnavailable     no usable place to store
        │   └── KeyringLocked      the keyring is there, but somebody must unlock it
        ├── StorageCorrupt         a stored record is unreadable; it was put aside
        ├── StorageTimeout         the store or its lock did not answer in time
        └── StoreTooNew            a record written by a later version
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Self


class Outcome(StrEnum):
    """What is known about the effect of a request whose call failed."""

    NOT_SENT = "not sent"
    """Not a byte left: sending again is safe, also for creates."""
    REFUSED = "refused"
    """The server answered before doing the work: nothing happened."""
    AMBIGUOUS = "ambiguous"
    """It may have happened: only idempotent calls may be sent again."""
    FATAL = "fatal"
    """Nothing was tried, or trying again cannot help."""


class AlfaviewError(Exception):
    """The root: `except AlfaviewError` catches all that this library raises on purpose.

    Attributes:
        message: What failed, in one sentence, without any secret.
        operation: Path of the operation, e.g. `roomService/list`; empty if none was called.
        request_ids: The id of every attempt, in order; alfaview's support asks for them.
        outcome: What is known about the effect of the request.
    """

    outcome = Outcome.FATAL

    def __init__(self, message: str, *, operation: str = "", request_ids: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.operation = operation
        self.request_ids = tuple(filter(None, request_ids))

    def __str__(self) -> str:
        where = f"{self.operation}: " if self.operation else ""
        ids = f" (request {', '.join(self.request_ids)})" if self.request_ids else ""
        return f"{where}{self.message}{ids}"


class ConfigurationError(AlfaviewError, ValueError):
    """An argument, credential or setting that cannot work."""


class ClientClosed(AlfaviewError):
    """The client was used after it was closed."""


class JoinLinkError(AlfaviewError, ValueError):
    """A text that is no usable join link."""


class TransportError(AlfaviewError):
    """No complete reply arrived; the request may or may not have been carried out."""

    outcome = Outcome.AMBIGUOUS


class NotSent(TransportError):
    """Not a byte of the request left: refused, no DNS, no TLS, no free connection."""

    outcome = Outcome.NOT_SENT


class UntrustedServer(NotSent):
    """The server has no valid TLS certificate: somebody else answers, or this machine lacks a root certificate."""

    outcome = Outcome.FATAL


class RequestTimeout(TransportError, TimeoutError):
    """The deadline passed while the reply was awaited."""


class BadReply(AlfaviewError):
    """A reply that is not alfaview's or not understood; says status, type and the first safe characters.

    Attributes:
        http_status: The HTTP status.
        retry_after: Seconds the server, or a proxy before it, asks to wait; `None` if it does not say.
    """

    outcome = Outcome.AMBIGUOUS

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request_ids: Sequence[str] = (),
        http_status: int = 200,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, operation=operation, request_ids=request_ids)
        self.http_status = http_status
        self.retry_after = retry_after


class ReplyTooLarge(BadReply):
    """A reply longer than the limit, after decompression."""


class RedirectRefused(BadReply):
    """A redirect: following it would hand our access token to another address."""


class StatusError(AlfaviewError):
    """Alfaview answered, and the answer is an error.

    Attributes:
        status: The status code's text, e.g. `INSUFFICIENT_PERMISSIONS`; may be one this version does not know.
        grpc_code: The gRPC code of the error body, 0 if the body had none.
        http_status: The HTTP status.
        retry_after: Seconds the server asks to wait, `None` if it does not say.
    """

    outcome = Outcome.AMBIGUOUS

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request_ids: Sequence[str] = (),
        status: str = "",
        grpc_code: int = 0,
        http_status: int = 200,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message, operation=operation, request_ids=request_ids)
        self.status = status
        self.grpc_code = grpc_code
        self.http_status = http_status
        self.retry_after = retry_after


class AuthenticationError(StatusError):
    """Not logged in, or the login was refused; the same credentials will be refused again."""

    outcome = Outcome.REFUSED


class TokenOutdated(AuthenticationError):
    """The access token has expired; checked by the server before any work."""


class RefreshRejected(AuthenticationError):
    """The refresh token has ended, was revoked or used elsewhere, and there are no other credentials."""


class RefreshLost(RefreshRejected):
    """A process died between the server's replacing the refresh token and its storing; nobody has the successor."""


class PermissionDenied(StatusError):
    """Logged in, but not allowed; an API key has the rights of the user who made it."""

    outcome = Outcome.REFUSED


class NotFound(StatusError):
    """No such room, link, company, user or operation.

    Attributes:
        name: The name, path or id that was looked for among what alfaview lists; `operation` says in which list. Empty
            where alfaview itself answered so.
    """

    outcome = Outcome.REFUSED
    name: str = ""

    @classmethod
    def of(cls, name: str, message: str, *, operation: str) -> Self:
        """Say that nothing of this name is among what the operation lists."""
        missing = cls(message, operation=operation)
        missing.name = name
        return missing


class AlreadyExists(StatusError):
    """Something of that identity is there already; perhaps of an attempt of ours."""


class InvalidArgument(StatusError):
    """The request is malformed, or a value is out of range."""

    outcome = Outcome.REFUSED


class QuotaExceeded(StatusError):
    """The contract's limits are used up; waiting does not help."""

    outcome = Outcome.REFUSED


class RateLimited(StatusError):
    """Too many requests; `retry_after` may say how long to wait."""

    outcome = Outcome.REFUSED


class Unavailable(StatusError):
    """The service cannot answer now; a gateway says so too when it lost a backend at work."""


class ServerTimeout(StatusError):
    """The server gave up waiting ("context deadline exceeded"); the work may still have been done."""


class PartialError(StatusError):
    """Some of the entities of one call failed; `reply` holds what came back.

    Attributes:
        reply: The typed reply of the operation.
    """

    reply: object = None


class OutcomeUnknown(AlfaviewError):
    """A request that must not be repeated may or may not have been carried out.

    Find out before sending again: for links, list the room and compare. `__cause__` says what went wrong.

    Attributes:
        request: The request as the caller made it, whose `origin` marks the links it may have made.
    """

    outcome = Outcome.AMBIGUOUS
    request: object = None


class LinkNotActive(AlfaviewError):
    """The link is right, but outside its time frame.

    Attributes:
        valid_from: Start of the time frame, `None` if open.
        valid_until: End of the time frame, `None` if open.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request_ids: Sequence[str] = (),
        valid_from: datetime | None = None,
        valid_until: datetime | None = None,
    ) -> None:
        super().__init__(message, operation=operation, request_ids=request_ids)
        self.valid_from = valid_from
        self.valid_until = valid_until


class CompanyMismatch(AlfaviewError):
    """The login landed in another company than the one asked for; nothing was stored."""


class AmbiguousName(AlfaviewError):
    """Several rooms, roles or users bear the name; use the path or the id."""


class RecipientsRejected(AlfaviewError, ValueError):
    """A guest list with bad rows; nothing was sent.

    Attributes:
        problems: Every problem found, with line, column, value and reason.
    """

    problems: Sequence[object] = ()


class AlreadyInvited(AlfaviewError):
    """Guests of the list have such an invitation already; nothing was sent.

    Attributes:
        recipients: Those who have one.
    """

    recipients: Sequence[object] = ()


class LateDuplicates(AlfaviewError):
    """More invitations of a run exist than it has rows: the server carried out a call later than it may.

    Attributes:
        link_ids: Ids of the invitations that belong to no row; they can be deleted, their mails cannot be called back.
    """

    link_ids: Sequence[str] = ()


class JournalError(AlfaviewError):
    """The journal of a bulk run cannot be used; nothing was sent that is not written down."""


class JournalUnavailable(JournalError):
    """The journal cannot be opened or written: a full disk, missing rights, a network file system."""


class JournalInUse(JournalError):
    """Another process is working on the run."""


class JournalCorrupt(JournalError):
    """The journal is damaged, or the file is none; it was left as it is."""


class JournalMismatch(JournalError):
    """The journal belongs to a run with other rows or other settings."""


class TokenStoreError(AlfaviewError):
    """A token store cannot do its work."""


class StorageUnavailable(TokenStoreError):
    """There is no usable place to store tokens.

    Attributes:
        reason: Why, without what to do about it, which the message has too. Empty where the message is short.
    """

    reason: str = ""


class KeyringLocked(StorageUnavailable):
    """The keyring is there, but locked: unlock it and try again."""


class StorageCorrupt(TokenStoreError):
    """A stored record is unreadable; it was put aside, not taken for absent."""


class StorageTimeout(TokenStoreError, TimeoutError):
    """The store or its lock did not answer in time."""


class StoreTooNew(TokenStoreError):
    """The record was written by a later version of this library."""
