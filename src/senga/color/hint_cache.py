"""The hints of one drawing while somebody paints: a stroke that grows costs only itself, however many went before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.fill_regions import Areas
from senga.color.hints import Hints, Point
from senga.color.laying import Drawn, covered_by_last, draw, settle
from senga.color.marks import Mark

STATES, BYTES = 4, 64_000_000
"""Most states that are kept, and most bytes of them; one is kept however large it is. Ours."""


DOT = 100
"""Pixels that take as long as one row that a mark crosses. Ours."""


@dataclass(frozen=True)
class State:
    """Marks, and what was drawn of them at a gap."""

    marks: tuple[Mark, ...]
    gap: float
    drawn: Drawn


@dataclass(eq=False)
class HintCache:
    """Hints by marks; for one thread at a time.

    What is kept is chosen for a page that sends its marks again with every move of the pen: the state below the last
    mark is used again and again, and states of the last mark that are outgrown make room first.

    Attributes:
        lines: (H, W) uint8, 0 = ink. closer: file of the closer, as `Areas` has it. areas: of the lines.
        below: hints that all marks are laid on, see `rest_on`.
    """

    lines: image.Pixels
    closer: Path | None = None
    areas: Areas = field(init=False, repr=False)
    below: Hints | None = field(default=None, init=False, repr=False)
    _kept: list[State] = field(default_factory=list, init=False, repr=False)
    _last: tuple[tuple[Mark, ...], float, Hints] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        self.areas = Areas(self.lines, closer=self.closer)

    def rest_on(self, below: Hints | None) -> None:
        """Marks are laid on these hints from now on; None: on nothing."""
        self.below, self._last = below, None

    def lay(self, marks: Sequence[Mark], *, gap: float = 1.0) -> Hints:
        """The hints of all the marks, as `senga.color.laying.lay` answers; `gap` as of a request."""
        wanted = tuple(marks)
        if not wanted:
            return self.below or Hints.blank(self.lines.shape)
        if self._last is None or self._last[:2] != (wanted, gap):
            self._last = None  # makes room first
            areas = self.areas.at(gap)
            self._last = wanted, gap, settle(wanted, self._drawn(wanted, areas), areas, self.below)
        return self._last[2]

    def area(self, marks: Sequence[Mark], point: Point, *, gap: float = 1.0) -> NDArray[np.bool_]:
        """What a fill at a point (x, y) px would cover if it were laid on the marks, (H, W) bool."""
        areas = self.areas.at(gap)
        poured = (*marks, Mark.fill(point, "#ffffff"))
        drawn = self._drawn(tuple(marks), areas)
        return covered_by_last(poured, drawn, areas)

    def work(self, marks: Sequence[Mark]) -> float:
        """About how many pixels are looked at until `marks` are laid: those of the boxes of what is not laid yet."""
        height, width = self.lines.shape
        done = max((len(k.marks) for k in self._kept if tuple(marks[: len(k.marks)]) == k.marks), default=0)
        pixels = 0.0
        for mark in marks[done:]:
            if mark.kind != "fill":
                x, y = zip(*mark.points, strict=True)
                across = min(width, max(x) + mark.width / 2) - max(0, min(x) - mark.width / 2)
                down = min(height, max(y) + mark.width / 2) - max(0, min(y) - mark.width / 2)
                pixels += max(0.0, across) * max(0.0, down) + DOT * mark.effort
        return pixels

    def _drawn(self, wanted: tuple[Mark, ...], areas: Areas) -> Drawn:
        """All the marks drawn; what is new on what is kept."""
        known = self._below(wanted, areas.gap)
        done, drawn = (0, Drawn.blank(self.lines.shape)) if known is None else (len(known.marks), known.drawn)
        if done == len(wanted):
            return drawn
        drawn = drawn.copy()
        if done < len(wanted) - 1:
            draw(wanted, range(done, len(wanted) - 1), drawn, areas)
            done = len(wanted) - 1
            self._keep(State(wanted[:done], areas.gap, drawn.copy()))
        draw(wanted, range(done, len(wanted)), drawn, areas)
        if self._most > 1:
            self._keep(State(wanted, areas.gap, drawn))
        return drawn

    @property
    def _most(self) -> int:
        return min(STATES, max(1, BYTES // (4 * self.lines.size)))

    def _below(self, wanted: tuple[Mark, ...], gap: float) -> State | None:
        """The state with the most of the wanted marks and no other; it counts as used."""
        fitting = [k for k in self._kept if k.gap == gap and wanted[: len(k.marks)] == k.marks]
        if not fitting:
            return None
        best = max(fitting, key=lambda k: len(k.marks))
        self._kept = [k for k in self._kept if k is not best] + [best]
        return best

    def _keep(self, state: State) -> None:
        self._kept.append(state)
        del self._kept[: -self._most]
