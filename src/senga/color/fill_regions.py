"""Areas of a drawing: what is closed by ink around a point, gaps in the lines bridged; the same that flats lie in."""

from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.closer import find_closed_regions
from senga.color.comicpage import Blank, find_blank
from senga.color.pen import Trail
from senga.color.recent import Recent
from senga.color.regions import Regions
from senga.color.strip_windows import find_strip_windows, is_strip
from senga.color.window import Window
from senga.color.windows import find_windows
from senga.lines.tone import without_tone

REACH = 4
"""How far from ink that was pointed at its area is sought, px at the size that regions are found at. Ours."""

PAGE = 3
"""As large as how many drawings a page is looked at for its light, however many panels it has. Ours: half the time of
six, and as good to look at."""

GAPS_KEPT = 2
"""Divisions at other gaps that are kept. Ours."""

SHARES_KEPT = 6
"""Regions that several marks share whose division is kept. Ours: of 12 million px each may take 24 MB."""


@dataclass(frozen=True)
class Areas:
    """The areas of a drawing, found when they are first asked for and then kept.

    Attributes:
        lines: (H, W) uint8, 0 = ink.
        ball_radius: as `regions.find_regions` takes it.
        gap: how boldly open lines are closed by walls; see `closer.walls`.
        threads, backend, closer: of the closer, as `closer.Closer.open` takes them; `closer` is its file.
        panels: whether a page is worked on panel by panel.
        shares: how marks share a region, as `laying` divides it; the last ones are kept.
    """

    lines: image.Pixels
    ball_radius: float | None = None
    gap: float = 1.0
    threads: int | None = None
    backend: str = "onnxruntime"
    closer: Path | None = None
    panels: bool = True
    shares: Recent[NDArray[np.uint16]] = field(default_factory=partial(Recent, SHARES_KEPT), repr=False, compare=False)
    _others: dict[float, "Areas"] = field(default_factory=dict, repr=False, compare=False)

    def at(self, gap: float) -> "Areas":
        """The areas of the same drawing at another gap, of which the last few are kept; at their own, these."""
        if gap == self.gap:
            return self
        if gap not in self._others:
            while len(self._others) >= GAPS_KEPT:
                self._others.pop(next(iter(self._others)))
            self._others[gap] = replace(self, gap=gap, shares=Recent(SHARES_KEPT), _others={})
        return self._others[gap]

    @cached_property
    def windows(self) -> tuple[Window, ...]:
        """Where the drawing is worked on, one window after another: all of it, unless it is a strip or a page."""
        return find_windows(self.lines) if self.panels else find_strip_windows(self.lines)

    def without_panels(self) -> "Areas":
        """The areas of the same drawing, which is no page."""
        return replace(self, panels=False, shares=Recent(SHARES_KEPT), _others={})

    @property
    def lit(self) -> int:
        """As large as how many drawings it is looked at for its light: as many as a strip has windows, a page some."""
        count = len(self.windows)
        return count if is_strip(self.lines.shape) else min(PAGE, count)

    @cached_property
    def looked_at(self) -> image.Pixels:
        """The lines without screentone, which shades regions and divides none; the same array where there is none."""
        return without_tone(self.lines)

    @cached_property
    def regions(self) -> Regions:
        """The drawing divided."""
        return find_closed_regions(
            self.looked_at,
            self.gap,
            self.ball_radius,
            windows=self.windows,
            threads=self.threads,
            backend=self.backend,
            model=self.closer,
        )

    @cached_property
    def blank(self) -> Blank:
        """The regions that stay paper: speech bubbles and gutters."""
        return find_blank(self.regions)

    @cached_property
    def boxes(self) -> NDArray[np.int64]:
        """(count, 4) int64, the box of each region: top, bottom, left, right; bottom and right are no longer in it."""
        import mahotas

        # Label 0 is the ground to mahotas, whose box it counts all the same.
        return np.asarray(mahotas.labeled.bbox(self.regions.labels), np.int64)

    def box(self, number: int) -> tuple[slice, slice]:
        """Rows and columns of a region's box."""
        top, bottom, left, right = self.boxes[number].tolist()
        return slice(top, bottom), slice(left, right)

    def around(self, point: tuple[float, float]) -> Trail | None:
        """The paper of the area around a point, (x, y) px of the drawing.

        Returns:
            Rows, columns and (h, w) bool as `pen.trail` answers; None for a point outside, or deep in solid ink. Of a
            point on a line, the area on its side.
        """
        number = self.number_at(point)
        if number is None:
            return None
        inside = (self.regions.labels == number) & self.regions.paper
        rows, columns = np.flatnonzero(inside.any(1)), np.flatnonzero(inside.any(0))
        box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
        return *box, inside[box]

    def number_at(self, point: tuple[float, float]) -> int | None:
        """The number of the region whose paper `around` answers with; None where it answers None."""
        x, y = int(np.floor(point[0] + 0.5)), int(np.floor(point[1] + 0.5))
        height, width = self.lines.shape
        if not (0 <= x < width and 0 <= y < height):
            return None
        labels, paper = self.regions.labels, self.regions.paper
        number, reach = int(labels[y, x]), REACH * self.regions.factor
        near = slice(max(0, y - reach), y + reach + 1), slice(max(0, x - reach), x + reach + 1)
        return number if ((labels[near] == number) & paper[near]).any() else None
