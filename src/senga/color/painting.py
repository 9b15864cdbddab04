"""What the painter says of one drawing: the drawing read once, regions colored as often as what is known changes.

Without hints it goes by reveal rounds: each region not known yet draws a color from the network's chances, the surest
are believed, and the network is asked again with these as known. So one answer is of one mind, and another seed gives
another. The largest regions draw one by one: two that draw in one round do not know of each other, and hair before and
behind the neck came out in two colors. Where nobody says anything all others follow them by what is likeliest. What a
person tells is known from the start, and stays.

Source of the rounds: Chang et al. 2022 (MaskGIT), here over regions and colors.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import pairwise
from math import ceil, cos, pi
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.recent import Recent
from senga.color.regions import Regions
from senga.color.schemes import SCHEMES, rank_schemes, schemes_of, worth
from senga.color.taking import take_hints
from senga.color.thought import ALIKE, Thought, softmax
from senga.color.tokens import KNOWN, Tokens, from_opponent, make_tokens, opponent
from senga.color.votes import FRAMED, FREE, OFFERED, PLAIN, SAME, SETTLED, Luck, choose, squares, votes
from senga.model.session import Session

Plane = NDArray[np.float32]

ROUNDS = 8
"""Reveal rounds with hints. Ours, set on validation."""

LEADERS, AMONG, FOLLOWING = 12, 32, 4
"""Without hints: how many of the largest regions draw one by one; among how many, for the network is asked of those
alone, in a third of the time; the rounds in which all others follow. Ours, looked at: in 8 rounds for all, or with 5
leaders, hair is of several colors; 12 among 64, or among all, look no better."""

FREE_LEADERS = 6
"""Leaders where nobody says anything, whom all others follow as they would follow hints. Ours, looked at, and counted
by how often what has one color in pictures comes out in one: 12 draw apart what 6 leave to follow, and with 4 more ends
gray. Of a palette that is asked for 12 bring more, and nothing follows better."""


PROBED, PROBES = 16, 2
"""Of how many of the largest regions schemes are tried, and how many of these draw before the scheme is chosen. Ours,
looked at: as good as 32 and 4, in half the time."""

PALE = 0.15
"""How far from white a ground may be that is meant to be bare, in `opponent` units. Ours: schemes bring the tints of
grounds that some pictures have, and who looks at a colored drawing wants its paper white."""

MOST = 512
"""Regions that the network is asked about; smaller ones take a neighbor's color. Ours."""

SEEDS = 64
"""Seeds whose schemes are kept. Ours."""

AREA = 3.0
"""How much more a region's size counts than how sure its color is. Ours: surest first, everything follows the likeliest
color, which is skin; largest first, garments and hair draw their colors and small things follow them."""

SHADES, OFF, VIVID = (0.4, 1.25), 0.1, 0.15
"""A shade of a color is so many times as bright, and so far from it beside that, as a distance in RGB of 0 to 1; of
colors whose greatest and least channel are so far apart: shades of gray are any grays. Ours."""

WHITE = opponent(np.ones(3, np.float32))
"""Paper."""

REGION, OBJECT, FAR = 1, 2, 3
"""How far a hint reaches."""

MARGIN, DOUBT = 0.7, 0.15
"""A hint elsewhere changes a region by what it makes likelier or less likely there than it was, in logits: if another
color has risen and its own fallen by so much together, or its own alone. Ours, set on validation."""


BELIEVED = 0.2
"""Chance of a hint's color from which on a region elsewhere takes it that had another color than the hinted one. Ours:
without it a cap turned about as brown as a body that was hinted brown."""


@dataclass(frozen=True)
class Borrowed:
    """Regions of a reference, whose colors are known.

    Attributes:
        features: (Q, F) and geometry: (Q, `GEOMETRY`), as of a painting's own tokens.
        colors: (Q, 3), in `opponent` units.
        strength: how loud they are, over 0 and up to 1.
    """

    features: Plane
    geometry: Plane
    colors: Plane
    strength: float = 1.0


def together(parts: Sequence[Borrowed]) -> Borrowed | None:
    """The regions of several as one reference's, as loud as the first; None of none."""
    if not parts:
        return None
    features, geometry, colors = (
        np.concatenate([getattr(one, name) for one in parts]) for name in ("features", "geometry", "colors")
    )
    return Borrowed(features, geometry, colors, parts[0].strength)


@dataclass(frozen=True)
class Painting:
    """A drawing as the painter reads it.

    Attributes:
        session: of the painter's model file.
        tokens: regions at the working size. features: (1, R, F) float32, what the drawing's features say of each.
        token_of: (regions,) int64, the token that colors each region of the drawing.
        bins: (bins, 3) in `opponent` units, the colors that the network speaks of.
    """

    session: Session
    tokens: Tokens
    features: Plane = field(repr=False)
    token_of: NDArray[np.int64]
    bins: Plane = field(repr=False)
    _chosen: Recent[Plane] = field(default_factory=partial(Recent, SEEDS), repr=False, compare=False)
    _thoughts: Recent[Thought] = field(default_factory=partial(Recent, 2), repr=False, compare=False)

    @staticmethod
    def read(session: Session, lines: image.Pixels, labels: NDArray[np.integer], regions: Regions) -> "Painting":
        """Reads a drawing.

        Args:
            lines: (h, w) uint8, 0 = ink, at the working size. labels: (h, w), the region of each of its pixels.
            regions: of the drawing.
        """
        multiple = session.card.size_multiple
        below, beside = -lines.shape[0] % multiple, -lines.shape[1] % multiple
        margin = ((0, below), (0, beside))
        tokens = make_tokens(np.pad(lines, margin, mode="edge"), np.pad(labels, margin, mode="edge"), MOST)
        answer = session.stage("read", {"planes": tokens.planes[None], "shares": tokens.shares[None]})
        features = answer["regions"].astype(np.float32)
        return Painting(session, tokens, features, _token_of(tokens, regions), answer["bins"].astype(np.float32))

    def answer(
        self,
        known: Plane,
        palette: Plane,
        seeds: Sequence[int],
        borrowed: Borrowed | None = None,
        *,
        luck: Luck | None = None,
        free: bool = False,
        rounds: int = ROUNDS,
    ) -> list[Plane]:
        """Colors (R, 3) for each seed, in `opponent` units.

        Args:
            known: (R, `KNOWN`), what hints say: colors in `opponent` units, 1 where there is a hint, 0.
            palette: (P, 3) in `opponent` units; may be empty. Or (N, P, 3), one for each seed.
            seeds: of the draws, one answer each.
            borrowed: regions of a reference.
            luck: default: `SETTLED` for what follows hints, else `FREE`; with a palette `PLAIN` and `OFFERED`.
            free: nobody asks for colors, and palettes are schemes: what is likely to be bare ground stays as white as
                paper, unless hints say otherwise, and all follow the leaders as they follow hints.
            rounds: in which all open regions are revealed, with hints.
        """
        palettes = np.broadcast_to(palette, (len(seeds), *palette.shape)) if palette.ndim == 2 else palette
        state = np.repeat(known[None], len(seeds), 0)
        by_hint = known[:, 3] > 0
        settled, drawn = (PLAIN, OFFERED) if palettes.shape[1] else (SETTLED, FREE)
        leading = luck or drawn
        following = luck or (settled if by_hint.any() or free else drawn)
        randoms = [np.random.default_rng([seed, self._number]) for seed in seeds]
        reveal = partial(self._reveal, palettes=palettes, borrowed=borrowed, randoms=randoms)
        if free:
            _whiten(state, self._bare & ~by_hint)
        before = state[:, :, 4] > 0
        leaders = FREE_LEADERS if free else LEADERS
        led = 0 if by_hint.any() else min(leaders, int((state[0, :AMONG, 3:5] == 0).all(1).sum()))
        for _ in range(led):
            reveal(state[:, :AMONG], 1, luck=leading)
        if free:
            # What the leaders drew is meant, as hints are: all strands follow a hint, and a guess only here and there,
            # for guesses were wrong at times in training.
            meant = (state[:, :, 4] > 0) & ~before
            state[meant, 3], state[meant, 4] = 1, 0
        open_ = int((state[0, :, 3:5] == 0).all(1).sum())
        # What is known of one answer is weighed afterwards too, and thought of once.
        thought = (
            self._thought(known, palettes[0], borrowed) if by_hint.any() and not free and len(seeds) == 1 else None
        )
        done = self.tokens.count - open_
        for count in _growing(open_, rounds if by_hint.any() else FOLLOWING):
            done += count
            # The largest come first, and an answer about fewer takes less time.
            reveal(state[:, : 2 * done] if led else state, count, luck=following, thought=thought)
            thought = None
        return list(state[:, :, :3].copy())

    def _reveal(
        self,
        state: Plane,
        count: int,
        palettes: Plane,
        borrowed: Borrowed | None,
        luck: Luck,
        randoms: Sequence[np.random.Generator],
        thought: Thought | None = None,
    ) -> None:
        """Draws the colors of `count` more regions of each of N states, the largest and surest, into the states.

        Args:
            state: (N, R or fewer, `KNOWN`), of the largest regions; more than `count` are open. palettes: (N, P, 3).
            thought: what the network says of the one state, if it was asked.
        """
        if thought is None:
            logits, moved = self._think(state, palettes, borrowed)
        else:
            logits, moved = thought.logits[None], thought.moved[None]
        geometry, many = self.tokens.geometry[: state.shape[1]], state.shape[1]
        share, heats = np.log(np.maximum(geometry[:, 4] ** 2, 1e-6)), luck.heats(geometry)
        same = 1.0 if palettes.shape[1] else SAME
        for i, random in enumerate(randoms):
            open_ = np.flatnonzero(state[i, :, 3] + state[i, :, 4] == 0)
            offered = self._pointed(state[i], palettes[i], borrowed)
            noise = np.zeros((many, 1), np.float32)
            if heats.any():  # nothing is drawn where all goes by what is likeliest
                noise = random.gumbel(size=(many, len(self.bins))).astype(np.float32)  # the same whatever is known
            sure = votes(softmax(logits[i][open_]), self.bins, offered, luck.breadth).max(1)
            best = open_[np.argsort(-(np.log(sure + 1e-6) + AREA * share[open_]), kind="stable")[:count]]
            own, drawn = moved[i][best] + self.bins, heats[best, None] * noise[best]
            state[i, best, :3] = choose(logits[i][best], own, self.bins, offered, drawn, luck, same)[0]
            state[i, best, 4] = 1

    def schemes(self, seeds: Sequence[int]) -> Plane:
        """(N, `schemes.COLORS`, 3), a palette for each seed that suits the drawing, in `opponent` units."""
        return np.stack([self._chosen.of(str(seed).encode(), partial(self._choose, seed)) for seed in seeds])

    def _choose(self, seed: int) -> Plane:
        schemes = schemes_of(self._ranks, seed, self.scheme_file)
        best: Plane = schemes[int(self.worths(schemes, seed).argmax())]
        return best

    def worths(self, schemes: Plane, seed: int) -> NDArray[np.float64]:
        """(N,), how well the largest regions come out in each of some schemes, (N, `schemes.COLORS`, 3), by a seed.

        How well a scheme suits a drawing shows in what becomes of it: most of its colors may find no place.
        """
        many = min(PROBED, self.tokens.count)
        bare = self._bare[:many]
        state = np.zeros((len(schemes), many, KNOWN), np.float32)
        _whiten(state, bare)
        randoms = [np.random.default_rng([seed, self._number]) for _ in schemes]
        for _ in range(min(PROBES, many - int(bare.sum()) - 1)):
            self._reveal(state, 1, schemes, None, OFFERED, randoms)
        logits, moved = self._think(state, schemes, None)
        calm, colors = np.zeros((many, len(self.bins)), np.float32), np.zeros((len(schemes), many, 3), np.float32)
        for i, scheme in enumerate(schemes):
            pointed = self._pointed(state[i], scheme, None)
            drawn, _ = choose(logits[i], moved[i] + self.bins, self.bins, pointed, calm, OFFERED, 1.0)
            colors[i] = np.where(state[i, :, 4:5] > 0, state[i, :, :3], drawn)
        likelihood = np.stack([self._unasked.likelihood(one, slice(many)) for one in colors])
        shares = np.where(bare, 0, self.tokens.geometry[:many, 4] ** 2)
        return worth(colors, likelihood, shares)

    @cached_property
    def _number(self) -> int:
        """A number of the drawing's own, by which its luck differs from that of other drawings."""
        return zlib.crc32(self.tokens.geometry.tobytes())

    @property
    def scheme_file(self) -> Path:
        """Of the schemes that go with the painter."""
        return self.session.companion(SCHEMES.name)

    @property
    def chances(self) -> Plane:
        """(R, bins), how likely each region is to have each color if nobody says anything."""
        return softmax(self._unasked.logits[:, : len(self.bins)])

    @cached_property
    def _ranks(self) -> NDArray[np.int64]:
        """The schemes, those that suit the drawing most first."""
        return rank_schemes(self.chances, self.bins, self.tokens.geometry[:, 4], self.scheme_file)

    @cached_property
    def _bare(self) -> NDArray[np.bool_]:
        """(R,), what lies along the frame and is likely to be nearly white, as the ground of most drawings is."""
        near = np.square(self._unasked.moved + self.bins - WHITE).sum(2) < PALE**2
        bare: NDArray[np.bool_] = (self._unasked.chance[:, : len(self.bins)] * near).sum(1) > 0.5
        return bare & (self.tokens.geometry[:, 8] > FRAMED)

    @cached_property
    def _unasked(self) -> Thought:
        """What the network says if nobody says anything."""
        nothing, none = np.zeros((self.tokens.count, KNOWN), np.float32), np.zeros((0, 3), np.float32)
        return self.new_thought(nothing, none, None)

    def reached(
        self,
        bases: Sequence[Plane],
        hinted: Sequence[Plane],
        known: Plane,
        before: Plane,
        palette: Plane,
        borrowed: Borrowed | None = None,
    ) -> list[Plane]:
        """Colors with hints for each seed, where those change what was there before only as far as they reach.

        That is hinted regions; and where the hints make something else clearly likelier, or what was there less likely,
        than it was, if it is of a hinted object: had the color of a hinted region, or takes a hint's color, which is
        then likely there, and taken exactly. What is most likely to have a hint's color takes it, whatever it had. What
        was hinted before stays.

        Args:
            bases: (R, 3) each, without the hints. hinted: with them. known: (R, `KNOWN`) of the hints; before: of what
                was known without them.
        """
        earlier = before[:, 3] > 0
        by_hint = (known[:, 3] > 0) & ~earlier
        now, then = (self._thought(state, palette, borrowed) for state in (known, before))
        hints = known[by_hint, :3]
        # What lies along the frame is the ground, which follows no figure.
        framed = self.tokens.geometry[:, 8] > FRAMED
        follows = ~framed | framed[by_hint].any()
        answers = []
        for base, new in zip(bases, hinted, strict=True):
            takes, had = near_any(new, hints), near_any(base, base[by_hint])
            own = new.copy()
            at = np.flatnonzero(takes)
            if len(at):
                nearest = hints[squares(new[at], hints).argmin(1)]
                takes[at] = np.exp(now.likelihood(nearest, at)) > BELIEVED
                own[takes] = nearest[takes[at]]
            change = by_hint.copy()
            at = np.flatnonzero((takes | had) & ~earlier & ~by_hint & follows)
            # By what is hinted, not by chance: colors of a scheme are seldom the likeliest.
            fell = then.likelihood(base[at], at) - now.likelihood(base[at], at)
            rose = now.likelihood(new[at], at) - then.likelihood(new[at], at)
            change[at] = (rose + fell > MARGIN) | (fell > DOUBT)
            answers.append(np.where(change[:, None], own, base).astype(np.float32))
        return take_hints(answers, known, now, self.tokens.geometry[:, 4] ** 2, follows)

    def changed(self, base: Plane, known: Plane, reaches: NDArray[np.int64]) -> tuple[Plane, NDArray[np.bool_]]:
        """Colors (R, 3) of a picture that has colors already, with hints, and which regions these change, (R,).

        Only what had nearly the color of a hinted region can follow it, another strand of the same hair; or a shade of
        that color, the hair behind the neck, which becomes a shade of the hint.

        Args:
            base: (R, 3), the picture's colors, in `opponent` units. known: (R, `KNOWN`) of the hints.
            reaches: (R,), how far each hint reaches. `REGION`: none but hinted regions; `OBJECT`: if the network finds
                the new color likelier there than the old one, all else in the picture being as it was; `FAR`: all that
                had the color.
        """
        by_hint = known[:, 3] > 0
        colors = np.where(by_hint[:, None], known[:, :3], base).astype(np.float32)
        sources = np.flatnonzero(by_hint & (reaches > REGION))
        if not len(sources):
            return colors, by_hint
        alike, nearest, bright = alike_or_shaded(base, sources)
        alike &= ~by_hint
        shaded = opponent(np.minimum(1, from_opponent(known[nearest, :3]) * bright[:, None]))
        near = alike & (reaches[nearest] == OBJECT)
        if near.any():
            state = known.copy()
            rest = ~by_hint & ~alike
            state[rest, :3], state[rest, 4] = base[rest], 1
            none = np.zeros((0, 3), np.float32)
            likely = self._thought(state, none, None).likelihood
            # Whether it is the same thing, not how it is lit: of shades too the color itself is asked about.
            alike &= ~near | (likely(known[nearest, :3]) > likely(base[nearest]))
        return np.where(alike[:, None], shaded, colors).astype(np.float32), by_hint | alike

    def borrowed(self, colors: Plane, most: int, strength: float) -> Borrowed:
        """A reference for another drawing: the largest regions of this one, of given colors (R, 3)."""
        return Borrowed(self.features[0, :most], self.tokens.geometry[:most], colors[:most], strength)

    def _thought(self, known: Plane, palette: Plane, borrowed: Borrowed | None) -> Thought:
        """What the network says when this is known, (R, `KNOWN`); the last ones are kept."""
        if not len(palette) and borrowed is None and not known.any():
            return self._unasked
        # What is known after a mark is what is known before the next.
        key = b"" if borrowed is None else borrowed.colors.tobytes() + str(borrowed.strength).encode()
        think = partial(self.new_thought, known, palette, borrowed)
        return self._thoughts.of(known.tobytes() + palette.tobytes() + key, think)

    def new_thought(self, known: Plane, palette: Plane, borrowed: Borrowed | None) -> Thought:
        """What the network says when this is known, (R, `KNOWN`), of a palette (P, 3) and regions of others."""
        (logits,), (moved,) = self._think(known[None], palette[None], borrowed)
        return Thought(logits, moved, self.bins, self._pointed(known, palette, borrowed))

    def _pointed(self, known: Plane, palette: Plane, borrowed: Borrowed | None) -> Plane:
        """(T, 3), the colors that may be pointed at, as the logits count them."""
        parts = [known[:, :3]]
        if borrowed is not None:
            parts.append(borrowed.colors)
        return np.concatenate([*parts, palette if len(palette) else np.zeros((1, 3), np.float32)])

    def _think(self, state: Plane, palettes: Plane, borrowed: Borrowed | None) -> tuple[Plane, Plane]:
        """Logits (N, R, bins + T) and moves (N, R, bins, 3) for states (N, R, `KNOWN`), palettes (N, P, 3).

        States of fewer regions are asked about as if the drawing had the largest of its regions alone.
        """
        n, r = state.shape[:2]
        features, geometry = self.features[:, :r], self.tokens.geometry[None, :r]
        if borrowed is not None:
            q = len(borrowed.colors)
            lent = np.zeros((1, q, KNOWN), np.float32)
            lent[0, :, :3], lent[0, :, 5] = borrowed.colors, borrowed.strength
            features = np.concatenate([features, borrowed.features[None]], 1)
            geometry = np.concatenate([geometry, borrowed.geometry[None]], 1)
            state = np.concatenate([state, np.repeat(lent, n, 0)], 1)
        there = palettes.shape[1] > 0
        colors = palettes if there else np.zeros((n, 1, 3), np.float32)
        given = {
            "regions": np.repeat(features, n, 0),
            "geometry": np.repeat(geometry, n, 0),
            "known": np.ascontiguousarray(state, np.float32),
            "palette": np.ascontiguousarray(colors, np.float32),
            "offered": np.full(colors.shape[:2], there, np.float32),
        }
        answer = self.session.stage("think", given)
        return answer["logits"][:, :r].astype(np.float32), answer["moved"][:, :r].astype(np.float32)


def _whiten(state: Plane, bare: NDArray[np.bool_]) -> None:
    """Makes it known of regions (R,) that they are bare paper, in states (N, R, `KNOWN`)."""
    state[:, bare, :3], state[:, bare, 4] = WHITE, 1


def known_colors(tokens: Tokens, colors: dict[int, tuple[int, int, int]]) -> Plane:
    """(R, `KNOWN`), what hints tell: for each token the RGB color of its hint, where it has one."""
    known = np.zeros((tokens.count, KNOWN), np.float32)
    for token, rgb in colors.items():
        known[token, :3] = opponent(np.array(rgb, np.float32) / 255)
        known[token, 3] = 1
    return known


def rgb_table(colors: Plane) -> image.Pixels:
    """(R, 3) uint8 RGB of `opponent` colors."""
    table: image.Pixels = np.rint(from_opponent(colors) * 255).astype(np.uint8)
    return table


def near_any(colors: Plane, some: Plane) -> NDArray[np.bool_]:
    """Which colors (R, 3) are nearly one of some others (N, 3)."""
    if not len(some):
        return np.zeros(len(colors), bool)
    near: NDArray[np.bool_] = squares(colors, some).min(1) < ALIKE**2
    return near


def alike_or_shaded(base: Plane, hinted: NDArray[np.int64]) -> tuple[NDArray[np.bool_], NDArray[np.int64], Plane]:
    """Which regions have the color of a hinted one or a shade of it, which one's, and how bright beside it, (R,) each.

    Args:
        base: (R, 3), colors in `opponent` units. hinted: (H,), numbers of regions.
    """
    apart = np.sqrt(np.square(base[:, None] - base[None, hinted]).sum(2))
    rgb = from_opponent(base)
    mine = rgb[hinted]
    bright = rgb @ mine.T / np.maximum(np.square(mine).sum(1), 1e-3)
    off = np.sqrt(np.square(rgb[:, None] - bright[..., None] * mine[None]).sum(2))
    vivid = mine.max(1) - mine.min(1) > VIVID
    shade = (bright > SHADES[0]) & (bright < SHADES[1]) & (off < OFF) & vivid
    near = np.where(apart < ALIKE, apart, np.where(shade, ALIKE + off, np.inf))
    at, best = np.arange(len(base)), near.argmin(1)
    same = apart[at, best] < ALIKE
    return np.isfinite(near[at, best]), hinted[best], np.where(same, 1, bright[at, best]).astype(np.float32)


def _growing(total: int, rounds: int) -> list[int]:
    """How many of `total` regions each round reveals: few at first, when little is known, and more and more.

    >>> _growing(100, 4)
    [8, 22, 32, 38]
    """
    upto = [max(i, ceil((1 - cos(pi / 2 * i / rounds)) * total)) for i in range(1, rounds)]
    ends = [*(min(end, total) for end in upto), total]
    return [more for more in (b - a for a, b in pairwise([0, *ends])) if more > 0]


def _token_of(tokens: Tokens, regions: Regions) -> NDArray[np.int64]:
    """The token that colors each region: its own, or that of the neighbor with the longest border, or the largest."""
    found = np.full(regions.count, -1, np.int64)
    found[tokens.names] = np.arange(tokens.count)
    if (found >= 0).all():
        return found
    one, two, length = regions.borders
    for _ in range(8):
        left = found < 0
        if not left.any():
            break
        for a, b in ((one, two), (two, one)):
            use = (found[a] < 0) & (found[b] >= 0)
            if not use.any():
                continue
            at, to, size = a[use], b[use], length[use]
            order = np.argsort(size, kind="stable")
            found[at[order]] = found[to[order]]  # the longest is written last
    found[found < 0] = 0
    return found
