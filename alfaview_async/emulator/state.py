"""What the emulated alfaview knows: companies with their rooms and links, users, API keys, tokens, mails."""

from attrs import define, field

from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.outbox import Outbox
from alfaview_async.emulator.tokens import Tokens
from alfaview_async.models import companies
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.guests import GroupLink, GuestLink
from alfaview_async.models.rooms import Room


@define(kw_only=True)
class Company:
    """One account of alfaview. What belongs to it lives in it, so that no other company can reach it.

    Attributes:
        id: Of the company.
        profile: What `companyService/list` tells of it.
        rooms: Rooms and departments by id.
        links: Guest and group links by id, in the order they were made.
        permission_groups: Roles by id.
    """

    id: str
    profile: companies.Company
    rooms: dict[str, Room] = field(factory=dict)
    links: dict[str, GuestLink | GroupLink] = field(factory=dict)
    permission_groups: dict[str, PermissionGroup] = field(factory=dict)


@define(kw_only=True)
class User:
    """A person with an account.

    Attributes:
        id: Of the user.
        username: For the login.
        password: For the login.
        display_name: Name shown to others.
        company_ids: The companies the user may enter; a login that names none enters the first.
        permissions: Rights by their number in decimal.
    """

    id: str
    username: str
    password: str = field(repr=False)
    display_name: str
    company_ids: list[str]
    permissions: dict[str, bool]


@define(kw_only=True)
class ApiKey:
    """A key for programs; has the rights of the user who made it.

    Attributes:
        client_id: Alias.
        code: Secret.
        company_id: The one company it opens.
        user_id: Who made it.
    """

    client_id: str
    code: str = field(repr=False)
    company_id: str
    user_id: str


@define(kw_only=True)
class State:
    """The whole emulated alfaview.

    Attributes:
        clock: Its time.
        ids: Its source of ids.
        tokens: The tokens it issued.
        outbox: The mails it sent.
        companies: By id.
        users: By id.
        api_keys: By alias.
    """

    clock: Clock
    ids: Ids
    tokens: Tokens
    outbox: Outbox = field(factory=Outbox)
    companies: dict[str, Company] = field(factory=dict)
    users: dict[str, User] = field(factory=dict)
    api_keys: dict[str, ApiKey] = field(factory=dict)

    def clear(self) -> None:
        """Forget everything; ids begin anew, the clock returns to real time."""
        self.clock.reset()
        self.ids.restart()
        self.tokens.clear()
        for part in (self.outbox, self.companies, self.users, self.api_keys):
            part.clear()
