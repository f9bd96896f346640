"""`authenticationService`: tokens for others and for one use, and the mails that bring them."""

from alfaview_async.emulator import account_mails, accounts
from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.expiry import moment
from alfaview_async.emulator.handlers.authentication import facts
from alfaview_async.emulator.outbox import MailKind
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.tickets import Purpose
from alfaview_async.emulator.tokens import Grant
from alfaview_async.models.authentication import (
    AuthenticationReply,
    CreateMagicTokenReply,
    CreateMagicTokenRequest,
    PasswordResetReply,
    PasswordResetRequest,
    SendCompanyDeletionEmailReply,
    SendCompanyDeletionEmailRequest,
    SignAccessTokenRequest,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.services.authentication import AuthenticationService


@handles(AuthenticationService.sign_access_token)
def sign_access_token(call: Call, request: SignAccessTokenRequest) -> AuthenticationReply:
    """Make a token for another user or a guest of the company. Guess: no time given means that of a login."""
    wanted, tokens = request.access_token, call.state.tokens
    if wanted.company_id not in ("", call.caller.company_id):
        raise Refused(StatusCode.INSUFFICIENT_PERMISSIONS, "tokens can be signed for the own company only")
    user_id = wanted.user_id
    if not wanted.is_guest:
        user_id = accounts.find(call, user_id).id
    now = call.state.clock.now()
    lifetime = moment(wanted.expires_at, now) - now if wanted.expires_at else tokens.rules.lifetime
    grant = Grant(
        user_id=user_id or call.state.ids.uuid(),
        company_id=call.caller.company_id,
        company_ids=(call.caller.company_id,),
        is_guest=wanted.is_guest,
        permissions=dict(wanted.permissions),
    )
    token, issued = tokens.issue_access(grant, lifetime)
    reply = facts(call, issued)
    reply.access_token = token
    return reply


@handles(AuthenticationService.create_magic_token)
def create_magic_token(call: Call, request: CreateMagicTokenRequest) -> CreateMagicTokenReply:
    """Make a token that logs its bearer in as the caller, once. Guess: the form of the launch URL."""
    token = call.state.tickets.issue(Purpose.MAGIC, call.caller.user_id, call.caller.company_id)
    host = f"{request.vanity_subdomain or 'app'}.alfaview.com"
    return CreateMagicTokenReply(magic_token=token, launch_url=f"https://{host}/#/magic/{token}")


@handles(AuthenticationService.request_password_reset)
def request_password_reset(call: Call, request: PasswordResetRequest) -> PasswordResetReply:
    """Mail a user of the company a token that sets a new password. Guess: the caller is told the token too."""
    user = accounts.by_name(call.state, request.username)
    company_id = request.company_id or call.caller.company_id
    if user is None or company_id != call.caller.company_id or not user.belongs_to(company_id):
        raise Refused(StatusCode.USER_INVALID, "no such user in this company")
    token = call.state.tickets.issue(Purpose.PASSWORD_RESET, user.id, company_id)
    account_mails.send(call.state, MailKind.PASSWORD_RESET, user, call.company.profile.display_name, token)
    return PasswordResetReply(user_id=user.id, password_reset_token=token, tracking_info=call.task())


@handles(AuthenticationService.send_company_deletion_email, explained=False)
def send_company_deletion_email(call: Call, _request: SendCompanyDeletionEmailRequest) -> SendCompanyDeletionEmailReply:
    """Mail the owner of the company; what the mail's link does is not known, and here it does nothing."""
    owner = call.state.users.get(call.company.profile.owner_id)
    if owner is None:
        raise Refused(StatusCode.USER_INVALID, "the company has no owner")
    account_mails.send(
        call.state, MailKind.COMPANY_DELETION, owner, call.company.profile.display_name, call.state.ids.access_key()
    )
    return SendCompanyDeletionEmailReply()
