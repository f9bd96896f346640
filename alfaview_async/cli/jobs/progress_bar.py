"""The bar, for people at a terminal; imported when one is drawn, since rich takes its time."""

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    Task,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars
from rich.text import Text

from alfaview_async.bulk import Progress


class Bar:
    """Draws `Creating links ━━━━━━ 160/211 75% 41 rows/s 0:00:01` on stderr.

    Args:
        label: What is being done.
        done_before: Rows that earlier processes have done; they are no measure of the speed.
        color: Whether it has any.
    """

    def __init__(self, label: str, *, done_before: int, color: bool) -> None:
        console = Console(stderr=True, highlight=False, no_color=not color, force_terminal=True)
        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TaskProgressColumn(),
            _Speed(),
            TimeRemainingColumn(compact=True),
        )
        self._bars = Bars(*columns, console=console, expand=False)
        self._task = self._bars.add_task(label, total=None, completed=done_before)
        self._bars.start()

    def update(self, progress: Progress) -> None:
        """Take in how far it is."""
        self._bars.update(self._task, total=progress.total, completed=progress.done)

    def tick(self) -> None:
        """Nothing to do: the bar draws itself."""

    def close(self) -> None:
        """Leave the last state on the terminal."""
        self._bars.stop()


class _Speed(ProgressColumn):
    def render(self, task: Task) -> Text:
        """Show rows in a second."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:.0f} rows/s" if speed else "")
