"""Long work that another thread can end: between its steps it asks whether it is still wanted.

A thread cannot be ended from outside. So loops over rows, regions and marks ask `check`, and graphs that run are told
to stop; where nobody can end the work, on the command line, both cost nothing to speak of.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Stop:
    """Whether a work shall end; one thread works, any other ends it."""

    def __init__(self, error: Callable[[], Exception]) -> None:
        """A work that is wanted.

        Args:
            error: what its steps raise once it is not.
        """
        self._error = error
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._ends: list[Callable[[], None]] = []

    def set(self) -> None:
        """The work is not wanted any more."""
        with self._guard:
            self._over.set()
            for end in self._ends:
                end()

    def check(self) -> None:
        """Called between steps; raises the stop's error once the work is not wanted."""
        if self._over.is_set():
            raise self._error()

    @contextmanager
    def ends(self, end: Callable[[], None]) -> Iterator[None]:
        """While the block lasts `end` is called, from another thread, when the work is not wanted any more."""
        with self._guard:
            self._ends.append(end)
            if self._over.is_set():
                end()
        try:
            yield
        finally:
            with self._guard:
                self._ends.remove(end)


_current: ContextVar[Stop | None] = ContextVar("stop", default=None)


def current() -> Stop | None:
    """What can end the work of this thread; None if nothing can."""
    return _current.get()


def check() -> None:
    """Ends the work of this thread, by the error of its `Stop`, if it is not wanted any more."""
    stop = _current.get()
    if stop is not None:
        stop.check()


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """The work of the block can be ended by `stop`."""
    token = _current.set(stop)
    try:
        yield
    finally:
        _current.reset(token)
