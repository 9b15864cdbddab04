"""A function over many jobs on all cores, with few in flight at a time."""

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from senga.crews.crew import Crew
from senga.crews.local import answers
from senga.errors import PairSetError

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class _Calling(Crew[Task, Answer], Generic[Task, Answer]):
    """Calls a function, at the top of a module: it travels between processes."""

    function: Callable[[Task], Answer]

    def do(self, job: Task) -> Answer:
        return self.function(job)

    def lost(self, job: Task, reason: str) -> Answer:
        raise PairSetError(reason)


def each(function: Callable[[Task], Answer], jobs: Iterable[Task], workers: int) -> Generator[Answer, None, None]:
    """Answers of `function` in the order in which they are ready.

    Args:
        function: at the top of a module, as are the jobs' and answers' types: they travel between processes.
        workers: processes; 1 or less works in this one.

    Raises:
        PairSetError: a job ended its worker, and that of its own again. What `function` raises comes through.
    """
    yield from answers(_Calling(function), jobs, workers)
