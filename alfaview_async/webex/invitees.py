"""The calls about invitees: one method for each operation of Webex's reference."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from urllib.parse import quote

import attrs
import orjson
from yarl import URL

from alfaview_async.errors import BadReply, ConfigurationError, RedirectRefused
from alfaview_async.secret import SecretBytes
from alfaview_async.webex.bodies import (
    accepted_invitee,
    flag_text,
    host_field,
    invitee_fields,
    read_invitee,
    read_invitees,
    read_page,
)
from alfaview_async.webex.calls import Call, Calls
from alfaview_async.webex.exchange import HttpRequest
from alfaview_async.webex.models import Invitee, NewInvitee
from alfaview_async.webex.paging import UnreadableLink, next_page
from alfaview_async.webex.validation import MAX_INVITEES, check_invitees, required

_PATH = "meetingInvitees"


class Invitees:
    """The invitees of meetings. Addresses are trimmed; everything is checked before it is sent.

    `host_email`, everywhere: the host on whose behalf to act, for tokens with the admin on-behalf-of scopes only.

    Raises, everywhere:
        ConfigurationError: An argument that cannot work; nothing was sent.
        AuthenticationError, PermissionDenied, NotFound, InvalidArgument, AlreadyExists: Webex refused.
        RateLimited: Webex put it off (429, 423) for longer than the client's patience; `retry_after` may say how long.
        OutcomeUnknown: Something that must not be sent twice may have happened: list the meeting and compare.
        TransportError, BadReply: No answer, or none of Webex's.

    Args:
        calls: Makes the calls.
        base_url: Ends in a slash.
    """

    def __init__(self, calls: Calls, base_url: URL) -> None:
        self._calls = calls
        self._base = base_url

    async def create(
        self,
        *,
        meeting_id: str,
        email: str,
        display_name: str = "",
        co_host: bool = False,
        panelist: bool = False,
        send_email: bool = False,
        host_email: str = "",
    ) -> Invitee:
        """Invite one person: `POST /meetingInvitees`. In doubt whether it was carried out, it is never sent again.

        Args:
            meeting_id: A series or a scheduled meeting; no instance, and not of a personal room.
            email: As in `NewInvitee`, and so are the next four.
            display_name: See there.
            co_host: See there.
            panelist: See there.
            send_email: See there.
            host_email: See the class.

        Raises:
            RecipientsRejected: Webex would refuse it; nothing was sent.
        """
        invitee = NewInvitee(
            email=email, display_name=display_name, co_host=co_host, panelist=panelist, send_email=send_email
        )
        check_invitees([invitee])
        meeting_id = required("meeting_id", meeting_id)
        body = {"meetingId": meeting_id, **host_field(host_email), **invitee_fields(invitee)}
        request = self._request("POST", _PATH, body=body, repeatable=False)
        accepted = accepted_invitee(meeting_id, invitee)
        return await self._calls.make(
            Call(request=request, read=lambda reply: read_invitee(reply, accepted), asked=invitee)
        )

    async def create_many(
        self, *, meeting_id: str, invitees: Sequence[NewInvitee], host_email: str = ""
    ) -> tuple[Invitee, ...]:
        """Invite up to 100 people: `POST /meetingInvitees/bulkInsert`. As with `create`, never sent again in doubt.

        Nobody documents that the call is all or nothing, nor the order of the reply: whatever comes back, match it by
        `email_key(...)`, and list the meeting for those who are missing, also after a refusal.

        Args:
            meeting_id: As in `create`.
            invitees: With addresses that differ, without regard to case. With nobody, nothing is sent.
            host_email: See the class.

        Returns:
            Who the reply says is invited; those who were sent, without ids, if Webex accepted without saying more.

        Raises:
            RecipientsRejected: Webex would refuse it; nothing was sent. `problems` holds an `InviteeProblem` for each.
        """
        invitees = tuple(attrs.evolve(invitee) for invitee in invitees)
        check_invitees(invitees)
        meeting_id = required("meeting_id", meeting_id)
        if not invitees:
            return ()
        body = {
            "meetingId": meeting_id,
            **host_field(host_email),
            "items": [invitee_fields(invitee) for invitee in invitees],
        }
        request = self._request("POST", f"{_PATH}/bulkInsert", body=body, repeatable=False)
        accepted = tuple(accepted_invitee(meeting_id, invitee) for invitee in invitees)
        return await self._calls.make(
            Call(request=request, read=lambda reply: read_invitees(reply, accepted), asked=invitees)
        )

    async def list(
        self, *, meeting_id: str, host_email: str = "", panelist: bool | None = None, page_size: int = MAX_INVITEES
    ) -> AsyncGenerator[Invitee, None]:
        """Yield everybody who is invited, each id once, by e-mail: `GET /meetingInvitees`, page by page.

        It ends only after the last page; a page that cannot be found or read is an error, so whoever was not yielded
        was not listed.

        Args:
            meeting_id: A series, a scheduled meeting, or an instance that is over or going on.
            host_email: See the class.
            panelist: Of webinars: only panelists, only attendees, or all.
            page_size: From 1; above 100 it is 100.

        Raises:
            RedirectRefused: The next page is said to be on another server, or its address makes no sense.
            BadReply: The pages run in a circle.
        """
        if page_size < 1:
            raise ConfigurationError(f"page_size must be at least 1, not {page_size}")
        query = {"meetingId": required("meeting_id", meeting_id), "max": str(min(page_size, MAX_INVITEES))}
        query |= host_field(host_email) | ({} if panelist is None else {"panelist": flag_text(panelist)})
        request = self._request("GET", _PATH, query=query)
        pages, listed = {request.url}, set[str]()
        while True:
            page, link = await self._calls.make(Call(request=request, read=read_page))
            for invitee in page:
                if invitee.id not in listed:
                    listed.add(invitee.id)
                    yield invitee
            try:
                url = next_page(request.url, link, query)
            except UnreadableLink as error:
                raise RedirectRefused(f"{error}; the list is incomplete", operation=request.label) from None
            if url is None:
                return
            if url in pages:
                raise BadReply("the pages of the list run in a circle; the list is incomplete", operation=request.label)
            pages.add(url)
            request = attrs.evolve(request, url=url)

    async def get(self, invitee_id: str, *, host_email: str = "") -> Invitee:
        """Get one invitee: `GET /meetingInvitees/{id}`."""
        request = self._request("GET", _path_of(invitee_id), query=host_field(host_email))
        return await self._calls.make(Call(request=request, read=read_invitee))

    async def update(self, invitee: Invitee, *, send_email: bool = False, host_email: str = "") -> Invitee:
        """Make an invitee what is given, e.g. `attrs.evolve(invitee, co_host=True)`: `PUT /meetingInvitees/{id}`.

        All fields are sent, since nobody documents what those left out become. With a mail it is never sent again in
        doubt.

        Args:
            invitee: As `list` or `get` returned it, changed.
            send_email: Let Webex mail the person.
            host_email: See the class.

        Raises:
            RecipientsRejected: Webex would refuse it; nothing was sent.
        """
        wanted = NewInvitee(
            email=invitee.email,
            display_name=invitee.display_name,
            co_host=invitee.co_host,
            panelist=invitee.panelist,
            send_email=send_email,
        )
        check_invitees([wanted])
        body = host_field(host_email) | invitee_fields(wanted)
        request = self._request("PUT", _path_of(invitee.id), body=body, repeatable=not send_email)
        accepted = attrs.evolve(accepted_invitee(invitee.meeting_id, wanted), id=invitee.id)
        return await self._calls.make(
            Call(request=request, read=lambda reply: read_invitee(reply, accepted), asked=invitee)
        )

    async def delete(self, invitee_id: str, *, send_email: bool = False, host_email: str = "") -> None:
        """Take an invitation back for good: `DELETE /meetingInvitees/{id}`.

        Args:
            invitee_id: Of an invitee to a series or a scheduled meeting.
            send_email: Let Webex mail the person.
            host_email: See the class.
        """
        query = {"sendEmail": flag_text(send_email)} | host_field(host_email)
        request = self._request("DELETE", _path_of(invitee_id), query=query)
        await self._calls.make(Call(request=request, read=lambda _reply: None, removed=lambda: None))

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        repeatable: bool = True,
    ) -> HttpRequest:
        return HttpRequest(
            method=method,
            url=URL(f"{self._base}{path}", encoded=True).with_query(query),
            body=None if body is None else SecretBytes(orjson.dumps(body)),
            repeatable=repeatable,
            label=f"{method} {path}",
        )


def _path_of(invitee_id: str) -> str:
    if (text := required("the id of an invitee", invitee_id)) in {".", ".."}:
        raise ConfigurationError(f"{text!r} is no id of an invitee; list() and create() return them")
    return f"{_PATH}/{quote(text, safe='')}"
