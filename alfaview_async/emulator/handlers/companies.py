"""`companyService`: names for company ids."""

from alfaview_async.emulator.call import Call, handles
from alfaview_async.models.companies import Company, CompanyListReply, CompanyListRequest
from alfaview_async.services.companies import CompanyService


@handles(CompanyService.list)
def list_companies(call: Call, request: CompanyListRequest) -> CompanyListReply:
    """List companies by id; without ids only the one entered (handbook: list companies).

    Companies that the login may not enter show their name only. Guess: ids that do not exist are left out.
    """
    asked = request.company_id_list or [call.caller.company_id]
    known = [company_id for company_id in dict.fromkeys(asked) if company_id in call.state.companies]
    return CompanyListReply(
        companies={company_id: _visible(call, company_id) for company_id in known}, ordered_company_ids=known
    )


def _visible(call: Call, company_id: str) -> Company:
    profile = call.state.companies[company_id].profile
    return profile if company_id in call.caller.company_ids else Company(display_name=profile.display_name)
