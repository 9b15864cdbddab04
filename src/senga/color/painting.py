"""What the painter says of one drawing: the drawing read once, regions colored as often as what is known changes.

Without hints it goes by reveal rounds: each region not known yet draws a color from the network's chances, the surest
are believed, and the network is asked again with these as known. So one answer is of one mind, and another seed gives
another. What a person tells is known from the start, and stays.

Source of the rounds: Chang et al. 2022 (MaskGIT), here over regions and colors.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.regions import Regions
from senga.color.tokens import KNOWN, Tokens, from_opponent, make_tokens, opponent
from senga.model.session import Session

ROUNDS = 8
"""Reveal rounds. Ours, set on validation."""

TEMPERATURE = 0.7
"""Under 1 draws likely colors more often than their chance. Ours, set on validation."""

ALIKE = 0.09
"""Colors nearer to each other are one color when chances are counted, in `opponent` units. Ours."""

MOST = 512
"""Regions that the network is asked about; smaller ones take a neighbor's color. Ours."""

AREA = 0.35
"""How much a region's size counts beside how sure its color is: large ones are decided first. Ours."""

Plane = NDArray[np.float32]
REACHES = ("region", "object", "far")
MARGIN = {"region": np.inf, "object": 0.7, "far": -np.inf}
"""By how much, in logits, another color has to be likelier before a hint elsewhere changes a region. Ours."""


@dataclass(frozen=True)
class Answered:
    """One color for each token.

    Attributes:
        colors: (R, 3) float32, in `opponent` units.
        logits: (R, bins + R + P) float32 and moved: (R, bins, 3), the network's last answer about them.
    """

    colors: Plane
    logits: Plane
    moved: Plane


@dataclass(frozen=True)
class Painting:
    """A drawing as the painter reads it.

    Attributes:
        session: of the painter's model file.
        tokens: regions at the working size. features: (1, R, F) float32, what the drawing's features say of each.
        token_of: (regions,) int64, the token that colors each region of the drawing.
    """

    session: Session
    tokens: Tokens
    features: Plane = field(repr=False)
    token_of: NDArray[np.int64]
    _bins: Plane = field(repr=False)

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
        self, known: Plane, palette: Plane, seeds: list[int], rounds: int = ROUNDS, temperature: float = TEMPERATURE
    ) -> list[Answered]:
        """Colors for each seed.

        Args:
            known: (R, `KNOWN`), what is told: colors in `opponent` units, 1 where a hint tells, 0.
            palette: (P, 3) in `opponent` units; may be empty.
            seeds: of the draws, one answer each.
            rounds: 0 answers with the mean of what is likely, which is dull but seldom far off.
        """
        count, many = len(seeds), len(known)
        state = np.repeat(known[None], count, 0)
        told = known[:, 3] > 0
        randoms = [np.random.default_rng([seed, 5]) for seed in seeds]
        share = np.log(np.maximum(self.tokens.geometry[:, 4] ** 2, 1e-6))
        logits, moved = self._think(state, palette)
        if rounds == 0:
            means = _means(logits, moved, self._bins, state, palette)
            colors = np.where(told[None, :, None], known[None, :, :3], means)
            return [Answered(c, lg, m) for c, lg, m in zip(colors, logits, moved, strict=True)]
        for step in range(1, rounds + 1):
            # Few at first, when little is known, and more and more.
            wanted = int(np.ceil((1 - np.cos(np.pi / 2 * step / rounds)) * (many - told.sum())))
            wanted = many - int(told.sum()) if step == rounds else max(1, wanted)
            for i, random in enumerate(randoms):
                open_ = (state[i, :, 3] + state[i, :, 4]) == 0
                more = wanted - int((state[i, :, 4] > 0).sum())
                if more <= 0 or not open_.any():
                    continue
                colors, sure = draw(logits[i], moved[i], self._bins, state[i], palette, temperature, random)
                order = np.where(open_, np.log(sure + 1e-6) + AREA * share, -np.inf)
                chosen = np.argsort(-order, kind="stable")[: min(more, int(open_.sum()))]
                state[i, chosen, :3], state[i, chosen, 4] = colors[chosen], 1
            if step < rounds:
                logits, moved = self._think(state, palette)
        return [Answered(s[:, :3].copy(), lg, m) for s, lg, m in zip(state, logits, moved, strict=True)]

    def reached(self, base: Answered, hinted: Answered, known: Plane, palette: Plane, reach: str) -> Plane:
        """Colors with hints, where those change what was there before only as far as they reach.

        Args:
            base: the answer without hints. hinted: with them. known: (R, `KNOWN`) of the hints.
            reach: "region": nothing but hinted regions changes; "object": what is clearly likelier now; "far": all.
        """
        margin = MARGIN[reach]
        if margin == -np.inf:
            return hinted.colors
        told = known[:, 3] > 0
        if margin == np.inf:
            return np.where(told[:, None], known[:, :3], base.colors).astype(np.float32)
        logits, moved = self._think(known[None], palette)
        now = _likelihood(logits[0], moved[0], self._bins, known, palette, hinted.colors)
        before = _likelihood(logits[0], moved[0], self._bins, known, palette, base.colors)
        change = told | (now - before > margin)
        return np.where(change[:, None], hinted.colors, base.colors).astype(np.float32)

    def _think(self, state: Plane, palette: Plane) -> tuple[Plane, Plane]:
        n = len(state)
        offered = np.ones((n, max(1, len(palette))), np.float32) * (len(palette) > 0)
        colors = palette if len(palette) else np.zeros((1, 3), np.float32)
        given = {
            "regions": np.repeat(self.features, n, 0),
            "geometry": np.repeat(self.tokens.geometry[None], n, 0),
            "known": np.ascontiguousarray(state, np.float32),
            "palette": np.repeat(colors[None], n, 0).astype(np.float32),
            "offered": offered.astype(np.float32),
        }
        answer = self.session.stage("think", given)
        return answer["logits"].astype(np.float32), answer["moved"].astype(np.float32)


def draw(
    logits: Plane,
    moved: Plane,
    bins: Plane,
    known: Plane,
    palette: Plane,
    temperature: float,
    random: np.random.Generator,
) -> tuple[Plane, Plane]:
    """A color for each region, (R, 3), drawn from the chances, and how sure it is, (R,), the chance of colors like it.

    All random numbers are drawn whatever is known, so that one hint more leaves the others' luck as it was.
    """
    colors = _components(moved, bins, known, palette)
    luck = random.gumbel(size=(len(logits), len(bins) + 1)).astype(np.float32)
    noise = np.concatenate([luck[:, :-1], np.repeat(luck[:, -1:], colors.shape[1] - len(bins), 1)], 1)
    pick = np.argmax(logits / temperature + noise, 1)
    own = colors[np.arange(len(colors)), pick]
    chance = _softmax(logits)
    near = np.square(colors - own[:, None]).sum(2) < ALIKE**2
    weight = chance * near
    sure = weight.sum(1)
    mean = (weight[..., None] * colors).sum(1) / np.maximum(sure, 1e-9)[:, None]
    # Who points at a known color or a palette's means that very color.
    pointed = pick >= len(bins)
    return np.where(pointed[:, None], own, mean).astype(np.float32), sure.astype(np.float32)


def known_colors(tokens: Tokens, colors: dict[int, tuple[int, int, int]]) -> Plane:
    """(R, `KNOWN`), what hints tell: for each token the RGB color of its hint, where it has one."""
    known = np.zeros((tokens.count, KNOWN), np.float32)
    for token, rgb in colors.items():
        known[token, :3] = opponent(np.array(rgb, np.float32) / 255)
        known[token, 3] = 1
    return known


def rgb_table(colors: Plane) -> image.Pixels:
    """(R, 3) uint8 RGB of `opponent` colors."""
    return np.rint(from_opponent(colors) * 255).astype(np.uint8)


def _components(moved: Plane, bins: Plane, known: Plane, palette: Plane) -> Plane:
    """(R, bins + R + P, 3), the colors that logits speak of."""
    count = len(known)
    others = np.concatenate([known[:, :3], palette if len(palette) else np.zeros((1, 3), np.float32)])
    return np.concatenate([bins[None] + moved, np.repeat(others[None], count, 0)], 1)


def _means(logits: Plane, moved: Plane, bins: Plane, state: Plane, palette: Plane) -> Plane:
    chance = _softmax(logits)
    return np.stack(
        [(c[..., None] * _components(m, bins, s, palette)).sum(1) for c, m, s in zip(chance, moved, state, strict=True)]
    )


def _likelihood(logits: Plane, moved: Plane, bins: Plane, known: Plane, palette: Plane, colors: Plane) -> Plane:
    """(R,) log likelihood of colors (R, 3), up to a constant."""
    far = np.square(_components(moved, bins, known, palette) - colors[:, None]).sum(2)
    chance = _softmax(logits) * np.exp(-far / (2 * (ALIKE / 1.5) ** 2))
    return np.log(chance.sum(1) + 1e-5)


def _softmax(logits: Plane) -> Plane:
    raised = np.exp(logits - logits.max(-1, keepdims=True))
    return (raised / raised.sum(-1, keepdims=True)).astype(np.float32)


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
