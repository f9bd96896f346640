"""Invitations of users: who waits to become a member, and the mail that brings the token."""

from alfaview_async.emulator import account_mails, accounts
from alfaview_async.emulator.call import Call
from alfaview_async.emulator.outbox import MailKind
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import State, User
from alfaview_async.emulator.tickets import Purpose
from alfaview_async.models import users
from alfaview_async.models.status import StatusCode


def check(call: Call, profile: users.User) -> None:
    """Check that somebody can be invited.

    Raises:
        Refused: No address, or a member already.
    """
    if not profile.email.strip():
        raise Refused(StatusCode.INVALID_ARGUMENT, "email is required")
    known = accounts.by_address(call.state, profile.email)
    if known and call.caller.company_id in known.company_ids:
        raise Refused(StatusCode.ALREADY_EXISTS, "this person is a member already")


def invite(call: Call, profile: users.User, company_name: str = "") -> User:
    """Invite somebody into the caller's company; who waits already gets another mail.

    Raises:
        Refused: As in `check`.
    """
    check(call, profile)
    user = accounts.by_address(call.state, profile.email) or accounts.enrol(call.state, profile)
    if call.caller.company_id not in user.invited_to:
        user.invited_to.append(call.caller.company_id)
    send(call.state, user, call.caller.company_id, company_name or call.company.profile.display_name)
    return user


def send(state: State, user: User, company_id: str, company_name: str) -> None:
    """Mail an invitation with its token for one use."""
    token = state.tickets.issue(Purpose.ACTIVATION, user.id, company_id)
    account_mails.send(state, MailKind.INVITATION, user, company_name, token)
