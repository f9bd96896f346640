"""What travels: one attrs class for each message of the wire, one file for each service.

Names are the wire's without its prefixes: `GuestServiceV2GuestLink` is `GuestLink`. All fields are keywords; absent
scalars are zero, absent messages and times `None`.
"""

from typing import TYPE_CHECKING

from alfaview_async._lazy import lazy_names

if TYPE_CHECKING:  # star imports re-export just what a module defines, and this list would be 150 lines long
    from alfaview_async.models.authentication import *  # noqa: F403
    from alfaview_async.models.business import *  # noqa: F403
    from alfaview_async.models.common import *  # noqa: F403
    from alfaview_async.models.companies import *  # noqa: F403
    from alfaview_async.models.enums import *  # noqa: F403
    from alfaview_async.models.guests import *  # noqa: F403
    from alfaview_async.models.quotas import *  # noqa: F403
    from alfaview_async.models.rooms import *  # noqa: F403
    from alfaview_async.models.status import *  # noqa: F403
    from alfaview_async.models.users import *  # noqa: F403

__getattr__, __dir__ = lazy_names(
    __name__,
    {
        "authentication": "AccessToken AccessTokenInformationRequest Account AccountStatus ActivationTokenCredentials "
        "AuthenticationCreateReply AuthenticationCreateRequest AuthenticationInformationReply "
        "AuthenticationInformationRequest AuthenticationMethodInformation AuthenticationMethodInformationList "
        "AuthenticationMethodType AuthenticationReply AuthenticationRequest AuthenticationUpdateReply "
        "AuthenticationUpdateRequest AuthorizationCodeCredentials CompanySwitchCredentials "
        "CreateMagicTokenReply CreateMagicTokenRequest IdentityProvider IsAuthenticatedReply "
        "IsAuthenticatedRequest LdapCredentials ListAuthenticationsReply ListAuthenticationsRequest "
        "ListIdentityProvidersReply ListIdentityProvidersRequest MagicTokenCredentials PasswordResetReply "
        "PasswordResetRequest RefreshTokenCredentials SendCompanyDeletionEmailReply "
        "SendCompanyDeletionEmailRequest SignAccessTokenRequest UsernamePasswordCredentials",
        "business": "CompaniesCreateReply CompaniesCreateRequest CompaniesDestroyReply CompaniesDestroyRequest "
        "CompaniesSignupReply CompaniesSignupRequest FavoritesListReply FavoritesListRequest "
        "FavoritesUpdateReply FavoritesUpdateRequest InviteUsersReply InviteUsersRequest PermissionGroup "
        "PermissionGroupsListReply PermissionGroupsListRequest PermissionGroupsUpdateReply "
        "PermissionGroupsUpdateRequest TaskProgress TaskProgressReply TaskProgressRequest UserInvitation",
        "common": "AccessInfo AccessPlace InfoPlace Int64 Model Permissions Reply ReplyInfo Request Role TaskState "
        "TrackingInfo",
        "companies": "BillingInformationUpdateReply BillingInformationUpdateRequest Branding Company "
        "CompanyCreateReply CompanyCreateRequest CompanyDestroyReply CompanyDestroyRequest CompanyGetReply "
        "CompanyGetRequest CompanyListReply CompanyListRequest CompanySearchReply CompanySearchRequest "
        "CompanyUpdateReply CompanyUpdateRequest",
        "enums": "OpenEnum",
        "guests": "CreateGroupLinksReply CreateGroupLinksRequest CreateGuestLinksReply CreateGuestLinksRequest "
        "DeleteLinkReply DeleteLinkRequest GetGroupLinkReply GetGroupLinkRequest GetGuestLinkReply "
        "GetGuestLinkRequest GetLinkReply GetLinkRequest GroupLink GroupLinkCreation GuestAuthenticateReply "
        "GuestAuthenticateRequest GuestLink GuestLinkCreation GuestTaskProgress GuestTaskProgressReply "
        "GuestTaskProgressRequest GuestType LinkInfo ListGroupLinksReply ListGroupLinksRequest "
        "ListGuestLinksReply ListGuestLinksRequest ResendGuestLinkEmailReply ResendGuestLinkEmailRequest "
        "UpdateGroupLinkReply UpdateGroupLinkRequest UpdateGuestLinkReply UpdateGuestLinkRequest",
        "quotas": "Quota QuotaDuration QuotaInfoReply QuotaInfoRequest QuotaResource QuotaStat QuotaStatsReply "
        "QuotaStatsRequest",
        "rooms": "AvailableRoomType AvailableTypesReply AvailableTypesRequest CreateJoinLinkReply "
        "CreateJoinLinkRequest FeatureState Room RoomCreateReply RoomCreateRequest RoomDestroyReply "
        "RoomDestroyRequest RoomFeature RoomFeatureId RoomInfo RoomListReply RoomListRequest RoomMode "
        "RoomMoveInfo RoomPermissionsReply RoomPermissionsRequest RoomQuotas RoomSortReply RoomSortRequest "
        "RoomStatusReply RoomStatusRequest RoomType RoomUpdateReply RoomUpdateRequest SkipFlag SubRoom "
        "SubroomInfo UserInfo UserState",
        "status": "StatusCode",
        "users": "Locale User UserAcceptInvitationReply UserAcceptInvitationRequest UserCreateReply UserCreateRequest "
        "UserDestroyReply UserDestroyRequest UserGetLocaleReply UserGetLocaleRequest UserInviteReply "
        "UserInviteRequest UserListReply UserListRequest UserProfile UserProfileUpdateReply "
        "UserProfileUpdateRequest UserUpdateReply UserUpdateRequest",
    },
)

if not TYPE_CHECKING:  # for `help` and star imports; checkers read literals only, and go by the imports above
    __all__ = tuple(__dir__())
