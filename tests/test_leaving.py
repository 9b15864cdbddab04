"""Works that nobody waits for any more."""

import asyncio
import threading
import time
from typing import Any, cast

import pytest

pytest.importorskip("starlette")

from starlette.requests import Request as Call

from senga.web.leaving import unless_left
from senga.web.refusal import RefusalError
from senga.web.scheduler import CancelToken, JobQueue


class Client:
    """A client that goes away after a while."""

    def __init__(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    async def is_disconnected(self) -> bool:
        return time.monotonic() > self.until


def done(seconds: float, work: Any) -> Any:
    async def asked() -> Any:
        works = JobQueue(1)
        try:
            return await unless_left(cast(Call, Client(seconds)), works.do("slow", work))
        finally:
            works.close()

    return asyncio.run(asked())


def test_who_stays_gets_the_result_and_its_errors() -> None:
    assert done(60, lambda _: 7) == 7
    with pytest.raises(ZeroDivisionError):
        done(60, lambda _: 1 // 0)


def test_a_work_ends_when_its_client_has_gone() -> None:
    ended = threading.Event()

    def work(cancel: CancelToken) -> None:
        try:
            for _ in range(2000):
                cancel.check()
                time.sleep(0.01)
        finally:
            ended.set()

    start = time.monotonic()
    with pytest.raises(RefusalError, match="taken back"):
        done(0.3, work)
    assert ended.wait(2)
    assert time.monotonic() - start < 5
