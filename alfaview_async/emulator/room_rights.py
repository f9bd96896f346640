"""What somebody may do in a room."""

from alfaview_async.emulator.state import State
from alfaview_async.emulator.tokens import Grant
from alfaview_async.models.common import Permissions, Role
from alfaview_async.models.rooms import Room

_ROOM_ADMIN = "15"
_EVERYTHING = Permissions(
    role=Role.ADMIN,
    admin=True,
    voice=True,
    video=True,
    promote=True,
    join=True,
    screen=True,
    chat=True,
    chat_broadcast=True,
)
_NOTHING = Permissions(role=Role.NO_ACCESS)


def rights(state: State, caller: Grant, room: Room) -> Permissions:
    """Tell what the bearer of a token may do in a room.

    Guess: who administrates rooms may do everything; others what the room says of them, or of everybody.
    """
    user = state.users.get(caller.user_id)
    general = caller.permissions or (user.permissions if user else {})
    if general.get(_ROOM_ADMIN) and not caller.is_guest:
        return _EVERYTHING
    everybody = None if caller.is_guest else room.default_permissions
    return room.permissions.get(caller.user_id) or everybody or _NOTHING
