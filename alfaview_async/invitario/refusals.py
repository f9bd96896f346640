"""Invitario's refusals as part of the house's error tree.

::

    StatusError
    └── InvitarioError             Invitario answered: no
        ├── InvalidJson            10: what it got was no JSON (also an InvalidArgument)
        ├── ParametersMissing      20: something required was not sent (also an InvalidArgument)
        ├── SessionEnded           30: the session token is worth nothing any more (also an AuthenticationError)
        ├── EventUnknown           1000: no such event (also a NotFound)
        └── ApiKeyIncorrect        1010: the App Code is wrong (also an AuthenticationError)

Source: Invitario's article "Documentation API v1.0", which numbers these five and no more.
"""

from collections.abc import Sequence

from alfaview_async.errors import AuthenticationError, InvalidArgument, NotFound, StatusError


class InvitarioError(StatusError):
    """Invitario answered, and the answer is an error; with this very class, one that its documentation lacks.

    Attributes:
        code: Invitario's number of the error, 0 if it gave none.
    """

    code = 0

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        request_ids: Sequence[str] = (),
        code: int = 0,
        http_status: int = 200,
    ) -> None:
        super().__init__(
            message, operation=operation, request_ids=request_ids, status=str(code), http_status=http_status
        )
        self.code = code


class InvalidJson(InvitarioError, InvalidArgument):
    """What arrived was no JSON: something between us and Invitario rewrites requests."""


class ParametersMissing(InvitarioError, InvalidArgument):
    """A required parameter was not sent; the message names it."""


class SessionEnded(InvitarioError, AuthenticationError):
    """The session token is not, or no longer, valid; a new login was tried once."""


class EventUnknown(InvitarioError, NotFound):
    """Invitario knows no event of this id; asking again does not help."""


class ApiKeyIncorrect(InvitarioError, AuthenticationError):
    """The App Code does not fit the event; asking again does not help."""
