"""One call, whatever happens to it: lost answers, refusals, streams, options."""

import asyncio

import pytest
from waiting import until

from alfaview_async import Alfaview, ApiKey, errors
from alfaview_async.models import GuestLinkCreation, Room, RoomListRequest, TaskState, TrackingInfo
from alfaview_async.retry import RetryPolicy
from alfaview_async.services.rooms import RoomService

CREATE = "guestService.v2/createGuestLinks"
DELETE = "guestService.v2/deleteLink"
LIST = "roomService/list"
HASTY = RetryPolicy(wait=0.001)


@pytest.fixture
async def hasty(emulator, api_key):
    """A client that waits little: half a second for an answer, a millisecond before a retry."""
    async with Alfaview(api_key, base_url=emulator.base_url, timeout=0.5, retry=HASTY) as alfaview:
        yield alfaview


PARTICIPANT = "6067b76c-5450-4fab-b70d-c7ba99eddcf2"


def creation(number=0):
    return GuestLinkCreation(email=f"guest{number}@example.org", send_email=True, permission_group_id=PARTICIPANT)


@pytest.mark.parametrize("fault", ["apply-then-timeout", "apply-then-reset", "truncate"])
async def test_a_create_whose_answer_is_lost_is_not_repeated(emulator, hasty, fault):
    """The guest is mailed once, and the error says what to look for."""
    emulator.faults.add(CREATE, do=fault, on="1")
    with pytest.raises(errors.OutcomeUnknown) as caught:
        await hasty.guests.create_guest_links(
            room_id=emulator.room_id, guest_link_creations=[creation()], origin="marker"
        )
    assert emulator.requests.count(CREATE) == 1
    assert len(emulator.outbox) == 1
    assert caught.value.request.origin == "marker"
    assert isinstance(caught.value.__cause__, errors.TransportError)
    listed = await hasty.guests.list_guest_links(room_id=emulator.room_id)
    assert [link.origin for link in listed.guest_links] == ["marker"]


@pytest.mark.parametrize("status", ["UNAVAILABLE", "DEADLINE_EXCEEDED", "INTERNAL", "ABORTED", "NEW_IN_2030"])
async def test_status_codes_do_not_prove_that_a_create_did_nothing(emulator, hasty, status):
    """A gateway that lost its backend says so too; the create is left in doubt, not sent again."""
    emulator.faults.add(CREATE, do="error", status=status)
    with pytest.raises(errors.OutcomeUnknown):
        await hasty.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=[creation()])
    assert emulator.requests.count(CREATE) == 1


async def test_a_refused_create_says_why(hasty):
    """A refusal is no doubt."""
    with pytest.raises(errors.NotFound):
        await hasty.guests.create_guest_links(room_id="no-such-room", guest_link_creations=[creation()])


async def test_a_create_meets_an_outdated_token_and_is_sent_again(emulator, hasty):
    """The token is checked before the work: one more send makes one link."""
    await hasty.rooms.list()
    emulator.clock.advance(hours=2)
    await hasty.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=[creation()])
    assert emulator.requests.count(CREATE) == 2
    assert len(emulator.outbox) == 1


async def test_a_create_that_was_never_sent_is_repeated(plain_server, unused_tcp_port_factory, monkeypatch):
    """The first connection is refused, the second works."""
    credentials = ApiKey(client_id="alias", code="secret", company_id="company-1")
    plain_server.on(CREATE, {"guestLinks": [{"id": "link"}]})
    async with Alfaview(credentials, base_url=plain_server.base_url, retry=HASTY) as alfaview:
        await alfaview.accessible_companies()
        refused = iter([f"http://127.0.0.1:{unused_tcp_port_factory()}/x"])
        url = alfaview._transport._url
        monkeypatch.setattr(alfaview._transport, "_url", lambda path: type(url(path))(next(refused, str(url(path)))))
        reply = await alfaview.guests.create_guest_links(room_id="room", guest_link_creations=[creation()])
    assert reply.guest_links[0].id == "link"
    assert len(plain_server.bodies(CREATE)) == 1


async def test_reads_are_repeated_until_they_succeed(emulator, hasty):
    """Reset, proxy page, silence, then an answer: four attempts, each with an id of its own."""
    for number, fault in enumerate(("reset", "status", "timeout"), 1):
        emulator.faults.add(LIST, do=fault, on=str(number))
    assert await hasty.rooms.list()
    assert emulator.requests.count(LIST) == 4


async def test_a_read_that_keeps_failing_names_all_its_attempts(emulator, hasty):
    """Four attempts, four request ids for the support."""
    emulator.faults.add(LIST, do="status", http=502)
    with pytest.raises(errors.BadReply) as caught:
        await hasty.rooms.list()
    assert emulator.requests.count(LIST) == 4
    assert len(set(caught.value.request_ids)) == 4
    assert caught.value.http_status == 502


async def test_a_deletion_whose_answer_was_lost_counts_when_the_link_is_gone(emulator, hasty):
    """The retry finds nothing to delete: that is what was wanted."""
    created = await hasty.guests.create_guest_links(room_id=emulator.room_id, guest_link_creations=[creation()])
    emulator.faults.add(DELETE, do="apply-then-reset", on="1")
    await hasty.guests.delete_link(room_id=emulator.room_id, id=created.guest_links[0].id)
    assert emulator.requests.count(DELETE) == 2


async def test_a_deletion_of_what_was_never_there_is_an_error(emulator, hasty):
    """Without a lost answer before it, not found means not found; a renewed token is no lost answer."""
    await hasty.rooms.list()
    emulator.clock.advance(hours=2)
    with pytest.raises(errors.NotFound):
        await hasty.guests.delete_link(room_id=emulator.room_id, id="no-such-link")
    assert emulator.requests.count(DELETE) == 2


async def test_partial_success_is_an_outcome_of_its_own(emulator, hasty):
    """Half of the links were made: the error carries them."""
    emulator.faults.add(CREATE, do="partial")
    with pytest.raises(errors.PartialError) as caught:
        await hasty.guests.create_guest_links(
            room_id=emulator.room_id, guest_link_creations=[creation(n) for n in range(4)]
        )
    assert [link.email for link in caught.value.reply.guest_links] == ["guest0@example.org", "guest1@example.org"]


async def test_both_spellings_make_the_same_call(emulator, alfaview):
    """`alfaview.rooms.list(...)` and `alfaview.call(RoomService.list, ...)` are one."""
    one = await alfaview.rooms.list(limit=2)
    other = await alfaview.call(RoomService.list, RoomListRequest(limit=2))
    assert one.rooms == other.rooms
    first, second = (entry.body for entry in emulator.requests if entry.path == LIST)
    assert (first.pop("accessInfo").keys(), first) == (second.pop("accessInfo").keys(), second)


async def test_options_of_the_access_info(plain_server, plain_client):
    """Metadata and ids only are asked for beside the parameters."""
    plain_server.on(LIST, {})
    await plain_client.call(RoomService.list, RoomListRequest(), include_metadata=True, return_object_ids_only=True)
    (body,) = plain_server.bodies(LIST)
    assert (body["accessInfo"]["includeMetadata"], body["accessInfo"]["returnObjectIdsOnly"]) == (True, True)


async def test_a_request_is_a_snapshot(emulator, hasty):
    """Changing the request while it is retried changes nothing on the wire."""
    emulator.faults.add("roomService/update", do="delay", on="1", seconds=0.7)
    room = Room(display_name="Before")
    call = asyncio.create_task(hasty.rooms.update(room_id=emulator.room_id, room=room))
    await until(lambda: emulator.requests.count("roomService/update"))
    room.display_name = "After"
    await call
    names = [entry.body["room"]["displayName"] for entry in emulator.requests if entry.path == "roomService/update"]
    assert names == ["Before", "Before"]


async def test_streams_are_read_line_by_line(plain_server, plain_client):
    """Newline-delimited frames become typed replies, until the stream ends."""
    frames = b"".join(
        b'{"result":{"replyInfo":{},"taskProgress":{"state":"%s","progress":%s}}}\n' % (state, progress)
        for state, progress in ((b"QUEUED", b"0"), (b"DONE", b"1"))
    )
    plain_server.on("businessLogicService/streamTaskProgress", frames)
    stream = plain_client.business.stream_task_progress(tracking_info=TrackingInfo(task_id="task"))
    steps = [step.task_progress async for step in stream]
    assert [(step.state, step.progress) for step in steps] == [(TaskState.QUEUED, 0.0), (TaskState.DONE, 1.0)]
    assert plain_server.bodies("businessLogicService/streamTaskProgress")[0]["trackingInfo"] == {"taskId": "task"}


async def test_an_error_in_a_stream_is_raised(plain_server, plain_client):
    """What came before it was yielded."""
    frames = b'{"result":{"taskProgress":{"state":"QUEUED"}}}\n{"error":{"grpc_code":5,"message":"no such task"}}\n'
    plain_server.on("businessLogicService/streamTaskProgress", frames)
    stream = plain_client.business.stream_task_progress(tracking_info=TrackingInfo(task_id="task"))
    assert (await anext(stream)).task_progress.state == TaskState.QUEUED
    with pytest.raises(errors.NotFound, match="no such task"):
        await anext(stream)


async def test_a_stream_renews_an_outdated_token(plain_server, plain_client):
    """One renewal, one more try, before the first frame."""
    path = "businessLogicService/streamTaskProgress"
    plain_server.on(path, (401, {"code": 16, "message": "token expired"}), b'{"result":{}}\n')
    stream = plain_client.business.stream_task_progress(tracking_info=TrackingInfo(task_id="task"))
    assert len([step async for step in stream]) == 1
    assert len(plain_server.bodies("authenticationService/authenticate")) == 2


async def test_a_frame_that_never_ends_is_an_error_of_ours(plain_server, plain_client):
    """Nothing of aiohttp's comes through, and nothing of the frame is quoted."""
    path = "businessLogicService/streamTaskProgress"
    plain_server.on(path, b'{"result":"' + b"canary" * 200_000)
    with pytest.raises(errors.TransportError) as caught:
        await anext(plain_client.business.stream_task_progress(tracking_info=TrackingInfo(task_id="task")))
    assert "canary" not in str(caught.value)
    assert caught.value.request_ids


async def test_plain_json_calls_are_judged_too(plain_client, plain_server):
    """An error in a bare reply info, and partial success, are raised."""
    plain_server.on("userService/destroy", {"statusCode": "INSUFFICIENT_PERMISSIONS"})
    with pytest.raises(errors.PermissionDenied):
        await plain_client.call_raw("userService/destroy")
    plain_server.on("meetingService/create", {"replyInfo": {"statusCode": "PARTIAL_ERROR"}, "meetings": [1]})
    with pytest.raises(errors.PartialError) as caught:
        await plain_client.call_raw("meetingService/create")
    assert caught.value.reply["meetings"] == [1]


async def test_a_bare_error_in_place_of_a_list_is_an_error(plain_client, plain_server):
    """Not an empty list."""
    plain_server.on(LIST, {"statusCode": "INSUFFICIENT_PERMISSIONS"})
    with pytest.raises(errors.PermissionDenied):
        await plain_client.rooms.list()


async def test_a_bare_status_with_http_401_renews_the_token(plain_client, plain_server):
    """A reply info without `details` around it is understood."""
    plain_server.on(LIST, (401, {"statusCode": "TOKEN_OUTDATED", "statusMessage": "token expired"}), {})
    assert await plain_client.rooms.list()


async def test_an_error_beside_an_emitted_default_is_not_lost(plain_client, plain_server):
    """Gateways that emit defaults put an OK beside the error."""
    answer = {"statusCode": "NOT_FOUND", "statusMessage": "no", "replyInfo": {"statusCode": "OK", "statusMessage": ""}}
    plain_server.on("authenticationService/authenticationUpdate", answer)
    with pytest.raises(errors.NotFound):
        await plain_client.authentication.authentication_update(user_id="u")


async def test_enum_texts_are_accepted_in_place_of_members(plain_client, plain_server):
    """They compare equal, so people write them; anything else is a clear error before sending."""
    plain_server.on("roomService/create", {"roomId": "room"})
    await plain_client.rooms.create(room=Room(display_name="Aula", type="ROOM_TYPE_ROOM"))
    assert plain_server.bodies("roomService/create")[0]["room"]["type"] == "ROOM_TYPE_ROOM"
    with pytest.raises(errors.ConfigurationError, match="RoomCreateRequest"):
        await plain_client.rooms.create(room={"displayName": "Aula"})


async def test_a_refused_stream_is_an_error(plain_server, plain_client):
    """The error body of a stream is read like any other."""
    path = "businessLogicService/streamTaskProgress"
    plain_server.on(path, (403, {"code": 7, "message": "not yours"}))
    with pytest.raises(errors.PermissionDenied, match="not yours"):
        await anext(plain_client.business.stream_task_progress(tracking_info=TrackingInfo(task_id="task")))


async def test_deprecated_operations_warn_where_they_are_called(plain_server, plain_client):
    """The warning names the operation and points at the caller's line."""
    plain_server.on("roomService/status", {})
    with pytest.warns(DeprecationWarning, match="roomService/status") as caught:
        await plain_client.rooms.status()
    assert caught[0].filename == __file__


async def test_a_value_without_json_form_is_refused_before_sending(plain_server, plain_client):
    """The error says so, and nothing was sent."""
    with pytest.raises(errors.ConfigurationError, match="JSON"):
        await plain_client.call_raw("meetingService/create", {"when": object()})
    assert plain_server.bodies("meetingService/create") == []


@pytest.mark.parametrize("depth", [300, 5_000])
async def test_a_body_that_is_nested_too_deep_is_refused_before_sending(plain_server, plain_client, depth):
    """Beyond what orjson writes, and beyond what Python copies."""
    body = {}
    for _ in range(depth):
        body = {"in": body}
    with pytest.raises(errors.ConfigurationError, match="JSON"):
        await plain_client.call_raw("meetingService/create", body)
    assert plain_server.bodies("meetingService/create") == []


async def test_a_rooms_page_is_fetched_until_one_is_not_full(plain_server, plain_client):
    """2,500 rooms: three pages, each room once although the second page repeats one."""

    def page(numbers):
        return {"rooms": {f"room-{n}": {"displayName": f"Room {n}"} for n in numbers}}

    plain_server.on(LIST, page(range(1000)), page(range(999, 1999)), page(range(1999, 2500)))
    rooms = [room_id async for room_id, _ in plain_client.rooms.all()]
    assert rooms == [f"room-{n}" for n in range(2500)]
    assert [body.get("offset", 0) for body in plain_server.bodies(LIST)] == [0, 1000, 2000]


async def test_rooms_are_found_by_id_name_and_path(emulator, alfaview):
    """All three ways lead to the same room; a name that two rooms bear is an error."""
    by_id = await alfaview.rooms.find(emulator.room_id)
    assert by_id == await alfaview.rooms.find("Seminar A") == await alfaview.rooms.find("Nord/Seminar A")
    await alfaview.rooms.create(room=Room(display_name="Seminar A"))
    with pytest.raises(errors.AmbiguousName, match="Nord/Seminar A"):
        await alfaview.rooms.find("Seminar A")
    assert await alfaview.rooms.find("Nord/Seminar A") == by_id
    with pytest.raises(errors.NotFound, match="Seminar Z"):
        await alfaview.rooms.find("Seminar Z")


async def test_unknown_roles_name_the_known_ones(alfaview):
    """The error lists what there is."""
    with pytest.raises(errors.NotFound, match="Moderator, Participant, Spectator"):
        await alfaview.business.permission_group("Teilnemer")
