"""What a training sample tells of its regions' colors: nothing, some of them, a palette; rightly, or as guesses."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga.color.scaling import paper_weight
from senga.color.tokens import KNOWN, Tokens, opponent
from senga.learn.data.samples import Random, View

Plane = NDArray[np.float32]
MOST_OFFERED = 12
"""Colors of a palette at most."""


@dataclass(frozen=True)
class Reveals:
    """How much is revealed.

    Attributes:
        none, one: share of the samples in which no hint is given, and one.
        guesses: share in which further regions are given as guesses, as rounds make them: some of them wrong.
        palettes: share with a palette.
        references: share of the batches in which samples are shown references.
        patches: share of the hints that have the color of a dot, not the region's mean.
    """

    none: float = 0.25
    one: float = 0.1
    guesses: float = 0.45
    palettes: float = 0.35
    references: float = 0.3
    patches: float = 0.5


@dataclass(frozen=True)
class Revealed:
    """A sample's truth, and what is revealed of it; colors in `opponent` units.

    Attributes:
        truth: (R, 3), mean color of each region's paper. known: (R, `KNOWN`).
        weight: (R,), how much each region counts in the loss; hinted ones 0; sums to 1 or less.
        palette: (P, 3), P up to `MOST_OFFERED`; may be empty.
    """

    truth: Plane
    known: Plane
    weight: Plane
    palette: Plane


def true_colors(color: NDArray[np.uint8], lines: NDArray[np.uint8], tokens: Tokens) -> Plane:
    """(R, 3) float32 in [0, 1], mean RGB of each region, paper much, ink hardly."""
    flat = tokens.label.reshape(-1) + 1
    weight = paper_weight(lines).reshape(-1)
    total = np.bincount(flat, weight, tokens.count + 1)[1:]
    planes = [np.bincount(flat, weight * color[..., i].reshape(-1), tokens.count + 1)[1:] for i in range(3)]
    return (np.stack(planes, 1) / np.maximum(total, 1e-6)[:, None] / 255).astype(np.float32)


def dot_colors(color: NDArray[np.uint8], lines: NDArray[np.uint8], tokens: Tokens, random: Random) -> Plane:
    """(R, 3) float32 in [0, 1], color of a 3x3 dot at a random place of each region, on paper where it has any."""
    padded = np.pad(color.astype(np.float32), ((1, 1), (1, 1), (0, 0)), mode="edge")
    h, w = lines.shape
    places = random.permutation(h * w)
    places = places[np.argsort(lines.reshape(-1)[places] > 200, kind="stable")]  # paper last: it is what stays
    at = np.zeros(tokens.count + 1, np.int64)
    at[tokens.label.reshape(-1)[places] + 1] = places
    y, x = np.divmod(at[1:], w)
    total = sum(padded[y + i, x + j] for i in range(3) for j in range(3))
    return (np.asarray(total) / (9 * 255)).astype(np.float32)


def reveal(view: View, tokens: Tokens, reveals: Reveals, random: Random) -> Revealed:
    """Truth of a view, and what is revealed of it."""
    truth = opponent(true_colors(view.color, view.lines, tokens))
    count = tokens.count
    size = tokens.geometry[:, 4] ** 2
    hinted = _chosen(size, _how_many(count, reveals, random), random)
    known = np.zeros((count, KNOWN), np.float32)
    if hinted.any():
        dots = opponent(dot_colors(view.color, view.lines, tokens, random))
        patched = random.random(count) < reveals.patches
        hint = np.where(patched[:, None], dots, truth) + random.normal(0, 0.008, (count, 3))
        known[hinted, :3], known[hinted, 3] = hint[hinted], 1
    weight = (0.5 * size / size.sum() + 0.5 * np.sqrt(size) / np.sqrt(size).sum()).astype(np.float32)
    weight[hinted] = 0
    if random.random() < reveals.guesses and count > 1:
        share = random.random() ** 1.5
        guessed = (random.random(count) < share) & ~hinted
        guess = truth + random.normal(0, random.uniform(0.01, 0.07), (count, 3))
        wrong = random.random(count) < random.uniform(0, 0.2)
        guess[wrong] = truth[random.permutation(count)][wrong]
        known[guessed, :3], known[guessed, 4] = guess[guessed], 1
        weight[guessed] *= 0.3  # mending a guess is part of the work, a smaller one
    palette = main_colors(truth, size, random) if random.random() < reveals.palettes else np.zeros((0, 3), np.float32)
    return Revealed(truth, known, weight, palette)


def _how_many(count: int, reveals: Reveals, random: Random) -> int:
    draw = random.random()
    if draw < reveals.none:
        return 0
    if draw < reveals.none + reveals.one:
        return 1
    return int(np.exp(random.uniform(0, np.log(count + 1))))


def _chosen(size: Plane, count: int, random: Random) -> NDArray[np.bool_]:
    """Which regions a person would tell: half of the time larger ones sooner."""
    keys = random.random(len(size)) ** (1 / (np.sqrt(size) if random.random() < 0.6 else np.ones_like(size)))
    chosen = np.zeros(len(size), bool)
    chosen[np.argsort(-keys)[:count]] = True
    return chosen


def main_regions(truth: Plane, size: Plane, most: int) -> list[int]:
    """Regions, the largest first, whose colors (R, 3) differ from those of all before them; up to `most`."""
    found: list[int] = []
    for i in np.argsort(-size):
        if all(np.square(truth[i] - truth[f]).sum() > 0.07**2 for f in found):
            found.append(int(i))
            if len(found) == most:
                break
    return found


def main_colors(truth: Plane, size: Plane, random: Random) -> Plane:
    """A palette such as a person gives: some of a picture's main colors, not quite, and now and then a foreign one."""
    wanted = int(random.integers(2, MOST_OFFERED))
    found = list(truth[main_regions(truth, size * random.uniform(0.3, 1.0, len(size)).astype(np.float32), wanted)])
    if random.random() < 0.2:
        foreign = opponent(random.random((int(random.integers(1, 3)), 3)))
        found = [*found, *foreign][:MOST_OFFERED]
    palette = np.stack(found) + random.normal(0, 0.015, (len(found), 3))
    return palette[random.permutation(len(palette))].astype(np.float32)
