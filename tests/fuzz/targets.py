"""What reads foreign bytes: each target with the errors it may raise, and where a search for others may begin."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

import orjson
from attrs import frozen
from fuzz.guest_lists import LIST_SEEDS, WORKBOOK_SEEDS, read_workbook
from fuzz.journals import JOURNAL_SEEDS, read_journal
from yarl import URL

from alfaview_async.bulk import read_recipients
from alfaview_async.error_body import retry_after, status_error
from alfaview_async.errors import AlfaviewError, JoinLinkError, JournalError, RecipientsRejected, TokenStoreError
from alfaview_async.http_reply import HttpReply
from alfaview_async.invitario.replies import list_of
from alfaview_async.joining import JoinLink, LaunchUrl
from alfaview_async.operation import StreamOperation
from alfaview_async.protocol import decode_frame, decode_reply, decode_request
from alfaview_async.refresh_cookie import received
from alfaview_async.secret import SecretBytes
from alfaview_async.services import operations
from alfaview_async.slices import NotSliceableError, sliced
from alfaview_async.testing import KEY, TOKEN
from alfaview_async.tokens.record import TokenRecord
from alfaview_async.webex.error_replies import refusal
from alfaview_async.webex.exchange import HttpAnswer
from alfaview_async.webex.paging import UnreadableLink, next_page
from alfaview_async.wire import UnreadableError

NOW = datetime(2026, 10, 1, tzinfo=UTC)
ROWS = [row for _, _, row in operations()]
STATUSES = (200, 200, 200, 201, 302, 400, 401, 403, 404, 409, 429, 500, 502, 503, 504)
PAGE = URL("https://webexapis.com/v1/meetingInvitees?meetingId=m")


@frozen(kw_only=True)
class Target:
    """A reader of foreign bytes.

    Attributes:
        read: Reads them; what it asserts holds for every input.
        errors: What it may raise; anything else is a finding.
        seeds: Inputs that lead deep into it.
    """

    read: Callable[[bytes], object]
    errors: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...]

    def __call__(self, data: bytes) -> None:
        """Read the bytes; an error that is allowed has a text that can be shown to people."""
        try:
            self.read(data)
        except self.errors as error:
            text = str(error)
            assert text.isprintable(), text
            assert len(text) < 2000


def chosen(data: bytes, count: int) -> tuple[int, bytes]:
    """Take one byte off, as a choice."""
    return (data[0] % count, data[1:]) if data else (0, b"")


def read_reply(data: bytes) -> None:
    number, rest = chosen(data, len(ROWS))
    status, body = chosen(rest, len(STATUSES))
    row = ROWS[number]
    if isinstance(row, StreamOperation):
        decode_frame(row, body)
    decode_reply(row, STATUSES[status], {}, body)


def read_slices(data: bytes) -> None:
    """Parse slice by slice, and compare with parsing the whole."""
    steps = sliced(data, {})
    try:
        while True:
            next(steps)
    except StopIteration as end:
        assert orjson.loads(data.removeprefix(b"\xef\xbb\xbf")) == end.value.plain  # noqa: PT017 - the generator's result


def read_request(data: bytes) -> None:
    number, body = chosen(data, len(ROWS))
    decode_request(ROWS[number], body)


def read_error(data: bytes) -> None:
    """Lines of headers before the body, as a gateway may send them."""
    status, rest = chosen(data, len(STATUSES))
    wait, _, rest = rest.decode("utf-8", "replace").partition("\n")
    date, _, body = rest.partition("\n")
    headers = {"Retry-After": wait, "Date": date}
    assert (retry_after(headers) or 0.0) >= 0.0
    refusal(HttpAnswer(STATUSES[status], headers, SecretBytes(body.encode())), "GET x").args  # noqa: B018 - it is made
    try:
        raw = orjson.loads(body)
    except orjson.JSONDecodeError:
        return
    if isinstance(raw, dict):
        raise status_error(raw, ROWS[0].path, STATUSES[status], headers)


def read_cookies(data: bytes) -> None:
    cookie = received(data.decode("latin-1").split("\n"), NOW)
    assert cookie is None or (cookie.value.isascii() and cookie.value.isprintable())


def read_join_link(data: bytes) -> None:
    link = JoinLink.parse(data.decode("utf-8", "replace"))
    assert JoinLink.parse(link.url) == link
    assert link.host.endswith("alfaview.com")


def read_launch_url(data: bytes) -> None:
    launch = LaunchUrl.parse(data.decode("utf-8", "replace"))
    assert LaunchUrl.parse(launch.native) == launch
    assert LaunchUrl.parse(launch.web) == launch


def read_list(data: bytes) -> None:
    guests = read_recipients(BytesIO(data), skip_invalid=True, now=NOW)
    assert len({guest.line for guest in (*guests.recipients, *guests.problems)}) <= guests.rows


def read_record(data: bytes) -> None:
    assert TokenRecord.from_bytes(data, KEY).key == KEY


def read_invitario(data: bytes) -> None:
    status, body = chosen(data, len(STATUSES))
    guests = list_of("list", HttpReply(STATUSES[status], {}, SecretBytes(body)), ())
    assert all(guest.id for guest in guests)


def read_next_page(data: bytes) -> None:
    url = next_page(PAGE, data.decode("latin-1"), {"meetingId": "m"})
    assert url is None or str(url.origin()).lower() == str(PAGE.origin())


def each_operation(*bodies: bytes) -> tuple[bytes, ...]:
    """Bodies of replies, as operations of all kinds would get them."""
    return tuple(bytes([number, 0]) + body for number in range(0, len(ROWS), 5) for body in bodies)


REPLIES = (
    (
        b'{"replyInfo":{"statusCode":"OK","statusMessage":"OK","requestId":"r"},"rooms":{"a":{"displayName":"A",'
        b'"createdAt":"2026-03-01T12:00:00.5Z","sort":"7","type":"ROOM_TYPE_ROOM","quotas":{"activeParticipants":5}}},'
        b'"guestLinks":[{"id":"1","validFrom":null,"joinLink":"x"}],"accessToken":"t","expiresAt":"4102444800"}'
    ),
    (
        b'{"error":"token expired","code":16,"message":"token expired","details":[{"@type":"t","statusCode":'
        b'"TOKEN_OUTDATED","statusMessage":"m"}]}'
    ),
)
TARGETS = {
    "replies": Target(read=read_reply, errors=(AlfaviewError,), seeds=each_operation(*REPLIES)),
    "slices": Target(
        read=read_slices, errors=(NotSliceableError,), seeds=(*REPLIES, b'{"a":[' + b'{"b":"{]"},' * 2000 + b"{}]}")
    ),
    "requests": Target(
        read=read_request,
        errors=(UnreadableError,),
        seeds=tuple(
            bytes([number]) + b'{"accessInfo":{"accessToken":"t","requestId":"r"},"requestId":"r","limit":5,"room":'
            b'{"displayName":"A","permissions":{"a":{"role":"ROLE_OWNER"}}},"guestLinkCreations":[{"email":"a@b.de"}]}'
            for number in range(0, len(ROWS), 7)
        ),
    ),
    "errors": Target(
        read=read_error,
        errors=(AlfaviewError,),
        seeds=tuple(b"\x06120\nSun, 01 Mar 2026 12:00:00 GMT\n" + body for body in REPLIES),
    ),
    "cookies": Target(
        read=read_cookies,
        errors=(),
        seeds=(
            (
                b"auth=; Max-Age=0\nauth=a1b2c3d4-0000; Path=/; Domain=app.alfaview.com; Expires=Sun, 01 Mar 2027"
                b" 12:00:00 GMT; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict"
            ),
        ),
    ),
    "join links": Target(
        read=read_join_link,
        errors=(JoinLinkError,),
        seeds=(b"https://app.alfaview.com/#/join/01FH0EX2VQQ378MV7Z5NAGHESK/4173dafb-5cde/a%2Fb%3D/v2",),
    ),
    "launch urls": Target(
        read=read_launch_url,
        errors=(JoinLinkError,),
        seeds=(
            b"alfaview://apis.alfaview.com:443?companyId=c&roomId=r&token=a%2Bb%3D",
            b"https://webclient.alfaview.com/?--url=alfaview://apis.alfaview.com:443?companyid=c&roomid=r&tokenhex=6162",
        ),
    ),
    "guest lists": Target(read=read_list, errors=(RecipientsRejected,), seeds=LIST_SEEDS),
    "workbooks": Target(read=read_workbook, errors=(RecipientsRejected,), seeds=WORKBOOK_SEEDS),
    "journals": Target(read=read_journal, errors=(JournalError,), seeds=JOURNAL_SEEDS),
    "token records": Target(
        read=read_record,
        errors=(TokenStoreError,),
        seeds=(bytes(TokenRecord(key=KEY).next(TOKEN).to_bytes()), b"sealed 1\n", b"sealed 2\n"),
    ),
    "invitario": Target(
        read=read_invitario,
        errors=(AlfaviewError,),
        seeds=(
            (
                b'\0{"status":"success","dateTime":"2026-03-01T12:00:00+01:00","count":1,"guests":[{"id":"1","parentId":'
                b'null,"accessCode":"x","checkInDateTime":null,"fields":{"email":"a@b.de","n":[1,"2"]},"companions":[]}]}'
            ),
            b'\0{"status":"error","errors":[{"code":"30","message":"m"}],"displayMessage":"d"}',
        ),
    ),
    "next pages": Target(
        read=read_next_page,
        errors=(UnreadableLink,),
        seeds=(
            b'<https://webexapis.com/v1/meetingInvitees?meetingId=null&after=2>; rel="next"; a="\\"", <x>; rel=last',
        ),
    ),
}
