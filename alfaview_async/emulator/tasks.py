"""Background work as alfaview tells of it: queued, assigned, done; by a pace of its own or as fast as it is watched."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from attrs import define

from alfaview_async.emulator.clock import Clock
from alfaview_async.emulator.ids import Ids
from alfaview_async.emulator.refusals import Refused
from alfaview_async.models.common import TaskState, TrackingInfo
from alfaview_async.models.status import StatusCode

_STEPS = (TaskState.QUEUED, TaskState.ASSIGNED, TaskState.DONE)
_LOOK_SECONDS = 0.02
"""How often a stream looks at the emulator's clock, which tests move without telling anybody."""


@define(kw_only=True)
class Task:
    """One piece of work.

    Attributes:
        id: Of the task.
        began_at: When it was asked for.
        looks: How often its progress was told so far.
    """

    id: str
    began_at: datetime
    looks: int = 0


class Tasks:
    """All work that was ever tracked. Guess: its effect is there at once; only the telling of it takes its time.

    Args:
        clock: Time by which tasks move on if they have a pace.
        ids: Where their ids come from.

    Attributes:
        pace: How long a task stays queued, and then assigned; `None`: each frame of a stream takes it one step on.
    """

    def __init__(self, clock: Clock, ids: Ids) -> None:
        self.pace: timedelta | None = None
        self._clock = clock
        self._ids = ids
        self._tasks: dict[str, Task] = {}

    def start(self) -> TrackingInfo:
        """Track a new piece of work."""
        task = Task(id=self._ids.uuid(), began_at=self._clock.now())
        self._tasks[task.id] = task
        return TrackingInfo(task_id=task.id)

    def find(self, task_id: str) -> Task:
        """Find a task.

        Raises:
            Refused: There is none.
        """
        if task_id not in self._tasks:
            raise Refused(StatusCode.NOT_FOUND, "no such task")
        return self._tasks[task_id]

    def step(self, task: Task) -> int:
        """Tell how far a task has come: 0 queued, 1 assigned, 2 done."""
        passed = task.looks if self.pace is None else (self._clock.now() - task.began_at) // (self.pace or _INSTANT)
        return min(max(passed, 0), len(_STEPS) - 1)

    async def watch(self, task: Task) -> AsyncIterator[tuple[TaskState, float]]:
        """Yield each new state of a task with its progress from 0.0 to 1.0, until it is done."""
        told = -1
        while told < len(_STEPS) - 1:
            step = self.step(task)
            task.looks += 1
            if step > told:
                told = step
                yield _STEPS[step], step / (len(_STEPS) - 1)
            else:
                await asyncio.sleep(_LOOK_SECONDS)

    def clear(self) -> None:
        """Forget all tasks; they move on with each look again."""
        self.pace = None
        self._tasks.clear()


_INSTANT = timedelta(microseconds=1)
"""The shortest pace there is, in place of one of zero."""
