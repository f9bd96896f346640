"""Companies: the accounts that own rooms, users and links."""

from typing import Annotated, ClassVar

from attrs import define, field
from cattrs import override

from alfaview_async.models.common import AccessPlace, InfoPlace, Int64, Model, Reply, Request, TrackingInfo
from alfaview_async.models.users import UserCreateRequest


@define(kw_only=True)
class Branding(Model):
    """Logos of a company."""

    logo_url: Annotated[str, override(rename="logoURL")] = ""
    enabled: bool = False
    logo_square48_url: Annotated[str, override(rename="logoSquare48URL")] = ""
    logo_square96_url: Annotated[str, override(rename="logoSquare96URL")] = ""
    logo_square256_url: Annotated[str, override(rename="logoSquare256URL")] = ""
    stock_branding_disabled: bool = False
    logo_in_meeting_room_enabled: bool = False


@define(kw_only=True)
class Company(Model):
    """An account of alfaview: the owner of rooms, users and links."""

    display_name: str = ""
    owner_id: str = ""
    created_at: Int64 = 0
    """Unix seconds."""
    branding: Branding | None = None
    metadata: dict[str, str] = field(factory=dict)
    customer_id: str = ""
    plan_id: str = ""


@define(kw_only=True)
class BillingInformationUpdateReply(Reply):
    """What `companyService/billingInformationUpdate` answers: only the reply info."""


@define(kw_only=True)
class BillingInformationUpdateRequest(Request):
    """What `companyService/billingInformationUpdate` takes."""

    company_id: str = ""
    customer_id: str = ""
    plan_id: str = ""


@define(kw_only=True)
class CompanyCreateReply(Reply):
    """What `companyService/create` answers."""

    company_id: str = ""


@define(kw_only=True)
class CompanyCreateRequest(Request):
    """What `companyService/create` takes."""

    company: Company
    user_create_request: UserCreateRequest | None = None


@define(kw_only=True)
class CompanyDestroyReply(Reply):
    """What `companyService/destroy` answers."""

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class CompanyDestroyRequest(Request):
    """What `companyService/destroy` takes."""

    company_id: str


@define(kw_only=True)
class CompanyGetReply(Reply):
    """What `companyService/get` answers."""

    INFO: ClassVar = InfoPlace.NOWHERE

    company: Company | None = None


@define(kw_only=True)
class CompanyGetRequest(Request):
    """What `companyService/get` takes."""

    ACCESS: ClassVar = AccessPlace.NOWHERE

    company_id: str


@define(kw_only=True)
class CompanyListReply(Reply):
    """What `companyService/list` answers."""

    companies: dict[str, Company] = field(factory=dict)
    """By company id."""
    ordered_company_ids: Annotated[list[str], override(rename="orderedCompanyIDs")] = field(factory=list)
    """The ids in order, which a JSON object cannot keep."""


@define(kw_only=True)
class CompanyListRequest(Request):
    """What `companyService/list` takes."""

    company_id_list: list[str] = field(factory=list)
    company_id_from: str = ""
    limit: int = 0


@define(kw_only=True)
class CompanySearchReply(Reply):
    """What `companyService/search` answers."""

    continue_: str = ""
    total_results: int = 0
    accurate_total: bool = False
    companies: dict[str, Company] = field(factory=dict)
    ordered_company_ids: Annotated[list[str], override(rename="orderedCompanyIDs")] = field(factory=list)


@define(kw_only=True)
class CompanySearchRequest(Request):
    """What `companyService/search` takes."""

    term: str
    continue_: str = ""
    limit: int = 0
    order_by_most_recent: bool = False


@define(kw_only=True)
class CompanyUpdateReply(Reply):
    """What `companyService/update` answers: only the reply info."""


@define(kw_only=True)
class CompanyUpdateRequest(Request):
    """What `companyService/update` takes."""

    company: Company
    company_id: str = ""
