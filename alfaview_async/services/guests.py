"""What `guestService.v2` offers: guest links, group links, and entering with them."""

from collections.abc import AsyncGenerator

from alfaview_async.joining import JoinLink, LaunchUrl
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
    GuestTaskProgressReply,
    GuestTaskProgressRequest,
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
from alfaview_async.operation import Operation, Service, StreamOperation


class GuestService(Service):
    """What `guestService.v2` offers: guest links, group links, and entering with them."""

    authenticate = Operation(
        "guestService.v2/authenticate",
        GuestAuthenticateRequest,
        GuestAuthenticateReply,
        idempotent=True,
        authenticated=False,
    )
    """Enter with a link: a token for 12 hours. Raises `LinkNotActive` outside the link's time frame."""
    create_group_links = Operation(
        "guestService.v2/createGroupLinks", CreateGroupLinksRequest, CreateGroupLinksReply, idempotent=False
    )
    """Create links that many people share; the reply has them in the same order."""
    create_guest_links = Operation(
        "guestService.v2/createGuestLinks", CreateGuestLinksRequest, CreateGuestLinksReply, idempotent=False
    )
    """Create links for one person each, mailed if asked; the reply has them in the same order."""
    delete_link = Operation("guestService.v2/deleteLink", DeleteLinkRequest, DeleteLinkReply, idempotent=True)
    """Delete one guest or group link."""
    get_group_link = Operation("guestService.v2/getGroupLink", GetGroupLinkRequest, GetGroupLinkReply, idempotent=True)
    """Get one group link."""
    get_guest_link = Operation("guestService.v2/getGuestLink", GetGuestLinkRequest, GetGuestLinkReply, idempotent=True)
    """Get one guest link."""
    get_link = Operation("guestService.v2/getLink", GetLinkRequest, GetLinkReply, idempotent=True)
    """Get a link of either kind by its id."""
    list_group_links = Operation(
        "guestService.v2/listGroupLinks", ListGroupLinksRequest, ListGroupLinksReply, idempotent=True
    )
    """List the group links of a room, or of the whole company; not paged."""
    list_guest_links = Operation(
        "guestService.v2/listGuestLinks", ListGuestLinksRequest, ListGuestLinksReply, idempotent=True
    )
    """List the guest links of a room, or of the whole company; not paged."""
    resend_guest_link_email = Operation(
        "guestService.v2/resendGuestLinkEmail", ResendGuestLinkEmailRequest, ResendGuestLinkEmailReply, idempotent=False
    )
    """Mail a guest the link again."""
    stream_task_progress = StreamOperation(
        "guestService.v2/streamTaskProgress", GuestTaskProgressRequest, GuestTaskProgressReply, deprecated=True
    )
    """Follow a background task of the guest service until it is done."""
    update_group_link = Operation(
        "guestService.v2/updateGroupLink", UpdateGroupLinkRequest, UpdateGroupLinkReply, idempotent=True
    )
    """Change a group link."""
    update_guest_link = Operation(
        "guestService.v2/updateGuestLink", UpdateGuestLinkRequest, UpdateGuestLinkReply, idempotent=False
    )
    """Change a guest link, and mail it again if asked: so it is never re-sent by itself."""

    async def links(self, room_id: str = "") -> AsyncGenerator[GuestLink, None]:
        """Yield the guest links of a room, or of the whole company; all of them, in the order of alfaview.

        Raises:
            AlfaviewError: As in `Alfaview.call`, before the first link.
        """
        for link in (await self.list_guest_links(room_id=room_id)).guest_links:
            yield link

    async def group_links(self, room_id: str = "") -> AsyncGenerator[GroupLink, None]:
        """Yield the group links of a room, or of the whole company; otherwise as `links`."""
        for link in (await self.list_group_links(room_id=room_id)).group_links:
            yield link

    async def launch_url(self, link: str | JoinLink, *, display_name: str = "", external_id: str = "") -> LaunchUrl:
        """Enter with a join link and return the URLs that open the clients: `.native` and `.web`.

        The URL carries a token for 12 hours: whoever has it enters as this guest.

        Source: handbook, "Generate join url from group link".

        Args:
            link: A guest or group link.
            display_name: The name to show.
            external_id: For group links: 32 to 256 characters, unique for the person, who then can be in only once.

        Raises:
            JoinLinkError: No usable join link.
            LinkNotActive: The link is outside its time frame.
            AlfaviewError: As in `Alfaview.call`.
        """
        parts = JoinLink.parse(link) if isinstance(link, str) else link
        entered = await self.authenticate(
            company_id=parts.company_id,
            room_id=parts.room_id,
            access_key=parts.access_key,
            display_name=display_name,
            external_id=external_id,
        )
        return LaunchUrl(company_id=parts.company_id, room_id=parts.room_id, token=entered.access_token)
