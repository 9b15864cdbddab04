"""Which pixels a pen covers on its way: the one rasterizer of strokes, whatever they lay or take away."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LEAST = 0.5
"""Least radius, px: no pen is thinner than a pixel."""

BAND = 1_000_000
"""Most pixels, and most row crossings, that are worked on at once: bounds the memory. Ours."""

NEAR = 1e-9
"""A pixel's center this near the border, px, counts as covered: pixels on a straight edge are not lost to rounding."""

Trail = tuple[slice, slice, NDArray[np.bool_]]
"""Rows and columns of a box in the drawing, and which of its pixels are covered, (h, w) bool."""


def trail(points: Floats, radii: Floats, shape: tuple[int, int]) -> Trail | None:
    """What a round pen covers along points.

    Each row of a disc, and of the body between two discs, is one interval of columns; where intervals begin and end is
    counted, so that the work grows with the rows crossed, not with the area: dense points of a thick pen stay cheap.

    Args:
        points: (N, 2) of (x, y) px, N at least 1, finite; a pixel's center has whole coordinates. May lie outside.
        radii: (N,) px at the points; between them the radius changes evenly. Less than `LEAST` counts as that.
        shape: (height, width) of the drawing, px.

    Returns:
        The covered pixels within the drawing, or None if there are none. The pixel nearest to each point is covered.
    """
    height, width = shape
    radii = np.maximum(radii, LEAST)
    # One more pixel around, for the pixel nearest to a point.
    low, high = (points - radii[:, None]).min(0) - 1, (points + radii[:, None]).max(0) + 1
    left, top = (int(max(0, np.floor(v))) for v in low)
    right, bottom = (int(min(most - 1, np.ceil(v))) for v, most in zip(high, (width, height), strict=True))
    if right < left or bottom < top:
        return None
    columns = right - left + 1
    covered = np.empty((bottom - top + 1, columns), bool)
    corners = _bodies(points, radii)
    step = int(max(1, min(BAND // columns, BAND // (len(points) + len(corners)))))
    for start in range(top, bottom + 1, step):
        stop = min(start + step, bottom + 1)
        parts = (_discs(points, radii, start, stop), _quads(corners, start, stop), _nearest(points, start, stop))
        rows, first, last = (np.concatenate(p) for p in zip(*parts, strict=True))
        first, last = np.maximum(first, left) - left, np.minimum(last, right) - left
        seen = first <= last
        at = (rows[seen] - start) * (columns + 1)
        size = (stop - start) * (columns + 1)
        change = np.bincount(at + first[seen], minlength=size) - np.bincount(at + last[seen] + 1, minlength=size)
        covered[start - top : stop - top] = change.reshape(-1, columns + 1).cumsum(1)[:, :columns] > 0
    return (slice(top, bottom + 1), slice(left, right + 1), covered) if covered.any() else None


def _bodies(points: Floats, radii: Floats) -> Floats:
    """Corners (S, 4, 2) of what lies between each two discs: the quadrangle of their outer tangents."""
    from_, to = points[:-1], points[1:]
    distance = np.hypot(*(to - from_).T)
    # Where one disc contains the other there is nothing between them.
    apart = distance > np.abs(np.diff(radii)) + NEAR
    from_, to, distance = from_[apart], to[apart], distance[apart]
    r0, r1 = radii[:-1][apart], radii[1:][apart]
    along = (to - from_) / distance[:, None]
    across = np.stack([-along[:, 1], along[:, 0]], 1)
    lean = (r0 - r1) / distance
    upright = np.sqrt(1 - lean * lean)
    one = along * lean[:, None] + across * upright[:, None]
    other = along * lean[:, None] - across * upright[:, None]
    near, far = r0[:, None], r1[:, None]
    return np.stack([from_ + near * one, to + far * one, to + far * other, from_ + near * other], 1)


def _crossed(low: Floats, high: Floats, start: int, stop: int) -> tuple[Whole, Whole]:
    """For things from row `low` to row `high`: (things, rows), one entry for each row in [start, stop) they cross."""
    first = np.maximum(np.ceil(low - NEAR), start).astype(np.int64)
    last = np.minimum(np.floor(high + NEAR), stop - 1).astype(np.int64)
    count = np.maximum(last - first + 1, 0)
    things = np.repeat(np.arange(len(count)), count)
    rows = first[things] + np.arange(len(things)) - np.repeat(np.cumsum(count) - count, count)
    return things, rows


def _discs(points: Floats, radii: Floats, start: int, stop: int) -> tuple[Whole, Whole, Whole]:
    """Intervals (rows, first columns, last columns) of discs in rows [start, stop)."""
    things, rows = _crossed(points[:, 1] - radii, points[:, 1] + radii, start, stop)
    x, y, r = points[things, 0], points[things, 1], radii[things]
    half = np.sqrt(np.maximum(r * r - np.square(rows - y), 0))
    return rows, *_columns(x - half, x + half)


def _quads(corners: Floats, start: int, stop: int) -> tuple[Whole, Whole, Whole]:
    """Intervals of convex quadrangles (S, 4, 2) in rows [start, stop)."""
    things, rows = _crossed(corners[..., 1].min(1), corners[..., 1].max(1), start, stop)
    left, right = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    for i in range(4):
        (ax, ay), (bx, by) = corners[things, i].T, corners[things, (i + 1) % 4].T
        rise = by - ay
        # A level edge lies between two others that end where it does.
        steep = np.abs(rise) > NEAR
        share = np.clip((rows - ay) / np.where(steep, rise, 1), 0, 1)
        meets = steep & (rows >= np.minimum(ay, by) - NEAR) & (rows <= np.maximum(ay, by) + NEAR)
        x = ax + share * (bx - ax)
        left = np.where(meets, np.minimum(left, x), left)
        right = np.where(meets, np.maximum(right, x), right)
    met = left <= right
    return rows[met], *_columns(left[met], right[met])


def _nearest(points: Floats, start: int, stop: int) -> tuple[Whole, Whole, Whole]:
    """The pixels nearest to points, as intervals: the thinnest pen set between pixels shows too."""
    x, y = np.floor(points + 0.5).astype(np.int64).T
    inside = (y >= start) & (y < stop)
    return y[inside], x[inside], x[inside]


def _columns(left: Floats, right: Floats) -> tuple[Whole, Whole]:
    """First and last columns whose centers lie between."""
    return np.ceil(left - NEAR).astype(np.int64), np.floor(right + NEAR).astype(np.int64)
