"""Invitees as JSON: how they are written into requests, and read from replies."""

from http import HTTPStatus

import orjson

from alfaview_async.webex.exchange import HttpAnswer
from alfaview_async.webex.models import Invitee, InviteeList, NewInvitee
from alfaview_async.webex.validation import email_key, required
from alfaview_async.wire import UnreadableError, read


def host_field(email: str) -> dict[str, str]:
    """Write whom to act for, if anybody; the same key in bodies and queries."""
    return {"hostEmail": required("host_email", email)} if email else {}


def flag_text(value: bool) -> str:  # noqa: FBT001 - it is the thing to write
    """Write a flag of a query."""
    return "true" if value else "false"


def invitee_fields(invitee: NewInvitee) -> dict[str, object]:
    """Write an invitee; flags always, since Webex mails unless told not to."""
    return {
        "email": invitee.email.strip(),
        **({"displayName": invitee.display_name} if invitee.display_name else {}),
        "coHost": invitee.co_host,
        "panelist": invitee.panelist,
        "sendEmail": invitee.send_email,
    }


def accepted_invitee(meeting_id: str, invitee: NewInvitee) -> Invitee:
    """Say what we know of somebody whom Webex accepted without a word."""
    return Invitee(
        meeting_id=meeting_id,
        email=invitee.email.strip(),
        display_name=invitee.display_name,
        co_host=invitee.co_host,
        panelist=invitee.panelist,
    )


def read_invitee(reply: HttpAnswer, unsaid: Invitee | None = None) -> Invitee:
    """Read one invitee.

    Args:
        reply: The answer.
        unsaid: The result if Webex did as asked without saying more.
    """
    if unsaid is not None and _says_nothing(reply):
        return unsaid
    return _recognisable(read(Invitee, json_in(reply)))


def read_invitees(reply: HttpAnswer, unsaid: tuple[Invitee, ...] | None = None) -> tuple[Invitee, ...]:
    """Read several invitees, as `read_invitee`. A reply without `items` is no empty list: it may be anything."""
    if unsaid is not None and _says_nothing(reply):
        return unsaid
    parsed = json_in(reply)
    if not isinstance(parsed, dict) or not isinstance(parsed.get("items"), list):
        raise UnreadableError("$.items: expected a list")
    return tuple(map(_recognisable, read(InviteeList, parsed).items))


def read_page(reply: HttpAnswer) -> tuple[tuple[Invitee, ...], str]:
    """Read one page of a list, and the header that leads to the next."""
    return read_invitees(reply), reply.headers.get("Link", "")


def _says_nothing(reply: HttpAnswer) -> bool:
    return not reply.body.strip() and reply.status in {HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT}


def _recognisable(invitee: Invitee) -> Invitee:
    if not invitee.id or not email_key(invitee.email):
        raise UnreadableError("an invitee without id or e-mail")
    return invitee


def json_in(reply: HttpAnswer) -> object:
    """Parse a body.

    Raises:
        UnreadableError: It is no JSON.
    """
    try:
        return orjson.loads(memoryview(reply.body))  # it takes no subclass of bytes
    except orjson.JSONDecodeError:
        raise UnreadableError("no JSON") from None
