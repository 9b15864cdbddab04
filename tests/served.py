"""A real server on a free port, in a thread of the test's own process."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from senga.color.colorizer import Colorizer
from senga.web.connections import Patience
from senga.web.guard import known_names
from senga.web.server import Limits
from senga.web.serving import configured, take_address


@contextmanager
def running(
    colorizer: Colorizer,
    limits: Limits = Limits(),
    patience: Patience = Patience(),
    *,
    token: str | None = None,
    port: int = 0,
) -> Iterator[tuple[int, uvicorn.Server]]:
    """The port of a server that runs as long as the block lasts, and itself; it has to end with it."""
    taken = take_address("127.0.0.1", port)
    config = configured(colorizer, limits, patience, names=known_names("127.0.0.1"), token=token)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([taken],))
    thread.start()
    try:
        until = time.monotonic() + 60
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        yield taken.getsockname()[1], server
    finally:
        server.should_exit = True
        thread.join(60)
        taken.close()
        assert not thread.is_alive()


@contextmanager
def served(
    colorizer: Colorizer, limits: Limits = Limits(), *, token: str | None = None, port: int = 0
) -> Iterator[str]:
    """The address of a server that runs as long as the block lasts."""
    with running(colorizer, limits, token=token, port=port) as (at, _):
        yield f"http://127.0.0.1:{at}"
