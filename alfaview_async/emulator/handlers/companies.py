"""`companyService`: companies found, made, changed and deleted."""

from attrs import evolve

from alfaview_async.emulator import accounts, founding
from alfaview_async.emulator.call import Call, handles
from alfaview_async.emulator.digits import number_of
from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.companies import (
    BillingInformationUpdateReply,
    BillingInformationUpdateRequest,
    Company,
    CompanyCreateReply,
    CompanyCreateRequest,
    CompanyDestroyReply,
    CompanyDestroyRequest,
    CompanyGetReply,
    CompanyGetRequest,
    CompanyListReply,
    CompanyListRequest,
    CompanySearchReply,
    CompanySearchRequest,
    CompanyUpdateReply,
    CompanyUpdateRequest,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.services.companies import CompanyService

_USUAL_PAGE = 100


@handles(CompanyService.list)
def list_companies(call: Call, request: CompanyListRequest) -> CompanyListReply:
    """List companies by id; without ids only the one entered (handbook: list companies).

    Companies that the login may not enter show their name only. Guess: ids that do not exist are left out, and
    `companyIdFrom` begins with the id that it names.
    """
    asked = request.company_id_list or [call.caller.company_id]
    known = [company_id for company_id in dict.fromkeys(asked) if company_id in call.state.companies]
    if request.company_id_from in known:
        known = known[known.index(request.company_id_from) :]
    known = known[: request.limit] if request.limit > 0 else known
    return CompanyListReply(companies=_shown(call, known), ordered_company_ids=known)


@handles(CompanyService.get)
def get(_call: Call, _request: CompanyGetRequest) -> CompanyGetReply:
    """Refuse: the operation takes no access info, but a token that only alfaview's own services have."""
    raise Refused(StatusCode.UNAUTHENTICATED, "companyService/get wants a token internal to alfaview")


@handles(CompanyService.search, explained=False)
def search(call: Call, request: CompanySearchRequest) -> CompanySearchReply:
    """Search by a part of the name, whatever the case. Guess: `continue` counts what was shown before."""
    term = request.term.casefold()
    found = [key for key, company in call.state.companies.items() if term in company.profile.display_name.casefold()]
    if request.order_by_most_recent:
        found.sort(key=lambda key: call.state.companies[key].profile.created_at, reverse=True)
    begin = number_of(request.continue_) or 0
    limit = request.limit if request.limit > 0 else _USUAL_PAGE
    page = found[begin : begin + limit]
    return CompanySearchReply(
        continue_=str(begin + limit) if begin + limit < len(found) else "",
        total_results=len(found),
        accurate_total=True,
        companies=_shown(call, page),
        ordered_company_ids=page,
    )


@handles(CompanyService.create)
def create(call: Call, request: CompanyCreateRequest) -> CompanyCreateReply:
    """Create a company. Guess: its owner is the first user, or else the caller, who becomes a member."""
    if not request.company.display_name:
        raise Refused(StatusCode.INVALID_ARGUMENT, "company.displayName is required")
    owner = call.state.users.get(call.caller.user_id)
    if first := request.user_create_request:
        login = first.authentication_request and first.authentication_request.username_password_credentials
        owner = accounts.enrol(
            call.state,
            first.user,
            username=login.username if login else "",
            password=login.password if login else "",
        )
    company = founding.found(call.state, request.company, owner)
    if owner:
        owner.join(company.id)
    return CompanyCreateReply(company_id=company.id)


@handles(CompanyService.update)
def update(call: Call, request: CompanyUpdateRequest) -> CompanyUpdateReply:
    """Change a company; what is not given stays, entries of the metadata are added."""
    company, wanted = call.company_of(request.company_id), request.company
    if wanted.owner_id and wanted.owner_id not in call.state.users:
        raise Refused(StatusCode.USER_INVALID, "company.ownerId: no such user")
    present = company.profile
    company.profile = evolve(
        present,
        display_name=wanted.display_name or present.display_name,
        owner_id=wanted.owner_id or present.owner_id,
        branding=wanted.branding or present.branding,
        metadata=present.metadata | wanted.metadata,
    )
    return CompanyUpdateReply()


@handles(CompanyService.billing_information_update)
def billing_information_update(call: Call, request: BillingInformationUpdateRequest) -> BillingInformationUpdateReply:
    """Change customer number and plan of a company."""
    profile = call.company_of(request.company_id).profile
    profile.customer_id = request.customer_id or profile.customer_id
    profile.plan_id = request.plan_id or profile.plan_id
    return BillingInformationUpdateReply()


@handles(CompanyService.destroy)
def destroy(call: Call, request: CompanyDestroyRequest) -> CompanyDestroyReply:
    """Delete a company and all that is in it; its tokens end."""
    founding.dissolve(call.state, call.named_company(request.company_id).id)
    return CompanyDestroyReply(tracking_info=call.task())


def _shown(call: Call, company_ids: list[str]) -> dict[str, Company]:
    if call.access.return_object_ids_only:
        return {}
    return {company_id: _visible(call, company_id) for company_id in company_ids}


def _visible(call: Call, company_id: str) -> Company:
    profile = call.state.companies[company_id].profile
    return profile if company_id in call.caller.company_ids else Company(display_name=profile.display_name)
