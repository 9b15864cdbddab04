"""Many jobs on all cores, with few in flight at a time."""

import itertools
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from senga.errors import PairSetError

Task = TypeVar("Task")
Answer = TypeVar("Answer")

AHEAD = 3
"""Jobs in flight a worker (ours): enough to keep it busy, few enough to lose little by a kill."""


def cores() -> int:
    """Processors of this machine."""
    return os.cpu_count() or 1


def each(function: Callable[[Task], Answer], jobs: Iterable[Task], workers: int) -> Generator[Answer, None, None]:
    """Answers of `function` in the order in which they are ready.

    Args:
        function: at the top of a module, as are the jobs' and answers' types: they travel between processes.
        workers: processes; 1 or less works in this one.

    Raises:
        PairSetError: a worker was ended from outside. What `function` raises comes through.
    """
    if workers <= 1:
        yield from map(function, jobs)
        return
    # Not "fork": a progress bar or an inference runtime may hold threads in this process.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=start_worker)
    waiting = iter(jobs)
    try:
        running: set[Future[Answer]] = set()
        while True:
            for job in itertools.islice(waiting, AHEAD * workers - len(running)):
                running.add(pool.submit(function, job))
            if not running:
                return
            ready, running = wait(running, return_when=FIRST_COMPLETED)
            for future in ready:
                yield future.result()
    except BrokenProcessPool as error:
        raise PairSetError(
            "a worker process was ended from outside, perhaps for want of memory; run again with fewer workers"
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def start_worker() -> None:
    """In a worker: Ctrl-C is the parent's to answer, and a worker does not outlive its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        multiprocessing.connection.wait([parent.sentinel])
        os._exit(1)
