"""Color schemes to choose from when nobody says which colors are wanted."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga.color.palette import Color, parse_color
from senga.color.spaces import oklab
from senga.color.tokens import opponent
from senga.model.shipped import WEIGHTS

SCHEMES = WEIGHTS / "schemes.npz"
"""Main colors of pictures that the shipped colorizer was trained on, (S, `COLORS`, 3) uint8, unlike one another; made
by `tools/schemes.py`. A colorizer may have a file of that name beside it."""

COLORS = 8
"""Colors of a scheme."""

NEAR = 0.12
"""How near a scheme's color has to be to what a region might have, in `opponent` units. Ours."""

VARIED, LOUD = 1.2, 0.2
"""How much the variety of a scheme, or of a drawing in it, counts beside its fit; and the chroma from which on a color
counts no more, in `opponent` units. Ours: fit alone ends in grays and beige, which are near everything; chroma without
an end, in one loud red; chroma alone, in browns all over."""

EVEN = 0.01
"""Variety from which on more of it counts, in `opponent` units. Ours."""

DIM, DARK = 0.5, 1.0
"""Mean luma under which a colored drawing is dark, and how much that counts. Ours."""

STEP = 8
"""Schemes that are tried for each seed, neighbors in rank, none of which another seed tries. Ours."""

PAPER = 225
"""Least of red, green and blue from which on a scheme's color is taken for paper. Ours."""

PART = 0.6
"""Share of a given palette that each candidate is given, at least one color. Ours."""

Floats = NDArray[np.float64]


def choose_palettes(count: int, own: Sequence[Color] = (), seed: int = 0) -> list[list[Color]]:
    """Palettes for `count` candidates, as unlike one another as they can be.

    Args:
        own: colors that the palettes are chosen among; none: the shipped schemes.
        seed: which comes first; the same seed gives the same palettes.
    """
    random = np.random.default_rng(seed)
    if count < 1:
        return []
    if own:
        colors = sorted({parse_color(c) for c in own})
        size = max(1, round(PART * len(colors)))
        # More are drawn than wanted, so that the ones kept differ.
        drawn = [random.permutation(len(colors))[:size] for _ in range(8 * count)]
        offered = [[colors[i] for i in sorted(d)] for d in drawn]
    else:
        # Paper is white anyway; a scheme that offers white gets it everywhere.
        vivid = [
            [(int(r), int(g), int(b)) for r, g, b in scheme if min(r, g, b) < PAPER] for scheme in _schemes(SCHEMES)
        ]
        offered = [scheme for scheme in vivid if len(scheme) > 2]
    return [list(offered[i]) for i in _unlike([oklab(np.array(p, np.uint8)) for p in offered], count, random)]


def rank_schemes(
    chances: NDArray[np.float32], bins: NDArray[np.float32], weights: NDArray[np.float32], file: Path = SCHEMES
) -> NDArray[np.int64]:
    """Numbers of the schemes, (S,) int64, those that suit a drawing most first.

    A painter asked for nothing in particular answers with a little of everything, and what is drawn from that region
    by region is gray or motley. Asked with the colors of one picture, it says which belongs where.

    Args:
        chances: (R, bins) float32, how likely each region is to have each color. bins: (bins, 3), in `opponent` units.
        weights: (R,), how much each region counts.
        file: of the schemes.
    """
    fit = np.log(chances @ _nearness(bins.tobytes(), file) + 1e-3)
    return np.argsort(-(weights @ fit / weights.sum() + VARIED * _varied(file)), kind="stable")


def schemes_of(ranks: NDArray[np.int64], seed: int, file: Path = SCHEMES) -> NDArray[np.float32]:
    """The schemes of those that were ranked that a seed tries, (`STEP`, `COLORS`, 3) float32 in `opponent` units."""
    first = STEP * seed + STEP * seed // len(ranks)
    return opponent(_schemes(file)[ranks[(first + np.arange(STEP)) % len(ranks)]].astype(np.float32) / 255)


def worth(
    colors: NDArray[np.float32], likelihood: NDArray[np.float32], shares: NDArray[np.float32]
) -> NDArray[np.float64]:
    """How good each of N colorings is, (N,): of many colors, each where it is likely, and not dark.

    Args:
        colors: (N, R, 3) of regions, in `opponent` units. likelihood: (N, R), its logarithm, where nobody says which
            colors are wanted. shares: (R,), of the drawing; 0 for what does not count.
    """
    weights = shares / max(float(shares.sum()), 1e-9)
    roots = np.sqrt(weights) / max(float(np.sqrt(weights).sum()), 1e-9)
    dim = np.maximum(0, DIM - 0.5 - colors[..., 0] @ weights)
    found: NDArray[np.float64] = VARIED * np.log(_variety(colors, weights) + EVEN) + likelihood @ roots - DARK * dim
    return found


@lru_cache(maxsize=2)
def _nearness(bins: bytes, file: Path) -> NDArray[np.float32]:
    """(bins, S) float32, how near each color is to the nearest of each scheme; of bins given as their bytes."""
    centers = np.frombuffer(bins, np.float32).reshape(-1, 3)
    schemes = opponent(_schemes(file).astype(np.float32) / 255)
    off = np.stack([np.square(centers[:, None] - schemes[None, :, i]).sum(2) for i in range(COLORS)]).min(0)
    near: NDArray[np.float32] = np.exp(off / np.float32(-2 * NEAR**2)).astype(np.float32)
    return near


@lru_cache(maxsize=2)
def _varied(file: Path) -> NDArray[np.float32]:
    """(S,) float32, log of the variety of each scheme."""
    even = np.full(COLORS, 1 / COLORS, np.float32)
    varied: NDArray[np.float32] = np.log(
        np.maximum(_variety(opponent(_schemes(file).astype(np.float32) / 255), even), 1e-3)
    )
    return varied


def _variety(colors: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far colors (N, R, 3) are from their mean in hue and chroma, up to `LOUD`, (N,); weights (R,) add up to 1."""
    hues = colors[..., 1:]
    chroma = np.linalg.norm(hues, axis=-1, keepdims=True)
    hues = hues * np.minimum(1, LOUD / np.maximum(chroma, 1e-6))
    mean = np.einsum("nrc,r->nc", hues, weights)
    variety: NDArray[np.float32] = np.sqrt(np.square(hues - mean[:, None]).sum(-1) @ weights).astype(np.float32)
    return variety


def _unlike(places: list[Floats], count: int, random: np.random.Generator) -> list[int]:
    """Indices of palettes (colors, 3), each as far as possible from those before; repeated where there are too few."""
    chosen = [int(random.integers(len(places)))]
    nearest = np.array([distance(places[chosen[0]], p) for p in places])
    while len(chosen) < count:
        # Among the farthest few one is drawn: another seed shall show others, not the same extremes.
        far = np.argsort(-nearest, kind="stable")[: max(1, len(places) // 8)]
        chosen.append(int(far[random.integers(len(far))]))
        nearest = np.minimum(nearest, [distance(places[chosen[-1]], p) for p in places])
    return chosen


def distance(one: Floats, other: Floats) -> float:
    """How unlike two palettes (colors, 3) in Oklab are: mean distance of each color to the other's nearest."""
    between = np.sqrt(np.square(one[:, None] - other[None]).sum(2))
    return float(between.min(1).mean() + between.min(0).mean()) / 2


@lru_cache(maxsize=2)
def _schemes(file: Path) -> NDArray[np.uint8]:
    with np.load(file) as kept:
        found: NDArray[np.uint8] = kept["schemes"]
        return found
