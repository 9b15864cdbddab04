"""Square views of cached pictures, as samples for training: color, ink, regions.

A view shows a picture whole, or most of it, made smaller until it fits; later in training, parts at a picture's own
size. Line art is thickened, faded, broken here and there; regions stay those of the whole lines at full size, as they
are at use.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.errors import TrainingError
from senga.learn.data.cache import Cache

Random = np.random.Generator


@dataclass(frozen=True)
class Views:
    """How views are taken.

    Attributes:
        size: side of a view, px.
        whole: most of a picture's shorter side over that of a view: 1 shows all of it.
        native: share of the views that are cut at the picture's own size, of what is larger than a view.
        filtered: share of the views whose lines a filter drew, not the extractor.
        cap: no origin has more than this share of the draws.
        accidents: chance of each accident of the lines.
        thin: chance that lines are a pixel thinner, and that they are as pale as thin lines are when they are made
            smaller: those of people's drawings, which are larger than pictures of training.
    """

    size: int = 128
    whole: float = 1.35
    native: float = 0.0
    filtered: float = 0.35
    cap: float = 0.1
    accidents: float = 0.15
    thin: float = 0.0


@dataclass(frozen=True)
class View:
    """A view.

    Attributes:
        color: (S, S, 3) uint8. lines: (S, S) uint8, 0 = ink. labels: (S, S) int32, regions of the whole picture.
        number: of the picture in the cache.
        shrink: picture pixels a pixel of the view.
    """

    color: NDArray[np.uint8]
    lines: NDArray[np.uint8]
    labels: NDArray[np.int32]
    number: int
    shrink: float


class Draws:
    """Which picture comes next: all alike, but that no origin has more than its cap."""

    def __init__(self, cache: Cache, cap: float, pairs: int | None = None) -> None:
        self.cache, self.cap, self.pairs = cache, cap, pairs
        self._edges = np.zeros(0)
        self._numbers: list[int] = []
        self.renew()

    def renew(self) -> None:
        """Takes up pictures that came to the cache since.

        Raises:
            TrainingError: there are none to train on.
        """
        self.cache.refresh()
        self._numbers = self.cache.of("train", self.pairs)
        if not self._numbers:
            raise TrainingError(f"{self.cache.folder}: no pictures to train on yet; build the cache further")
        self._groups: dict[str, list[int]] = {}
        for i in self._numbers:
            self._groups.setdefault(self.cache.entries[i].group, []).append(i)
        origins = [self.cache.entries[i].origin for i in self._numbers]
        _, which, counts = np.unique(origins, return_inverse=True, return_counts=True)
        chance = np.minimum(1.0, self.cap * len(origins) / counts)[which]
        self._edges = np.cumsum(chance / chance.sum())

    def next(self, random: Random) -> int:
        """Number of a picture in the cache."""
        return self._numbers[min(int(np.searchsorted(self._edges, random.random())), len(self._numbers) - 1)]

    def beside(self, number: int, random: Random) -> int:
        """Another picture of the same group, or the same picture where there is no other."""
        others = [i for i in self._groups[self.cache.entries[number].group] if i != number]
        return others[int(random.integers(len(others)))] if others else number

    def __len__(self) -> int:
        return len(self._numbers)


def take_view(cache: Cache, number: int, views: Views, random: Random) -> View:
    """A view of a picture."""
    kept = cache.read(number)
    height, width = kept.color.shape[:2]
    size, short = views.size, min(height, width)
    if random.random() < views.native and short > size:
        side = size
    else:
        side = round(short / random.uniform(1.0, views.whole))
    top, left = int(random.integers(height - side + 1)), int(random.integers(width - side + 1))
    variant = int(random.random() < views.filtered)
    part = np.s_[top : top + side, left : left + side]
    at = ((np.arange(size) + 0.5) * side / size).astype(np.int64)
    color = image.resize(kept.color[part], (size, size))
    lines = thinned(image.resize(kept.lines[variant][part], (size, size)), side / size)
    labels = kept.labels[variant][part][at[:, None], at[None]].astype(np.int32)
    lines = spoiled(pale(lines, views.thin, random), views.accidents, random)
    if random.random() < 0.5:
        color, lines, labels = color[:, ::-1], lines[:, ::-1], labels[:, ::-1]
    return View(
        np.ascontiguousarray(color), np.ascontiguousarray(lines), np.ascontiguousarray(labels), number, side / size
    )


def thinned(lines: NDArray[np.uint8], shrink: float) -> NDArray[np.uint8]:
    """Line art that was made smaller, as dark again as `colorizer.working_lines` makes it."""
    if shrink <= 1:
        return lines
    ink = (255 - lines.astype(np.float32)) * min(2.0, shrink**0.75)
    thin: NDArray[np.uint8] = np.clip(np.rint(255 - ink), 0, 255).astype(np.uint8)
    return thin


def pale(lines: NDArray[np.uint8], share: float, random: Random) -> NDArray[np.uint8]:
    """Line art that is thinner by a pixel, paler, or both, each at a chance of `share`."""
    if share == 0:
        return lines
    thin, faint = random.random(2) < share
    ink = 255 - lines
    if thin:
        ink[1:] = np.minimum(ink[1:], ink[:-1]) // 2 + ink[1:] // 2
        ink[:, 1:] = np.minimum(ink[:, 1:], ink[:, :-1]) // 2 + ink[:, 1:] // 2
    if faint:
        ink = (ink * random.uniform(0.3, 0.9)).astype(np.uint8)
    made: NDArray[np.uint8] = 255 - ink
    return made


def spoiled(lines: NDArray[np.uint8], share: float, random: Random) -> NDArray[np.uint8]:
    """Line art with accidents, each at a chance of `share`: fainter, darker, hard, thicker, gaps, noise."""
    happens = random.random(6) < share
    if not happens.any():
        return lines
    ink = 1 - lines.astype(np.float32) / 255
    if happens[0]:
        ink = ink * random.uniform(0.45, 1.0)
    if happens[1]:
        ink = ink ** random.uniform(0.5, 0.9)
    if happens[2]:
        ink = (ink > random.uniform(0.15, 0.5)).astype(np.float32)
    if happens[3]:
        wide = ink.copy()
        wide[1:] = np.maximum(wide[1:], ink[:-1])
        wide[:, 1:] = np.maximum(wide[:, 1:], wide[:, :-1])
        ink = wide
    if happens[4]:
        size = len(ink)
        for _ in range(max(1, size * size // 3000)):
            y, x, r = random.integers(size), random.integers(size), random.integers(1, 4)
            ink[max(0, y - r) : y + r, max(0, x - r) : x + r] = 0
    if happens[5]:
        ink = ink + random.normal(0, random.uniform(0.01, 0.04), ink.shape)
    return np.clip(np.rint(255 - 255 * ink), 0, 255).astype(np.uint8)
