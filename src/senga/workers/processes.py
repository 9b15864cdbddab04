"""Workers that are processes of this machine."""

import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from senga import notices
from senga.threads import multiply_on_one_thread
from senga.workers.worker import LOST, Job, Result, Worker

AHEAD = 2
"""Jobs in flight a worker (ours): enough to keep it busy, few enough to lose little by a kill."""


def cores() -> int:
    """Processors of this machine."""
    return os.cpu_count() or 1


def results(worker: Worker[Job, Result], jobs: Iterable[Job], workers: int | None) -> Generator[Result, None, None]:
    """Results as they are ready.

    What was under way when a worker was ended from outside is begun again, each job in a process of its own: which of
    several ended theirs cannot be told otherwise.

    Args:
        worker: what is done; `open` is called in every worker.
        jobs: taken as they are needed.
        workers: processes; 1 works in this one, where `worker` is open already. None: one a core.
    """
    rest = iter(jobs)
    first = list(itertools.islice(rest, cores() if workers is None else workers))
    # A process takes a while to start: no more of them than jobs.
    count, waiting = len(first), itertools.chain(first, rest)
    if count <= 1:
        yield from map(worker.do, waiting)
        return
    over = False
    while not over:
        pool = _pool(worker, count)
        running: dict[Future[Result], Job] = {}
        suspects: list[Job] = []
        try:
            while True:
                for job in itertools.islice(waiting, AHEAD * count - len(running)):
                    running[_submit(pool, job)] = job
                if not running:
                    over = True
                    break
                ready, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    result = future.result()
                    del running[future]
                    yield result
        except BrokenProcessPool:
            suspects = list(running.values())
        except _TooLate as late:
            suspects = [*running.values(), late.job]
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        for job in suspects:
            yield _alone(worker, job)


class _TooLate(Exception):  # noqa: N818 - it is no error of a person's
    """A pool that broke before it took a job."""

    def __init__(self, job: Any) -> None:
        super().__init__()
        self.job = job


def _submit(pool: ProcessPoolExecutor, job: Any) -> "Future[Any]":
    try:
        return pool.submit(_do, job)
    except BrokenProcessPool as error:
        raise _TooLate(job) from error


def _alone(worker: Worker[Job, Result], job: Job) -> Result:
    with _pool(worker, 1) as pool:
        try:
            result: Result = pool.submit(_do, worker.again(job)).result()
        except BrokenProcessPool:
            return worker.lost(job, LOST)
        return result


_crew: Worker[Any, Any]


def _pool(worker: Worker[Any, Any], count: int) -> ProcessPoolExecutor:
    # Not "fork": a progress bar or an inference runtime may hold threads in this process.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(worker, notices.are_shown()))


def _start(worker: Worker[Any, Any], told: bool) -> None:
    global _crew
    _alive_with_parent()
    multiply_on_one_thread()
    if told:
        notices.show()
    _crew = worker
    worker.open()


def _do(job: Any) -> Any:
    return _crew.do(job)


def _alive_with_parent() -> None:
    """In a worker: Ctrl-C is the parent's to handle, and a worker does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
