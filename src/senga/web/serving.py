"""The server run: an address taken, told, and served until it is stopped."""

import errno
import os
import secrets
import socket
from collections.abc import Callable, Iterable
from pathlib import Path

import uvicorn

from senga.color.colorizer import Colorizer
from senga.errors import SengaError, SettingError
from senga.threads import usable_threads
from senga.web.app import make_app
from senga.web.connections import Channel, Patience, Places
from senga.web.guard import is_loopback, known_names
from senga.web.server import Limits
from senga.workers.memory import return_large_blocks

MOST = 4
"""Most processor threads of one answer, if nobody says: more hardly help. Ours."""

TOKEN = 16
"""Least characters of a token that a person chooses."""


def serve(
    host: str,
    port: int,
    *,
    limits: Limits = Limits(),
    patience: Patience = Patience(),
    model: Path | None = None,
    backend: str = "onnxruntime",
    threads: int | None = None,
    token: str | None = None,
    names: Iterable[str] = (),
    ready: Callable[[str], None] = lambda address: None,
) -> None:
    """Serves until the process is told to stop.

    Args:
        host: address to listen on. port: 0 takes a free one.
        limits, patience: see there.
        model: model file; None: the shipped one. backend: as `Colorizer.open` takes it.
        threads: processor threads of one work.
        token: that every request needs; None: none on loopback, a new one elsewhere.
        names: more names of this server, as of a proxy in front of it.
        ready: called with the address to open, token included, as soon as the server answers there.

    Raises:
        SettingError: a token that is too short. SengaError: an address that is taken or not of this machine.
        ModelError: as `Colorizer.open`.
    """
    if token is not None and (len(token) < TOKEN or not token.isascii() or not token.isprintable() or " " in token):
        raise SettingError(f"{{token}}: at least {TOKEN} characters without spaces, or anybody could guess it")
    if token is None and not is_loopback(host):
        token = secrets.token_urlsafe(24)
    return_large_blocks()
    taken = take_address(host, port)
    try:
        colorizer = Colorizer.open(model, threads=threads, backend=backend)
        config = configured(colorizer, limits, patience, names=known_names(host, names), token=token)
        server = _Server(config, lambda: ready(address_of(taken, host, token)))
        server.run([taken])
    finally:
        taken.close()


def share_threads(workers: int | None = None, threads: int | None = None) -> tuple[int, int]:
    """How many strokes are answered at once, and the processor threads of each, of what this process may use.

    Threads, not processes: the networks compute outside the interpreter's lock, and drawings are kept once.
    """
    usable = usable_threads()
    threads = threads or max(1, min(usable // (workers or 1), MOST))
    return workers or max(1, usable // threads), threads


def configured(
    colorizer: Colorizer, limits: Limits, patience: Patience, *, names: Iterable[str], token: str | None = None
) -> uvicorn.Config:
    """The server of HTTP, set up; arguments as `serve` and `make_app` take them."""
    return uvicorn.Config(
        make_app(colorizer, limits, names=names, token=token),
        log_level="warning",
        access_log=False,  # addresses are secrets: ids, and once a token
        server_header=False,
        http=Places(patience).protocol(),
        ws=Channel,
        ws_max_size=limits.text,
        ws_per_message_deflate=False,  # answers are compressed pictures
        limit_concurrency=patience.places,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=3,
    )


def take_address(host: str, port: int) -> socket.socket:
    """A socket that listens at an address from now on.

    Raises:
        SengaError: taken, forbidden, or not of this machine.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":  # elsewhere it would let two servers share a port
                found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(place)
            found.listen(128)
        except BaseException:
            found.close()
            raise
    except (OSError, UnicodeError) as error:
        if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
            raise SengaError(
                f"port {port} of {host} is taken, perhaps by another senga; give another --port"
            ) from error
        raise SengaError(
            f"cannot listen on {host}, port {port}: {getattr(error, 'strerror', None) or error}"
        ) from error
    return found


def address_of(taken: socket.socket, host: str, token: str | None) -> str:
    """The address that a person opens; of a server on all addresses, one of them."""
    name, port = taken.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        name = _own_address()
    elif host == "localhost":
        name = host
    shown = f"[{name}]" if ":" in name else name
    return f"http://{shown}:{port}/" + (f"?token={token}" if token else "")


def _own_address() -> str:
    """The address of this machine towards others; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        return str(asking.getsockname()[0])


class _Server(uvicorn.Server):
    """Tells when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()
