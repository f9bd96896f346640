"""What `authenticationService` offers: logging in, and facts about logins."""

from alfaview_async.models.authentication import (
    AccessTokenInformationRequest,
    AuthenticationCreateReply,
    AuthenticationCreateRequest,
    AuthenticationInformationReply,
    AuthenticationInformationRequest,
    AuthenticationReply,
    AuthenticationRequest,
    AuthenticationUpdateReply,
    AuthenticationUpdateRequest,
    CreateMagicTokenReply,
    CreateMagicTokenRequest,
    IsAuthenticatedReply,
    IsAuthenticatedRequest,
    ListAuthenticationsReply,
    ListAuthenticationsRequest,
    ListIdentityProvidersReply,
    ListIdentityProvidersRequest,
    PasswordResetReply,
    PasswordResetRequest,
    SendCompanyDeletionEmailReply,
    SendCompanyDeletionEmailRequest,
    SignAccessTokenRequest,
)
from alfaview_async.operation import Operation, Service


class AuthenticationService(Service):
    """What `authenticationService` offers: logging in, and facts about logins."""

    access_token_information = Operation(
        "authenticationService/accessTokenInformation",
        AccessTokenInformationRequest,
        AuthenticationReply,
        idempotent=True,
    )
    """Tell what the access token in use stands for."""
    authenticate = Operation(
        "authenticationService/authenticate",
        AuthenticationRequest,
        AuthenticationReply,
        idempotent=True,
        authenticated=False,
    )
    """Log in. `Alfaview` does this by itself; the refresh token comes back in a header."""
    authentication_create = Operation(
        "authenticationService/authenticationCreate",
        AuthenticationCreateRequest,
        AuthenticationCreateReply,
        idempotent=False,
    )
    """Give a user a way to log in."""
    authentication_information = Operation(
        "authenticationService/authenticationInformation",
        AuthenticationInformationRequest,
        AuthenticationInformationReply,
        idempotent=True,
    )
    """Tell in which ways a user can log in."""
    authentication_update = Operation(
        "authenticationService/authenticationUpdate",
        AuthenticationUpdateRequest,
        AuthenticationUpdateReply,
        idempotent=True,
    )
    """Change the ways in which a user can log in."""
    create_magic_token = Operation(
        "authenticationService/createMagicToken", CreateMagicTokenRequest, CreateMagicTokenReply, idempotent=False
    )
    """Make a one-time token, valid for minutes, that logs its bearer in as the caller."""
    is_authenticated = Operation(
        "authenticationService/isAuthenticated", IsAuthenticatedRequest, IsAuthenticatedReply, idempotent=True
    )
    """Check that the access token is valid; raises `AuthenticationError` if not."""
    list_authentications = Operation(
        "authenticationService/listAuthentications",
        ListAuthenticationsRequest,
        ListAuthenticationsReply,
        idempotent=True,
    )
    """List the logins of users: at most `limit` (default 100, at most 1000) from `offset`."""
    list_identity_providers = Operation(
        "authenticationService/listIdentityProviders",
        ListIdentityProvidersRequest,
        ListIdentityProvidersReply,
        idempotent=True,
    )
    """List the external login pages for a mail domain."""
    request_password_reset = Operation(
        "authenticationService/requestPasswordReset", PasswordResetRequest, PasswordResetReply, idempotent=False
    )
    """Mail a user the means to set a new password."""
    send_company_deletion_email = Operation(
        "authenticationService/sendCompanyDeletionEmail",
        SendCompanyDeletionEmailRequest,
        SendCompanyDeletionEmailReply,
        idempotent=False,
    )
    """Mail the owner the confirmation that deleting the company needs."""
    sign_access_token = Operation(
        "authenticationService/signAccessToken", SignAccessTokenRequest, AuthenticationReply, idempotent=True
    )
    """Make an access token for another user, without that user's login."""
