"""Any JSON that a server may send becomes guests, or an error of ours."""

import json
from datetime import UTC, datetime, timedelta, timezone
from http import HTTPStatus

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from alfaview_async.errors import AlfaviewError
from alfaview_async.http_reply import HttpReply
from alfaview_async.invitario.guests import Guest, GuestFields, RegistrationState
from alfaview_async.invitario.replies import list_of, session_of
from alfaview_async.secret import Secret, SecretBytes

TOKEN = Secret("0123456789abcdef")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-3, minutes=-30))])
MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1), timezones=ZONES)  # noqa: DTZ001 - zones are added
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FIELDS = st.dictionaries(TEXTS, st.none() | TEXTS | st.lists(TEXTS), max_size=6)
DAMAGED = st.fixed_dictionaries(
    {},
    optional={
        "status": st.sampled_from(["success", "error", None, "", True]) | JSON,
        "errors": st.lists(
            JSON | st.fixed_dictionaries({"code": st.sampled_from([10, 30, 1010, "1000"]) | JSON, "message": JSON})
        )
        | JSON,
        "displayMessage": JSON,
        "sessionToken": JSON,
        "count": st.integers(0, 3) | JSON,
        "dateTime": st.sampled_from(["2018-01-01T18:30:00+02:00", "0001-01-01T00:00:00+14:00"]) | JSON,
        "guests": st.lists(
            JSON
            | st.fixed_dictionaries(
                {"id": st.just("a") | JSON},
                optional={
                    "parentId": JSON,
                    "checkInDateTime": st.sampled_from(["0001-01-01T00:00:00+14:00", "", "24:00"]) | JSON,
                    "registrationState": JSON,
                    "fields": JSON,
                    "companions": JSON | st.lists(JSON),
                },
            ),
            max_size=3,
        )
        | JSON,
    },
)


def read_all(body, status):
    http = HttpReply(status, {"Content-Type": "application/json"}, SecretBytes(body))
    return list_of("api/v1/guest/list/all", http, (TOKEN,)), session_of("api/v1/login", http, (TOKEN,))


def failure(body, status):
    try:
        read_all(body, status)
    except AlfaviewError as error:
        return error
    return None


@given(DAMAGED, st.sampled_from(list(HTTPStatus)))
@example({"status": "success", "count": 10**30, "dateTime": "x", "guests": []}, HTTPStatus.OK)
@example({"status": "success", "count": 1, "guests": [{"id": "a", "fields": {"n": [[[]] * 3]}}]}, HTTPStatus.OK)
def test_damaged_answers_raise_errors_of_ours_only(answer, status):
    """Whatever stands where, with whatever HTTP status, no other exception comes out."""
    error = failure(json.dumps(answer).encode("utf-8", "surrogatepass"), status)
    assert error is None or (str(error).isprintable() and error.__context__ is None)


@given(st.binary(), st.sampled_from(list(HTTPStatus)))
@example(b"\xef\xbb\xbf{}", HTTPStatus.OK)
@example(b"[" * 100_000, HTTPStatus.OK)
@example(b'{"status":"success","errors":' + b"[" * 900 + b"]" * 900 + b"}", HTTPStatus.OK)
def test_any_bytes_raise_errors_of_ours_only(body, status):
    """No JSON, half a JSON, a nest of brackets."""
    error = failure(body, status)
    assert error is None or (str(error).isprintable() and error.__context__ is None)


def test_a_field_nested_beyond_writing_costs_no_guest():
    """It can be read, and not be written again; nothing else of the guest suffers."""
    nest = "[" * 500 + "]" * 500
    body = (
        '{"status": "success", "count": 1, "dateTime": "2018-01-01T18:30:00Z", "sessionToken": "t",'
        f'"guests": [{{"id": "a", "fields": {{"email": "a@example.org", "customField1": {{"n": {nest}}}}}}}]}}'
    )
    guests, _ = read_all(body.encode(), 200)
    assert guests[0].fields == {"email": "a@example.org", "customField1": "..."}


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])  # a guest is twenty draws
@given(
    st.lists(
        st.builds(
            Guest,
            id=TEXTS.filter(bool),
            parent_id=TEXTS,
            access_code=TEXTS,
            client_updated_at=st.none() | MOMENTS,
            server_updated_at=st.none() | MOMENTS,
            checked_in_at=st.none() | MOMENTS,
            checked_out_at=st.none() | MOMENTS,
            deleted_at=st.none() | MOMENTS,
            registration_state=st.sampled_from(list(RegistrationState)),
            highlight_color=TEXTS,
            fields=st.builds(GuestFields, FIELDS),
            companion_ids=st.lists(TEXTS).map(tuple),
            unknown=st.just({"badge": [1, None]}),
        ),
        max_size=3,
    ),
    MOMENTS.map(datetime.isoformat),
)
def test_documented_guests_arrive_as_they_were_sent(guests, cursor):
    """Every property, written by hand as the article shows it, is read back; times are the same moments, in UTC."""
    body = json.dumps(
        {
            "status": "success",
            "count": len(guests),
            "dateTime": cursor,
            "sessionToken": "t",
            "guests": [on_the_wire(guest) for guest in guests],
        }
    )
    found, _ = read_all(body.encode(), 200)
    assert list(found) == guests
    assert found.cursor == cursor
    times = [guest.checked_in_at for guest in found]
    assert {moment.tzinfo for moment in times if moment} <= {UTC}


def on_the_wire(guest):
    def written(moment):
        return moment and moment.isoformat()

    return {
        "id": guest.id,
        "parentId": guest.parent_id or None,
        "accessCode": guest.access_code,
        "clientUpdateDateTime": written(guest.client_updated_at),
        "serverUpdateDateTime": written(guest.server_updated_at),
        "checkInDateTime": written(guest.checked_in_at),
        "checkOutDateTime": written(guest.checked_out_at),
        "deleteDateTime": written(guest.deleted_at),
        "registrationState": guest.registration_state.value,
        "highlightColor": guest.highlight_color,
        "fields": guest.fields,
        "companions": [{"id": companion} for companion in guest.companion_ids],
        "badge": [1, None],
    }
