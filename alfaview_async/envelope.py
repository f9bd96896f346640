"""The envelope of replies: where the reply info stands, and what it says of the request."""

import logging
from collections.abc import Sequence
from typing import Any

from alfaview_async.error_body import printable, status_error
from alfaview_async.errors import BadReply, PartialError
from alfaview_async.models.common import InfoPlace
from alfaview_async.models.status import StatusCode
from alfaview_async.secret import SecretJson

Json = dict[str, Any]

PLACES_OF_ITS_OWN = (InfoPlace.FIELD, InfoPlace.NOWHERE)
"""Where the reply info is not mixed with the reply."""
_log = logging.getLogger("alfaview_async")
_INFO_KEYS = ("requestId", "statusCode", "statusMessage")
_SAID_OK = (None, "", 0, "OK")
"""Absent, null, empty, zero and OK are one: servers of different versions send each of them."""


def check_info(raw: Json, path: str, request_ids: Sequence[str] = ()) -> None:
    """Raise the error that the reply info of a reply tells of.

    Raises:
        StatusError: The status code is an error.
        BadReply: The reply info is none.
    """
    info = info_of(raw)
    if isinstance(info, dict):
        info = SecretJson(info)
    said = info.get("statusCode") if isinstance(info, dict) else False
    if isinstance(said, bool) or not isinstance(said, str | int | None):
        raise BadReply("the reply info is not readable", operation=path, request_ids=request_ids)
    if said in _SAID_OK:
        return
    code = StatusCode.from_wire(said)
    if code.is_error:
        raise status_error({"details": [info]}, path, 200, {}, request_ids)
    if code.is_warning:
        _log.warning("%s answered with the warning %s (request %s)", path, code, ", ".join(request_ids))


def info_of(raw: Json) -> object:
    """Find the reply info of a reply; some replies are the reply info themselves."""
    info = raw.get("replyInfo")
    return raw if info is None else info


def check_complete(raw: Json, reply: object, path: str, request_ids: Sequence[str] = ()) -> None:
    """Raise what is neither success nor failure.

    Raises:
        PartialError: Some of the entities of the call failed; it bears the reply.
    """
    info = info_of(raw)
    if not isinstance(info, dict) or info.get("statusCode") in _SAID_OK:
        return
    if StatusCode.from_wire(info["statusCode"]) != StatusCode.PARTIAL_ERROR:
        return
    reason = printable(str(info.get("statusMessage") or "no reason given"))
    partial = PartialError(
        f"only part of the work was done ({reason})",
        operation=path,
        request_ids=request_ids,
        status=StatusCode.PARTIAL_ERROR,
    )
    partial.reply = reply
    raise partial


def with_info(raw: Json, place: InfoPlace) -> Json:
    """Bring the reply info to where most replies have it; what stands in two places may be filled in one of them."""
    inner = raw.get("replyInfo")
    if place in PLACES_OF_ITS_OWN or not isinstance(inner, dict | None):
        return raw
    inner = inner or {}
    outer = {key: raw[key] for key in _INFO_KEYS if key in raw}
    info = inner | {key: value for key, value in outer.items() if inner.get(key) in _SAID_OK}
    return SecretJson({key: raw[key] for key in raw.keys() - outer.keys()} | {"replyInfo": info})
