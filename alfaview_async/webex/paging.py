"""From one page of a list to the next: the `Link` header of RFC 8288, followed with care.

Whoever looks up what a lost answer left behind takes "not listed" for "not invited". So a header that cannot be read is
an error, never the end of the list.
"""

import re
from collections.abc import Mapping

from yarl import URL

_TARGET = re.compile(r"[\s,]*<([^<>]*)>")
_PARAMETER = re.compile(r"""[\s;]*([^\s=;,"<>]+)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^\s;,"<>]*))?""")
_BETWEEN = re.compile(r"[\s;]*")
_REST = re.compile(r"[\s,]*")
_ESCAPED = re.compile(r"\\(.)")


class UnreadableLink(ValueError):
    """A `Link` header that makes no sense, or leads where our token must not go."""


def next_page(current: URL, header: str, wanted: Mapping[str, str]) -> URL | None:
    """Find the address of the next page; `None` after the last one.

    Args:
        current: Address of this page.
        header: Its `Link` header, or several of them joined with commas.
        wanted: Our own query parameters, set again where the link has lost them: Webex has sent `max=null`, and links
            to second pages without the filter.

    Raises:
        UnreadableLink: The header makes no sense, or the next page is on another host, port or scheme.
    """
    target = _next_target(header)
    if target is None:
        return None
    if not target.isascii() or not target.isprintable() or " " in target:
        raise UnreadableLink("the address of the next page holds characters that no address has")
    try:
        url = current.join(URL(target, encoded=True)).with_fragment(None)
        is_ours = _origin(url) == _origin(current) and not (url.user or url.password)
    except ValueError:
        raise UnreadableLink("the address of the next page is unreadable") from None
    if not is_ours:
        raise UnreadableLink("the next page is said to be at another address, which must not see our token")
    lost = {name: value for name, value in wanted.items() if url.query.get(name, "") in {"", "null"}}
    return url.update_query(lost) if lost else url


def _origin(url: URL) -> tuple[str, str, int | None]:
    return url.scheme.lower(), (url.raw_host or "").lower(), url.port


def _next_target(header: str) -> str | None:
    """Return the target of the first link to the next page."""
    at = _end(_REST, header, 0)
    while at < len(header):
        found = _TARGET.match(header, at)
        if found is None:
            raise UnreadableLink("the Link header, which tells of the next page, is unreadable")
        parameters, at = _parameters(header, found.end())
        if "next" in parameters.get("rel", "").casefold().split() and "anchor" not in parameters:
            return found[1]
        at = _end(_REST, header, at)
    return None


def _parameters(header: str, at: int) -> tuple[dict[str, str], int]:
    """Read the parameters of one link, whose first `rel` counts; Webex's own pages print one without semicolon."""
    parameters: dict[str, str] = {}
    at = _end(_BETWEEN, header, at)
    while at < len(header) and header[at] != ",":
        found = _PARAMETER.match(header, at)
        if found is None:
            raise UnreadableLink("the Link header, which tells of the next page, is unreadable")
        value = found[2] or ""
        if value.startswith('"'):
            value = _ESCAPED.sub(r"\1", value[1:-1])
        parameters.setdefault(found[1].casefold(), value)
        at = _end(_BETWEEN, header, found.end())
    return parameters, at


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where a match that may be empty ends."""
    found = pattern.match(text, at)
    return found.end() if found else at
