"""Error answers in all known forms: the right class, the reason, the ids for Webex's support."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alfaview_async import errors
from alfaview_async.secret import SecretBytes
from alfaview_async.webex.error_replies import refusal, tracking_id
from alfaview_async.webex.exchange import HttpAnswer

TRACKING = "ROUTER_5D2A7F4E-0A3B-01BB-0001-2C5A4B3D2E1F"
FORMS = {
    "message and descriptions": {
        "message": "The request was invalid.",
        "errors": [{"description": "email: bad"}, {"description": "displayName: long"}],
        "trackingId": TRACKING,
    },
    "code and message": {"code": 4009, "message": "email: bad; displayName: long", "trackingId": TRACKING},
    "error code": {"errorCode": 4009, "message": "email: bad; displayName: long", "trackingId": TRACKING},
    "list of errors by key": {
        "error": [
            {
                "key": "400",
                "message": [{"description": "email: bad", "code": "a"}, {"description": "displayName: long"}],
            }
        ],
        "trackingId": TRACKING,
    },
    "error object": {
        "error": {"key": 400, "message": [{"description": "email: bad"}, {"description": "displayName: long"}]},
        "trackingId": TRACKING,
    },
    "error text": {"error": "email: bad, displayName: long", "trackingId": TRACKING},
}
CLASSES = {
    400: errors.InvalidArgument,
    401: errors.AuthenticationError,
    403: errors.PermissionDenied,
    404: errors.NotFound,
    405: errors.InvalidArgument,
    409: errors.AlreadyExists,
    410: errors.NotFound,
    415: errors.InvalidArgument,
    423: errors.RateLimited,
    428: errors.InvalidArgument,
    429: errors.RateLimited,
    500: errors.StatusError,
    502: errors.Unavailable,
    503: errors.Unavailable,
    504: errors.ServerTimeout,
}


def reply(status, body=b"", **headers):
    data = body if isinstance(body, bytes) else orjson.dumps(body)
    return HttpAnswer(status, {name.replace("_", "-"): text for name, text in headers.items()}, SecretBytes(data))


@pytest.mark.parametrize(("status", "kind"), CLASSES.items())
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_documented_status_has_its_class(status, kind, form):
    """The table of response codes of the reference, with each form of body."""
    error = refusal(reply(status, form), "GET x")
    assert type(error) is kind
    assert error.http_status == status


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_the_reason_is_read_from_every_form(form):
    """What Webex says is wrong gets into the message, whatever key it stands under."""
    error = refusal(reply(400, form), "GET x")
    assert "email: bad" in error.message
    assert "displayName: long" in error.message
    assert ("4009" in error.message) == ("4009" in str(form))
    assert tracking_id(reply(400, form)) == TRACKING


@pytest.mark.parametrize(
    "answer",
    [
        (403, {"message": "no", "trackingId": TRACKING}),
        (403, {"message": "no"}, {"trackingId": TRACKING}),
        (403, b"", {"trackingid": TRACKING}),
    ],
    ids=["body", "header", "header alone"],
)
async def test_the_tracking_id_is_on_the_error(plain, client, answer):
    """From the body or the header, after our own: Webex's support asks for it."""
    plain.on(answer)
    with pytest.raises(errors.PermissionDenied) as caught:
        await client.invitees.get("x")
    ((ours,),) = plain.headers("TrackingID")
    assert caught.value.request_ids == (ours, TRACKING)
    assert TRACKING in str(caught.value)
    assert caught.value.operation == "GET meetingInvitees/x"


async def test_a_tracking_id_that_is_ours_stands_once(emulator, webex):
    """Webex may answer with the id we sent."""
    with pytest.raises(errors.NotFound) as caught:
        await webex.invitees.get("x")
    assert caught.value.request_ids == (emulator.requests[0].tracking_id,)


async def test_a_429_without_a_body_is_throttling(plain, client):
    """So it has been seen; `Retry-After` says how long."""
    plain.on((429, b"", {"Retry-After": "300"}))
    with pytest.raises(errors.RateLimited) as caught:
        await client.invitees.get("x")
    assert caught.value.retry_after == 300.0
    assert caught.value.outcome is errors.Outcome.REFUSED


async def test_a_date_is_read_against_the_servers_clock(plain, client):
    """Not against ours, which may be wrong."""
    dates = {"Retry-After": "Wed, 21 Oct 2015 07:33:00 GMT", "Date": "Wed, 21 Oct 2015 07:28:00 GMT"}
    plain.on((423, b"", dates))
    with pytest.raises(errors.RateLimited) as caught:
        await client.invitees.get("x")
    assert caught.value.retry_after == 300.0


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_proxys_word_is_no_proof_that_webex_did_nothing(status):
    """HTML, nothing, JSON without a tracking id: some proxy answered, before or after the work."""
    page = refusal(reply(status, b"<html><h1>No</h1></html>", Content_Type="text/html"), "POST x")
    assert type(page) is CLASSES[status]
    assert page.outcome is errors.Outcome.AMBIGUOUS
    assert "text/html" in page.message
    assert refusal(reply(status), "POST x").outcome is errors.Outcome.AMBIGUOUS
    assert refusal(reply(status, {"message": "Forbidden"}), "POST x").outcome is errors.Outcome.AMBIGUOUS
    assert refusal(reply(status, FORMS["code and message"]), "POST x").outcome is errors.Outcome.REFUSED


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 304])
async def test_redirects_are_not_followed(plain, client, status):
    """The token would go along."""
    plain.on((status, b"", {"Location": f"{plain.origin}/elsewhere"}))
    with pytest.raises(errors.RedirectRefused) as caught:
        await client.invitees.get("x")
    assert caught.value.http_status == status
    assert len(plain.sent) == 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(
            st.sampled_from(["message", "errors", "error", "description", "code", "errorCode", "trackingId", "key"]),
            children,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(
    st.integers(300, 999),
    st.one_of(st.binary(max_size=60), JSON.map(orjson.dumps)),
    st.dictionaries(st.sampled_from(["Retry-After", "Date", "Content-Type", "TrackingID"]), st.text(max_size=40)),
)
def test_any_error_answer_is_an_error_of_ours(status, body, headers):
    """Whatever comes, it is a value of the error tree with a message of printable text and a sensible wait."""
    answer = HttpAnswer(status, headers, SecretBytes(body))
    error = refusal(answer, "GET x")
    assert isinstance(error, errors.AlfaviewError)
    assert error.message.isprintable()
    assert len(error.message) <= 700
    assert error.retry_after is None or error.retry_after >= 0
    assert tracking_id(answer).isprintable()
    assert error.outcome is not errors.Outcome.NOT_SENT


def test_a_deep_body_is_no_danger():
    """Nesting without end is not followed."""
    deep = b'{"error":' * 900 + b'"x"' + b"}" * 900
    assert isinstance(refusal(reply(400, deep), "GET x"), errors.InvalidArgument)


@pytest.mark.parametrize("status", [408, 499, 501, 505, 599, 600, 999])
def test_statuses_that_nobody_documents_prove_nothing(status):
    """Only "not implemented" is a refusal."""
    error = refusal(reply(status, FORMS["code and message"]), "POST x")
    assert (error.outcome is errors.Outcome.REFUSED) == (status == 501)
