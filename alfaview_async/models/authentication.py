"""Logins: the ways to prove who one is, and what alfaview answers."""

from typing import Annotated, ClassVar

from attrs import define, field
from cattrs import override

from alfaview_async.models.common import AccessPlace, InfoPlace, Int64, Model, Reply, Request, TrackingInfo
from alfaview_async.models.enums import OpenEnum


class AccountStatus(OpenEnum):
    """State of an account; a login may be answered OK and still carry one worth showing."""

    DEFAULT = "DEFAULT"
    ACTIVATED = "ACTIVATED"
    DEACTIVATED = "DEACTIVATED"
    LOCKED = "LOCKED"
    PENDING = "PENDING"
    DELETED = "DELETED"


class AuthenticationMethodType(OpenEnum):
    """How the owner of a token proved who they are."""

    UNDEFINED_AUTH_METHOD = "UNDEFINED_AUTH_METHOD"
    ACTIVATION_TOKEN = "ACTIVATION_TOKEN"
    AUTHORIZATION_CODE = "AUTHORIZATION_CODE"
    COMPANY_SWITCH = "COMPANY_SWITCH"
    GUEST_ACCESS = "GUEST_ACCESS"
    LDAP = "LDAP"
    EXTERNAL = "EXTERNAL"
    USERNAME_PASSWORD = "USERNAME_PASSWORD"
    PASSWORD_RESET = "PASSWORD_RESET"
    INTERNAL_SERVICE = "INTERNAL_SERVICE"
    DIAL_IN_CODE = "DIAL_IN_CODE"


@define(kw_only=True)
class AccessTokenInformationRequest(Request):
    """What `authenticationService/accessTokenInformation` takes: nothing."""


@define(kw_only=True)
class Account(Model):
    """A company that a login may enter."""

    company_id: str = ""


@define(kw_only=True)
class ActivationTokenCredentials(Model):
    """Login with the token of an invitation mail."""

    activation_token: str = field(default="", repr=False)
    code: str = field(default="", repr=False)
    company_id: str = ""
    expiry: Int64 = 0
    key_type: str = ""
    principal: str = ""
    resend_invitation: bool = False


@define(kw_only=True)
class AuthenticationMethodInformation(Model):
    """One way in which a user can log in."""

    type: str = ""
    principal: str = ""
    company_id: str = ""
    user_id: str = ""
    permissions: dict[str, bool] = field(factory=dict)
    account_status: AccountStatus = AccountStatus.DEFAULT
    metadata: dict[str, str] = field(factory=dict)


@define(kw_only=True)
class AuthenticationMethodInformationList(Model):
    """The ways in which one user can log in."""

    methods: Annotated[list[AuthenticationMethodInformation], override(rename="list")] = field(factory=list)


@define(kw_only=True)
class AuthenticationCreateReply(Reply):
    """What `authenticationService/authenticationCreate` answers."""

    user_id: str = ""
    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class UsernamePasswordCredentials(Model):
    """Login with user name and password (handbook: initial authentication)."""

    username: str = ""
    password: str = field(default="", repr=False)
    company_id: str = ""
    """Optional; without it the first accessible company is entered."""
    current: str = field(default="", repr=False)
    password_reset_token: str = field(default="", repr=False)


@define(kw_only=True)
class AuthorizationCodeCredentials(Model):
    """Login with an API key (handbook: initial authentication with API key)."""

    client_id: str = ""
    """The alias of the API key."""
    code: str = field(default="", repr=False)
    """The secret of the API key."""
    company_id: str = ""
    redirect_uri: str = ""
    current_code: str = field(default="", repr=False)


@define(kw_only=True)
class RefreshTokenCredentials(Model):
    """Login with a refresh token, which also travels as the cookie `auth`."""

    refresh_token: str = field(default="", repr=False)
    company_id: str = ""


@define(kw_only=True)
class LdapCredentials(Model):
    """Login through the directory of a company."""

    username: str = ""
    password: str = field(default="", repr=False)
    company_id: str = ""
    bind_dn: Annotated[str, override(rename="bindDN")] = ""
    search_dn: Annotated[str, override(rename="searchDN")] = ""


@define(kw_only=True)
class CompanySwitchCredentials(Model):
    """Login into another company with the tokens of this one; all three are required."""

    access_token: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
    company_id: str = ""


@define(kw_only=True)
class MagicTokenCredentials(Model):
    """Login with a one-time token from `createMagicToken`."""

    magic_token: str = field(default="", repr=False)


@define(kw_only=True)
class AuthenticationRequest(Request):
    """One set of credentials; exactly one of the `*_credentials` is given."""

    ACCESS: ClassVar = AccessPlace.REQUEST_ID

    username_password_credentials: UsernamePasswordCredentials | None = None
    authorization_code_credentials: AuthorizationCodeCredentials | None = None
    refresh_token_credentials: RefreshTokenCredentials | None = None
    ldap_credentials: LdapCredentials | None = None
    activation_token_credentials: ActivationTokenCredentials | None = None
    company_switch_credentials: CompanySwitchCredentials | None = None
    magic_token_credentials: MagicTokenCredentials | None = None
    permissions: dict[str, bool] = field(factory=dict)
    account_status: AccountStatus = AccountStatus.DEFAULT
    metadata: dict[str, str] = field(factory=dict)


@define(kw_only=True)
class AuthenticationCreateRequest(Request):
    """What `authenticationService/authenticationCreate` takes."""

    authentication_request: AuthenticationRequest | None = None


@define(kw_only=True)
class AuthenticationInformationReply(Reply):
    """What `authenticationService/authenticationInformation` answers."""

    user_id: str = ""
    permissions: dict[str, bool] = field(factory=dict)
    authentication_method_information: dict[str, AuthenticationMethodInformation] = field(factory=dict)


@define(kw_only=True)
class AuthenticationInformationRequest(Request):
    """What `authenticationService/authenticationInformation` takes."""

    user_id: str = ""


@define(kw_only=True)
class AuthenticationReply(Reply):
    """An access token, until when it is valid, and whose it is."""

    access_token: str = field(default="", repr=False)
    expires_at: Int64 = 0
    """Unix seconds; 0 if not said."""
    refresh_token: str = field(default="", repr=False)
    user_id: str = ""
    permissions: dict[str, bool] = field(factory=dict)
    """Rights in the company by their number in decimal, e.g. `"10"` to create rooms."""
    account_status: AccountStatus = AccountStatus.DEFAULT
    company_id: str = ""
    accessible_accounts: list[Account] = field(factory=list)
    """The companies this login may enter."""


@define(kw_only=True)
class AuthenticationUpdateReply(Reply):
    """What `authenticationService/authenticationUpdate` answers."""

    INFO: ClassVar = InfoPlace.BOTH

    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class AuthenticationUpdateRequest(Request):
    """What `authenticationService/authenticationUpdate` takes."""

    remove_all: bool = False
    user_id: str = ""
    authentication_request: AuthenticationRequest | None = None


@define(kw_only=True)
class CreateMagicTokenReply(Reply):
    """What `authenticationService/createMagicToken` answers."""

    launch_url: Annotated[str, override(rename="launchURL")] = field(default="", repr=False)
    magic_token: str = field(default="", repr=False)


@define(kw_only=True)
class CreateMagicTokenRequest(Request):
    """What `authenticationService/createMagicToken` takes."""

    refresh_token: str = field(default="", repr=False)
    vanity_subdomain: str = ""


@define(kw_only=True)
class IdentityProvider(Model):
    """An external login page that a company trusts."""

    id: str = ""
    url: str = ""
    label: str = ""
    icon_url: Annotated[str, override(rename="iconURL")] = ""


@define(kw_only=True)
class ListAuthenticationsReply(Reply):
    """What `authenticationService/listAuthentications` answers."""

    max_offset: int = 0
    """The last page is reached when the offset equals it."""
    results: dict[str, AuthenticationMethodInformationList] = field(factory=dict)


@define(kw_only=True)
class ListAuthenticationsRequest(Request):
    """What `authenticationService/listAuthentications` takes."""

    limit: int = 0
    """At most this many; 0 means 100, more than 1000 is not given."""
    offset: int = 0
    principal: list[str] = field(factory=list)
    user_id_list: list[str] = field(factory=list)
    account_status: list[AccountStatus] = field(factory=list)
    key_type: list[str] = field(factory=list)
    company_id: list[str] = field(factory=list)
    only_eligible_for_company_switch: bool = False


@define(kw_only=True)
class ListIdentityProvidersReply(Reply):
    """What `authenticationService/listIdentityProviders` answers."""

    identity_providers: list[IdentityProvider] = field(factory=list)


@define(kw_only=True)
class ListIdentityProvidersRequest(Request):
    """What `authenticationService/listIdentityProviders` takes."""

    domain: str


@define(kw_only=True)
class PasswordResetReply(Reply):
    """What `authenticationService/requestPasswordReset` answers."""

    user_id: str = ""
    password_reset_token: str = field(default="", repr=False)
    tracking_info: TrackingInfo | None = None


@define(kw_only=True)
class PasswordResetRequest(Request):
    """What `authenticationService/requestPasswordReset` takes."""

    username: str
    company_id: str = ""


@define(kw_only=True)
class SendCompanyDeletionEmailReply(Reply):
    """What `authenticationService/sendCompanyDeletionEmail` answers: only the reply info."""


@define(kw_only=True)
class SendCompanyDeletionEmailRequest(Request):
    """What `authenticationService/sendCompanyDeletionEmail` takes: nothing."""


@define(kw_only=True)
class AccessToken(Model):
    """What an access token says about its owner; `signAccessToken` makes one for somebody else."""

    user_id: str = ""
    company_id: str = ""
    expires_at: Int64 = 0
    """Unix seconds."""
    permissions: dict[str, bool] = field(factory=dict)
    is_guest: bool = False
    display_name: str = ""
    """Used if `is_guest`."""
    base_permissions_id: str = ""
    authentication_method: AuthenticationMethodType = AuthenticationMethodType.UNDEFINED_AUTH_METHOD


@define(kw_only=True)
class SignAccessTokenRequest(Request):
    """What `authenticationService/signAccessToken` takes."""

    access_token: AccessToken = field(repr=False)


@define(kw_only=True)
class IsAuthenticatedRequest(Request):
    """What `authenticationService/isAuthenticated` takes: nothing."""

    ACCESS: ClassVar = AccessPlace.BODY


@define(kw_only=True)
class IsAuthenticatedReply(Reply):
    """What `authenticationService/isAuthenticated` answers: only the reply info."""

    INFO: ClassVar = InfoPlace.BODY
