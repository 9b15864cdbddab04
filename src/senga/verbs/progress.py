"""How far a long verb has come."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress


@contextmanager
def progress_bar(unit: str, *, shown: bool = True) -> Iterator["Progress"]:
    """A progress bar with time left, on stderr; not `shown`, or where that is no terminal, it counts in silence."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(unit), TextColumn("{task.description}"))
    console = Console(stderr=True)
    times = (TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(
        *columns, *times, console=console, transient=True, disable=not (shown and console.is_terminal)
    ) as bar:
        yield bar
