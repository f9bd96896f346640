"""Whatever a model can hold travels both ways unharmed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wire_strategies import access_infos, replies, requests

from alfaview_async.models.common import AccessInfo, AccessPlace
from alfaview_async.operation import Row, StreamOperation
from alfaview_async.protocol import (
    decode_frame,
    decode_reply,
    decode_request,
    encode_frame,
    encode_reply,
    encode_request,
)
from alfaview_async.services import operations

every_operation = pytest.mark.parametrize("row", [row for _, _, row in operations()], ids=lambda row: row.path)
few = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@every_operation
@few
@given(data=st.data())
def test_every_request_comes_back_as_it_was_sent(row: Row, data: st.DataObject) -> None:
    """decode_request undoes encode_request, access info included where the operation bears one."""
    request, access = data.draw(requests(row)), data.draw(access_infos)

    read, read_access = decode_request(row, encode_request(request, access))

    assert read == request
    if request.ACCESS is AccessPlace.REQUEST_ID:
        access = AccessInfo(request_id=access.request_id)
    assert read_access == (AccessInfo() if request.ACCESS is AccessPlace.NOWHERE else access)


@every_operation
@few
@given(data=st.data())
def test_every_reply_comes_back_as_it_was_sent(row: Row, data: st.DataObject) -> None:
    """decode_reply undoes encode_reply, and a stream's frames likewise."""
    reply = data.draw(replies(row))

    if isinstance(row, StreamOperation):
        assert decode_frame(row, encode_frame(reply)) == reply
    assert decode_reply(row, 200, {}, encode_reply(reply)) == reply
