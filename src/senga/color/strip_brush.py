"""A painter at work on a strip or a page: each window as if it were a drawing alone, all of them of one mind.

One scheme is chosen for all windows together. Each window is shown regions of the windows before it, with the colors
that they got, as a reference is shown to a drawing: a character keeps its colors from panel to panel. Hints change the
window that they lie in, and in the others what goes with what they are on, `echoes`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.echoes import Elsewhere
from senga.color.fill_regions import Areas
from senga.color.flats import Spoken, said
from senga.color.hints import Hints
from senga.color.painting import FAR, OBJECT, Borrowed, alike_or_shaded, together
from senga.color.panels import inside
from senga.color.recent import Recent
from senga.color.region_brush import Lent, RegionBrush
from senga.color.regions import Regions
from senga.color.scaling import working_lines, working_shape
from senga.color.schemes import rank_schemes, schemes_of
from senga.color.strip_windows import is_strip
from senga.color.tokens import from_opponent, opponent
from senga.color.window import Window
from senga.model.session import Session

SHOWN, EACH = 6, 8
"""Windows before it that a window is shown, and the largest regions of each. Ours: together as many as of a
reference."""

TRIED = 4
"""Windows that schemes are tried on, those of most regions. Ours: one alone may be all black, or a strange one."""

HINTED = 24
"""Hinted regions of each window that the others are shown. Ours."""

HEARD = 8
"""So many windows away hints are followed. Ours: each window that asks takes some milliseconds."""

KEPT = 16
"""Seeds whose windows' colors are kept, with what was asked for. Ours."""


@dataclass(frozen=True)
class WindowAreas:
    """The strip's regions as far as they lie in one window; they are few, and found again whenever they are asked for.

    Attributes:
        strip: all of it. place: of the window.
    """

    strip: Areas = field(repr=False)
    place: Window

    @cached_property
    def names(self) -> NDArray[np.int64]:
        """(regions of the window,) int64, their numbers in the strip."""
        there = np.bincount(self.strip.regions.labels[self.place].reshape(-1), minlength=self.strip.regions.count)
        return np.flatnonzero(there)

    @property
    def regions(self) -> Regions:
        """The window divided."""
        whole = self.strip.regions
        number = np.zeros(whole.count, np.int32)
        number[self.names] = np.arange(len(self.names), dtype=np.int32)
        paper = np.ascontiguousarray(whole.paper[self.place])
        return Regions(number[whole.labels[self.place]], paper, len(self.names), whole.factor)


@dataclass(frozen=True)
class StripBrush:
    """Colors of a strip's regions, asked again and again.

    Attributes:
        session: of a painter. areas: of the strip.
    """

    session: Session
    areas: Areas
    _lent: Recent[list[Lent]] = field(default_factory=partial(Recent, KEPT), repr=False)

    def tables(
        self,
        hints: Hints | None = None,
        palette: Sequence[tuple[int, int, int]] = (),
        reference: image.Pixels | None = None,
        strength: float = 1.0,
        seeds: Sequence[int] = (0,),
        reach: str = "object",
        base: image.Pixels | None = None,
        spoken: Spoken | None = None,
    ) -> list[image.Pixels]:
        """A color for each region of the strip, (regions, 3) uint8, one table a seed; arguments as `RegionBrush`.

        What hints say of the strip, `spoken`, is asked anew of each window, whose regions have other numbers.
        A region that a cut goes through has the color of the window in which most of it lies.
        """
        own = [self._hints(hints, place) for place in self._places]
        said_here = [
            None if its is None else said(brush.areas.regions, its)
            for brush, its in zip(self._brushes, own, strict=True)
        ]
        found = []
        for seed in seeds:
            lent = list[Lent | None]([None] * len(self._brushes))
            if base is None:
                shown = self._lent_to(palette, reference, strength, seed)
                lent[:] = self._with_hinted(shown, own, said_here, palette, reference, strength, seed, reach)
            # Gutters, which lie in no panel, are paper.
            table = np.full((self.areas.regions.count, 3), 255, np.uint8)
            for i, (brush, names) in enumerate(zip(self._brushes, self._names, strict=True)):
                known = None if base is None else base[names]
                (part,) = brush.tables(
                    own[i], palette, reference, strength, [seed], reach, known, lent[i], said_here[i]
                )
                mine = self._owner[names] == i
                table[names[mine]] = part[mine]
            found.append(table if base is None else self._changed_far(table, base, own, said_here, reach))
        return found

    @cached_property
    def _places(self) -> Sequence[Window]:
        """Where each window's brush paints: of a panel what lies within its frame."""
        lines, windows = self.areas.looked_at, self.areas.windows
        return windows if is_strip(lines.shape) else [inside(lines, panel) for panel in windows]

    @cached_property
    def _brushes(self) -> list[RegionBrush]:
        """Of each window."""
        made = []
        for place in self._places:
            lines = np.ascontiguousarray(self.areas.looked_at[place])
            small = working_lines(lines, working_shape(lines.shape, self.session.card.area))
            made.append(RegionBrush(self.session, small, WindowAreas(self.areas, place)))
        return made

    @cached_property
    def _names(self) -> list[NDArray[np.int64]]:
        """The numbers in the strip of each window's regions."""
        return [brush.areas.names for brush in self._brushes if isinstance(brush.areas, WindowAreas)]

    @cached_property
    def _owner(self) -> NDArray[np.int64]:
        """(regions,) int64, the window in which most of each region lies."""
        most, owner = np.zeros(self.areas.regions.count, np.int64), np.zeros(self.areas.regions.count, np.int64)
        for i, place in enumerate(self._places):
            there = np.bincount(self.areas.regions.labels[place].reshape(-1), minlength=len(most))
            more = there > most
            owner[more], most[more] = i, there[more]
        return owner

    @cached_property
    def _ranks(self) -> NDArray[np.int64]:
        """The schemes, those that suit all windows together most first."""
        paintings = [brush.painting for brush in self._brushes]
        chances = np.concatenate([painting.chances for painting in paintings])
        weights = np.concatenate([painting.tokens.geometry[:, 4] for painting in paintings])
        return rank_schemes(chances, paintings[0].bins, weights, paintings[0].scheme_file)

    def _lent_to(
        self, palette: Sequence[tuple[int, int, int]], reference: image.Pixels | None, strength: float, seed: int
    ) -> list[Lent]:
        """What each window has of the others where nothing is hinted: hints elsewhere change nothing here."""

        def lend() -> list[Lent]:
            paintings = sorted((brush.painting for brush in self._brushes), key=lambda one: -one.tokens.count)
            schemes = schemes_of(self._ranks, seed, paintings[0].scheme_file)
            worths = np.sum([painting.worths(schemes, seed) for painting in paintings[:TRIED]], 0)
            scheme = schemes[int(worths.argmax())]
            before, lent = list[Borrowed](), list[Lent]()
            for brush in self._brushes:
                lent.append(Lent(scheme, together(before[-SHOWN:])))
                colors = brush.settled(palette, reference, strength, seed, lent[-1])
                before.append(brush.painting.borrowed(colors, EACH, 1.0))
            return lent

        if reference is not None and strength > 0:  # who gives a reference wants its colors
            return [Lent(np.zeros((0, 3), np.float32), None)] * len(self._brushes)
        return self._lent.of(str((tuple(palette), seed)).encode(), lend)

    def _with_hinted(
        self,
        lent: list[Lent],
        hints: Sequence[Hints | None],
        spoken: Sequence[Spoken | None],
        palette: Sequence[tuple[int, int, int]],
        reference: image.Pixels | None,
        strength: float,
        seed: int,
        reach: str,
    ) -> list[Lent]:
        """What each window has of the others, and what is hinted there."""
        parts = dict[int, tuple[Borrowed, Borrowed]]()
        for i, (brush, own, says) in enumerate(zip(self._brushes, hints, spoken, strict=True)):
            if own is None or says is None:
                continue
            at, colors = brush.told(own, says, reach, OBJECT)
            if len(at):
                at, colors = at[:HINTED], colors[:HINTED]
                had = brush.settled(palette, reference, strength, seed, lent[i])[at]
                features, geometry = brush.painting.features[0, at], brush.painting.tokens.geometry[at]
                parts[i] = Borrowed(features, geometry, had), Borrowed(features, geometry, colors)
        found = list[Lent]()
        for i, its in enumerate(lent):
            before, after = (
                together([part[k] for j, part in parts.items() if 0 < abs(i - j) <= HEARD]) for k in (0, 1)
            )
            shown = None if before is None or after is None else Elsewhere(before, after)
            found.append(replace(its, hinted=shown))
        return found

    def _changed_far(
        self,
        table: image.Pixels,
        base: image.Pixels,
        hints: Sequence[Hints | None],
        spoken: Sequence[Spoken | None],
        reach: str,
    ) -> image.Pixels:
        """A table, (regions, 3) uint8, with what hints that reach far change in other windows than their own.

        Args:
            base: (regions, 3) uint8, colors that the regions had; `table` has what hints change in their windows.
        """
        before = opponent(base.astype(np.float32) / 255)
        for i, (brush, names, own, says) in enumerate(zip(self._brushes, self._names, hints, spoken, strict=True)):
            if own is None or says is None:
                continue
            at, colors = brush.told(own, says, reach, FAR)
            if not len(at):
                continue
            sources = names[brush.painting.tokens.names[at]]
            alike, nearest, bright = alike_or_shaded(before, sources)
            regions = np.flatnonzero(alike & (self._owner != i))
            taken = np.zeros((len(base), 3), np.float32)
            taken[sources] = from_opponent(colors)
            new = np.minimum(1, taken[nearest[regions]] * bright[regions, None])
            table[regions] = np.rint(new * 255).astype(np.uint8)
        return table

    def _hints(self, hints: Hints | None, place: Window) -> Hints | None:
        """The hints that lie in a window."""
        if hints is None or not hints.mask[place].any():
            return None
        reach = None if hints.reach is None else np.ascontiguousarray(hints.reach[place])
        order = None if hints.order is None else np.ascontiguousarray(hints.order[place])
        color, mask = np.ascontiguousarray(hints.color[place]), np.ascontiguousarray(hints.mask[place])
        return Hints(color, mask, reach, hints.meant, order)
