"""Regions of a drawing with the color that each has in truth, and how far a painting is from it.

A region's color is the mean over its pixels of paper, in sRGB; differences are Delta E 2000 of CIELAB.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.regions import Regions, find_regions
from senga.compare.fewhints import Dot, dot_radius, inner_depth
from senga.compare.measures import color_layer
from senga.metrics import Plane, color_difference, lab

LEAST = 0.002
"""Share of the picture's area under which a region does not count. Ours."""


@dataclass(frozen=True)
class TrueColors:
    """The regions that count.

    Attributes:
        lines: (H, W) uint8, 0 = ink. area: (n,) share of the picture's pixels. rgb: (n, 3) true colors in [0, 1].
        lab: the same in CIELAB. middle: (n, 2) the (x, y) farthest from other regions and ink, px. depth: (n,) how far.
    """

    lines: image.Pixels = field(repr=False)
    area: NDArray[np.float64]
    rgb: NDArray[np.float64]
    lab: Plane
    middle: NDArray[np.intp]
    depth: Plane
    _at: NDArray[np.intp] = field(repr=False)
    _number: NDArray[np.intp] = field(repr=False)

    @property
    def count(self) -> int:
        """How many regions."""
        return len(self.area)

    def dots(self, which: Sequence[int]) -> list[Dot]:
        """A dot of the true color in the middle of each of some regions, small enough to stay inside."""
        radius = dot_radius(self.lines.shape)
        made = []
        for i in which:
            red, green, blue = (round(float(v) * 255) for v in self.rgb[i])
            inside = max(0.0, min(radius, float(self.depth[i]) - 1))
            made.append(Dot(int(self.middle[i, 0]), int(self.middle[i, 1]), inside, (red, green, blue)))
        return made

    def errors(self, painted: image.Pixels) -> NDArray[np.float64]:
        """(n,) Delta E 2000 between true and painted color.

        Args:
            painted: (H, W, 3), lines on top; they are divided out.
        """
        colors = color_layer(painted, self.lines).reshape(-1, 3)[self._at]
        return np.asarray(color_difference(self.lab, _as_lab(_means(colors, self._number, self.count))), np.float64)


def true_colors(truth: image.Pixels, lines: image.Pixels) -> TrueColors:
    """True colors of the regions of a drawing.

    Args:
        truth: (H, W, 3) uint8. lines: (H, W) uint8, 0 = ink.
    """
    regions = find_regions(lines)
    counts = regions.paper_sizes
    kept = counts >= max(1.0, LEAST * lines.size)
    number = np.where(kept, np.cumsum(kept) - 1, -1)[regions.labels].reshape(-1)
    at = np.flatnonzero((number >= 0) & regions.paper.reshape(-1))
    number = number[at]
    rgb = _means(truth.reshape(-1, 3)[at] / 255.0, number, int(kept.sum()))
    depth = inner_depth(regions.paper & ~_borders(regions)).reshape(-1)[at]
    order = np.lexsort((-depth, number))
    deepest = order[np.searchsorted(number[order], np.arange(int(kept.sum())))]
    y, x = np.divmod(at[deepest], lines.shape[1])
    return TrueColors(
        lines, counts[kept] / lines.size, rgb, _as_lab(rgb), np.stack([x, y], 1), depth[deepest], at, number
    )


def _means(colors: NDArray[np.floating], number: NDArray[np.intp], count: int) -> NDArray[np.float64]:
    """(count, 3) mean colors of pixels (m, 3) by their number."""
    sums = np.stack([np.bincount(number, colors[:, c], minlength=count) for c in range(3)], 1)
    return sums / np.bincount(number, minlength=count)[:, None]


def _as_lab(rgb: NDArray[np.float64]) -> Plane:
    return lab(rgb.astype(np.float32))


def _borders(regions: Regions) -> NDArray[np.bool_]:
    """(H, W) bool, pixels beside another region."""
    found = np.zeros(regions.shape, bool)
    down, across = np.diff(regions.labels, axis=0) != 0, np.diff(regions.labels, axis=1) != 0
    found[1:] |= down
    found[:-1] |= down
    found[:, 1:] |= across
    found[:, :-1] |= across
    return found
