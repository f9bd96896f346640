"""From a checked list to a job: rooms and roles, what was done before, a yes, and off it goes."""

from collections.abc import Mapping
from functools import partial

from attrs import evolve, frozen

from alfaview_async import Alfaview
from alfaview_async.bulk import (
    Duplicates,
    Existing,
    GuestLinks,
    GuestList,
    Mode,
    RoomsAndRoles,
    invite,
    invited_before,
)
from alfaview_async.bulk.destinations import Destination
from alfaview_async.cli.arguments.finding import Rooms, find_role, find_room
from alfaview_async.cli.failures import Exit
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.destination import EFFECT_WITHIN, listed_within, notes_of
from alfaview_async.cli.jobs.directory import Jobs
from alfaview_async.cli.jobs.done_before import already_done, say_unsettled, unsettled
from alfaview_async.cli.jobs.outputs import Outputs
from alfaview_async.cli.jobs.result_rows import COLUMNS
from alfaview_async.cli.jobs.run import Effort, carry_out, failed_before_work
from alfaview_async.models.business import PermissionGroup


@frozen(kw_only=True)
class Choices:
    """What was chosen on the command line.

    Attributes:
        send_email: Of `--send-email`.
        only_new: Leave out rows that an earlier job has done.
        again: Make second links for rows that an earlier job has done.
        existing: Of `--existing`.
        duplicates: Of `--duplicates`.
        mode: Of `--mode`.
        effect_within: Of `--effect-within`, seconds.
    """

    send_email: bool = False
    only_new: bool = False
    again: bool = False
    existing: Existing = Existing.ERROR
    duplicates: Duplicates = Duplicates.ERROR
    mode: Mode = Mode.RECONCILED
    effect_within: float = EFFECT_WITHIN

    def check(self, invocation: Invocation) -> None:
        """Refuse what does not go together.

        Raises:
            Failure: It does not.
        """
        if self.only_new and self.again:
            raise invocation.fail("new-or-again", Exit.USAGE)
        if self.again and self.existing is Existing.SKIP:
            raise invocation.fail("again-or-skip", Exit.USAGE)
        if self.mode is Mode.TWO_PHASE and not self.send_email:
            raise invocation.fail("two-phase-mails", Exit.USAGE)

    @property
    def existing_links(self) -> Existing:
        """What is done with guests who have a link: who wants second ones wants them there too."""
        return Existing.CREATE if self.again else self.existing


async def guest_links(
    invocation: Invocation, alfaview: Alfaview, room: str, role: str, guests: GuestList, choices: Choices
) -> tuple[GuestLinks, GuestList]:
    """Find all rooms and roles before anything is sent.

    Returns:
        The destination, and the list with roles as alfaview calls them; rows whose own room or role cannot be found are
        among its problems.

    Raises:
        Failure: The room or role for all rows does not exist, or several bear the name.
    """
    groups = (await alfaview.business.permission_groups_list()).permission_groups
    rooms = await Rooms.of(alfaview)
    guests = RoomsAndRoles(rooms=rooms.by_id, roles=groups).usable(guests)
    if not all(guest.room for guest in guests.recipients):
        await find_room(invocation, alfaview, rooms, room)
    called = {name: _role(invocation, groups, name) for name in {guest.role or role for guest in guests.recipients}}
    recipients = tuple(evolve(guest, role=called[guest.role]) if guest.role else guest for guest in guests.recipients)
    destination = GuestLinks(
        alfaview,
        room=room or invocation.settings["room"].value,
        role=called.get(role, role),
        send_email=choices.send_email,
        timezone=invocation.settings["timezone"].value,
        effect_within=choices.effect_within,
        listed_within=listed_within(choices.effect_within),
    )
    return destination, evolve(guests, recipients=recipients)


def _role(invocation: Invocation, groups: Mapping[str, PermissionGroup], name: str) -> str:
    role_id, group = find_role(invocation, groups, name)
    return name if name == role_id else group.name


async def begin(
    invocation: Invocation,
    destination: Destination,
    guests: GuestList,
    *,
    source: str,
    outputs: Outputs,
    choices: Choices,
    where: str,
    kind: str,
) -> None:
    """Begin a job and see it through.

    Args:
        invocation: Says for whom.
        destination: Where to.
        guests: The good rows.
        source: What the list is called.
        outputs: What to write.
        choices: Of the command line.
        where: The room or meeting, for the question.
        kind: `links` or `webex`: how it is spoken of.

    Raises:
        Failure: Rows were done before, the answer was no, or the job did not end well.
        AlfaviewError: Nothing was sent.
    """
    invocation.check_fields(COLUMNS)
    jobs = Jobs.of(invocation.environment)
    guests = await _without_done(invocation, destination, guests, jobs, choices)
    if not guests.recipients:
        invocation.say("nothing-new")
        return
    if not _may(invocation, guests, choices, where=where, kind=kind):
        return
    notes = evolve(
        outputs.noted(notes_of(invocation, destination.settings(), source)),
        where=where.strip('"'),
        delimiter=guests.delimiter,
        encoding=guests.encoding,
    )
    job = jobs.new(notes)
    invocation.say("bulk-begins", job=job.name, rows=len(guests.recipients), where=where)
    work = partial(
        invite,
        destination,
        guests,
        journal=job.journal,
        mode=choices.mode,
        duplicates=choices.duplicates,
        existing=choices.existing_links,
    )
    effort = Effort(
        job=job,
        work=lambda stop, on_progress: work(stop=stop, on_progress=on_progress),
        label=f"{kind}-label",
        done=f"{kind}-done",
        outputs=outputs,
        guests=guests,
        mails=choices.send_email,
    )
    try:
        await carry_out(invocation, effort)
    finally:
        failed_before_work(job)


def _may(invocation: Invocation, guests: GuestList, choices: Choices, *, where: str, kind: str) -> bool:
    """Ask before mails are sent, which cannot be called back, and before very many links are made."""
    count = len(guests.recipients)
    if choices.send_email:
        german = sum(guest.locale == "de" for guest in guests.recipients)
        return invocation.may(f"{kind}-mail", count=count, where=where, german=german, english=count - german)
    if guests.large:
        return invocation.may(f"{kind}-many", count=count, where=where)
    if invocation.dry_run:
        invocation.say("dry-run", what=invocation.text(f"{kind}-many", count=count, where=where))
    return not invocation.dry_run


async def _without_done(
    invocation: Invocation, destination: Destination, guests: GuestList, jobs: Jobs, choices: Choices
) -> GuestList:
    """Leave out rows that earlier jobs have done.

    Raises:
        Failure: There are some, and nobody has said what to do with them, or none is new and their job is not done.
    """
    earlier = {} if choices.again else {found.job.journal: found for found in jobs.all() if found.overview}
    if not earlier:
        return guests
    done = await invited_before(destination, guests.recipients, earlier)
    if not done:
        return guests
    concerned = [found for journal, found in earlier.items() if journal in done.values()]
    left = tuple(guest for place, guest in enumerate(guests.recipients) if place not in done)
    if choices.only_new and (left or not unsettled(concerned)):
        invocation.say("left-out", count=len(done))
        say_unsettled(invocation, concerned)
        return evolve(guests, recipients=left)
    raise already_done(invocation, concerned, done=len(done), rows=len(guests.recipients))
