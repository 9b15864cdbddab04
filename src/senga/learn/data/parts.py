"""A train split larger than memory, in parts that are loaded together, and the order in which they come."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from senga.errors import TrainingError
from senga.pairs.pairset import Pair

MOST = 1000
"""Most pairs of a part where there are no shards (ours)."""

SHOWN = 8
"""Least parts in memory (ours): one more is loaded meanwhile, so that a ninth of the memory lies idle at most."""


@dataclass(frozen=True)
class Part:
    """Pairs that are loaded together.

    Attributes:
        pairs: of it. chances: each one's share of all draws of an epoch.
    """

    pairs: tuple[Pair, ...]
    chances: tuple[float, ...]


@dataclass(frozen=True)
class Parts:
    """The parts of a train split, and how many fit into memory.

    Attributes:
        parts: in the set's order. shown: parts in memory at a time. pixels: most pixels of a part.
        examples: pictures of all parts, each scale counted: draws of an epoch.
    """

    parts: tuple[Part, ...]
    shown: int
    pixels: int
    examples: int

    @property
    def room(self) -> int:
        """Pixels that are held: those shown, and the part that is loaded meanwhile if there is another."""
        return self.pixels * (self.shown + (len(self.parts) > self.shown))

    def at(self, place: int, seed: int) -> Part:
        """The part at a place of the endless sequence: a permutation an epoch; in the set's order if all are shown."""
        epoch, i = divmod(place, len(self.parts))
        return self.parts[_permutation(seed, epoch, len(self.parts))[i] if len(self.parts) > self.shown else i]

    def draws(self, part: Part) -> int:
        """How many draws from memory go by while a part is the oldest there; the more, the more it is to be drawn."""
        return max(1, round(self.examples * sum(part.chances)))


def make_parts(
    chosen: Sequence[Pair], chances: Sequence[float], scales: Sequence[float], room: int, name: str = "memory"
) -> Parts:
    """The parts of a train split: one if all of it fits, else shards, or pieces of them so that several fit.

    Args:
        chosen: the split. chances: of each pair to be drawn.
        scales: picture pixels an example pixel, of all copies of a picture that are held.
        room: pixels that memory holds. name: of what is too small, in errors.

    Raises:
        TrainingError: too little memory for the largest pictures.
    """
    pixels = np.array([pixels_of(pair, scales) for pair in chosen], np.int64)
    examples = len(chosen) * len(scales)
    if pixels.sum() <= room:
        return Parts((Part(tuple(chosen), tuple(chances)),), 1, int(pixels.sum()), examples)
    limit = room // (SHOWN + 1)
    if pixels.max() > limit:
        largest = chosen[int(pixels.argmax())]
        raise TrainingError(
            f"{name} is too little: {SHOWN + 1} pictures as large as {largest.color} must fit;"
            f" give {pixels.max() / limit:.1f} times as much"
        )
    places: dict[str, list[int]] = {}
    for i, pair in enumerate(chosen):
        places.setdefault(pair.shard, []).append(i)
    pieces = [piece for shard, of in places.items() for piece in _divide(np.array(of), pixels, limit, bool(shard))]
    most = max(int(pixels[piece].sum()) for piece in pieces)
    parts = (Part(tuple(chosen[i] for i in piece), tuple(chances[i] for i in piece)) for piece in pieces)
    return Parts(tuple(parts), room // most - 1, most, examples)


def pixels_of(pair: Pair, scales: Sequence[float]) -> int:
    """Pixels of a pair's picture at all scales, by its box."""
    left, top, right, bottom = pair.box
    return sum(max(1, round((bottom - top) / s)) * max(1, round((right - left) / s)) for s in scales)


def _divide(of: NDArray[np.int64], pixels: NDArray[np.int64], limit: int, runs: bool) -> list[NDArray[np.int64]]:
    """Pairs in as few pieces, of nearly as many pixels each, as keep within `limit`.

    Args:
        of: places of the pairs. pixels: of all pairs. limit: pixels.
        runs: a piece is read in one go, as a shard's must be; else large and small ones from all over are dealt out,
            so that each piece is like the whole.
    """
    mine = pixels[of]
    middles, larger_first = np.cumsum(mine) - mine / 2, np.argsort(-mine, kind="stable")
    count = max(-(-int(mine.sum()) // limit), 1 if runs else -(-len(of) // MOST))
    while True:
        piece = (middles * count / mine.sum()).astype(np.int64)
        if not runs:
            piece[larger_first] = np.arange(len(of)) % count
        if np.bincount(piece, mine, count).max() <= limit:
            return [of[piece == i] for i in range(count) if (piece == i).any()]
        count += 1 + count // 20


@lru_cache(maxsize=4)
def _permutation(seed: int, epoch: int, count: int) -> tuple[int, ...]:
    return tuple(int(i) for i in np.random.default_rng([seed, epoch]).permutation(count))
