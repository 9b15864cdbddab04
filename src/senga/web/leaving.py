"""Works that end when who asked for them has gone: a request that was taken back takes no more of the processor."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request as Call

from senga.web.refusal import RefusalError
from senga.web.scheduler import ended

T = TypeVar("T")

LOOK = 0.2
"""Seconds between two looks at whether the client is still there. Ours."""


async def unless_left(call: Call, work: Coroutine[Any, Any, T]) -> T:
    """The result of a work, which is given up when the client closes its connection.

    Args:
        call: a request whose body was read.
        work: as `JobQueue.do` makes one.

    Raises:
        RefusalError: 400, the client has gone; nobody hears it.
    """
    task = asyncio.ensure_future(work)
    try:
        while True:
            await asyncio.wait({task}, timeout=LOOK)
            if task.done():
                return task.result()
            if await call.is_disconnected():
                raise RefusalError(400, "Left", "taken back by who asked")
    finally:
        if not task.done():
            await ended(task)
