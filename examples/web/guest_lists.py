"""Guest lists that are worked off behind the web server's back, each with a journal on the disk of this machine."""

import asyncio
import logging
import re
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self

from alfaview_async import Alfaview, JournalInUse
from alfaview_async.bulk import GuestLinks, RowResult, invite, peek_results, read_overview, read_recipients, resume

ROLE = "Participant"
LOOK_AGAIN_SECONDS = 60.0

_ID = re.compile(r"[0-9a-f]{32}")
_log = logging.getLogger("guest_lists")


class GuestLists:
    """Accepts lists, and invites their guests in a task of its own.

    The journal is all there is: a list is accepted when its journal is on the disk, and what a journal leaves open is
    done sooner or later, by this process, by another one on this machine, or after the next start.

    Args:
        alfaview: The client of this process; must stay open for longer than this.
        directory: Where the journals lie: on a local disk, not served by the web server.
    """

    def __init__(self, alfaview: Alfaview, directory: Path) -> None:
        self._alfaview = alfaview
        self._directory = directory
        self._news = asyncio.Event()
        self._stop = asyncio.Event()

    async def accept(self, data: bytes, *, room: str) -> str:
        """Check a list (CSV, workbook or JSON) and write its journal; nobody is invited yet.

        Returns:
            The id of the list, the same whenever the same list is sent: so it may be sent again after a lost answer.

        Raises:
            RecipientsRejected: Rows are bad.
            NotFound: There is no such room.
            AlreadyInvited: Guests of the list have a link into the room already.
            JournalInUse: Another request is just bringing the same list.
            AlfaviewError: As in `Alfaview.call`.
        """
        guests = await asyncio.to_thread(read_recipients, BytesIO(data), room=room)
        list_id = sha256(room.encode() + b"\n" + data).hexdigest()[:32]
        if await asyncio.to_thread(self.results, list_id) is None:
            not_yet = asyncio.Event()
            not_yet.set()
            links = GuestLinks(self._alfaview, role=ROLE)
            async for _ in invite(links, guests, journal=self._journal(list_id), stop=not_yet):
                pass  # every row is written down, none is sent
        self._news.set()
        return list_id

    def results(self, list_id: str) -> list[RowResult] | None:
        """Return what became of each row so far; `None`: there is no such list. Blocking, for a moment."""
        journal = self._journal(list_id)
        known = _ID.fullmatch(list_id) and journal.is_file()
        return (peek_results(journal) or None) if known else None

    def _journal(self, list_id: str) -> Path:
        return self._directory / f"{list_id}.journal"

    async def _work(self) -> None:
        while not self._stop.is_set():
            self._news.clear()
            for journal in sorted(self._directory.glob("*.journal")):
                await self._go_on_with(journal)
            try:
                async with asyncio.timeout(LOOK_AGAIN_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                continue  # time to look for what an outage or another process has left

    async def _go_on_with(self, journal: Path) -> None:
        try:
            overview = await asyncio.to_thread(read_overview, journal)
            if overview is None or not overview.unfinished or self._stop.is_set():
                return
            links = GuestLinks.from_settings(self._alfaview, overview.settings)
            async for _ in resume(links, journal=journal, stop=self._stop):
                pass
        except JournalInUse:
            return  # another process is at it
        except Exception:  # noqa: BLE001 - one list must not keep the others from their turn
            _log.exception("the guest list %s has to wait", journal.stem)

    async def __aenter__(self) -> Self:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._worker = asyncio.create_task(self._work())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Begin nothing new, and wait for the calls under way: so nothing is in doubt at the next start."""
        self._stop.set()
        self._news.set()
        await self._worker
