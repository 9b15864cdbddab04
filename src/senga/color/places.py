"""Places within one region: how wide it is where a mark lies, and whether two marks lie in one place or in two.

A drawing's lines are open, so that a tail may be one region with the ground behind it. Where a region narrows between
two marks, or is much wider at one than at the other, they are meant for two things.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga.color.blocks import pooled
from senga.color.flood import Index, Mask, connected

SEEN = 250_000
"""Largest box of a region that is looked at as it is, px. Ours."""

NARROWS = 0.7
"""How wide a passage is, beside the narrower of two places, for these to be one that winds. Ours, as in `regions`."""

UNLIKE = 0.4
"""How wide the narrower of two places is beside the wider one, for these to be one. Ours: hair and a skirt taper; the
ground is more than twice as wide as a tail."""

CLIMB = 1.5
"""How much wider a place may be, a little further on, than where it was pointed at. Ours."""

STEEP = 0.7
"""A step uphill that wins so much of its length leads away from an edge, not along a place that widens. Ours."""

STEPS = 64
"""Most steps of a climb."""


@dataclass(frozen=True)
class Spot:
    """A place in a region: its widest point, (y, x) at the size that the region is seen at, and its half width, px."""

    y: int
    x: int
    width: float


def depth(inside: Mask) -> NDArray[np.float32]:
    """How far each place is from what lies outside, (h, w) px; beyond the edge lies the outside too."""
    import mahotas

    away: NDArray[np.float32] = np.sqrt(mahotas.distance(np.pad(inside, 1))[1:-1, 1:-1]).astype(np.float32)
    return away


class Places:
    """The places of one region.

    Args:
        inside: (h, w) bool, the region's paper in its box. box: rows and columns. width: of the drawing, px.
    """

    def __init__(self, inside: Mask, box: tuple[slice, slice], width: int) -> None:
        self._box, self._width = box, width
        self.factor = max(1, math.ceil(math.sqrt(inside.size / SEEN)))
        small = pooled(inside, self.factor)
        if not small.any():
            self.factor, small = 1, inside
        self.depth = depth(small)
        self.widest = float(self.depth.max(initial=0))

    def spot(self, at: Index) -> Spot:
        """The place of a mark, by the flat numbers in the drawing of its pixels in the region."""
        y, x = (at // self._width - self._box[0].start), (at % self._width - self._box[1].start)
        y, x = y // self.factor, x // self.factor
        height, width = self.depth.shape
        y, x = np.minimum(y, height - 1), np.minimum(x, width - 1)
        best = int(self.depth[y, x].argmax())
        return self._climbed(int(y[best]), int(x[best]))

    def _climbed(self, y: int, x: int) -> Spot:
        """From a point uphill to the middle of its place, from disc to disc, and on as far as `CLIMB` allows."""
        start = None
        for _ in range(STEPS):
            reach = max(1, int(0.7 * self.depth[y, x]))  # the square in the disc, which is all paper
            top, left = max(0, y - reach), max(0, x - reach)
            near = self.depth[top : y + reach + 1, left : x + reach + 1]
            down, right = divmod(int(near.argmax()), near.shape[1])
            here, higher = float(self.depth[y, x]), float(near[down, right])
            if start is None and higher < here + STEEP * reach:
                start = max(1.0, here)
            if higher <= here or (start is not None and higher > CLIMB * start):
                break
            y, x = top + down, left + right
        return Spot(y, x, float(self.depth[y, x]))

    def one(self, first: Spot, second: Spot) -> bool:
        """Whether two spots lie in one place."""
        narrow, wide = sorted((first.width, second.width))
        if narrow < UNLIKE * wide:
            return False
        if math.hypot(first.y - second.y, first.x - second.x) <= wide:
            return True
        labels, _ = connected(self.depth >= NARROWS * narrow)
        return bool(labels[first.y, first.x] == labels[second.y, second.x] != 0)

    def within(self, spot: Spot, at: tuple[float, float]) -> bool:
        """Whether a point (x, y) of the drawing lies in the largest disc around a spot."""
        x, y = (at[0] - self._box[1].start) / self.factor, (at[1] - self._box[0].start) / self.factor
        return math.hypot(y - spot.y, x - spot.x) < spot.width

    def pixels(self, spot: Spot) -> Index:
        """Flat numbers in the drawing of a small disc around a spot, half as wide as its place."""
        reach = int(spot.width / 2)
        down, right = np.mgrid[-reach : reach + 1, -reach : reach + 1]
        disc = down**2 + right**2 <= reach**2
        y = np.clip(spot.y + down[disc], 0, self.depth.shape[0] - 1) * self.factor + self.factor // 2
        x = np.clip(spot.x + right[disc], 0, self.depth.shape[1] - 1) * self.factor + self.factor // 2
        y = np.minimum(y + self._box[0].start, self._box[0].stop - 1)
        x = np.minimum(x + self._box[1].start, self._box[1].stop - 1)
        found: Index = y * self._width + x
        return found

    def widest_spot(self) -> Spot:
        """The widest place of all."""
        y, x = divmod(int(self.depth.argmax()), self.depth.shape[1])
        return Spot(y, x, self.widest)
