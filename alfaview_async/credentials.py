"""The three ways to log in."""

from hashlib import sha256
from os import environ
from typing import Self

from attrs import evolve, field, frozen

from alfaview_async.errors import ConfigurationError
from alfaview_async.secret import Secret


def _secret(text: str | Secret) -> Secret:
    return Secret.of(text)


@frozen(kw_only=True)
class ApiKey:
    """An API key, made in the account management of alfaview; has the rights of the user who made it.

    Source: handbook, "Initial authentication with API Key".

    Attributes:
        client_id: The alias of the key.
        code: The secret of the key, shown once when it was made.
        company_id: The company the key belongs to; required.
    """

    client_id: str
    code: Secret = field(converter=_secret)
    company_id: str

    @property
    def principal(self) -> str:
        """Who logs in, without any secret: names the record in a token store."""
        return f"key:{self.client_id}"

    def for_company(self, company_id: str) -> Self:
        """Refuse another company: a key belongs to one.

        Raises:
            ConfigurationError: Another company than the key's.
        """
        if company_id != self.company_id:
            raise ConfigurationError(f"an API key belongs to one company; make a key in company {company_id}")
        return self


@frozen(kw_only=True)
class UsernamePassword:
    """User name and password of a user of alfaview.

    Source: handbook, "Initial authentication with Username/Password".

    Attributes:
        username: Usually the e-mail address.
        password: The password.
        company_id: The company to enter; empty means the first accessible one, which may be the wrong one.
    """

    username: str
    password: Secret = field(converter=_secret)
    company_id: str = ""

    @property
    def principal(self) -> str:
        """Who logs in, without any secret: names the record in a token store."""
        return f"user:{self.username}"

    def for_company(self, company_id: str) -> Self:
        """Return the same login into another company."""
        return evolve(self, company_id=company_id)


@frozen(kw_only=True)
class RefreshToken:
    """A refresh token of an earlier login; each use may replace it, so keep the token store it is used with.

    Source: handbook, "Subsequent authentication with Refresh Token".

    Attributes:
        refresh_token: The value of the cookie `auth`.
        company_id: The company the token belongs to; required.
        user: Any stable name for the owner; without it a fingerprint of the first token names the record in the store.
    """

    refresh_token: Secret = field(converter=_secret)
    company_id: str
    user: str = ""

    @property
    def principal(self) -> str:
        """Who logs in, without any secret: names the record in a token store."""
        return f"token:{self.user or sha256(self.refresh_token.reveal().encode()).hexdigest()[:16]}"

    def for_company(self, company_id: str) -> Self:
        """Return the same login into another company; the record keeps the name of the first token."""
        return evolve(self, company_id=company_id, user=self.principal.removeprefix("token:"))


Credentials = ApiKey | UsernamePassword | RefreshToken


def credentials_from_env() -> Credentials:
    """Read credentials from `ALFAVIEW_*`; they come whole from one set of variables, never mixed.

    Raises:
        ConfigurationError: No set is complete, or both are.
    """
    key = {name: Secret(environ.get(name, "")) for name in ("ALFAVIEW_CLIENT_ID", "ALFAVIEW_CODE")}
    user = {name: Secret(environ.get(name, "")) for name in ("ALFAVIEW_USERNAME", "ALFAVIEW_PASSWORD")}
    company_id = environ.get("ALFAVIEW_COMPANY_ID", "")
    if any(key.values()) and any(user.values()):
        raise ConfigurationError(f"set either {' and '.join(key)} or {' and '.join(user)}, not both")
    if all(user.values()):
        username, password = user.values()
        return UsernamePassword(username=username.reveal(), password=password, company_id=company_id)
    missing = [name for name, value in key.items() if not value] + ([] if company_id else ["ALFAVIEW_COMPANY_ID"])
    if any(user.values()):
        missing = [name for name, value in user.items() if not value]
    if missing:
        raise ConfigurationError(f"{', '.join(missing)} not set; needed to log in")
    client_id, code = key.values()
    return ApiKey(client_id=client_id.reveal(), code=code, company_id=company_id)
