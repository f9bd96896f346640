"""Async client for the alfaview video-conferencing API: rooms, guest links, tokens that renew themselves.

`Alfaview` is the client. Beside it stand `alfaview_async.models` (what travels), `alfaview_async.bulk` (many
invitations), `alfaview_async.tokens` (where tokens sleep) and `alfaview_async.emulator` (an alfaview to test against).
"""

from typing import TYPE_CHECKING

from alfaview_async._lazy import lazy_names

if TYPE_CHECKING:  # star imports re-export just what a module defines
    from alfaview_async.client import Alfaview as Alfaview
    from alfaview_async.credentials import ApiKey as ApiKey
    from alfaview_async.credentials import RefreshToken as RefreshToken
    from alfaview_async.credentials import UsernamePassword as UsernamePassword
    from alfaview_async.errors import *  # noqa: F403
    from alfaview_async.joining import ClientOptions as ClientOptions
    from alfaview_async.joining import JoinLink as JoinLink
    from alfaview_async.joining import LaunchUrl as LaunchUrl
    from alfaview_async.retry import RetryPolicy as RetryPolicy

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "client": "Alfaview",
        "credentials": "ApiKey RefreshToken UsernamePassword",
        "errors": "AlfaviewError AlreadyExists AlreadyInvited AmbiguousName AuthenticationError BadReply ClientClosed "
        "CompanyMismatch ConfigurationError InvalidArgument JoinLinkError JournalCorrupt JournalError JournalInUse "
        "JournalMismatch JournalUnavailable KeyringLocked LateDuplicates LinkNotActive "
        "NotFound NotSent Outcome OutcomeUnknown PartialError PermissionDenied QuotaExceeded RateLimited "
        "RecipientsRejected RedirectRefused RefreshLost RefreshRejected ReplyTooLarge RequestTimeout "
        "ServerTimeout StatusError StorageCorrupt StorageTimeout StorageUnavailable StoreTooNew "
        "TokenOutdated TokenStoreError TransportError Unavailable UntrustedServer",
        "joining": "ClientOptions JoinLink LaunchUrl",
        "retry": "RetryPolicy",
    },
)

if not TYPE_CHECKING:  # for `help` and star imports; checkers read literals only, and go by the imports above
    __all__ = tuple(__dir__())
