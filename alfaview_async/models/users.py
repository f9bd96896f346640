"""Users: people with an account."""

from typing import Annotated, ClassVar

from attrs import define, field
from cattrs import override

from alfaview_async.models.authentication import AuthenticationRequest
from alfaview_async.models.common import InfoPlace, Model, Reply, Request


@define(kw_only=True)
class Locale(Model):
    """The languages of a user."""

    ui_language: Annotated[str, override(rename="UILanguage")] = ""
    spoken_languages: list[str] = field(factory=list)


@define(kw_only=True)
class UserProfile(Model):
    """Name and title of a user."""

    firstname: str = ""
    lastname: str = ""
    title: str = ""


@define(kw_only=True)
class User(Model):
    """A person with an account."""

    email: str = ""
    managed: bool = False
    metadata: dict[str, str] = field(factory=dict)
    user_profile: UserProfile | None = None
    locale: Locale | None = None


@define(kw_only=True)
class UserAcceptInvitationReply(Reply):
    """What `userService/acceptInvitation` answers: only the reply info."""


@define(kw_only=True)
class UserAcceptInvitationRequest(Request):
    """What `userService/acceptInvitation` takes: nothing."""


@define(kw_only=True)
class UserCreateReply(Reply):
    """What `userService/create` answers."""

    user_id: str = ""


@define(kw_only=True)
class UserCreateRequest(Request):
    """What `userService/create` takes."""

    user: User
    authentication_request: AuthenticationRequest | None = None


@define(kw_only=True)
class UserDestroyRequest(Request):
    """What `userService/destroy` takes."""

    user_id: str
    company_id: str = ""


@define(kw_only=True)
class UserGetLocaleReply(Reply):
    """What `userService/getLocale` answers."""

    locale: Locale | None = None


@define(kw_only=True)
class UserGetLocaleRequest(Request):
    """What `userService/getLocale` takes."""

    user_id: str = ""


@define(kw_only=True)
class UserInviteReply(Reply):
    """What `userService/invite` answers."""

    user_id: str = ""


@define(kw_only=True)
class UserInviteRequest(Request):
    """What `userService/invite` takes."""

    email: str
    user_profile: UserProfile | None = None
    locale: Locale | None = None


@define(kw_only=True)
class UserListReply(Reply):
    """What `userService/list` answers."""

    users: dict[str, User] = field(factory=dict)
    user_id_list: list[str] = field(factory=list)


@define(kw_only=True)
class UserListRequest(Request):
    """What `userService/list` takes."""

    user_id_list: list[str] = field(factory=list)
    return_user_ids_only: bool = False


@define(kw_only=True)
class UserProfileUpdateRequest(Request):
    """What `userService/updateProfile` takes."""

    user_id: str
    user_profile: UserProfile


@define(kw_only=True)
class UserUpdateRequest(Request):
    """What `userService/update` takes."""

    user: User | None = None
    user_id: str
    authentication_request: AuthenticationRequest | None = None


@define(kw_only=True)
class UserDestroyReply(Reply):
    """What `userService/destroy` answers: only the reply info."""

    INFO: ClassVar = InfoPlace.BODY


@define(kw_only=True)
class UserUpdateReply(Reply):
    """What `userService/update` answers: only the reply info."""

    INFO: ClassVar = InfoPlace.BODY


@define(kw_only=True)
class UserProfileUpdateReply(Reply):
    """What `userService/updateProfile` answers: only the reply info."""

    INFO: ClassVar = InfoPlace.BODY
