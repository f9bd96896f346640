"""Webex meeting invitees: invite people, look who is invited, change and remove them."""

from alfaview_async.webex.client import Webex
from alfaview_async.webex.invitees import Invitees
from alfaview_async.webex.models import Invitee, NewInvitee
from alfaview_async.webex.validation import MAX_INVITEES, InviteeProblem, email_key

__all__ = ["MAX_INVITEES", "Invitee", "InviteeProblem", "Invitees", "NewInvitee", "Webex", "email_key"]
