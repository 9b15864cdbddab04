"""What the routes share: the model, the drawings, the threads; uploads, and the painting channel."""

import asyncio
import dataclasses
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from starlette.requests import ClientDisconnect
from starlette.requests import Request as Call
from starlette.websockets import WebSocket, WebSocketDisconnect

from senga.color.colorizer import Colorizer
from senga.color.files.project import Fingerprint, Project
from senga.color.own_colors import OwnColors
from senga.color.palette import hex_of
from senga.image import Drawing, Pixels, has_layers
from senga.web import rendering
from senga.web.refusal import RefusalError
from senga.web.responses import as_json, as_refusal, as_table
from senga.web.scheduler import CancelToken, Intake, JobQueue, Lane, Newest, ended
from senga.web.store import Kept, Store, weigh
from senga.web.uploads import file_in, is_form, name_of

T = TypeVar("T")

log = logging.getLogger("senga.web")

GONE = 4404
"""Close code of a socket whose drawing was dropped."""

LABEL = 80
"""Most characters of a drawing's name."""


@dataclass(frozen=True)
class Limits:
    """How much the server does.

    Attributes:
        body: largest upload, bytes. text: largest JSON text, bytes. pixels: largest picture, px.
        memory: most bytes of all drawings. idle: seconds after which an unused drawing is dropped.
        seconds: most time of a work. receiving: most time of an upload, and of a client that does not take its answer.
        quiet: seconds that an upload has; with each `rate` bytes that came, one more.
        quick, slow: works at once, of strokes and of all else. waiting: most works in line for each.
        sockets: most painting channels. seats: most of one drawing.
    """

    body: int = 64_000_000
    text: int = rendering.TEXT
    pixels: int = 40_000_000
    memory: int = 1_500_000_000
    idle: float = 3600.0
    seconds: float = 60.0
    receiving: float = 120.0
    quiet: float = 20.0
    rate: float = 500.0
    quick: int = 1
    slow: int = 1
    waiting: int = 64
    sockets: int = 64
    seats: int = 8


class Server:
    """One running server."""

    def __init__(self, colorizer: Colorizer, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        """A server without drawings.

        Args:
            colorizer: the model, shared by all.
            limits: see there.
            clock: seconds, of the drawings' age.
        """
        self.colorizer = colorizer
        self.limits = limits
        self.store = Store(limits.memory, limits.idle, clock, colorizer.closer)
        self.works = JobQueue(limits.quick, limits.slow, waiting=limits.waiting, seconds=limits.seconds)
        self.intake = Intake(4 * max(limits.body, limits.text))
        self.fingerprint = Fingerprint.of(colorizer.session).sha256
        self._later: set[asyncio.Task[None]] = set()
        self._seats: dict[str, int] = {}

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Drops idle drawings as long as the block lasts, and ends all work with it."""
        sweeping = asyncio.create_task(self._sweep())
        try:
            yield
        finally:
            await ended(sweeping, *self._later)
            self.works.close()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(max(0.05, min(30.0, self.limits.idle / 4)))
            self.store.sweep()

    @asynccontextmanager
    async def body(self, call: Call, most: int) -> AsyncIterator[bytes]:
        """The body of a request, of at most `most` bytes; counted as long as the block lasts.

        Raises:
            RefusalError: too large, too slow, encoded, cut off, or too much is being received at once.
        """
        if call.headers.get("content-encoding", "identity").lower() != "identity":
            raise RefusalError(415, "Encoded", "send the body as it is, without Content-Encoding")
        too_large = RefusalError(413, "TooLarge", f"more than {most / 1e6:g} MB; send less")
        length = call.headers.get("content-length", "")
        if length.isdecimal() and int(length[:20]) > most:
            raise too_large
        size, parts, limits = 0, [], self.limits
        now = asyncio.get_running_loop().time
        try:
            start = now()
            async with asyncio.timeout(min(limits.quiet, limits.receiving)) as bound:
                async for part in call.stream():
                    if size + len(part) > most:
                        raise too_large
                    self.intake.more(len(part))
                    size += len(part)
                    parts.append(part)
                    bound.reschedule(start + min(limits.quiet + size / limits.rate, limits.receiving))
            content = b"".join(parts)
            parts.clear()
            yield content
        except ClientDisconnect as error:
            raise RefusalError(400, "BadRequest", "cut off before its end") from error
        except TimeoutError as error:
            raise RefusalError(408, "TooSlow", f"not received within {now() - start:.0f} s") from error
        finally:
            self.intake.less(size)

    @asynccontextmanager
    async def upload(self, call: Call) -> AsyncIterator[tuple[bytes, str]]:
        """The file of a request, bare or in a form, and the name that it was given, "" if none; as `body`.

        Raises:
            RefusalError: as `body` and `uploads.file_in`.
        """
        kind = call.headers.get("content-type", "")
        async with self.body(call, self.limits.body) as content:
            name = name_of(call.headers)
            if is_form(kind):
                form = content
                content, inside = await self.works.do("slow", lambda _: file_in(form, kind))
                name = name or inside
            yield content, name

    async def work(self, kept: Kept, lane: Lane, work: Callable[[CancelToken], T], *, bounded: bool = True) -> T:
        """The result of a work on a drawing; raises as `JobQueue.do`. What the drawing needs then is counted anew."""

        def counted(cancel: CancelToken) -> tuple[T, int]:
            result = work(cancel)
            return result, weigh(kept)

        result, size = await self.works.do(lane, counted, kept.lock, bounded=bounded)
        self.store.weighed(kept, size)
        return result

    async def keep(self, content: bytes, name: str) -> tuple[Kept, dict[str, Any] | None]:
        """Keeps an uploaded drawing, and starts to read it; of a project also what it holds beside the drawing.

        Raises:
            RefusalError: too large for this server, or too much to do. ImageError: broken, or not a picture.
        """
        pixels = self.limits.pixels
        if not content.startswith(b"PK") or has_layers(content):
            drawing = await self.works.do("slow", lambda _: rendering.read_drawing(content, "the drawing", pixels))
            kept = self.store.add(name, content, drawing)
            self.soon(kept)
            return kept, None

        def read(_: CancelToken) -> tuple[Project, Drawing, Pixels | None, Pixels | None, OwnColors | None]:
            found = Project.from_bytes(content, "the file")
            picture = None if found.reference is None else rendering.read_reference(found.reference, pixels)[0]
            drawing = rendering.read_drawing(found.drawing, "the project's drawing", pixels)
            done = None if found.finished is None else rendering.read_finished(found.finished, drawing.shape, pixels)
            own = None if found.colored is None else rendering.read_own(found.colored, drawing.shape, pixels)
            return found, drawing, picture, done, own

        project, drawing, picture, done, own = await self.works.do("slow", read)
        kept = self.store.add(label(project.name), project.drawing, drawing)
        kept.reference, kept.reference_file, kept.swatches = picture, project.reference, project.swatches
        kept.finished, kept.finished_file = done, project.finished
        kept.own, kept.own_file = own, project.colored
        self.soon(kept)
        said: dict[str, Any] = {"name": project.name, "request": project.request.to_table()}
        said["swatches"] = [{"color": hex_of(s.color), "name": s.name} for s in project.swatches]
        said["model"] = None if project.model is None else dataclasses.asdict(project.model)
        return kept, said

    def soon(self, kept: Kept) -> None:
        """Lets the network read a drawing and choose its first colors, before anybody asks; no matter if it cannot."""

        async def read() -> None:
            try:
                await self.work(kept, "ahead", lambda e: rendering.read_ahead(kept, self.colorizer, e))
            except Exception as error:
                as_refusal(error)  # a defect is told to who runs the server

        task = asyncio.create_task(read())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    @property
    def seats(self) -> int:
        """Painting channels that are open."""
        return sum(self._seats.values())

    @asynccontextmanager
    async def seat(self, kept: Kept) -> AsyncIterator[None]:
        """A place at a drawing's painting channel.

        Raises:
            RefusalError: 503, none is free.
        """
        here = self._seats.get(kept.id, 0)
        if here >= self.limits.seats or self.seats >= self.limits.sockets:
            raise RefusalError.busy("too many painting channels; close one", 10)
        self._seats[kept.id] = here + 1
        try:
            yield
        finally:
            self._seats[kept.id] -= 1
            if not self._seats[kept.id]:
                del self._seats[kept.id]

    async def live(self, socket: WebSocket, kept: Kept) -> None:
        """Answers on an accepted painting channel until one side ends it: always to the newest message alone."""
        newest: Newest[str | None] = Newest()
        listening = asyncio.create_task(self._listen(socket, newest))
        speaking = asyncio.create_task(self._speak(socket, kept, newest))
        gone = asyncio.create_task(kept.gone.wait())
        tasks: tuple[asyncio.Task[object], ...] = (listening, speaking, gone)
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await ended(*tasks)
        errors = [e for task in (listening, speaking) if task in done and (e := task.exception()) is not None]
        if errors:
            refusal = as_refusal(errors[0]) if isinstance(errors[0], Exception) else RefusalError.busy("ended")
            await _farewell(socket, 1013 if refusal.retry is not None else 1011, refusal)
        elif gone in done:
            await _farewell(socket, GONE, RefusalError.unknown())

    async def _listen(self, socket: WebSocket, newest: "Newest[str | None]") -> None:
        """Takes messages in, until the client is gone."""
        waiting = 0
        try:
            while True:
                message = await socket.receive()
                if message["type"] == "websocket.disconnect":
                    return
                text: str | None = message.get("text")
                self.intake.less(waiting)
                waiting = 0
                self.intake.more(len(text or ""))
                waiting = len(text or "")
                newest.put(text)
        finally:
            self.intake.less(waiting)

    async def _speak(self, socket: WebSocket, kept: Kept, newest: "Newest[str | None]") -> None:
        """Answers the newest message, again and again."""
        while True:
            text = await newest.take()
            self.store.touch(kept)
            seen: list[int] = []
            try:
                if text is None:
                    raise RefusalError(400, "BadRequest", "a message is a text of JSON")
                frame: bytes | None = await self._framed(kept, text, seen)
                said = ""
            except Exception as error:
                frame = None
                said = as_json({"seq": seen[0] if seen else None, **as_table(as_refusal(error))}).decode()
            async with asyncio.timeout(self.limits.receiving):
                await (socket.send_text(said) if frame is None else socket.send_bytes(frame))

    async def _framed(self, kept: Kept, text: str, seen: list[int]) -> bytes:
        start = time.perf_counter()

        def read(_: CancelToken) -> tuple[rendering.Message, bool]:
            found = rendering.parse_message(kept, text, seen)
            return found, rendering.is_heavy(kept, found.request, len(text))

        def work(cancel: CancelToken) -> bytes:
            found = rendering.render_first(kept, self.colorizer, message.request, message.side, cancel)
            cancel.check()
            return rendering.color_message(found, message.seq, time.perf_counter() - start)

        # A channel has one work at a time, and channels are counted: none is turned away.
        lane: Lane = "heavy" if rendering.is_long(len(text)) else "quick"
        message, heavy = await self.work(kept, lane, read, bounded=False)
        return await self.work(kept, "heavy" if heavy else "quick", work, bounded=False)


async def _farewell(socket: WebSocket, code: int, refusal: RefusalError) -> None:
    """Tells why, and closes; a client that went meanwhile does not hear it."""
    try:
        async with asyncio.timeout(5):
            await socket.send_text(as_json({"seq": None, **as_table(refusal)}).decode())
            await socket.close(code, refusal.kind)
    except (WebSocketDisconnect, RuntimeError, OSError, TimeoutError):
        return


def label(given: str) -> str:
    r"""A drawing's name, of what a client calls its file: without folders and ending, on one line, only a label.

    >>> label("C:\\art\\猫.png"), label("../../etc/passwd"), label("\t")
    ('猫', 'passwd', 'drawing')
    """
    name = re.split(r"[\\/]", given[:2000])[-1]
    shown = " ".join("".join(c if c.isprintable() and c not in '"<>:|?*' else " " for c in name).split())
    stem = shown.rsplit(".", 1)[0] if "." in shown.strip(".") else shown
    return stem.strip(". ")[:LABEL] or "drawing"
