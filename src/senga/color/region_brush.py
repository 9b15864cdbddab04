"""A painter at work on one drawing: what does not change is kept, a hint re-runs what hints touch."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.echoes import Elsewhere, echoes
from senga.color.flats import Groups, Spoken, said
from senga.color.ground import rest_of_ground
from senga.color.hints import Hints
from senga.color.maincolors import palette_of
from senga.color.marks import REACHES
from senga.color.painting import FAR, OBJECT, Borrowed, Painting, known_colors, rgb_table
from senga.color.recent import Recent
from senga.color.regions import Regions, find_regions
from senga.color.scaling import labels_at, paper_weight, working_lines, working_shape
from senga.color.schemes import COLORS
from senga.color.spaces import RGB
from senga.color.thought import ALIKE
from senga.color.tokens import opponent
from senga.lines.learned import SHIPPED, opened
from senga.model.session import Session

BORROWED = 48
"""Regions of a reference at most, its largest; as in training."""

SHOWN = 512 * 512
"""Area that a reference is brought to before its lines are drawn, px. Ours."""

PAPER = 248
"""Colors at least this bright in every channel are paper: no eye tells them from it beside lines. Ours."""

REFERENCES = 4
"""References that are kept as they were read. Ours."""

LENT = 0.5
"""Strength from which on a reference's main colors are a palette. Ours."""

SINGLY, BY_FOURS = 16, 64
"""Marks up to which each is followed by itself, and up to which four are at once; of later ones sixteen. Ours: each
takes some milliseconds each time."""

EACH = 3
"""Reveal rounds after each mark. Ours: with eight, strokes that change what an early one told take seconds."""

STEPS = 128
"""Colors that are kept between one mark and the next. Ours."""

KEPT = 16
"""Answers that are kept, without hints by palette, reference and seed, and with them. Ours."""


class Divided(Protocol):
    """A drawing that is divided into regions when they are first asked for."""

    @property
    def regions(self) -> Regions:
        """The drawing divided."""
        ...


@dataclass(frozen=True)
class RegionBrush:
    """Colors of regions, asked again and again.

    Attributes:
        session: of a painter. lines: (h, w) uint8, the working lines. areas: of the drawing, or of a window of it.
    """

    session: Session
    lines: image.Pixels
    areas: Divided
    _answers: dict[bytes, NDArray[np.float32]] = field(default_factory=dict, repr=False)
    _hinted: Recent[list[NDArray[np.float32]]] = field(default_factory=partial(Recent, KEPT), repr=False)
    _steps: Recent[list[NDArray[np.float32]]] = field(default_factory=partial(Recent, STEPS), repr=False)
    _echoes: Recent[list[NDArray[np.float32]]] = field(default_factory=partial(Recent, KEPT), repr=False)
    _references: Recent["Reference"] = field(default_factory=partial(Recent, REFERENCES), repr=False)
    _main_colors: Recent[tuple[RGB, ...]] = field(default_factory=partial(Recent, REFERENCES), repr=False)

    @cached_property
    def painting(self) -> Painting:
        """The drawing, read."""
        regions = self.areas.regions
        return Painting.read(self.session, self.lines, labels_at(regions, self.lines.shape), regions)

    def tables(
        self,
        hints: Hints | None = None,
        palette: Sequence[tuple[int, int, int]] = (),
        reference: image.Pixels | None = None,
        strength: float = 1.0,
        seeds: Sequence[int] = (0,),
        reach: str = "object",
        base: image.Pixels | None = None,
        lent: "Lent | None" = None,
        spoken: Spoken | None = None,
    ) -> list[image.Pixels]:
        """A color for each region of the drawing, (regions, 3) uint8, one table a seed.

        Args:
            hints: of the drawing's size. palette: RGB, 0 to 255. reference: (H, W, 3) or (H, W, 4) uint8.
            strength: how much the reference counts, from 0 to 1. reach: of hints that do not say how far they reach:
                "region", nothing but hinted regions changes; "object", see `painting.Painting.reached`; "far", all.
            base: (regions, 3) uint8, colors that the regions have and keep where no hint reaches, see
                `painting.Painting.changed`; what is drawn and borrowed does not count then.
            lent: by the other windows of a strip, to an answer of one seed.
            spoken: what `flats.said` answers of the hints, if it was asked already.
        """
        painting = self.painting
        if spoken is None:
            spoken = said(self.areas.regions, hints) if hints is not None else {}
        own = self._own(spoken)
        told, reaches = _tellings(own, hints), _reaches(own, painting.tokens.count, hints, reach)
        known = known_colors(painting.tokens, {token: color for _, token, color in told})
        if base is not None:
            return [self._changed(base, known, reaches)] * len(seeds)
        asked = self._asked(palette, reference, strength, seeds, lent)
        borrowed = asked.borrowed

        def hinted() -> list[NDArray[np.float32]]:
            far, near = (np.where(reaches[:, None] >= least, known, np.float32(0)) for least in (FAR, OBJECT))
            if far.any():
                bases = painting.answer(far, asked.palettes, seeds, borrowed, free=asked.free)
            else:
                bases = self._bases(asked, seeds, lent, known)
            # What follows from hints is no matter of luck, nor of a scheme; what they leave as it is, is.
            if (reaches == OBJECT).any():
                bases = self._followed(bases, far, near, told, asked, seeds)
            return [np.where(known[:, 3:4] > 0, known[:, :3], base).astype(np.float32) for base in bases]

        if known.any():
            # A stroke that grows within its region says the same again and again.
            key = [asked.key, b"" if lent is None else lent.key]
            colors = self._hinted.of(
                b"".join([*key, known.tobytes(), reaches.tobytes(), str((told, list(seeds))).encode()]),
                hinted,
            )
        else:
            colors = self._bases(asked, seeds, lent, known)
        return [white_paper(rgb_table(c))[painting.token_of] for c in colors]

    def told(
        self, hints: Hints, spoken: Spoken, reach: str, least: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The tokens whose hints reach so far at least, (N,), and their colors, (N, 3) in `opponent` units.

        Args:
            hints: of the drawing's size. spoken: what `flats.said` answers of them.
            reach: of hints that do not say so. least: as `painting` counts it.
        """
        own, tokens = self._own(spoken), self.painting.tokens
        known = known_colors(tokens, {token: color for _, token, color in _tellings(own, hints)})
        at = np.flatnonzero(_reaches(own, tokens.count, hints, reach) >= least)
        return at, known[at, :3]

    def _own(self, spoken: Spoken) -> dict[int, Groups]:
        """What hints say of each token, but of ground that they stand in and do not mean.

        A small region that a neighbor's token colors speaks for itself alone.
        """
        regions, painting = self.areas.regions, self.painting
        meant = {n: groups for n, groups in spoken.items() if rest_of_ground(regions, n, groups[0][1]) is None}
        tokens = {region: int(painting.token_of[region]) for region in meant}
        return {token: meant[region] for region, token in tokens.items() if painting.tokens.names[token] == region}

    def _followed(
        self,
        bases: list[NDArray[np.float32]],
        far: NDArray[np.float32],
        near: NDArray[np.float32],
        told: "list[Telling]",
        asked: "_Asked",
        seeds: Sequence[int],
    ) -> list[NDArray[np.float32]]:
        """What follows from hints, one mark after another: a later one does not give back what an earlier one took.

        Args:
            bases: (R, 3) for each seed, without them. far: (R, `KNOWN`), what hints say that reach everything; near:
                of these and of those that reach their objects. told: see `_tellings`.
        """
        name = b"".join([asked.key, str(list(seeds)).encode(), far.tobytes()])
        before, colors = far, bases
        follow = (near[:, 3] > 0) & (far[:, 3] == 0)
        for step in sorted({step for step, token, _ in told if follow[token]}):
            upto = known_colors(
                self.painting.tokens, {n: color for when, n, color in told if when <= step and follow[n]}
            )
            upto += far  # of other tokens
            name = hashlib.blake2b(name + upto.tobytes()).digest()
            colors = self._steps.of(name, partial(self._step, colors, upto, before, asked, seeds))
            before = upto
        return colors

    def _step(
        self,
        colors: list[NDArray[np.float32]],
        known: NDArray[np.float32],
        before: NDArray[np.float32],
        asked: "_Asked",
        seeds: Sequence[int],
    ) -> list[NDArray[np.float32]]:
        """Colors for each seed once more is known than before."""
        painting = self.painting
        follows = painting.answer(known, asked.offered, seeds[:1], asked.borrowed, rounds=EACH) * len(seeds)
        return painting.reached(colors, follows, known, before, asked.offered, asked.borrowed)

    def settled(
        self,
        palette: Sequence[tuple[int, int, int]],
        reference: image.Pixels | None,
        strength: float,
        seed: int,
        lent: "Lent | None" = None,
    ) -> NDArray[np.float32]:
        """The colors of the tokens, (R, 3) in `opponent` units, where nothing is hinted; arguments as `tables`."""
        return self._unhinted(self._asked(palette, reference, strength, [seed], lent), [seed])[0]

    def _asked(
        self,
        palette: Sequence[tuple[int, int, int]],
        reference: image.Pixels | None,
        strength: float,
        seeds: Sequence[int],
        lent: "Lent | None",
    ) -> "_Asked":
        """What is asked for beside hints; arguments as `tables`."""
        borrowed = None
        if reference is not None and strength > 0:
            seen = _key(reference)
            borrowed = self._references.of(seen, partial(self._read, reference)).borrowed(strength)
            if strength >= LENT and not len(palette):
                # Its regions say what is like what; its main colors are there for what is like nothing.
                palette = self._main_colors.of(seen, partial(palette_of, _in_color(reference), COLORS))
        offered = opponent(np.array(palette, np.float32).reshape(-1, 3) / 255)
        palettes = np.repeat(offered[None], len(seeds), 0)
        free = not len(offered) and borrowed is None
        if free:
            # Who says nothing gets the colors of some picture that suit the drawing, another picture's by each seed.
            palettes = self.painting.schemes(seeds) if lent is None else lent.scheme[None]
        if lent is not None and borrowed is None:
            borrowed, strength = lent.borrowed, 1.0
        key = offered.tobytes() + (b"" if borrowed is None else borrowed.colors.tobytes() + str(strength).encode())
        key += b"" if lent is None else lent.scheme.tobytes()
        return _Asked(key, offered, palettes, borrowed, free)

    def _changed(self, base: image.Pixels, known: NDArray[np.float32], reaches: NDArray[np.int64]) -> image.Pixels:
        """Colors that regions have, changed by what is known; small regions go with the one that colors them."""
        painting = self.painting
        names, colors = painting.tokens.names, opponent(base.astype(np.float32) / 255)
        made, changes = painting.changed(colors[names], known, reaches)
        # A small region that had a color of its own, as a button on a coat, keeps it.
        apart = np.sqrt(np.square(colors - colors[names[painting.token_of]]).sum(1))
        take = changes[painting.token_of] & (apart < ALIKE)
        table = base.copy()
        table[take] = rgb_table(made)[painting.token_of[take]]
        return table

    def _unhinted(self, asked: "_Asked", seeds: Sequence[int]) -> list[NDArray[np.float32]]:
        """The answer of each seed where nothing is hinted; those that are new are thought over together."""
        names = [asked.key + str(seed).encode() for seed in seeds]
        new = [seed for seed, name in zip(seeds, names, strict=True) if name not in self._answers]
        if new:
            nothing, at = known_colors(self.painting.tokens, {}), [seeds.index(seed) for seed in new]
            found = dict(
                zip(
                    new,
                    self.painting.answer(nothing, asked.palettes[at], new, asked.borrowed, free=asked.free),
                    strict=True,
                )
            )
        answers = [found[seed] if seed in new else self._answers[name] for seed, name in zip(seeds, names, strict=True)]
        for name, answer in zip(names, answers, strict=True):
            self._answers[name] = answer
        while len(self._answers) > max(KEPT, len(seeds)):
            self._answers.pop(next(iter(self._answers)))
        return answers

    def _bases(
        self, asked: "_Asked", seeds: Sequence[int], lent: "Lent | None", known: NDArray[np.float32]
    ) -> list[NDArray[np.float32]]:
        """The answer of each seed without hints of this window, (R, `KNOWN`), but with what those of others change."""
        bases = self._unhinted(asked, seeds)
        if lent is None or lent.hinted is None:
            return bases
        own, shown = np.flatnonzero(known[:, 3]), lent.hinted
        key = b"".join([asked.key, lent.key, own.tobytes(), str(list(seeds)).encode()])
        return self._echoes.of(
            key, lambda: [echoes(self.painting, base, own, shown, asked.offered, asked.borrowed) for base in bases]
        )

    def _read(self, reference: image.Pixels) -> "Reference":
        """A reference's regions, found in lines drawn from it."""
        picture = image.flatten(_in_color(reference))
        share = min(1.0, (SHOWN / (picture.shape[0] * picture.shape[1])) ** 0.5)
        shape = (max(16, round(picture.shape[0] * share)), max(16, round(picture.shape[1] * share)))
        picture = np.ascontiguousarray(image.resize(picture, shape))
        lines = opened(self.session.companion(SHIPPED.name), None).draw(picture)
        regions = find_regions(lines)
        small = working_shape(lines.shape, self.session.card.area)
        seen = working_lines(lines, small)
        painting = Painting.read(self.session, seen, labels_at(regions, small), regions)
        flat, w = regions.labels.reshape(-1), paper_weight(lines).reshape(-1)
        total = np.bincount(flat, w, regions.count)
        means = [np.bincount(flat, w * picture[..., i].reshape(-1), regions.count) / total for i in range(3)]
        return Reference(painting, opponent(np.stack(means, 1)[painting.tokens.names] / 255))


@dataclass(frozen=True)
class _Asked:
    """What is asked for beside hints.

    Attributes:
        key: that names it. offered: colors of a palette, (P, 3) in `opponent` units. palettes: (N, P, 3), each seed's.
        borrowed: of a reference, or of another window of a strip. free: whether nobody says anything.
    """

    key: bytes
    offered: NDArray[np.float32]
    palettes: NDArray[np.float32]
    borrowed: Borrowed | None
    free: bool


@dataclass(frozen=True)
class Lent:
    """What a window of a strip has of the others.

    Attributes:
        scheme: (P, 3) in `opponent` units, the strip's own, used where nobody says which colors are wanted.
        borrowed: regions of windows before it with their colors; None of the first.
        hinted: what is hinted in other windows, and reaches further than its region.
    """

    scheme: NDArray[np.float32]
    borrowed: Borrowed | None
    hinted: Elsewhere | None = None

    @property
    def key(self) -> bytes:
        """That names it beside what is asked for."""
        return self.scheme.tobytes() + (b"" if self.hinted is None else self.hinted.key)


@dataclass(frozen=True)
class Reference:
    """A reference as a painter reads it, and the colors of its tokens, (R, 3) in `opponent` units."""

    painting: Painting
    colors: NDArray[np.float32]

    def borrowed(self, strength: float) -> Borrowed:
        """Its largest regions, for another drawing; `strength` over 0 and up to 1."""
        return self.painting.borrowed(self.colors, BORROWED, strength)


def white_paper(table: image.Pixels) -> image.Pixels:
    """Colors (R, 3) uint8, those that are white but for a few levels made white: blank paper stays blank."""
    return np.where(table.min(1, keepdims=True) >= PAPER, np.uint8(255), table)


Telling = tuple[int, int, RGB]
"""After which step, of which token, which color is known."""


def _tellings(own: dict[int, Groups], hints: Hints | None) -> list[Telling]:
    """What each color of hints tells; where a token has several, that of the most pixels comes last."""
    found: list[Telling] = []
    for token, groups in own.items():
        for (r, g, b), pixels in reversed(groups):
            order = 0 if hints is None or hints.order is None else int(hints.order.reshape(-1)[pixels].min())
            found.append((_step_of(order), token, (r, g, b)))
    return found


def _step_of(order: int) -> int:
    """After which step a mark is known; where a step ends does not depend on later marks."""
    if order <= SINGLY:
        return order
    if order <= BY_FOURS:
        return SINGLY - (SINGLY - order) // 4
    return SINGLY + (BY_FOURS - SINGLY) // 4 - (BY_FOURS - order) // 16


def _reaches(own: dict[int, Groups], count: int, hints: Hints | None, reach: str) -> NDArray[np.int64]:
    """(count,), how far the hint of each token reaches, as `painting` counts it; 0 of tokens without a hint.

    Args:
        reach: of hints that do not say so.
    """
    found, usual = np.zeros(count, np.int64), 1 + REACHES.index(reach)
    for token, groups in own.items():
        its = 0 if hints is None or hints.reach is None else int(hints.reach.reshape(-1)[groups[0][1]].max())
        found[token] = its or usual
    return found


def _in_color(picture: image.Pixels) -> image.Pixels:
    """(H, W, 3) or (H, W, 4) of a picture that may be gray, (H, W)."""
    return np.repeat(picture[..., None], 3, 2) if picture.ndim == 2 else picture


def _key(reference: image.Pixels) -> bytes:
    """What tells one reference from another, without looking at each pixel."""
    return str(reference.shape).encode() + np.ascontiguousarray(reference[::7, ::7]).tobytes()
