"""`guestService.v2`: guest links, group links, mails, and entering with a link."""

from collections.abc import AsyncIterator, Sequence

from alfaview_async.emulator import links
from alfaview_async.emulator.call import Call, handles, streams
from alfaview_async.emulator.outbox import zone
from alfaview_async.emulator.refusals import Refused
from alfaview_async.emulator.tasks import Task
from alfaview_async.emulator.tokens import GUEST_TOKEN_LIFETIME, Grant
from alfaview_async.models.common import TrackingInfo
from alfaview_async.models.guests import (
    CreateGroupLinksReply,
    CreateGroupLinksRequest,
    CreateGuestLinksReply,
    CreateGuestLinksRequest,
    DeleteLinkReply,
    DeleteLinkRequest,
    GetGroupLinkReply,
    GetGroupLinkRequest,
    GetGuestLinkReply,
    GetGuestLinkRequest,
    GetLinkReply,
    GetLinkRequest,
    GroupLink,
    GuestAuthenticateReply,
    GuestAuthenticateRequest,
    GuestLink,
    GuestTaskProgress,
    GuestTaskProgressReply,
    GuestTaskProgressRequest,
    GuestType,
    LinkInfo,
    ListGroupLinksReply,
    ListGroupLinksRequest,
    ListGuestLinksReply,
    ListGuestLinksRequest,
    ResendGuestLinkEmailReply,
    ResendGuestLinkEmailRequest,
    UpdateGroupLinkReply,
    UpdateGroupLinkRequest,
    UpdateGuestLinkReply,
    UpdateGuestLinkRequest,
)
from alfaview_async.models.status import StatusCode
from alfaview_async.services.guests import GuestService

_EXTERNAL_ID_LENGTHS = range(32, 257)


@handles(GuestService.create_guest_links)
def create_guest_links(call: Call, request: CreateGuestLinksRequest) -> CreateGuestLinksReply:
    """Create a link for each guest, in order, and mail those who ask for it (handbook: create guest links).

    All or nothing: everything is checked before the first link is made.
    """
    call.room(request.room_id)
    zone(request.timezone)
    _refuse_none(request.guest_link_creations)
    for creation in request.guest_link_creations:
        links.check(call, creation)
        if creation.send_email:
            links.check_address(creation.email)
    made = []
    for creation in request.guest_link_creations:
        link = GuestLink(display_name=creation.display_name, email=creation.email, locale=creation.locale)
        made.append(links.issue(call, link, creation, request.room_id, request.origin))
        if creation.send_email:
            links.mail(call, link, request.timezone)
    return CreateGuestLinksReply(tracking_info=call.task(), guest_links=made)


@handles(GuestService.create_group_links)
def create_group_links(call: Call, request: CreateGroupLinksRequest) -> CreateGroupLinksReply:
    """Create links for groups, in order, all or nothing (handbook: create group links)."""
    call.room(request.room_id)
    _refuse_none(request.group_link_creations)
    for creation in request.group_link_creations:
        links.check(call, creation)
    made = [
        links.issue(call, GroupLink(description=creation.description), creation, request.room_id, request.origin)
        for creation in request.group_link_creations
    ]
    return CreateGroupLinksReply(tracking_info=call.task(), group_links=made)


@handles(GuestService.list_guest_links)
def list_guest_links(call: Call, request: ListGuestLinksRequest) -> ListGuestLinksReply:
    """List the guest links of a room or of the company."""
    return ListGuestLinksReply(guest_links=links.of_room(call, GuestLink, request.room_id))


@handles(GuestService.list_group_links)
def list_group_links(call: Call, request: ListGroupLinksRequest) -> ListGroupLinksReply:
    """List the group links of a room or of the company."""
    return ListGroupLinksReply(group_links=links.of_room(call, GroupLink, request.room_id))


@handles(GuestService.get_guest_link)
def get_guest_link(call: Call, request: GetGuestLinkRequest) -> GetGuestLinkReply:
    """Get one guest link."""
    return GetGuestLinkReply(guest_link=links.find(call, GuestLink, request.id, request.room_id))


@handles(GuestService.get_group_link)
def get_group_link(call: Call, request: GetGroupLinkRequest) -> GetGroupLinkReply:
    """Get one group link."""
    return GetGroupLinkReply(group_link=links.find(call, GroupLink, request.id, request.room_id))


@handles(GuestService.get_link)
def get_link(call: Call, request: GetLinkRequest) -> GetLinkReply:
    """Get a link of either kind."""
    if isinstance(call.company.links.get(request.id), GroupLink):
        return GetLinkReply(group_link=links.find(call, GroupLink, request.id))
    return GetLinkReply(guest_link=links.find(call, GuestLink, request.id))


@handles(GuestService.update_guest_link)
def update_guest_link(call: Call, request: UpdateGuestLinkRequest) -> UpdateGuestLinkReply:
    """Change name, address, language, role or frame of a guest link, and mail it again if asked."""
    wanted = request.guest_link
    link = links.find(call, GuestLink, wanted.id, wanted.room_id)
    zone(request.timezone)
    changed = links.changed(link, wanted)
    changed.display_name = wanted.display_name or link.display_name
    changed.email = wanted.email or link.email
    changed.locale = wanted.locale or link.locale
    if request.send_email:
        links.check_address(changed.email)
    links.replace(call, changed, dial_in=request.allow_dial_in, skip_room=request.skip_room_permissions_update)
    if request.send_email:
        links.mail(call, changed, request.timezone)
    return UpdateGuestLinkReply(tracking_info=call.task())


@handles(GuestService.update_group_link)
def update_group_link(call: Call, request: UpdateGroupLinkRequest) -> UpdateGroupLinkReply:
    """Change title, role or frame of a group link."""
    wanted = request.group_link
    link = links.find(call, GroupLink, wanted.id, wanted.room_id)
    changed = links.changed(link, wanted)
    changed.description = wanted.description or link.description
    links.replace(call, changed, dial_in=request.allow_dial_in, skip_room=request.skip_room_permissions_update)
    return UpdateGroupLinkReply(tracking_info=call.task(), group_link=changed)


@handles(GuestService.delete_link)
def delete_link(call: Call, request: DeleteLinkRequest) -> DeleteLinkReply:
    """Delete a link of either kind; the room must be the link's (handbook: delete guest and group links)."""
    call.room(request.room_id)
    link = call.company.links.get(request.id)
    if link is None or link.room_id != request.room_id:
        raise Refused(StatusCode.NOT_FOUND, "no such link in this room")
    del call.company.links[link.id]
    if not request.skip_room_permissions_update:
        links.close_room(call, link)
    return DeleteLinkReply(tracking_info=call.task())


@handles(GuestService.resend_guest_link_email)
def resend_guest_link_email(call: Call, request: ResendGuestLinkEmailRequest) -> ResendGuestLinkEmailReply:
    """Mail a guest the link again."""
    call.room(request.room_id)
    link = links.find(call, GuestLink, request.id, request.room_id)
    links.check_address(link.email)
    links.mail(call, link, request.timezone)
    return ResendGuestLinkEmailReply(tracking_info=call.task())


@streams(GuestService.stream_task_progress)
def stream_task_progress(call: Call, request: GuestTaskProgressRequest) -> AsyncIterator[GuestTaskProgressReply]:
    """Tell how a task moves on, until it is done."""
    return _progress(call, call.state.tasks.find(request.tracking_info.task_id))


async def _progress(call: Call, task: Task) -> AsyncIterator[GuestTaskProgressReply]:
    async for state, progress in call.state.tasks.watch(task):
        yield GuestTaskProgressReply(
            task_progress=GuestTaskProgress(tracking_info=TrackingInfo(task_id=task.id), state=state, progress=progress)
        )


@handles(GuestService.authenticate)
def authenticate(call: Call, request: GuestAuthenticateRequest) -> GuestAuthenticateReply:
    """Enter with a link (handbook: generate join url from group link).

    Outside its frame the answer is OK with nothing but the link info. Guess: a wrong company, room or key is an
    authentication error, which does not tell which of them is wrong.
    """
    if request.external_id and len(request.external_id) not in _EXTERNAL_ID_LENGTHS:
        raise Refused(StatusCode.INVALID_ARGUMENT, "externalId must have 32 to 256 characters")
    link = _link_by_key(call, request)
    now = call.state.clock.now()
    if not links.is_active(link, now):
        return GuestAuthenticateReply(link_info=_info(link, request.display_name))
    guest = Grant(user_id=links.guest_id(call, link, request.external_id), company_id=request.company_id, is_guest=True)
    token, issued = call.state.tokens.issue_access(guest, GUEST_TOKEN_LIFETIME)
    return GuestAuthenticateReply(
        access_token=token,
        token_expires_at=issued.expires_at,
        user_id=guest.user_id,
        link_info=_info(link, request.display_name),
    )


def _link_by_key(call: Call, request: GuestAuthenticateRequest) -> links.AnyLink:
    company = call.state.companies.get(request.company_id)
    for link in company.links.values() if company else ():
        if link.room_id == request.room_id and link.access_key == request.access_key:
            return link
    raise Refused(StatusCode.AUTHENTICATION_ERROR, "join link refused")


def _info(link: links.AnyLink, display_name: str) -> LinkInfo:
    is_guest = isinstance(link, GuestLink)
    return LinkInfo(
        valid_from=link.valid_from,
        valid_until=link.valid_until,
        display_name=(link.display_name if isinstance(link, GuestLink) else "") or display_name,
        type=GuestType.GUEST_LINK if is_guest else GuestType.GROUP_LINK,
    )


def _refuse_none(creations: Sequence[links.Creation]) -> None:
    """Guess: an empty list is refused, as the successor of this API does."""
    if not creations:
        raise Refused(StatusCode.INVALID_ARGUMENT, "at least one link must be asked for")
