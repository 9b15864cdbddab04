"""How far a long verb has come."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

LOGGED = 60.0
"""Seconds between two lines in a log."""


@contextmanager
def progress_bar(unit: str, *, shown: bool = True, logged: bool = True) -> Iterator["Progress"]:
    """A progress bar with time left, on stderr.

    Args:
        unit: what is counted, in the plural.
        shown: else it counts in silence.
        logged: whether a line a minute tells how far it is where stderr is no terminal; else it counts in silence
            there.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    class Told(Progress):
        last = time.monotonic()

        def update(self, task_id: "TaskID", *args: object, **fields: object) -> None:
            super().update(task_id, *args, **fields)  # type: ignore[arg-type]
            if self.console.is_terminal or not (shown and logged) or time.monotonic() - self.last < LOGGED:
                return
            self.last = time.monotonic()
            task = self.tasks[task_id]
            of = "" if task.total is None else f" of {task.total:.0f}"
            text = f": {task.description}" if task.description else ""
            print(f"{task.completed:.0f}{of} {unit}{text}", file=self.console.file, flush=True)

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(unit), TextColumn("{task.description}"))
    console = Console(stderr=True)
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Told(*columns, *times, console=console, transient=True, disable=not (shown and console.is_terminal)) as bar:
        yield bar
