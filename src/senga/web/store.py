"""The drawings that the server keeps: each under an id that nobody can guess, all within a bound of memory.

Only the event loop's thread calls the store. What a drawing needs is estimated by what its arrays hold; when all
together are too much, the drawing that was not used for the longest time is dropped.
"""

import asyncio
import dataclasses
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from senga.color.colorizer import Page
from senga.color.files.swatches import Swatch
from senga.color.hint_cache import HintCache
from senga.color.marks import Mark
from senga.color.own_colors import OwnColors
from senga.image import Drawing, Pixels
from senga.model.session import Session
from senga.web.refusal import RefusalError

OVERHEAD = 50_000
"""Bytes of a drawing beside its arrays. Ours, rounded up."""


@dataclass(eq=False)
class Kept:
    """A drawing of one person.

    Attributes:
        id: 192 random bits, URL-safe; who has it may do all with the drawing.
        name: of the file as the person gave it, without an ending; only a label.
        content: the file as it came, bytes.
        drawing: as read.
        canvas: the hints of the marks.
        page: read by the network; None until that is done.
        reference: (H, W, 4) uint8 picture whose colors may be borrowed, None if there is none.
        finished: (H, W, 3) uint8 colors of an earlier answer, None if there are none; finished_file: as they came.
        own: colors of the picture that its lines were drawn from, None if there is none; own_file: as it came.
        reference_file: as it came. swatches: of the project that the drawing came with.
        marks: the last marks, as JSON gave them and as they were read.
        lock: held by who works on the drawing.
        gone: set when the drawing is dropped.
        used: when it was last used, s. size: bytes, estimated.
    """

    id: str
    name: str
    content: bytes
    drawing: Drawing
    canvas: HintCache
    page: Page | None = None
    reference: Pixels | None = None
    reference_file: bytes | None = None
    finished: Pixels | None = None
    finished_file: bytes | None = None
    own: OwnColors | None = None
    own_file: bytes | None = None
    swatches: tuple[Swatch, ...] = ()
    marks: tuple[list[object], tuple[Mark, ...]] = ((), ())  # type: ignore[assignment]
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    used: float = 0.0
    size: int = 0


class Store:
    """Drawings by id."""

    def __init__(
        self, memory: int, idle: float, clock: Callable[[], float] = time.monotonic, closer: Path | None = None
    ) -> None:
        """An empty store.

        Args:
            memory: most bytes of all drawings together.
            idle: seconds after which an unused drawing is dropped.
            clock: seconds.
            closer: file of the closer, as `fill_regions.Areas` has it.
        """
        self.memory = memory
        self.idle = idle
        self._clock = clock
        self._closer = closer
        self._kept: OrderedDict[str, Kept] = OrderedDict()  # the longest unused first

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """Bytes of all drawings, estimated."""
        return sum(k.size for k in self._kept.values())

    def add(self, name: str, content: bytes, drawing: Drawing) -> Kept:
        """Keeps a drawing.

        Raises:
            RefusalError: it alone needs more memory than there is.
        """
        kept = Kept(secrets.token_urlsafe(24), name, content, drawing, HintCache(drawing.lines, self._closer))
        kept.size = weigh(kept)
        if kept.size > self.memory:
            raise RefusalError(413, "TooLarge", f"needs {kept.size / 1e6:.0f} MB, more than this server keeps in all")
        self._kept[kept.id] = kept
        self.touch(kept)
        self._make_room(kept)
        return kept

    def get(self, id: str) -> Kept:
        """The drawing of an id, which counts as used.

        Raises:
            RefusalError: 404, no such drawing.
        """
        kept = self._kept.get(id)
        if kept is None:
            raise RefusalError.unknown()
        self.touch(kept)
        return kept

    def touch(self, kept: Kept) -> None:
        """A drawing is in use."""
        if kept.id in self._kept:
            kept.used = self._clock()
            self._kept.move_to_end(kept.id)

    def weighed(self, kept: Kept, size: int) -> None:
        """A drawing needs so many bytes now, see `weigh`: others may have to go."""
        kept.size = size
        self._make_room(kept)

    def drop(self, kept: Kept) -> None:
        """Forgets a drawing; who still works on it finishes first."""
        if self._kept.pop(kept.id, None) is not None:
            kept.gone.set()

    def sweep(self) -> int:
        """Drops what was unused for too long; how many."""
        before = self._clock() - self.idle
        old = [k for k in self._kept.values() if k.used < before and not k.lock.locked()]
        for kept in old:
            self.drop(kept)
        return len(old)

    def _make_room(self, newest: Kept) -> None:
        size = self.size
        for kept in list(self._kept.values()):
            if size <= self.memory:
                return
            if kept is not newest:
                size -= kept.size
                self.drop(kept)


def weigh(kept: Kept) -> int:
    """Bytes that a drawing needs, estimated; not while it is being worked on by another thread."""
    parts = (kept.drawing, kept.content, kept.canvas, kept.page)
    pictures = (kept.reference, kept.reference_file, kept.finished, kept.finished_file, kept.own, kept.own_file)
    seen: set[int] = set()
    marks = _held(kept.marks[1], set())  # as JSON gave them they are about as much again
    return OVERHEAD + marks + sum(_held(part, seen) for part in (*parts, *pictures, kept.marks[1]))


def _held(thing: object, seen: set[int]) -> int:
    """Bytes of the arrays and marks that a thing holds, each counted once."""
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        # A view keeps all of what it looks at.
        return _held(thing.base, seen) if isinstance(thing.base, np.ndarray) else thing.nbytes
    if isinstance(thing, Mark):
        return 500 + 150 * len(thing.points) + 40 * len(thing.pressure)  # tuples of numbers, as Python keeps them
    if isinstance(thing, bytes):
        return len(thing)
    if isinstance(thing, dict):
        return sum(_held(part, seen) for part in list(thing.values()))
    if isinstance(thing, list | tuple):
        return sum(_held(part, seen) for part in list(thing))
    if dataclasses.is_dataclass(thing) and not isinstance(thing, Session):
        return sum(_held(part, seen) for part in list(vars(thing).values()))
    return 0
