"""Alfaview: the front door. Holds one identity, its services, and what it opened."""

import warnings
from collections.abc import AsyncGenerator
from functools import cached_property
from os import environ
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar
from weakref import WeakSet

import aiohttp

from alfaview_async.calls import Calls
from alfaview_async.credentials import Credentials, credentials_from_env
from alfaview_async.errors import CompanyMismatch, ConfigurationError
from alfaview_async.models.common import AccessInfo, Reply, Request
from alfaview_async.operation import Operation, StreamOperation
from alfaview_async.retry import RetryPolicy
from alfaview_async.secret import Secret
from alfaview_async.session import Session
from alfaview_async.tokens.memory import MemoryTokenStore
from alfaview_async.tokens.store import TokenStore
from alfaview_async.transport import Transport

if TYPE_CHECKING:
    from alfaview_async.models.companies import Company
    from alfaview_async.services.authentication import AuthenticationService
    from alfaview_async.services.business import BusinessService
    from alfaview_async.services.companies import CompanyService
    from alfaview_async.services.guests import GuestService
    from alfaview_async.services.quotas import QuotaService
    from alfaview_async.services.rooms import RoomService
    from alfaview_async.services.users import UserService

Req = TypeVar("Req", bound=Request)
Rep = TypeVar("Rep", bound=Reply)

BASE_URL = "https://apis.alfaview.com/json/v1/"


class Alfaview:
    """A client for the alfaview API; use it with `async with`, or call `close()`.

    Nothing is opened before the first call. Tokens are fetched, renewed and stored without further ado, once for all
    tasks that wait. One object serves any number of tasks of one event loop.

    Args:
        credentials: `ApiKey`, `UsernamePassword` or `RefreshToken`.
        tokens: Where tokens sleep between calls and processes; default: in this object. Not closed by the client.
        base_url: Default: alfaview's. Plain http only to this machine.
        http: An `aiohttp.ClientSession` of yours for all calls; it is never closed by the client. Default: our own.
        timeout: Seconds for one exchange; default 30.
        retry: How patient to be; default `RetryPolicy()`: 4 attempts within 60 seconds.

    Raises:
        ConfigurationError: The base URL cannot be used.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        tokens: TokenStore | None = None,
        base_url: str = BASE_URL,
        http: aiohttp.ClientSession | None = None,
        timeout: float = 30.0,
        retry: RetryPolicy | None = None,
    ) -> None:
        self._tokens = MemoryTokenStore() if tokens is None else tokens
        self._transport = Transport(base_url, http=http, timeout=timeout)
        self._policy = retry or RetryPolicy()
        self._parent: Alfaview | None = None
        self._siblings: WeakSet[Session] = WeakSet()
        self._enter(credentials)

    @classmethod
    def from_env(
        cls,
        *,
        tokens: TokenStore | None = None,
        http: aiohttp.ClientSession | None = None,
        timeout: float = 30.0,
        retry: RetryPolicy | None = None,
    ) -> Self:
        """Build a client from environment variables.

        `ALFAVIEW_CLIENT_ID`, `ALFAVIEW_CODE` and `ALFAVIEW_COMPANY_ID`, or `ALFAVIEW_USERNAME`, `ALFAVIEW_PASSWORD` and
        optionally `ALFAVIEW_COMPANY_ID`; and optionally `ALFAVIEW_BASE_URL`. Arguments as of the class.

        Raises:
            ConfigurationError: A variable is missing, or both sets are given.
        """
        return cls(
            credentials_from_env(),
            tokens=tokens,
            base_url=environ.get("ALFAVIEW_BASE_URL") or BASE_URL,
            http=http,
            timeout=timeout,
            retry=retry,
        )

    @cached_property
    def authentication(self) -> "AuthenticationService":
        """Logins, and facts about them."""
        from alfaview_async.services.authentication import AuthenticationService  # noqa: PLC0415 - models load on use

        return AuthenticationService(self)

    @cached_property
    def business(self) -> "BusinessService":
        """Permission groups, favourites, invitations, tasks."""
        from alfaview_async.services.business import BusinessService  # noqa: PLC0415 - models load on use

        return BusinessService(self)

    @cached_property
    def companies(self) -> "CompanyService":
        """Companies."""
        from alfaview_async.services.companies import CompanyService  # noqa: PLC0415 - models load on use

        return CompanyService(self)

    @cached_property
    def guests(self) -> "GuestService":
        """Guest links, group links, entering with them."""
        from alfaview_async.services.guests import GuestService  # noqa: PLC0415 - models load on use

        return GuestService(self)

    @cached_property
    def quotas(self) -> "QuotaService":
        """Limits of the contract."""
        from alfaview_async.services.quotas import QuotaService  # noqa: PLC0415 - models load on use

        return QuotaService(self)

    @cached_property
    def rooms(self) -> "RoomService":
        """Rooms and departments."""
        from alfaview_async.services.rooms import RoomService  # noqa: PLC0415 - models load on use

        return RoomService(self)

    @cached_property
    def users(self) -> "UserService":
        """Users."""
        from alfaview_async.services.users import UserService  # noqa: PLC0415 - models load on use

        return UserService(self)

    async def call(
        self,
        operation: Operation[..., Req, Rep],
        request: Req,
        *,
        include_metadata: bool = False,
        return_object_ids_only: bool = False,
    ) -> Rep:
        """Make one call: `await alfaview.call(RoomService.list, RoomListRequest(limit=50))`.

        Args:
            operation: A row of a service's table.
            request: Its parameters.
            include_metadata: Ask for the metadata maps of the objects in the reply.
            return_object_ids_only: Ask for ids without the objects.

        Raises:
            StatusError: alfaview refused; the subclass says why.
            OutcomeUnknown: A create or mail whose answer was lost: it may have happened.
            TransportError: No answer, after retries where those are safe.
            BadReply: An answer that is not alfaview's.
            TokenStoreError: The token store cannot be read.
            ClientClosed: The client was closed.
        """
        if operation.deprecated:
            warnings.warn(f"{operation.path} is deprecated by alfaview", DeprecationWarning, stacklevel=3)
        if include_metadata or return_object_ids_only:
            options = AccessInfo(include_metadata=include_metadata, return_object_ids_only=return_object_ids_only)
            return await self._calls.call(operation, request, options)
        return await self._calls.call(operation, request)

    def stream(self, operation: StreamOperation[..., Req, Rep], request: Req) -> AsyncGenerator[Rep, None]:
        """Make one call that answers many times; errors as in `call`, raised while iterating."""
        if operation.deprecated:
            warnings.warn(f"{operation.path} is deprecated by alfaview", DeprecationWarning, stacklevel=3)
        return self._calls.stream(operation, request)

    async def call_raw(
        self, path: str, body: dict[str, Any] | None = None, *, idempotent: bool = False
    ) -> dict[str, Any]:
        """Call an operation that no table knows, e.g. one of `meetingService`: plain JSON in and out.

        Args:
            path: `service/name`.
            body: Parameters with their names on the wire; `accessInfo` is added.
            idempotent: True allows to send it again when the answer was lost.

        Raises:
            AlfaviewError: As in `call`.
        """
        return await self._calls.call_raw(path, body or {}, idempotent=idempotent)

    async def access_token(self) -> Secret:
        """Return an access token that is valid now, for a program that talks to alfaview by itself, e.g. curl.

        It is the one that calls of this client bear: renewed if less than a minute of it was left, or less than a fifth
        of a short life. `reveal()` gives the text, which goes into `accessInfo.accessToken` of a request. Whoever has
        it acts as this login until it ends: about an hour, and nothing takes it back.

        Raises:
            AuthenticationError: The credentials were refused.
            CompanyMismatch: alfaview let us into another company.
            TransportError: The server cannot be reached.
            TokenStoreError: The token store failed.
            ClientClosed: A new one is needed, but the client was closed.
        """
        return (await self._session.token()).text

    async def accessible_companies(self) -> "dict[str, Company]":
        """Return the companies this login may enter, by id: ids from the login, names from `companyService/list`.

        Raises:
            AlfaviewError: As in `call`.
        """
        ids = await self._session.company_ids()
        if not ids:
            return {}
        listed = await self.companies.list(company_id_list=[*ids])
        return {company_id: listed.companies[company_id] for company_id in ids if company_id in listed.companies}

    async def switch_company(self, company_id: str) -> "Alfaview":
        """Log in to another company and return a client for it, which shares connections and token store.

        Source: handbook, "Switch company". The sibling works until this client is closed; closing the sibling is
        allowed and leaves this client alone.

        Raises:
            ConfigurationError: An API key, which belongs to one company, or no company at all.
            CompanyMismatch: alfaview let us into another company.
            AlfaviewError: As in `call`.
        """
        if not company_id:
            raise ConfigurationError("switch to which company? accessible_companies() lists the ids")
        sibling = type(self).__new__(type(self))
        sibling._tokens, sibling._transport, sibling._policy = self._tokens, self._transport, self._policy  # noqa: SLF001
        sibling._parent = root = self._parent or self  # noqa: SLF001
        sibling._enter(await self._session.credentials_for(company_id))  # noqa: SLF001
        root._siblings.add(sibling._session)  # noqa: SLF001
        token = await sibling._session.token()  # noqa: SLF001
        if token.company_id != company_id:
            raise CompanyMismatch(f"asked for company {company_id}, but the login entered {token.company_id}")
        return sibling

    async def log_out(self) -> None:
        """Forget the tokens of this login, in the token store too; the next call logs in anew.

        alfaview knows no call that ends a session: tokens that somebody has copied live until they expire.

        Raises:
            TokenStoreError: The store cannot forget.
        """
        await self._session.log_out()

    async def close(self) -> None:
        """Close what the client opened; a session and a store of yours stay open. May be called twice."""
        await self._session.close()
        if self._parent is None:
            for sibling in list(self._siblings):
                await sibling.close()
            await self._transport.close()

    @property
    def company_id(self) -> str:
        """The company this client was made for; empty if the login decides."""
        return self._credentials.company_id

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<Alfaview {self._credentials.principal} at {self._transport.base_url}>"

    def _enter(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._session = Session(credentials, self._transport, self._tokens)
        self._calls = Calls(self._session, self._transport, self._policy)
