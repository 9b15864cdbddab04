"""Areas of a drawing: what is closed by ink around a point, small gaps in the lines bridged."""

from dataclasses import dataclass
from functools import cached_property

import mahotas
import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.pen import Trail

MOST = 786_432
"""Most pixels that areas are sought on: larger drawings are made smaller, lines kept whole. Ours: 1024 x 768."""

INK = 0.7
"""Share of the paper's gray level below which a pixel stops a fill: soft borders of thin lines do. Ours."""

RADII = (2, 1, 0)
"""Balls that have to fit, px at the size of the search: the first keeps apart what a gap of up to 4 px joins, the
next find what is too narrow for it. Ours."""

REACH = 4
"""How far from ink that was pointed at its area is sought, px at the size of the search. Ours."""


@dataclass(frozen=True)
class Areas:
    """The areas of a drawing, found when they are first asked for and then kept.

    Attributes:
        lines: (H, W) uint8, 0 = ink.
    """

    lines: image.Pixels

    def around(self, point: tuple[float, float]) -> Trail | None:
        """The area around a point, (x, y) px of the drawing.

        Returns:
            Rows, columns and (h, w) bool as `pen.trail`; None for a point outside, or inside of solid ink. Of a point
            on a line, the nearest area.
        """
        x, y = int(np.floor(point[0] + 0.5)), int(np.floor(point[1] + 0.5))
        height, width = self.lines.shape
        if not (0 <= x < width and 0 <= y < height):
            return None
        labels, boxes = self._found
        rows, columns = self._edges
        i, j = (int(np.searchsorted(e, v, "right")) - 1 for e, v in ((rows, y), (columns, x)))
        number = labels[i, j] or _nearest(labels, i, j)
        if not number:
            return None
        top, bottom, left, right = boxes[number]
        inside = labels[top:bottom, left:right] == number
        inside = np.repeat(inside, np.diff(rows)[top:bottom], 0)
        inside = np.repeat(inside, np.diff(columns)[left:right], 1)
        return slice(rows[top], rows[bottom]), slice(columns[left], columns[right]), inside

    @cached_property
    def _edges(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the rows and columns of the search begin in the drawing, px, and where the last ones end."""
        height, width = self.lines.shape
        scale = min(1.0, (MOST / (height * width)) ** 0.5)
        small = (max(1, int(height * scale)), max(1, int(width * scale)))
        rows, columns = (np.arange(s + 1) * full // s for s, full in zip(small, (height, width), strict=True))
        return rows, columns

    @cached_property
    def _found(self) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
        """Labels (h, w) of areas at the size of the search, 0 = ink, and the box of each: top, bottom, left, right."""
        rows, columns = self._edges
        # The darkest pixel decides: a thin line stays closed however much smaller the drawing is made.
        darkest = np.minimum.reduceat(np.minimum.reduceat(self.lines, rows[:-1], 0), columns[:-1], 1)
        level = float(np.percentile(self.lines[:: max(1, len(self.lines) // 1000)], 90))
        paper = darkest >= INK * (level if level > 128 else 255)
        labels = label_areas(paper)
        return labels, np.asarray(mahotas.labeled.bbox(labels), np.int64)


def label_areas(paper: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Areas of paper, numbered from 1; 0 is ink.

    Places where the largest ball fits, joined where it can roll, are an area's core. What no ball of that radius
    reaches but a smaller one does gets a core of its own only if no core lies in it already. Cores then grow until all
    paper is theirs, the widest places first, so that two areas meet in the gap between them.

    Args:
        paper: (h, w) bool.
    """
    if paper.all() or not paper.any():
        return paper.astype(np.int32)
    away = np.sqrt(mahotas.distance(paper))
    cores = np.zeros(paper.shape, np.int32)
    count = 0
    for radius in RADII:
        rooms, number = mahotas.label(away > radius, np.ones((3, 3), bool) if radius else None)
        taken = np.zeros(number + 1, bool)
        taken[rooms[cores > 0]] = True
        names = np.zeros(number + 1, np.int32)
        free = np.flatnonzero(~taken[1:]) + 1
        names[free] = np.arange(count + 1, count + 1 + len(free))
        cores = np.maximum(cores, names[rooms])
        count += len(free)
    depth = np.where(paper, 254 - np.minimum(2 * away, 200), 255).astype(np.uint8)
    grown = np.asarray(mahotas.cwatershed(depth, cores), np.int32)
    return np.where(paper, grown, 0).astype(np.int32)


def _nearest(labels: NDArray[np.int32], i: int, j: int) -> int:
    """The label nearest to a place of ink, 0 if there is none within reach."""
    top, left = max(0, i - REACH), max(0, j - REACH)
    window = labels[top : i + REACH + 1, left : j + REACH + 1]
    y, x = np.nonzero(window)
    if not len(y):
        return 0
    nearest = int(np.argmin(np.square(y + top - i) + np.square(x + left - j)))
    return int(window[y[nearest], x[nearest]])
