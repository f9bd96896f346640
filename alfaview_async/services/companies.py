"""What `companyService` offers: the accounts that own rooms, users and links."""

from alfaview_async.models.companies import (
    BillingInformationUpdateReply,
    BillingInformationUpdateRequest,
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
from alfaview_async.operation import Operation, Service


class CompanyService(Service):
    """What `companyService` offers: the accounts that own rooms, users and links."""

    billing_information_update = Operation(
        "companyService/billingInformationUpdate",
        BillingInformationUpdateRequest,
        BillingInformationUpdateReply,
        idempotent=True,
    )
    """Change customer number and plan of a company."""
    create = Operation("companyService/create", CompanyCreateRequest, CompanyCreateReply, idempotent=False)
    """Create a company with its first user."""
    destroy = Operation("companyService/destroy", CompanyDestroyRequest, CompanyDestroyReply, idempotent=True)
    """Delete a company, in the background."""
    get = Operation("companyService/get", CompanyGetRequest, CompanyGetReply, idempotent=True, authenticated=False)
    """Get a company. Wants a token internal to alfaview: customers are refused."""
    list = Operation("companyService/list", CompanyListRequest, CompanyListReply, idempotent=True)
    """List companies by id; without ids and rights, only one's own."""
    search = Operation("companyService/search", CompanySearchRequest, CompanySearchReply, idempotent=True)
    """Search companies by a term; `continue_` of one reply asks for the next page."""
    update = Operation("companyService/update", CompanyUpdateRequest, CompanyUpdateReply, idempotent=True)
    """Change a company."""
