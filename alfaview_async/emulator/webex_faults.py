"""Failures on demand of the emulated Webex: which requests go wrong, and how."""

from collections.abc import Callable
from enum import StrEnum
from fnmatch import fnmatchcase
from random import Random

from aiohttp import hdrs, web
from attrs import define, field
from yarl import URL

from alfaview_async.errors import ConfigurationError

_ELSEWHERE = URL("https://webex.example.com/v1/meetingInvitees?after=x")


class WebexDo(StrEnum):
    """How a request goes wrong."""

    REFUSE = "refuse"
    """Answered with the HTTP status of the fault, e.g. 429, 423 or 503; not carried out."""
    APPLY_THEN_REFUSE = "apply-then-refuse"
    """Carried out, then answered with the HTTP status of the fault."""
    APPLY_THEN_RESET = "apply-then-reset"
    """Carried out; then the connection is closed without an answer."""
    REFUSE_THEN_APPLY = "refuse-then-apply"
    """Answered with the HTTP status of the fault, and carried out its `seconds` later."""
    APPLY_HALF = "apply-half"
    """Of several invitees the first half is invited, rounded down; answered with the HTTP status of the fault."""
    RESET = "reset"
    """The connection is closed without an answer; not carried out."""
    LINK_ELSEWHERE = "link-elsewhere"
    """The next page is said to be on another server, also after the last page."""
    LINK_MAX_NULL = "link-max-null"
    """The link to the next page has `max=null`, which is refused when asked for; so seen at Webex."""
    LINK_TO_ITSELF = "link-to-itself"
    """The next page is said to be this one."""
    EMPTY_PAGE = "empty-page"
    """An empty page, whose next page is the one that was asked for."""


@define(kw_only=True, eq=False)
class WebexFault:
    """One failure on demand; see `WebexFaults.add`."""

    do: WebexDo
    request: str
    status: int
    retry_after: str | None
    has_body: bool
    seconds: float
    skip: int
    times: int | None
    share: float
    seen: int = field(default=0, init=False)
    fired: int = field(default=0, init=False)

    def strikes(self, random: Random) -> bool:
        """Count one more request and tell whether it goes wrong."""
        self.seen += 1
        if self.seen <= self.skip or (self.times is not None and self.fired >= self.times):
            return False
        if self.share < 1 and random.random() >= self.share:
            return False
        self.fired += 1
        return True


class WebexFaults:
    """The failures in force; where several strike one request, the one added first does.

    Args:
        seed: Of the draws for shares.
    """

    def __init__(self, seed: int = 0) -> None:
        self._seed = seed
        self._random = Random(seed)
        self._faults: list[WebexFault] = []

    def add(
        self,
        do: str,
        *,
        request: str = "*",
        status: int = 429,
        retry_after: str | None = None,
        has_body: bool = True,
        seconds: float = 0.0,
        skip: int = 0,
        times: int | None = 1,
        share: float = 1.0,
    ) -> WebexFault:
        """Let requests go wrong from now on.

        Args:
            do: One of `WebexDo`.
            request: Method and path after the prefix, e.g. `POST meetingInvitees/bulkInsert`, or a pattern with `*`.
            status: HTTP status from 400 to 599, where an answer is given.
            retry_after: The header as it is sent: `17`, a date, `rand(30),add(30)`; `None`: no header.
            has_body: Whether the answer has an error body; Webex has answered 429 without.
            seconds: For `refuse-then-apply`.
            skip: So many requests go well before.
            times: At most so often; `None`: without end.
            share: Of the requests, from 0 to 1, that go wrong.

        Raises:
            ConfigurationError: No such way to fail, or a value that makes no sense.
        """
        if do not in list(WebexDo):
            raise ConfigurationError(f"do must be one of {', '.join(WebexDo)}, not {do!r}")
        if not (400 <= status <= 599 and skip >= 0 and seconds >= 0 and 0 <= share <= 1):  # noqa: PLR2004 - HTTP's errors
            raise ConfigurationError("status must be from 400 to 599, share from 0 to 1, skip and seconds not negative")
        fault = WebexFault(
            do=WebexDo(do),
            request=request,
            status=status,
            retry_after=retry_after,
            has_body=has_body,
            seconds=seconds,
            skip=skip,
            times=times,
            share=share,
        )
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        """Let everything go right again; draws begin anew."""
        self._faults.clear()
        self._random.seed(self._seed)

    def due(self, request: str) -> WebexFault | None:
        """Count a request for every fault that concerns it and return the one that strikes it."""
        concerned = [fault for fault in self._faults if fnmatchcase(request, fault.request)]
        return next((fault for fault in concerned if fault.strikes(self._random)), None)


def spoilt(
    url: URL,
    fault: WebexFault,
    body: object,
    carry_out: Callable[..., web.Response],
    refused: Callable[[], web.Response],
    put_off: Callable[[float, Callable[[], object]], None],
) -> web.Response | None:
    """Let a request go wrong; `None` if there is to be no answer.

    Args:
        url: What was asked for.
        fault: How it goes wrong.
        body: What was sent.
        carry_out: Does what was asked, or what is given in place of the body.
        refused: The answer that says no.
        put_off: Has something done so many seconds later.
    """
    match fault.do:
        case WebexDo.RESET:
            return None
        case WebexDo.APPLY_THEN_RESET:
            carry_out()
            return None
        case WebexDo.APPLY_THEN_REFUSE:
            carry_out()
        case WebexDo.APPLY_HALF:
            carry_out(_halved(body))
        case WebexDo.REFUSE_THEN_APPLY:
            put_off(fault.seconds, carry_out)
        case WebexDo.REFUSE:
            pass
        case _:
            return _misled(url, fault.do, carry_out)
    response = refused()
    if fault.retry_after is not None:
        response.headers[hdrs.RETRY_AFTER] = fault.retry_after
    return response


def _misled(url: URL, do: WebexDo, carry_out: Callable[[], web.Response]) -> web.Response:
    """Answer a list with a link to the next page that is none."""
    if do is WebexDo.EMPTY_PAGE:
        empty = web.Response(body=b'{"items":[]}', content_type="application/json")
        return _linked(empty, url.update_query(nothing="true"))
    response = carry_out()
    if do is WebexDo.LINK_ELSEWHERE:
        return _linked(response, _ELSEWHERE)
    if do is WebexDo.LINK_TO_ITSELF:
        return _linked(response, url)
    if hdrs.LINK in response.headers:
        link = response.headers[hdrs.LINK]
        response.headers[hdrs.LINK] = link.replace(f"max={url.query.get('max')}", "max=null")
    return response


def _linked(response: web.Response, url: URL) -> web.Response:
    response.headers[hdrs.LINK] = f'<{url}>; rel="next"'
    return response


def _halved(body: object) -> object:
    items = body.get("items") if isinstance(body, dict) else None
    return body | {"items": items[: len(items) // 2]} if isinstance(body, dict) and isinstance(items, list) else body
