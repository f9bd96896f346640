"""The list of a bulk job, read from an event of Invitario."""

from alfaview_async.bulk import GuestList, read_invitario
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.guest_list import Reading, unusable
from alfaview_async.cli.logins.invitario import event_login, invitario_client
from alfaview_async.errors import RecipientsRejected
from alfaview_async.invitario import RegistrationState

EVENT_PREFIX = "invitario:"
"""With which the source of a list names an event."""


async def read_event(
    invocation: Invocation,
    event_id: str,
    reading: Reading,
    *,
    state: str = RegistrationState.REGISTERED.value,
    companions: bool = False,
) -> GuestList:
    """Read the guests of an event; those who cannot be invited are in `problems`.

    Raises:
        Failure: Nobody is logged in, or it is no list.
        AlfaviewError: The event cannot be read.
    """
    login = await event_login(invocation, event_id)
    try:
        async with invitario_client(invocation, login) as invitario:
            sync = await read_invitario(
                invitario,
                state=state,
                companions=companions,
                timezone=invocation.settings["timezone"].value,
                locale=reading.locale,
                valid_from=reading.valid_from or None,
                valid_until=reading.valid_until or None,
                columns=reading.columns,
                date_format=reading.date_format,
                skip_invalid=True,
                test_environment=invocation.test_environment,
            )
    except RecipientsRejected as error:
        raise unusable(invocation, error) from error
    return sync.invited
