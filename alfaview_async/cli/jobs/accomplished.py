"""What one command has done for a job, as opposed to the commands before it."""

from typing import Self

from attrs import frozen

from alfaview_async.bulk import MailState, Mode, RowStatus, RunOverview, peek_results
from alfaview_async.cli.jobs.directory import Job


@frozen(kw_only=True)
class Accomplished:
    """What has been done for a job.

    Attributes:
        created: Links that exist, of the job's own.
        mails: E-mails that were requested.
        withdrawn: Links that were deleted again.
    """

    created: int = 0
    mails: int = 0
    withdrawn: int = 0

    @classmethod
    def of(cls, job: Job) -> Self:
        """Tell it by the journal.

        Raises:
            JournalError: It cannot be read.
        """
        overview = job.overview()
        if overview is None:
            return cls()
        rows = overview.statuses
        return cls(
            created=rows[RowStatus.CREATED],
            mails=_mails(job, overview),
            withdrawn=rows[RowStatus.WITHDRAWN],
        )

    def since(self, before: "Accomplished") -> "Accomplished":
        """Return what has come about since then."""
        return Accomplished(
            created=max(0, self.created - before.created),
            mails=max(0, self.mails - before.mails),
            withdrawn=self.withdrawn - before.withdrawn,
        )


def _mails(job: Job, overview: RunOverview) -> int:
    if overview.settings.get("send_email") != "yes":
        return 0
    if overview.mode is not Mode.TWO_PHASE:
        return overview.statuses[RowStatus.CREATED]  # alfaview mails with the creation
    return sum(result.mail is MailState.SENT for result in peek_results(job.journal))
