"""Pictures with what an extractor should answer for them, at the scales it is trained on."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.lines.strokes import INK, centers, nearness
from senga.pairs.pairset import Pair, PairSet

SPREAD = 1.2
"""Sigma of the answer around a center line, px (ours)."""


def scales(shrink: tuple[float, float]) -> list[float]:
    """Picture pixels an example pixel: the two ends, and their geometric middle, each once."""
    least, most = shrink
    return sorted({least, (least * most) ** 0.5, most})


def lines_only(pairs: PairSet, pair: Pair) -> NDArray[np.uint8]:
    """Picture and line art, (H, W, 4) uint8: red, green, blue, line (0 = ink)."""
    return np.dstack([pairs.color(pair), pairs.line(pair)])


def with_centers(pairs: PairSet, pair: Pair, shrink: tuple[float, float]) -> Iterator[NDArray[np.uint8]]:
    """At each scale (H, W, 5) uint8: red, green, blue, line (0 = ink), nearness to a center line (255 = on it)."""
    color, line = pairs.color(pair), pairs.line(pair)
    for factor in scales(shrink):
        h, w = (max(1, round(s / factor)) for s in line.shape)
        small, ink = (color, line) if factor == 1 else (image.resize(color, (h, w)), image.resize(line, (h, w)))
        near = nearness(centers(ink < INK), SPREAD)
        yield np.dstack([small, ink, np.rint(near * 255).astype(np.uint8)])
