"""Who works when: a few works at once in threads, the others wait in a line that has an end.

The event loop never computes. Quick works (a stroke's answer), slow ones (reading, exporting) and heavy ones (thousands
of marks at once) have threads of their own, so that nobody's stroke waits for another's export, and nobody at all for
another's ten thousand fills; so has what is done ahead, before anybody asks, or the next upload would wait for it. A
drawing has one work at a time.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from senga.stopping import Stop, stoppable
from senga.web.refusal import RefusalError

T = TypeVar("T")

Lane = Literal["quick", "slow", "heavy", "ahead"]


class CancelToken(Stop):
    """A work under way, as its thread sees it: set once nobody waits for the result any more, see `senga.stopping`."""

    def __init__(self) -> None:
        super().__init__(lambda: RefusalError.busy("given up"))


@dataclass
class Tally:
    """What became of the works of a lane since the server began.

    Attributes:
        there: asked for and not yet answered. done, refused, failed: answered; full line or too long; any other error.
        seconds: from asked to answered, of those that were done, in all.
    """

    there: int = 0
    done: int = 0
    refused: int = 0
    failed: int = 0
    seconds: float = 0.0


class JobQueue:
    """The threads, and the line before them."""

    def __init__(self, quick: int, slow: int = 1, *, waiting: int = 64, seconds: float = 60.0) -> None:
        """Threads that have nothing to do yet.

        Args:
            quick, slow: works at once in each lane; of heavy ones, one.
            waiting: most works that wait in each lane; more are refused.
            seconds: most time of a work, from when it was asked for.
        """
        self.seconds = seconds
        threads: dict[Lane, int] = {"quick": quick, "slow": slow, "heavy": 1, "ahead": 1}
        self._most = {lane: count + waiting for lane, count in threads.items()}
        self.tallies = {lane: Tally() for lane in threads}
        self._slots = {lane: asyncio.Semaphore(count) for lane, count in threads.items()}
        self._threads = {lane: ThreadPoolExecutor(count, f"senga-{lane}") for lane, count in threads.items()}

    def close(self) -> None:
        """Waits for no one; what has not begun is not done any more."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)

    async def do(
        self, lane: Lane, work: Callable[[CancelToken], T], lock: asyncio.Lock | None = None, *, bounded: bool = True
    ) -> T:
        """The result of `work(cancel)`, computed in a thread.

        Args:
            lane: which threads.
            work: what to do; raises what it likes.
            lock: of the drawing that is worked on; held until the thread is done, even if nobody waits any more.
            bounded: refused where the line is full; who can have but one work in it may stand in it without that.

        Raises:
            RefusalError: 503, the line is full, or it took too long.
        """
        tally, asked = self.tallies[lane], time.monotonic()
        if bounded and tally.there >= self._most[lane]:
            tally.refused += 1
            raise RefusalError.busy("too many works are waiting; try again in a moment")
        cancel = CancelToken()
        tally.there += 1
        try:
            async with asyncio.timeout(self.seconds):
                result = await self._wait(lane, work, lock, cancel)
            tally.done += 1
            tally.seconds += time.monotonic() - asked
            return result
        except TimeoutError as error:
            tally.refused += 1
            raise RefusalError.busy(f"took longer than {self.seconds:g} s", 10) from error
        except Exception:
            tally.failed += 1
            raise
        finally:
            cancel.set()
            tally.there -= 1

    async def _wait(
        self, lane: Lane, work: Callable[[CancelToken], T], lock: asyncio.Lock | None, cancel: CancelToken
    ) -> T:
        slots = self._slots[lane]
        # The drawing first: who waits for it does not take a thread from others.
        if lock is not None:
            await lock.acquire()
        try:
            await slots.acquire()
            try:
                future = asyncio.get_running_loop().run_in_executor(self._threads[lane], _ending, work, cancel)
            except BaseException:  # the server is being closed
                slots.release()
                raise
        except BaseException:
            if lock is not None:
                lock.release()
            raise

        def done(future: "asyncio.Future[T]") -> None:
            slots.release()
            if lock is not None:
                lock.release()
            if not future.cancelled():
                future.exception()  # fetched, so that nobody is told of a result that nobody waited for

        future.add_done_callback(done)
        return await asyncio.shield(future)


def _ending(work: Callable[[CancelToken], T], cancel: CancelToken) -> T:
    """Does a work in its thread; what it does deep below ends too, when nobody waits for it."""
    cancel.check()  # it may have waited in line for too long
    with stoppable(cancel):
        return work(cancel)


class Newest(Generic[T]):
    """A place for one thing: a newer one takes it, the older one is never seen."""

    def __init__(self) -> None:
        self._thing: list[T] = []
        self._there = asyncio.Event()

    def put(self, thing: T) -> None:
        """Puts a thing in the place of what lies there."""
        self._thing[:] = [thing]
        self._there.set()

    async def take(self) -> T:
        """Waits for a thing, and takes it away."""
        await self._there.wait()
        self._there.clear()
        return self._thing.pop()


class Intake:
    """Bytes that are being received, of all clients together: many uploads at once must not fill the memory."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.there = 0

    def more(self, size: int) -> None:
        """Counts bytes in.

        Raises:
            RefusalError: 503, too many.
        """
        if self.there + size > self.most:
            raise RefusalError.busy("too many uploads at once; try again in a moment")
        self.there += size

    def less(self, size: int) -> None:
        """Counts bytes out."""
        self.there -= size


async def ended(*tasks: "asyncio.Task[object]") -> None:
    """Cancels tasks and waits until they are over."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError, Exception):
            await task
