"""Reader of Invitario guest lists, by the check-in API v1.0: all guests of an event, and what changed since.

::

    async with Invitario(
        base_url="https://...", event_id="123", api_key="aBcDeFgH", station_name="Main Entrance"
    ) as invitario:
        guests = await invitario.guests()
        ...
        changed = await invitario.changes(guests.cursor)
"""

from alfaview_async.invitario.guests import Guest, GuestFields, Guests, RegistrationState
from alfaview_async.invitario.reader import Invitario
from alfaview_async.invitario.refusals import (
    ApiKeyIncorrect,
    EventUnknown,
    InvalidJson,
    InvitarioError,
    ParametersMissing,
    SessionEnded,
)

__all__ = [
    "ApiKeyIncorrect",
    "EventUnknown",
    "Guest",
    "GuestFields",
    "Guests",
    "InvalidJson",
    "Invitario",
    "InvitarioError",
    "ParametersMissing",
    "RegistrationState",
    "SessionEnded",
]
