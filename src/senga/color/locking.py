"""What a request leaves as it was: locked regions, and all that lies outside a lasso."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.flood import Mask
from senga.color.hints import Point
from senga.color.reading import Reading
from senga.color.request import Request


def held(page: Reading, request: Request, shape: tuple[int, int]) -> Mask:
    """Where nothing changes, (h, w) bool at a size (height, width) `shape`."""
    mask = np.zeros(shape, bool)
    if request.within:
        mask = ~within(request.within, page.drawing.shape, shape)
    numbers = [n for point in request.locked if (n := page.areas.number_at(point)) is not None]
    if numbers:
        mask |= np.isin(page.view(shape).labels, numbers)
    return mask


def keep_held(color: image.Pixels, finished: image.Pixels, mask: Mask) -> image.Pixels:
    """Colors (h, w, 3) uint8, but those of a finished picture, of the drawing's size, where a mask says so."""
    shape = (color.shape[0], color.shape[1])
    seen = finished[..., :3] if finished.shape[:2] == shape else image.resize(finished[..., :3], shape)
    out = color.copy()
    np.copyto(out, seen, where=mask[..., None])
    return out


def within(points: Sequence[Point], full: tuple[int, int], shape: tuple[int, int]) -> Mask:
    """Which pixels' centers lie in a polygon, (h, w) bool; where it crosses itself, inside and outside take turns.

    Args:
        points: (x, y) px of the drawing of (height, width) `full`, its last joined to its first.
        shape: (height, width) of the answer, not larger than the drawing.

    >>> within([(0.5, 0.5), (2.5, 0.5), (2.5, 1.5), (0.5, 1.5)], (3, 4), (3, 4)).astype(int).tolist()
    [[0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 0]]
    """
    height, width = shape
    scale = np.array([width / full[1], height / full[0]])
    corners = (np.array(points, np.float64) + 0.5) * scale - 0.5
    flips = np.zeros((height, width + 1), np.int32)
    for (ax, ay), (bx, by) in zip(corners, np.roll(corners, -1, 0), strict=True):
        low, high = sorted((ay, by))
        rows: NDArray[np.int64] = np.arange(max(0, int(np.ceil(low))), min(height, int(np.ceil(high))))
        if not len(rows):
            continue
        crossed = ax + (bx - ax) * (rows - ay) / (by - ay)
        flips[rows, np.clip(np.ceil(crossed), 0, width).astype(np.int64)] += 1
    inside: Mask = (flips.cumsum(1)[:, :width] & 1).astype(bool)
    return inside
