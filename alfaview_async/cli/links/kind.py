"""Guest links and group links, as far as commands treat them alike: what is shown, and how one is fetched."""

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Generic, TypeVar

import click
from attrs import frozen

from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.links.surroundings import Surroundings
from alfaview_async.cli.logins.client import client
from alfaview_async.errors import NotFound
from alfaview_async.models.guests import GroupLink, GuestLink

if TYPE_CHECKING:
    from alfaview_async import Alfaview

L = TypeVar("L", GuestLink, GroupLink)

_SECRETS = frozenset({"join_link", "access_key", "dial_in_code"})

links_option = click.option(
    "--links/--no-links", default=None, help="Whether to show join links [not in terminal tables]."
)


@frozen(kw_only=True)
class LinkKind(Generic[L]):
    """A kind of link.

    Attributes:
        name: `guest` or `group`: the word in commands and in the keys of texts.
        some: The columns that people look at.
        more: Further ones, for programs and for `--fields`.
        fetch: Asks alfaview for the link of an id.
    """

    name: str
    some: tuple[str, ...]
    more: tuple[str, ...]
    fetch: "Callable[[Alfaview, str], Awaitable[L | None]]"

    async def one(self, invocation: Invocation, alfaview: "Alfaview", link_id: str) -> L:
        """Return the link of an id.

        Raises:
            Failure: There is none.
            AlfaviewError: As in `Alfaview.call`.
        """
        try:
            link = await self.fetch(alfaview, link_id)
        except NotFound as error:
            raise invocation.fail(f"no-{self.name}-link", Exit.NOT_FOUND, id=link_id) from error
        if link is None:
            raise invocation.fail(f"no-{self.name}-link", Exit.NOT_FOUND, id=link_id)
        return link

    def columns(self, invocation: Invocation, *, links: bool | None, whole: bool = False) -> list[str]:
        """Choose what to show.

        Args:
            invocation: Of the command.
            links: Whether to show what lets its bearer in; `None`: yes, but not in a table on a terminal, where long
                links would be folded and could not be copied.
            whole: Show people, too, all that there is.
        """
        if links is None:
            links = bool(invocation.fields) or invocation.output != "table" or not sys.stdout.isatty()
        all_of_it = whole or invocation.fields or invocation.json
        chosen = (*self.some, *self.more) if all_of_it else self.some
        return [name for name in chosen if links or name not in _SECRETS]

    def check_fields(self, invocation: Invocation, *, links: bool | None, with_task: bool = False) -> None:
        """Find out before a link is made or changed whether `show` can show what is wanted.

        Args:
            invocation: Of the command.
            links: As of `show`.
            with_task: `show` will be given a task.

        Raises:
            Failure: `--fields` names columns that there are not.
        """
        task = ["task_id"] if with_task else []
        invocation.check_fields(self.columns(invocation, links=links is not False) + task)

    async def show_one(self, invocation: Invocation, link_id: str, *, links: bool | None) -> None:
        """Ask alfaview for the link of an id, and write all of it to stdout; errors as of `one`."""
        async with client(invocation) as alfaview:
            names = await Surroundings.of(alfaview)
            link = await self.one(invocation, alfaview, link_id)
            self.show(invocation, names, link, links=links, whole=True)

    def show(
        self,
        invocation: Invocation,
        names: Surroundings,
        link: L,
        *,
        links: bool | None,
        whole: bool = False,
        task_id: str | None = None,
    ) -> None:
        """Write one link to stdout.

        Args:
            invocation: Of the command.
            names: Of rooms and roles.
            link: What to show.
            links: False: without what lets its bearer in.
            whole: As of `columns`.
            task_id: For programs: the task that goes on after the link was made; `None` if none was begun.
        """
        shown = self.columns(invocation, links=links is not False, whole=whole)
        row = names.row(invocation, link)
        if task_id is not None:
            row["task_id"] = task_id
            shown += ["task_id"] if invocation.fields or invocation.json else []
        invocation.show_record(row, shown)
