"""How a job has ended: what people are told, what programs read, and with which code the process ends."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from attrs import asdict, field, frozen

from alfaview_async.bulk import MailState, RowResult, RowStatus, RunOverview
from alfaview_async.bulk.states import RowState
from alfaview_async.cli.explaining import explained
from alfaview_async.cli.failures import Exit, Failure
from alfaview_async.cli.invocation import Invocation
from alfaview_async.cli.jobs.accomplished import Accomplished
from alfaview_async.cli.jobs.directory import Job
from alfaview_async.cli.jobs.progress import write_json_line
from alfaview_async.cli.jobs.result_rows import code_of
from alfaview_async.cli.library_words import described

_ENDS_ALL = (Exit.NOT_LOGGED_IN, Exit.UNREACHABLE)
"""What ends a run as a whole is said first, even where other rows were refused for reasons of their own."""


@frozen(kw_only=True)
class Ending:
    """What came of a job.

    Attributes:
        job: The job.
        results: What became of each row.
        before: What earlier commands had accomplished.
        interrupted: It was told to stop.
        cut_short: It was told so twice: rows without a result may be settled, as the journal says.
        undone: Its links were to be deleted; else they were to be made.
        failure: What ended it otherwise, `None` if nothing did.
    """

    job: Job
    results: Sequence[RowResult]
    before: Accomplished = field(factory=Accomplished)
    interrupted: bool = False
    cut_short: bool = False
    undone: bool = False
    failure: Failure | None = None

    @property
    def counts(self) -> Counter[RowStatus]:
        """Rows by status: of the whole job, or of as much of it as was to be deleted."""
        overview = self._overview
        if self.undone or overview is None:
            return Counter(result.status for result in self.results)
        return overview.statuses

    @cached_property
    def by_this_command(self) -> Accomplished:
        """What has come about since this command began; `counts` tells of the whole job."""
        return Accomplished.of(self.job).since(self.before)

    def verdict(self, invocation: Invocation) -> Failure | None:
        """Return with what the process ends; `None` if all is well."""
        if self.interrupted and (left := self._left):
            rows = self._overview.rows if self._overview else 0
            following = {"settled": rows - left, "rows": rows, "command": self._onward}
            return invocation.fail("interrupted", Exit.INTERRUPTED, **following)
        counts = self.counts
        if counts[RowStatus.UNKNOWN] and not self.undone:
            return self._of_unknown(invocation)
        if self.failure:
            return self.failure
        if self.undone:
            return self._of_undoing(invocation)
        if counts[RowStatus.FAILED] or counts[RowStatus.UNSENT]:
            return self._of_failed(invocation)
        if lost := sum(result.mail is MailState.UNKNOWN for result in self.results):
            return invocation.fail("bulk-mails-unknown", Exit.UNKNOWN_OUTCOME, count=lost, job=self.job.name)
        if refused := sum(result.mail is MailState.REFUSED for result in self.results):
            return invocation.fail("bulk-mails-refused", Exit.PARTIAL, count=refused, job=self.job.name)
        return None

    def as_json(self, invocation: Invocation, verdict: Failure | None) -> None:
        """Write the last line for programs."""
        wrong = [result for result in self.results if result.error and result.status is not RowStatus.UNSENT]
        counts = self.counts
        write_json_line(
            "result",
            status=_status(verdict),
            job=self.job.name,
            **{status.value: counts[status] for status in RowStatus},
            by_this_command=asdict(self.by_this_command),
            failures=[
                {
                    "line": result.recipient.line,
                    "key": result.key,
                    "code": code_of(invocation, result),
                    "message": str(result.error),
                }
                for result in wrong
            ],
        )

    @cached_property
    def _overview(self) -> RunOverview | None:
        return self.job.overview()

    @property
    def _left(self) -> int:
        """Rows that a resume would still work on, or that a revocation has not come to."""
        overview = self._overview
        if overview is None:
            return len(self.results)
        return overview.counts.get(RowState.DONE, 0) if self.undone else overview.unfinished

    @property
    def _onward(self) -> str:
        return f"alfactl bulk {'revoke' if self.undone else 'resume'} {self.job.name}"

    def _of_undoing(self, invocation: Invocation) -> Failure | None:
        wrong = [result for result in self.results if result.error and result.status is RowStatus.CREATED]
        if not wrong:
            return None
        return self._because(invocation, "bulk-not-deleted", wrong, self._onward)

    def _of_unknown(self, invocation: Invocation) -> Failure:
        may_look = self._overview and self._overview.counts.get(RowState.IN_FLIGHT, 0)
        key = "bulk-unknown-look" if may_look else "bulk-unknown-resolve"
        return Failure(
            "outcome-unknown",
            Exit.UNKNOWN_OUTCOME,
            invocation.text("bulk-unknown", count=self.counts[RowStatus.UNKNOWN]),
            (self.failure.message,) if self.failure else (),
            next_step=invocation.text(key, job=self.job.name),
        )

    def _of_failed(self, invocation: Invocation) -> Failure:
        failed = [result for result in self.results if result.status in (RowStatus.FAILED, RowStatus.UNSENT)]
        refused = self._overview and not self._overview.counts.get(RowState.PLANNED, 0)
        onward = f"alfactl bulk {'retry' if refused else 'resume'} {self.job.name}"
        return self._because(invocation, "bulk-failed", failed, onward)

    def _because(self, invocation: Invocation, key: str, wrong: Sequence[RowResult], onward: str) -> Failure:
        """Say how many rows, and why: with the code of what ended the run, or of what refused every row."""
        kinds = {(type(result.error), getattr(result.error, "status", "")): result.error for result in wrong}
        causes = [cause for error in kinds.values() if error and (cause := explained(error, invocation))]
        settled = len(self.results) - len(wrong)
        for cause in causes:
            if cause.exit in _ENDS_ALL or (not settled and cause.exit is Exit.REFUSED):
                details = (*cause.details, invocation.text("bulk-safe", count=settled, job=self.job.name))
                login = f"alfactl login --profile {invocation.settings.profile.value} && "
                command = f"{login if cause.exit is Exit.NOT_LOGGED_IN else ''}{onward}"
                following = invocation.text("bulk-next", command=command)
                return Failure(cause.code, cause.exit, cause.message, details, next_step=following)
        reasons = Counter(described(invocation.language, result.error) for result in wrong if result.error)
        return Failure(
            "partial",
            Exit.PARTIAL,
            invocation.text(key, count=len(wrong), rows=len(self.results)),
            tuple(f"{count} x {reason}" if count > 1 else reason for reason, count in reasons.most_common(3)),
            next_step=invocation.text("bulk-next", command=onward),
        )


def _status(verdict: Failure | None) -> str:
    if verdict is None:
        return "done"
    named = {Exit.INTERRUPTED: "interrupted", Exit.UNKNOWN_OUTCOME: "unknown", Exit.PARTIAL: "partial"}
    return named.get(verdict.exit, "failed")
