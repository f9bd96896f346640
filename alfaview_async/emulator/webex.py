"""A Webex on loopback: meetings and their invitees over HTTP, with mails that stay here and failures on demand."""

from asyncio import TimerHandle, get_running_loop
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from uuid import uuid4

import orjson
from aiohttp import hdrs, web
from attrs import frozen
from yarl import URL

from alfaview_async.emulator.digits import number_of
from alfaview_async.emulator.no_answer import no_answer
from alfaview_async.emulator.webex_faults import WebexFaults, spoilt
from alfaview_async.emulator.webex_state import WebexMail, WebexRefusal, WebexState

TRACKING_ID = "trackingId"
_PATH = "meetingInvitees"
_LARGEST_PAGE = 100
_USUAL_PAGE = 10
"""Guess: the reference names only the largest."""
_KEPT = 10_000
"""An emulator may run for days."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@frozen(kw_only=True)
class WebexRequest:
    """One request as it arrived; `path` without the prefix, `body` parsed."""

    method: str
    path: str
    query: Mapping[str, str]
    body: object
    tracking_id: str


@frozen(kw_only=True)
class _Call:
    """One request on its way: for what, and with which rights."""

    url: URL
    invitee_id: str
    fields: Mapping[str, object]
    is_admin: bool

    @property
    def host_email(self) -> str:
        """The host to act for, from body or query; for admins only."""
        said = str(self.fields.get("hostEmail") or self.url.query.get("hostEmail") or "")
        if said and not self.is_admin:
            raise WebexRefusal(403, "hostEmail needs the admin on-behalf-of scopes.")
        return said


class WebexEmulator:
    """Meetings and invitees, served by whatever application mounts `routes()`.

    Args:
        refuse_known: See `WebexState`.
        seed: Of the draws for faults that strike a share of the requests.

    Attributes:
        token: Bearer token of a user.
        admin_token: Bearer token with the admin on-behalf-of scopes, which `hostEmail` needs.
        state: Meetings, accounts and mails.
        faults: Failures on demand.
    """

    token = "webex-emulator-token"  # noqa: S105 - made up, and public
    admin_token = "webex-emulator-admin-token"  # noqa: S105 - made up, and public

    def __init__(self, *, refuse_known: bool = True, seed: int = 0) -> None:
        self._refuse_known = refuse_known
        self.state = WebexState(refuse_known=refuse_known)
        self.faults = WebexFaults(seed)
        self._requests: deque[WebexRequest] = deque(maxlen=_KEPT)
        self._late: set[TimerHandle] = set()

    @property
    def requests(self) -> list[WebexRequest]:
        """The latest 10,000 requests, the oldest first, with a right token or not."""
        return list(self._requests)

    @property
    def outbox(self) -> list[WebexMail]:
        """The mails sent so far."""
        return self.state.outbox

    def reset(self) -> None:
        """Begin anew: no meetings, accounts, mails, faults or requests; the same ids again.

        What a fault has put off is not carried out any more.
        """
        self.let_go()
        self.state = WebexState(refuse_known=self._refuse_known)
        self.faults.clear()
        self._requests.clear()

    def let_go(self) -> None:
        """Forget the requests that a fault has answered and put off."""
        for timer in tuple(self._late):  # the loop may be in another thread
            timer.cancel()
        self._late.clear()

    def routes(self, prefix: str = "/webex/v1") -> list[web.RouteDef]:
        """Return the routes, for `web.Application.add_routes`.

        Args:
            prefix: Path of the API; it is the path of a client's base URL.
        """
        prefix = prefix.rstrip("/")
        all_of_them, one = f"{prefix}/{_PATH}", f"{prefix}/{_PATH}/{{id}}"
        answering = partial(self._answering, prefix)
        return [
            web.get(all_of_them, answering(self._list), allow_head=False),
            web.post(all_of_them, answering(self._create)),
            web.post(f"{all_of_them}/bulkInsert", answering(self._create_many)),
            web.get(one, answering(self._get), allow_head=False),
            web.put(one, answering(self._update)),
            web.delete(one, answering(self._delete)),
        ]

    def _answering(self, prefix: str, operation: Callable[[_Call], web.Response]) -> Handler:
        """Wrap an operation: note the request, check the token, say no in Webex's way, go wrong on demand."""

        async def answer(request: web.Request) -> web.StreamResponse:
            body = _parsed(await request.read())
            tracking_id = request.headers.get(TRACKING_ID, "")
            entry = WebexRequest(
                method=request.method,
                path=request.path.removeprefix(f"{prefix}/"),
                query=dict(request.query),
                body=body,
                tracking_id=tracking_id,
            )
            self._requests.append(entry)
            answered_as = tracking_id or f"ROUTER_{uuid4()}"

            def carry_out(fields: object = body) -> web.Response:
                try:
                    return operation(self._admitted(request, fields))
                except WebexRefusal as refused:
                    return refusal(refused.status, answered_as, refused.message, refused.details)

            fault = self.faults.due(f"{entry.method} {entry.path}")
            if fault is None:
                response: web.Response | None = carry_out()
            else:
                refused = partial(refusal, fault.status, answered_as if fault.has_body else "", "on demand")
                response = spoilt(request.url, fault, body, carry_out, refused, self._put_off)
            if response is None:
                return no_answer(request)
            response.headers[TRACKING_ID] = answered_as
            return response

        return answer

    def _put_off(self, seconds: float, carry_out: Callable[[], object]) -> None:
        def carry_out_now() -> None:
            self._late.discard(timer)
            carry_out()

        timer = get_running_loop().call_later(seconds, carry_out_now)
        self._late.add(timer)

    def _admitted(self, request: web.Request, fields: object) -> _Call:
        kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if kind != "Bearer" or token not in {self.token, self.admin_token}:
            raise WebexRefusal(
                401, "The request requires a valid access token set in the Authorization request header."
            )
        if request.method in {hdrs.METH_POST, hdrs.METH_PUT} and not isinstance(fields, dict):
            raise WebexRefusal(400, "The request body must be a JSON object.")
        return _Call(
            url=request.url,
            invitee_id=request.match_info.get("id", ""),
            fields=fields if isinstance(fields, dict) else {},
            is_admin=token == self.admin_token,
        )

    def _list(self, call: _Call) -> web.Response:
        query = call.url.query
        meeting = self.state.meeting(query.get("meetingId"), call.host_email, changes=False)
        size = min(_number(query.get("max", str(_USUAL_PAGE))), _LARGEST_PAGE)
        after = _email_in(query.get("after", ""))
        listed = [invitee for invitee in meeting.by_email() if not after or invitee.email.casefold() > after]
        if (panelist := query.get("panelist", "null")) != "null":
            listed = [invitee for invitee in listed if invitee.panelist == (panelist == "true")]
        page, rest = listed[:size], listed[size:]
        response = _json({"items": [invitee.as_json() for invitee in page]})
        if rest:
            following = call.url.update_query({"max": str(size), "after": _cursor(page[-1].email)})
            response.headers[hdrs.LINK] = f'<{following}>; rel="next"'
        return response

    def _create(self, call: _Call) -> web.Response:
        meeting = self.state.meeting(call.fields.get("meetingId"), call.host_email, changes=True)
        return _json(self.state.invite(meeting, [call.fields])[0].as_json())

    def _create_many(self, call: _Call) -> web.Response:
        meeting = self.state.meeting(call.fields.get("meetingId"), call.host_email, changes=True)
        items = call.fields.get("items")
        if not isinstance(items, list):
            raise WebexRefusal(400, "items: must be a list")
        return _json({"items": [invitee.as_json() for invitee in self.state.invite(meeting, items)]})

    def _get(self, call: _Call) -> web.Response:
        _, invitee = self.state.find(call.invitee_id, call.host_email, changes=False)
        return _json(invitee.as_json())

    def _update(self, call: _Call) -> web.Response:
        meeting, invitee = self.state.find(call.invitee_id, call.host_email, changes=True)
        return _json(self.state.change(meeting, invitee, call.fields).as_json())

    def _delete(self, call: _Call) -> web.Response:
        meeting, invitee = self.state.find(call.invitee_id, call.host_email, changes=True)
        self.state.remove(meeting, invitee, send_email=call.url.query.get("sendEmail", "true") == "true")
        return web.Response(status=204)


def refusal(status: int, tracking_id: str, message: str, details: Sequence[str] = ()) -> web.Response:
    """Write an error as Webex does: 401 with a code, others with descriptions; without a tracking id no body at all."""
    if not tracking_id:
        return web.Response(status=status)
    reason: dict[str, object] = {"errors": [{"description": text} for text in details or [message]]}
    body = {"message": message, **({"code": status} if status == 401 else reason), TRACKING_ID: tracking_id}  # noqa: PLR2004
    return _json(body, status)


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json")


def _parsed(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None


def _number(text: str) -> int:
    number = number_of(text)
    if not number:
        raise WebexRefusal(400, "max: must be a positive number")
    return number


def _cursor(email: str) -> str:
    return urlsafe_b64encode(email.casefold().encode()).decode()


def _email_in(cursor: str) -> str:
    try:
        return urlsafe_b64decode(cursor.encode()).decode()
    except ValueError:
        raise WebexRefusal(400, "after: unreadable") from None
