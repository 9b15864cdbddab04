"""Colors from the size that a network works at to a drawing's own, along its lines.

A line that is two pixels wide in a page of 4961x7016 is a tenth of a pixel where the network paints. To enlarge colors
evenly would carry them across it, as far as one working pixel is wide. Beside lines, each pixel of the drawing
therefore asks only those of the four working pixels around it that lie in its own region; elsewhere nothing changes,
so that soft shading stays soft.

Source: ours; after joint bilateral upsampling (Kopf et al. 2007), with regions in the place of the guide's colors.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.regions import Regions
from senga.color.scaling import labels_at
from senga.color.strips import strips

ACROSS = 0.001
"""What a working pixel of another region counts: all there is, for regions in which no working pixel lies (ours)."""

INKED = 250
"""Working pixels darker than this, 0 to 255, lie beside or under lines (ours)."""

PART = 2_000_000
"""Most pixels that are worked out at a time."""


class Carrier:
    """What carrying the colors of one drawing needs, found once.

    Args:
        regions: of the drawing, at its own size.
        lines: (h, w) uint8, its working lines, at least 2x2.
    """

    def __init__(self, regions: Regions, lines: image.Pixels) -> None:
        self.regions, self.lines = regions, lines
        height, width = regions.shape
        h, w = lines.shape
        self._y, self._down = _places(height, h)
        self._x, self._right = _places(width, w)
        self._small = labels_at(regions, lines.shape)
        near = lines < INKED
        # What was enlarged evenly mixes the four working pixels around a place, and a little of the next ring.
        same, clear = _square(self._small, np.minimum), ~_square(near, np.logical_or)
        same = np.where(same == _square(self._small, np.maximum), same, -1)
        self._sure, self._free = same, clear

    def carry(self, color: NDArray[np.float32], weight: NDArray[np.float32], out: image.Pixels) -> None:
        """Mends the colors of a drawing beside its lines.

        Args:
            color: (3, h, w) in [0, 1]. weight: (h, w), how much each working pixel is worth.
            out: (H, W, 3) uint8, the colors enlarged evenly, changed in place.
        """
        planes = color.reshape(3, -1).T * (255 * weight.reshape(-1, 1))
        planes = np.concatenate([planes, weight.reshape(-1, 1)], 1).astype(np.float32)
        w = self.lines.shape[1]
        for rows in strips(out.shape, 1):
            labels = self.regions.labels[rows]
            y, x = self._y[rows, None], self._x[None]
            hard = np.flatnonzero((self._sure[y, x] != labels) & ~self._free[y, x])
            flat = out[rows].reshape(-1, 3)
            for start in range(0, len(hard), PART):
                at = hard[start : start + PART]
                row, column = np.divmod(at, labels.shape[1])
                own, top = labels.reshape(-1)[at], self._y[rows][row]
                left, down, right = self._x[column], self._down[rows][row], self._right[column]
                total = np.zeros((len(at), 4), np.float32)
                for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
                    place = (top + dy) * w + left + dx
                    share = (down if dy else 1 - down) * (right if dx else 1 - right) + np.float32(1e-3)
                    share *= np.where(self._small.reshape(-1)[place] == own, np.float32(1), np.float32(ACROSS))
                    total += planes[place] * share[:, None]
                flat[at] = np.clip(np.rint(total[:, :3] / total[:, 3:]), 0, 255).astype(np.uint8)


def _square(plane: NDArray[Any], pick: np.ufunc) -> NDArray[Any]:
    """A plane's least or greatest of the 4x4 places around each corner of four, (h - 1, w - 1)."""
    for axis in (0, 1):
        padded = np.pad(plane, [(1, 1) if i == axis else (0, 0) for i in (0, 1)], mode="edge")
        count = plane.shape[axis] - 1
        parts = [np.take(padded, np.arange(i, i + count), axis) for i in range(4)]
        plane = pick(pick(parts[0], parts[1]), pick(parts[2], parts[3]))
    return plane


def _places(large: int, small: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """For each of `large` pixels the first of the two of `small` that it lies between, and how far it is from it."""
    at = np.clip((np.arange(large) + 0.5) * small / large - 0.5, 0, small - 1)
    first = np.minimum(at.astype(np.int64), max(0, small - 2))
    return first, (at - first).astype(np.float32)
