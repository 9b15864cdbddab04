"""Mosaic: whether a coloring has a pattern of squares where it should be even.

Networks that answer in cells, or enlarge what they answer by shuffled or transposed pixels, leave patterns that stand
upright and repeat every 4, 8 or 16 px. Windows that lie on the paper of one region are looked at, along rows and along
columns: how much power they have at these periods, over that of the periods beside. 1 is as much as beside.

Source: ours.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.regions import Regions

PERIODS = (4, 8, 16)
"""Looked for, px."""

SIDE = 48
"""Of a window, px: three times the longest period, so that each has periods of its own beside it."""

STEP = 16
"""Between windows, px: half of them overlap, which costs nothing."""

FLOOR = 1e-3
"""Power that no eye sees, levels squared: what is wholly even has no pattern."""

Power = NDArray[np.float64]


@dataclass(frozen=True)
class Mosaic:
    """Patterns in one model's automatic colorings.

    Attributes:
        model: who. method: of which lines. windows: how many were looked at.
        ratios: power by period, px, over that of its neighbors; nan without windows.
    """

    model: str
    method: str
    windows: int
    ratios: dict[int, float]


def windows(regions: Regions, lines: image.Pixels) -> list[tuple[slice, slice]]:
    """Windows that lie on blank paper of one region. Lines (H, W) uint8, 0 = ink."""
    found = []
    height, width = lines.shape
    for y in range(0, height - SIDE + 1, STEP):
        for x in range(0, width - SIDE + 1, STEP):
            box = slice(y, y + SIDE), slice(x, x + SIDE)
            labels = regions.labels[box]
            if lines[box].min() > image.PAPER and labels.min() == labels.max():
                found.append(box)
    return found


def power(painted: image.Pixels, box: tuple[slice, slice]) -> Power:
    """(SIDE // 2 + 1,) power of a window's gray by frequency, along rows and columns, less its slope."""
    gray = image.gray(np.ascontiguousarray(painted[box])).astype(np.float64)
    return np.asarray(sum(_along(plane) for plane in (gray, gray.T)) / 2)


def sum_up(model: str, method: str, powers: Sequence[Power]) -> Mosaic:
    """One model's windows together."""
    if not powers:
        return Mosaic(model, method, 0, dict.fromkeys(PERIODS, math.nan))
    total = np.mean(powers, 0) + FLOOR
    return Mosaic(model, method, len(powers), dict(_ratios(total)))


def _along(plane: Power) -> Power:
    """Mean power of rows; a slope would leave power at every frequency."""
    at = np.linspace(-1, 1, SIDE)
    rows = plane - plane.mean(1, keepdims=True)
    rows -= (rows @ at / (at @ at))[:, None] * at
    return np.asarray((np.abs(np.fft.rfft(rows, axis=1)) ** 2).mean(0) / SIDE)


def _ratios(total: Power) -> Iterator[tuple[int, float]]:
    for period in PERIODS:
        at = SIDE // period
        # Of light that falls off evenly the power falls by ratios: a geometric mean.
        yield period, float(total[at] / math.sqrt(total[at - 1] * total[at + 1]))
