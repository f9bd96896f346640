"""A client for Webex: whose token, and which server."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.output.asking import interruptible_reading
from alfaview_async.secret import Secret
from alfaview_async.webex import Webex
from alfaview_async.webex.client import BASE_URL

_TOKEN, _URL = "WEBEX_ACCESS_TOKEN", "WEBEX_BASE_URL"


def webex_url(invocation: Invocation) -> str:
    """Return the address of Webex: that of `WEBEX_BASE_URL`, else Webex's own."""
    return invocation.environment.get(_URL) or BASE_URL


@asynccontextmanager
async def webex_client(invocation: Invocation, *, token_stdin: bool = False) -> AsyncIterator[Webex]:
    """Open a client with the token of `WEBEX_ACCESS_TOKEN`, or of standard input.

    Raises:
        Failure: There is no token.
    """
    with interruptible_reading():
        text = sys.stdin.readline() if token_stdin else invocation.environment.get(_TOKEN, "")
    token = Secret.of(text.strip())
    if not token:
        raise invocation.fail("webex-token", Exit.NOT_LOGGED_IN, variable=_TOKEN)
    async with Webex(token, base_url=webex_url(invocation), timeout=invocation.timeout) as webex:
        yield webex
