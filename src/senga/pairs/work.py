"""A function over all pairs of a set, or over many jobs, on all cores with few in flight at a time."""

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from senga.errors import PairSetError
from senga.pairs.pairset import Pair, PairSet
from senga.workers.processes import cores, results
from senga.workers.worker import Worker

Task = TypeVar("Task")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Job:
    """The `index`-th pair of the set in a folder, to be measured."""

    index: int
    folder: Path
    pair: Pair


@dataclass(frozen=True)
class _Calling(Worker[Task, Answer], Generic[Task, Answer]):
    """Calls a function, at the top of a module: it travels between processes."""

    function: Callable[[Task], Answer]

    def do(self, job: Task) -> Answer:
        return self.function(job)

    def lost(self, job: Task, reason: str) -> Answer:
        raise PairSetError(reason)


def each(function: Callable[[Task], Answer], jobs: Iterable[Task], workers: int) -> Generator[Answer, None, None]:
    """Results of `function` in the order in which they are ready.

    Args:
        function: at the top of a module, as are the jobs' and answers' types: they travel between processes.
        workers: processes; 1 or less works in this one.

    Raises:
        PairSetError: a job ended its worker, and that of its own again. What `function` raises comes through.
    """
    yield from results(_Calling(function), jobs, workers)


def each_pair(
    function: Callable[[Job], Answer],
    pairset: PairSet,
    workers: int | None,
    report: Callable[[int, int], None] | None,
) -> Generator[Answer, None, None]:
    """Results of `function` for all pairs of a set, as `each`.

    Args:
        workers: processes; 1 works in this one, None takes one a core.
        report: called with (pairs done, pairs in all) after each pair.
    """
    pairs = pairset.pairs
    jobs = (Job(i, pairset.folder, pair) for i, pair in enumerate(pairs))
    # A process takes as long to start as some ten pairs to measure.
    few = min(workers or cores(), 1 + len(pairs) // 50)
    # Closed here and now when the caller's report raises, or workers would go on behind a traceback.
    with closing(each(function, jobs, few)) as found:
        for done, result in enumerate(found, 1):
            yield result
            if report is not None:
                report(done, len(pairs))
