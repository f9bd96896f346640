"""Invitario's check-in API v1.0 over HTTP: four POSTs, JSON in and out."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone

import orjson
from aiohttp import web

from alfaview_async.emulator import invitario_seeds
from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.invitario_state import Event, InvitarioRefused, InvitarioState, InvitedGuest

_ZONE = timezone(timedelta(hours=2))
"""That of the article's samples, all year round."""
_GENERAL = range(10, 100)
"""The codes of errors that any request may meet; the article shows them without `status`."""

Json = dict[str, object]


class InvitarioEmulator:
    """An Invitario with the made-up event "Sommerakademie", for mounting into a web application.

    Source: Invitario's article "Documentation API v1.0". What it does not say is guessed: errors come with HTTP 200,
    both lists hold deleted guests, a change in the very second of `sinceDateTime` is a change since.

    Args:
        clock: Time by which sessions end and changes are dated; default: one of its own, which shows real time.
        error_status: HTTP status of errors.

    Attributes:
        event_id: Of the built-in event.
        api_key: App Code of its check-in configuration.
        station_name: Name of that configuration.
    """

    event_id = invitario_seeds.EVENT_ID
    api_key = invitario_seeds.API_KEY
    station_name = invitario_seeds.STATION_NAME

    def __init__(self, *, clock: Clock | None = None, error_status: int = 200) -> None:
        self._clock = clock or Clock()
        self._state: InvitarioState | None = None
        self._error_status = error_status

    @property
    def state(self) -> InvitarioState:
        """Events, guests and sessions; made when first asked for, since most tests never do."""
        if self._state is None:
            self._state = InvitarioState(self._clock)
            invitario_seeds.plant(self._state)
        return self._state

    def reset(self) -> None:
        """Begin anew with the built-in event, nobody logged in, the same ids and tokens again; the clock goes on."""
        self._state = None

    def routes(self, prefix: str = "/") -> list[web.RouteDef]:
        """Return the routes, each below `prefix`: with `/invitario/`, the base URL ends in `/invitario/`."""
        base = f"{prefix.rstrip('/')}/api/v1/"
        return [
            self._route(f"{base}login", self._log_in, "eventId", "apiKey", "stationName"),
            self._route(f"{base}guest/list/all", self._all, "sessionToken"),
            self._route(f"{base}guest/list/recent", self._recent, "sessionToken", "sinceDateTime"),
            self._route(f"{base}logout", self._log_out, "sessionToken"),
        ]

    def _route(self, path: str, handle: Callable[..., Json], *required: str) -> web.RouteDef:
        async def respond(request: web.Request) -> web.Response:
            try:
                found = handle(*_parameters(await request.read(), required))
            except InvitarioRefused as refused:
                return web.json_response(body=orjson.dumps(_error(refused)), status=self._error_status)
            return web.json_response(body=orjson.dumps({"status": "success"} | found))

        return web.post(path, respond)

    def _log_in(self, event_id: str, api_key: str, station_name: str) -> Json:
        token, event = self.state.log_in(event_id, api_key, station_name)
        told: Json = {
            "id": event.id,
            "name": event.name,
            "company": event.company,
            "startDateTime": _written(event.starts_at),
            "endDateTime": _written(event.ends_at),
            "configuration": {},
        }
        return {"event": told, "stationName": station_name, "sessionToken": token}

    def _all(self, token: str) -> Json:
        event = self.state.event_of(token)
        return self._listed(event, list(event.guests.values()))

    def _recent(self, token: str, since: str) -> Json:
        event = self.state.event_of(token)
        start = _read_moment(since)
        return self._listed(event, [guest for guest in event.guests.values() if _second(guest.changed_at) >= start])

    def _log_out(self, token: str) -> Json:
        self.state.log_out(token)
        return {}

    def _listed(self, event: Event, guests: list[InvitedGuest]) -> Json:
        now = _written(self.state.clock.now())
        return {"count": len(guests), "dateTime": now, "guests": [_guest(event, guest) for guest in guests]}


def _parameters(body: bytes, required: tuple[str, ...]) -> list[str]:
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        raw = None
    if not isinstance(raw, dict):
        raise InvitarioRefused(10, "Invalid JSON provided.")
    missing = [name for name in required if not isinstance(raw.get(name), str) or not raw[name]]
    if missing:
        raise InvitarioRefused(20, f"Required parameter(s) missing: {', '.join(missing)}")
    return [raw[name] for name in required]


def _read_moment(text: str) -> datetime:
    """Read `sinceDateTime`; guess: one that is none counts as missing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - without zone, so refused below
    if moment.tzinfo is None:
        raise InvitarioRefused(20, "Required parameter(s) missing: sinceDateTime")
    return moment


def _error(refused: InvitarioRefused) -> Mapping[str, object]:
    errors = [{"code": refused.code, "message": refused.message}]
    if refused.code in _GENERAL:
        return {"errors": errors}
    return {"status": "error", "displayMessage": None, "errors": errors}


def _guest(event: Event, guest: InvitedGuest) -> Json:
    told: Json = {
        "id": guest.id,
        "parentId": guest.parent_id or None,
        "accessCode": guest.access_code,
        "clientUpdateDateTime": _written(guest.checked_in_at),
        "serverUpdateDateTime": _written(guest.changed_at),
        "checkInDateTime": _written(guest.checked_in_at),
        "checkOutDateTime": _written(guest.checked_out_at),
        "deleteDateTime": _written(guest.deleted_at),
        "registrationState": guest.state,
        "fields": guest.fields,
        "companions": [{"id": companion.id} for companion in event.companions_of(guest)],
    }
    if guest.highlight_color:
        told["highlightColor"] = guest.highlight_color
    return told


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(_ZONE).isoformat(timespec="seconds") if moment else None


def _second(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(microsecond=0)
