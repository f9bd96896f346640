"""The JSON of the alfaview developer handbook (February 2026) as printed, and how to read what is not quite JSON."""

import json
import re
from typing import Any

import orjson

from alfaview_async.models.common import AccessInfo, Permissions, Reply, ReplyInfo, Request
from alfaview_async.operation import Row
from alfaview_async.protocol import decode_reply, decode_request, encode_reply, encode_request

Json = dict[str, Any]

MODERATOR = '{ "voice": true, "video": true, "promote": true, "join": true, "screen": true }'
PARTICIPANT = '{ "voice": true, "video": true, "join": true, "screen": true, "chat": true }'
SPECTATOR = '{ "join": true, "chat": true }'
ROLES = {
    MODERATOR: Permissions(voice=True, video=True, promote=True, join=True, screen=True),
    PARTICIPANT: Permissions(voice=True, video=True, join=True, screen=True, chat=True),
    SPECTATOR: Permissions(join=True, chat=True),
}
ACCESS = AccessInfo(request_id="### REQUEST ID ###", access_token="### ACCESS TOKEN ###")
OK = ReplyInfo(status_message="OK")


def assert_sends(row: Row, request: Request, sample: Json, access: AccessInfo = ACCESS) -> None:
    """The request makes the sample's JSON, but for zeros, and the sample is read as the request."""
    body: Json = json.loads(encode_request(request, access))

    assert not any(left_out(sample, body))
    assert decode_request(row, orjson.dumps(sample)) == (request, access)


def assert_reads(row: Row, sample: Json, reply: Reply) -> None:
    """The sample is read as the reply, with no field unknown, and written again as it was."""
    found = decode_reply(row, 200, {}, orjson.dumps(sample))

    assert found == reply
    assert found.unknown_fields == {}
    assert orjson.loads(encode_reply(found)) == {"replyInfo": {}} | sample


def parsed(printed: str, **values: str) -> Json:
    """Parse a printed sample.

    Comments, `...`, trailing commas and the stray backslashes of the print are taken off. Some values are only
    described in the print, e.g. `"string"` for a time: `values` has real ones by key.
    """
    text = re.sub(r"(^|\s)(- )?//.*$", "", printed, flags=re.MULTILINE)
    text = re.sub(r"^\s*\.\.\.,?\s*$", "", text, flags=re.MULTILINE)
    text = re.sub(r",(\s*[}\]])", r"\1", text).replace("\\_", "_")
    for key, value in values.items():
        described = re.search(rf'"{key}":\s*("[^"]*")', text)
        if not described:
            raise ValueError(f"the sample has no {key}")
        text = text[: described.start(1)] + json.dumps(value) + text[described.end(1) :]
    sample: Json = json.loads(text)
    return sample


def left_out(sample: Any, sent: Any) -> list[object]:
    """Return the values that a sample has and the sent JSON has not; both must agree in all the rest.

    Raises:
        ValueError: They differ.
    """
    if isinstance(sample, dict) and isinstance(sent, dict) and sent.keys() <= sample.keys():
        missing = [sample[key] for key in sample.keys() - sent.keys()]
        return missing + [value for key in sent for value in left_out(sample[key], sent[key])]
    if isinstance(sample, list) and isinstance(sent, list) and len(sample) == len(sent):
        return [value for pair in zip(sample, sent, strict=True) for value in left_out(*pair)]
    if sample != sent:
        raise ValueError(f"the handbook has {sample!r}, but we send {sent!r}")
    return []
