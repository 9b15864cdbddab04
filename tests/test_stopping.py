"""Work that nobody waits for any more ends, wherever it is."""

import asyncio
import contextlib
import threading
import time

import numpy as np
import pytest

from senga import stopping
from senga.color.laying import lay
from senga.color.marks import Mark
from senga.color.regions import find_regions
from senga.color.strips import strips
from senga.lines.learned import opened
from senga.web.refusal import RefusalError
from senga.web.scheduler import CancelToken, JobQueue


class GoneError(Exception):
    """What a step of a work that is not wanted raises."""


def gone() -> stopping.Stop:
    stop = stopping.Stop(GoneError)
    stop.set()
    return stop


def test_who_cannot_be_stopped_is_not() -> None:
    stopping.check()
    with stopping.stoppable(stopping.Stop(GoneError)):
        stopping.check()
    with pytest.raises(GoneError), stopping.stoppable(gone()):
        stopping.check()
    stopping.check()


def test_loops_over_rows_marks_and_regions_end() -> None:
    lines = np.full((60, 60), 255, np.uint8)
    lines[:, 30] = 0
    with stopping.stoppable(gone()):
        with pytest.raises(GoneError):
            list(strips((9, 9)))
        with pytest.raises(GoneError):
            lay([Mark("stroke", ((3.0, 3.0),), "#ff0000", 3.0)], lines)
        with pytest.raises(GoneError):
            find_regions(lines)


def test_a_network_that_runs_ends() -> None:
    session = opened(None, 1).session
    planes, stop = np.zeros((1, 3, 1024, 1024), np.float32), stopping.Stop(GoneError)
    timer = threading.Timer(0.1, stop.set)
    timer.start()
    with stopping.stoppable(stop), pytest.raises(GoneError):
        session.run(planes)  # takes seconds
    assert session.run(planes[..., :64, :64]).shape[2:] == (64, 64)


def test_an_end_that_is_told_while_a_network_runs_is_heard_by_it() -> None:
    stop, heard = stopping.Stop(GoneError), []
    with stop.ends(lambda: heard.append("running")):
        stop.set()
    with stop.ends(lambda: heard.append("begun too late")):
        pass
    assert heard == ["running", "begun too late"]


def test_a_work_that_took_too_long_stops_using_the_processor() -> None:
    async def scene() -> bool:
        works, steps, over = JobQueue(1, seconds=0.2), [0], threading.Event()

        def work(_: CancelToken) -> None:
            try:
                for _rows in strips((10**9, 1), most=1):  # the work itself never looks at its token
                    steps[0] += 1
                    time.sleep(0.001)
            finally:
                over.set()

        with contextlib.suppress(RefusalError):
            await works.do("quick", work)
        ended = await asyncio.to_thread(over.wait, 5)
        works.close()
        return ended and steps[0] > 0

    assert asyncio.run(scene())


def test_what_is_done_ahead_keeps_nobody_waiting() -> None:
    async def scene() -> str:
        works, free = JobQueue(1, seconds=5), threading.Event()
        ahead = asyncio.create_task(works.do("ahead", lambda _: free.wait(5)))
        await asyncio.sleep(0.05)
        answer = await works.do("slow", lambda _: "read")
        free.set()
        await ahead
        works.close()
        return answer

    assert asyncio.run(scene()) == "read"
