"""Training pictures larger than memory: a window of parts is held, and the oldest gives way to the next.

Which parts are held at a step depends on the seed and on the step alone, so that a run that was stopped goes on to the
same numbers. The next part is read ahead by a thread of its own, into room that nothing else uses.
"""

import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass

import numpy as np
import torch

from senga.errors import TrainingError
from senga.learn.data.parts import Parts, pixels_of
from senga.learn.data.store import PictureStore, load_each
from senga.pairs.pairset import Pair

Shown = tuple[list[np.ndarray], np.ndarray | None]
"""A pair as it is held: its picture (H, W, channels) uint8 at every scale, and regions (H, W) uint16 or None."""


@dataclass(frozen=True)
class Loaded:
    """A part in memory: where its pictures begin, their (height, width), each one's chance to be drawn."""

    starts: list[int]
    sizes: list[tuple[int, int]]
    chances: list[float]


@dataclass(frozen=True)
class Share:
    """Which of the parts are a process's: of every `world` that follow each other the `rank`-th."""

    rank: int = 0
    world: int = 1


class Window:
    """The parts that are held.

    Attributes:
        store: their pictures. chances: each picture's to be drawn; in the store's order, not of sum 1.
        place: of the oldest part in this process's sequence.
    """

    def __init__(
        self,
        parts: Parts,
        read: Callable[[Pair], Shown],
        scales: list[float],
        store: PictureStore,
        seed: int,
        share: Share = Share(),
        draws: int = 0,
    ) -> None:
        """Reads the parts of the window.

        Args:
            parts: of the train split. read: answers how a pair is held. scales: of what it answers.
            store: with room for `parts.room` pixels. seed: of the parts' order.
            share: which parts are this process's. draws: examples that were drawn before.

        Raises:
            TrainingError: a picture that is larger than its row in the manifest says. SengaError: one that cannot
                be read.
        """
        self.parts, self.read, self.scales, self.store = parts, read, scales, store
        self.seed, self.share = seed, share
        self.place, self.begun = 0, 0.0
        while self._leaves() <= draws:
            self.begun, self.place = self._leaves(), self.place + 1
        self.loaded = deque(self._load(self.place + i) for i in range(parts.shown))
        self._show()
        self.next: Future[Loaded] | None = self._ahead()

    def describe(self) -> str:
        """What is held, in a line."""
        count, whole = len(self.parts.parts), sum(len(part.pairs) for part in self.parts.parts)
        held = self.store.flat.nbytes + (0 if self.store.regions is None else self.store.regions.nbytes)
        if count == self.parts.shown:
            return f"holding all {whole} pairs, {held / 1e9:.2f} GB"
        return f"holding {self.parts.shown} of {count} parts of {whole} pairs at a time, {held / 1e9:.2f} GB"

    def go_to(self, draws: int) -> None:
        """Moves on to where it stands after so many draws; never back. Raises as the constructor."""
        moved = False
        while self._leaves() <= draws and self.next is not None:
            self.begun, self.place = self._leaves(), self.place + 1
            self.loaded.popleft()
            self.loaded.append(self.next.result())
            self.next, moved = self._ahead(), True
        if moved:
            self._show()

    def _leaves(self) -> float:
        """Draws after which the oldest part gives way; where all are held, never."""
        if len(self.parts.parts) == self.parts.shown:
            return float("inf")
        return self.begun + self.parts.draws(self.parts.at(self._sequence(self.place), self.seed))

    def _sequence(self, place: int) -> int:
        return place * self.share.world + self.share.rank

    def _ahead(self) -> Future[Loaded] | None:
        """The part after those of the window, being loaded."""
        if len(self.parts.parts) == self.parts.shown:
            return None
        future: Future[Loaded] = Future()
        place = self.place + self.parts.shown

        def work() -> None:
            try:
                future.set_result(self._load(place))
            except BaseException as error:  # raised where the part is wanted
                future.set_exception(error)

        threading.Thread(target=work, name=f"part {place}", daemon=True).start()
        return future

    def _load(self, place: int) -> Loaded:
        parts = self.parts
        part, slots = parts.at(self._sequence(place), self.seed), parts.room // parts.pixels
        at, found = place % slots * parts.pixels, Loaded([], [], [])
        for pair, chance, (pictures, regions) in zip(
            part.pairs, part.chances, load_each(self.read, part.pairs), strict=True
        ):
            if sum(p.shape[0] * p.shape[1] for p in pictures) > pixels_of(pair, self.scales):
                raise TrainingError(f"{pair.color}: larger than its row's 'box' says; train without --memory")
            if regions is not None and regions.shape != pictures[0].shape[:2]:
                raise TrainingError(f"{pair.color}: the regions kept for it are of another picture; remove them")
            for picture in pictures:
                self.store.put(at, picture, regions)
                found.starts.append(at)
                found.sizes.append((picture.shape[0], picture.shape[1]))
                found.chances.append(chance / len(pictures))
                at += picture.shape[0] * picture.shape[1]
        return found

    def _show(self) -> None:
        self.store.show([s for one in self.loaded for s in one.starts], [s for one in self.loaded for s in one.sizes])
        self.chances = torch.tensor([c for one in self.loaded for c in one.chances], device=self.store.device)
