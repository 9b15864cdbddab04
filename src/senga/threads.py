"""Threads of the processor: how many there are, and work that goes on beside other work."""

import os
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


def usable_threads() -> int:
    """Processors that this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def meanwhile(work: Callable[[], T], threads: int | None = None) -> Callable[[], T]:
    """What answers with a work's result, or raises its error; it may be asked once.

    The work begins at once in a thread of its own, for which there are two processors at least; else when its result is
    asked for. What is never asked for runs to its end all the same, and nobody hears of its error.

    Args:
        work: what is to be done; it is stopped as what began it is.
        threads: of the processor that may be used; default: all.

    >>> meanwhile(lambda: 6 * 7)()
    42
    """
    if (threads or usable_threads()) < 2:
        return work
    done: Future[T] = Future()
    context = copy_context()

    def run() -> None:
        try:
            done.set_result(context.run(work))
        except BaseException as error:  # whatever it is, it is raised where the result is asked for
            done.set_exception(error)

    Thread(target=run, name="senga-meanwhile", daemon=True).start()
    return done.result


def multiply_on_one_thread() -> None:
    """Products of matrices run on one thread from now on, in all of this process.

    numpy's own library keeps its threads waiting busily for some 20 ms after each product, and takes as much of the
    processor from the networks: coloring, whose products take less than a millisecond, is a tenth slower by it.
    """
    from threadpoolctl import threadpool_limits  # here: it would slow every start

    threadpool_limits(1, user_api="blas")
