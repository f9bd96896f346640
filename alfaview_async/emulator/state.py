"""What the emulated alfaview knows: companies with their rooms and links, users, API keys, tokens, mails."""

from attrs import define, field

from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.habits import Habits
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.outbox import Outbox
from alfaview_async.emulator.tasks import Tasks
from alfaview_async.emulator.tickets import Tickets
from alfaview_async.emulator.tokens import Tokens
from alfaview_async.models import companies, users
from alfaview_async.models.authentication import AccountStatus, IdentityProvider
from alfaview_async.models.business import PermissionGroup
from alfaview_async.models.guests import GroupLink, GuestLink
from alfaview_async.models.quotas import Quota
from alfaview_async.models.rooms import AvailableRoomType, Room, UserInfo


@define(kw_only=True)
class Company:
    """One account of alfaview. What belongs to it lives in it, so that no other company can reach it.

    Attributes:
        id: Of the company.
        profile: What `companyService/list` tells of it.
        rooms: Rooms and departments by id.
        links: Guest and group links by id, in the order they were made.
        permission_groups: Roles by id.
        quotas: Limits of the contract; the limit of rooms is kept, the others are only told.
        room_types: Sizes of room that the contract allows; how many are left is counted.
        default_sub_rooms: Names of the sub-rooms that every new room gets. Guess: none, as no page names them.
        present: Who is in which room: user ids by room id, and where "room id/sub-room id". Nobody enters by
            themselves; tests put people in.
    """

    id: str
    profile: companies.Company
    rooms: dict[str, Room] = field(factory=dict)
    links: dict[str, GuestLink | GroupLink] = field(factory=dict)
    permission_groups: dict[str, PermissionGroup] = field(factory=dict)
    quotas: list[Quota] = field(factory=list)
    room_types: list[AvailableRoomType] = field(factory=list)
    default_sub_rooms: list[str] = field(factory=list)
    present: dict[str, dict[str, UserInfo]] = field(factory=dict)


@define(kw_only=True)
class User:
    """A person with an account.

    Attributes:
        id: Of the user.
        username: For the login.
        password: For the login.
        profile: What `userService/list` tells of the user.
        company_ids: The companies the user may enter; a login that names none enters the first.
        permissions: Rights by their number in decimal.
        invited_to: Companies that wait for the user to accept.
        favorites: Favourite rooms by company, in the order they were added.
        account_status: Pending until the first login of somebody who was invited.
    """

    id: str
    username: str
    password: str = field(repr=False)
    profile: users.User = field(factory=users.User)
    company_ids: list[str]
    permissions: dict[str, bool]
    invited_to: list[str] = field(factory=list)
    favorites: dict[str, list[str]] = field(factory=dict)
    account_status: AccountStatus = AccountStatus.ACTIVATED

    @property
    def display_name(self) -> str:
        """Name shown to others."""
        names = self.profile.user_profile or users.UserProfile()
        return " ".join(part for part in (names.title, names.firstname, names.lastname) if part) or self.username

    def belongs_to(self, company_id: str) -> bool:
        """Whether the user is in the company, or invited there."""
        return company_id in self.company_ids or company_id in self.invited_to

    def join(self, company_id: str) -> None:
        """Become a member."""
        self.invited_to = [other for other in self.invited_to if other != company_id]
        if company_id not in self.company_ids:
            self.company_ids.append(company_id)

    def leave(self, company_id: str) -> None:
        """Be no member any more, nor invited."""
        self.company_ids = [other for other in self.company_ids if other != company_id]
        self.invited_to = [other for other in self.invited_to if other != company_id]
        self.favorites.pop(company_id, None)


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
class Contents:
    """What a seed fills an emulator with, and what `Emulator.export` writes down.

    Attributes:
        companies: By id.
        users: By id.
        api_keys: By alias.
        identity_providers: External login pages by mail domain.
        outbox: The mails that were sent.
        habits: How it writes its answers.
    """

    companies: dict[str, Company] = field(factory=dict)
    users: dict[str, User] = field(factory=dict)
    api_keys: dict[str, ApiKey] = field(factory=dict)
    identity_providers: dict[str, list[IdentityProvider]] = field(factory=dict)
    outbox: Outbox = field(factory=Outbox)
    habits: Habits = field(factory=Habits)


@define(kw_only=True)
class State(Contents):
    """The whole emulated alfaview.

    Attributes:
        clock: Its time.
        ids: Its source of ids.
        tokens: The tokens it issued.
        tasks: The background work that was tracked.
        tickets: Its tokens for one use.
    """

    clock: Clock
    ids: Ids
    tokens: Tokens
    tasks: Tasks = field(init=False)
    tickets: Tickets = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.tasks = Tasks(self.clock, self.ids)
        self.tickets = Tickets(self.clock, self.ids)

    def begin(self, contents: Contents, mark: str = "") -> None:
        """Forget everything and begin with other contents: nobody logged in, real time, no work under way.

        Args:
            contents: Taken over, not copied.
            mark: Which sequence of ids begins; see `Ids.restart`.
        """
        self.clock.reset()
        self.ids.restart(mark)
        for machine in (self.tokens, self.tasks, self.tickets):
            machine.clear()
        self.outbox[:] = contents.outbox
        self.habits.copy(contents.habits)
        for name in ("companies", "users", "api_keys", "identity_providers"):
            kept: dict[str, object] = getattr(self, name)
            kept.clear()
            kept |= getattr(contents, name)
