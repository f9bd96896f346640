"""`businessLogicService/companies`: whole companies, with first user and first room, as work in the background."""

from alfaview_async.emulator import accounts, founding, invitations, room_changes
from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.state import Company, User
from alfaview_async.models.business import (
    CompaniesCreateReply,
    CompaniesCreateRequest,
    CompaniesDestroyReply,
    CompaniesDestroyRequest,
    CompaniesSignupReply,
    CompaniesSignupRequest,
)
from alfaview_async.models.companies import Company as Profile
from alfaview_async.models.status import StatusCode
from alfaview_async.models.users import User as Person
from alfaview_async.services.business import BusinessService


@handles(BusinessService.companies_create)
def companies_create(call: Call, request: CompaniesCreateRequest) -> CompaniesCreateReply:
    """Create a company with its first user, who is invited by mail, and its first room."""
    company, owner = _founded(call, request.company_name, request.plan_id, request.user)
    owner.permissions = owner.permissions | request.user_permissions
    if request.room and request.room.display_name:
        room_changes.make(call.state, company, request.room, owner.id)
    return CompaniesCreateReply(tracking_info=call.task())


@handles(BusinessService.companies_signup, explained=False)
def companies_signup(call: Call, request: CompaniesSignupRequest) -> CompaniesSignupReply:
    """Register a company. Guess: without consent to terms and privacy policy it is refused."""
    if not (request.agreed_to_terms and request.agreed_to_privacy_policy):
        raise Refused(StatusCode.INVALID_ARGUMENT, "agreedToTerms and agreedToPrivacyPolicy must be true")
    _founded(call, request.company or request.account_name, request.plan_id, request.user)
    return CompaniesSignupReply(tracking_info=call.task())


@handles(BusinessService.companies_destroy)
def companies_destroy(call: Call, request: CompaniesDestroyRequest) -> CompaniesDestroyReply:
    """Delete a company and all that is in it; its tokens end."""
    founding.dissolve(call.state, call.named_company(request.company_id).id)
    return CompaniesDestroyReply(tracking_info=call.task())


def _founded(call: Call, name: str, plan_id: str, person: Person | None) -> tuple[Company, User]:
    if not name:
        raise Refused(StatusCode.INVALID_ARGUMENT, "the company needs a name")
    owner = accounts.enrol(call.state, person or Person())
    company = founding.found(call.state, Profile(display_name=name, plan_id=plan_id), owner)
    owner.join(company.id)
    invitations.send(call.state, owner, company.id, name)
    return company, owner
