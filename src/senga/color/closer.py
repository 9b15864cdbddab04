"""Walls: where one color ends though the line is open, as a small network reads it off the drawing, once a drawing.

A wall is no ink: it divides regions (`senga.color.regions`), and its pixels belong to the regions beside it. Walls that
close nothing do no harm: a region that reaches around their end stays one.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.flood import Mask
from senga.color.regions import Regions, find_regions
from senga.color.scaling import working_lines
from senga.color.smoothing import smooth_borders
from senga.color.window import Window
from senga.color.window_regions import joined_regions
from senga.color.windows import find_windows
from senga.errors import HintError
from senga.lines.thinning import thin
from senga.model.session import Session
from senga.model.shipped import WEIGHTS, model_file
from senga.threads import meanwhile

SHIPPED = WEIGHTS / "closer.onnx"
"""Model file inside the package."""

LEVEL = 0.5
"""Chance from which a place is a wall, at a gap of 1. Ours: by the oracle of `tools/closer_oracle.py`."""

BOLDER = 1.5
"""How much the logit of that level moves with the gap. Ours."""

BLOCK, SOLID = 16, 0.25
"""Side of the blocks whose paper is looked at, px; and how much darker than the others solid ink is. Ours."""

AROUND, RIDGE = 4, 0.14
"""A wall stands out of the places around it, so many of its answer's px to each side, by so much:
where the network only wonders, as on a shaded cheek, there is none. Ours."""

AREA, STAIRS = 448 * 448, 1.5
"""What the shipped closer looks at of each window, px; and how wide stairs are that show, px of the drawing. Ours."""

GAPS = (0.0, 8.0)
"""Least and greatest gap: no walls, and as many as the network may think of."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Closer:
    """An opened closer."""

    session: Session

    @staticmethod
    def open(model: str | Path | None = None, *, threads: int | None = None, backend: str = "onnxruntime") -> "Closer":
        """Opens a model file.

        Args:
            model: file; default: the one that ships with senga.
            threads: processor threads; default: all.
            backend: as `Session.open` takes it.

        Raises:
            ModelError: missing, broken, or not a closer; a backend that is not there.
        """
        # It takes turns with the graphs of a colorizer.
        session = Session.open(model_file(model, SHIPPED.name), threads=threads, backend=backend, alone=False)
        session.need("close")
        return Closer(session)

    def look(self, lines: image.Pixels) -> Plane:
        """Chance of a wall, (h, w) float32 in [0, 1], of a whole drawing (H, W) uint8; smaller than the drawing."""
        card = self.session.card
        share = min(1.0, math.sqrt(card.area / lines.size))
        multiple = card.size_multiple
        most = max(1, card.area // multiple**2)  # of a drawing so narrow that its padding is most of it
        height, width = (min(most, max(1, round(side * share / multiple))) * multiple for side in lines.shape)
        ink = cleared(np.float32(1) - working_lines(lines, (height, width)).astype(np.float32) / np.float32(255))
        chance: Plane = self.session.run(ink[None, None])[0, 0]
        return chance

    def walls(self, lines: image.Pixels, gap: float = 1.0) -> Mask:
        """Walls (H, W) bool of a drawing (H, W) uint8; see `walls`."""
        return walls(self.look(lines), (lines.shape[0], lines.shape[1]), gap)


def cleared(ink: Plane) -> Plane:
    """Ink (h, w) on white paper without grain: the paper's own gray, block by block, and its noise are taken off.

    Args:
        ink: 1 = ink; sides are multiples of `BLOCK`.
    """
    height, width = ink.shape
    blocks = ink.reshape(height // BLOCK, BLOCK, width // BLOCK, BLOCK).swapaxes(1, 2).reshape(-1, BLOCK * BLOCK)
    gray = np.quantile(blocks, 0.3, axis=1).astype(np.float32)
    usual = float(np.median(gray))
    if usual > SOLID:  # more ink than paper: nothing tells one from the other
        return ink
    gray = np.where(gray > usual + SOLID, usual, gray).reshape(height // BLOCK, width // BLOCK)
    gray = image.resize_plane(gray, (height, width))
    rest = ink - gray
    noise = 1.4826 * float(np.median(np.abs(rest[rest < SOLID])))
    answer: Plane = np.clip((rest - 2 * noise) / (1 - gray), 0, 1).astype(np.float32)
    return answer


@lru_cache(maxsize=2)
def opened(model: Path | None = None, threads: int | None = None, backend: str = "onnxruntime") -> Closer:
    """`Closer.open`, kept open."""
    return Closer.open(model, threads=threads, backend=backend)


def find_closed_regions(
    lines: image.Pixels,
    gap: float = 1.0,
    ball_radius: float | None = None,
    *,
    windows: Sequence[Window] = (),
    threads: int | None = None,
    backend: str = "onnxruntime",
    model: Path | None = None,
) -> Regions:
    """Divides a drawing into regions, by its ink and by the walls of a closer; a strip window by window.

    Args:
        lines: (H, W) uint8, 0 = ink. gap, ball_radius: see `walls` and `find_regions`.
        windows: of the lines, as `find_windows` answers, if they are known.
        threads, backend, model: of the closer, as `Closer.open` takes them.

    Raises:
        HintError: a gap or a radius out of range.
        ModelError: a backend that is not there.
    """
    check_gap(gap)

    def found(part: image.Pixels) -> Regions:
        if gap == 0:
            return find_regions(part, ball_radius)
        # What ink alone divides is found meanwhile.
        closed = meanwhile(lambda: opened(model, threads, backend).walls(part, gap), threads)
        return find_regions(part, ball_radius, walls=closed)

    there = windows or find_windows(lines)
    if len(there) == 1:
        regions = found(lines)
    else:
        regions = joined_regions(there, (found(np.ascontiguousarray(lines[window])) for window in there))
    # What is found at a reduced size, and walls of the closer's size, are stairs at the drawing's own.
    stair = stair_of(regions, len(there))
    if stair >= STAIRS:
        smooth_borders(regions.labels, lines, stair)
    return regions


def stair_of(regions: Regions, windows: int = 1) -> float:
    """How wide the stairs are that borders of a drawing's regions run in, px; `windows` of a strip."""
    return max(float(regions.factor), math.sqrt(regions.labels.size / windows / AREA))


def check_gap(gap: float) -> None:
    """Refuses what is no gap.

    Raises:
        HintError: out of `GAPS`.
    """
    if not GAPS[0] <= gap <= GAPS[1]:  # nan too is refused
        raise HintError(f"a gap is from {GAPS[0]:g} to {GAPS[1]:g}, not {gap:g}")


def level(gap: float) -> float:
    """Chance over which a place is a wall: 1 at a gap of 0, less the greater the gap.

    >>> [round(level(gap), 2) for gap in (0, 0.5, 1, 2)]
    [1.0, 0.82, 0.5, 0.32]
    """
    if gap <= 0:
        return 1.0
    moved = min(math.log(LEVEL / (1 - LEVEL)) + BOLDER * (1 / gap - 1), 30.0)
    return 1 / (1 + math.exp(-moved))


def walls(chance: Plane, shape: tuple[int, int], gap: float = 1.0) -> Mask:
    """Thin walls, (height, width) bool.

    Args:
        chance: (h, w), from `Closer.look`. shape: of the drawing.
        gap: 0 makes no walls, 1 those that the network was trained to see, more also those that it is less sure of.

    Raises:
        HintError: a gap out of range.
    """
    check_gap(gap)
    high = (chance > level(gap)) & (chance > _mean(chance, AROUND) + min(RIDGE, RIDGE / max(gap, 1e-6)))
    ridges = thin(np.pad(high, 3, mode="edge"))[3:-3, 3:-3]
    rows, columns = (((np.arange(n) + 0.5) * m / n).astype(np.int64) for n, m in zip(shape, ridges.shape, strict=True))
    answer: Mask = ridges[:, columns][rows]
    return answer


def _mean(plane: Plane, reach: int) -> Plane:
    """Means over squares of (2 * reach + 1) px, (h, w) float32."""
    for axis in (0, 1):
        pad = [(0, 0), (0, 0)]
        pad[axis] = (reach + 1, reach)
        sums = np.pad(plane, pad, mode="edge").cumsum(axis, dtype=np.float64)
        size = 2 * reach + 1
        ends, starts = (sums[size:], sums[:-size]) if axis == 0 else (sums[:, size:], sums[:, :-size])
        plane = ((ends - starts) / size).astype(np.float32)
    return plane
