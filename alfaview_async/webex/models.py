"""What travels between us and Webex: invitees."""

from attrs import define

from alfaview_async.models.common import Model


@define(kw_only=True)
class NewInvitee:
    """Somebody to invite.

    Attributes:
        email: Address; unique in a meeting, without regard to case.
        display_name: At most 128 characters and 384 bytes in UTF-8; empty: the account's name, or the address.
        co_host: Make the person an alternate host of the meeting.
        panelist: Make the person a panelist of a webinar.
        send_email: Let Webex mail the person. It is always sent: left out, Webex would mail.
    """

    email: str
    display_name: str = ""
    co_host: bool = False
    panelist: bool = False
    send_email: bool = False


@define(kw_only=True)
class Invitee(Model):
    """Somebody who is invited.

    Attributes:
        id: The meeting's id, an underscore and a number; empty if Webex accepted somebody without saying more.
        meeting_id: A series, a scheduled meeting, or an instance of one.
        email: The address; the one thing to recognise people by.
        display_name: The name of the person's Webex account where there is one, whatever name was sent.
        co_host: Whether the person is an alternate host.
        panelist: Whether the person is a panelist of a webinar.
    """

    id: str = ""
    meeting_id: str = ""
    email: str = ""
    display_name: str = ""
    co_host: bool = False
    panelist: bool = False


@define(kw_only=True)
class InviteeList(Model):
    """Reply of those calls that answer with several invitees."""

    items: list[Invitee]
