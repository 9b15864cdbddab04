"""Semantic spread and harm: what one dot does for other regions of its color, and to regions of other colors.

A person who colors one strand of hair wants the hair. In a trial, one region that is badly colored without hints, and
whose true color other regions share, gets one dot of it. Spread is by how much the mean error of those other regions
falls, 1 = they are right; harm is by how much the mean error of all regions of other colors rises. Both are ratios of
sums over all trials, so that trials in which little was wrong count little.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from senga.compare.fewhints import lay_dots
from senga.compare.models import Model, Paint
from senga.compare.truecolors import TrueColors
from senga.metrics import color_difference

SAME = 6.0
"""Delta E 2000 up to which two regions have the same true color. Ours."""

WRONG = 10.0
"""Delta E 2000 over which a region is badly colored: it is another color. As `measures.OTHER`."""

SHARED = 2
"""Least number of other regions of the dot's color."""

TRIALS = 4
"""Most trials a drawing."""

PARTS = ("own", "same", "other")


@dataclass(frozen=True)
class Trial:
    """One dot.

    Attributes:
        model, method: who, of which lines.
        own: Delta E 2000 of the region with the dot, before and after it.
        same, other: mean of the other regions of its true color, and of those of other colors (0, 0 if none).
    """

    model: str
    method: str
    own: tuple[float, float]
    same: tuple[float, float]
    other: tuple[float, float]


@dataclass(frozen=True)
class Spread:
    """All trials of one model, as shares: 1 is 100 %; NaN of no trials.

    Attributes:
        model, method: who, of which lines. trials: how many.
        spread: fall of the error of other regions of the dot's color. harm: rise of that of regions of other colors,
            under 0 if the dot helped them. own: fall of the error of the dot's own region.
    """

    model: str
    method: str
    trials: int
    spread: float
    harm: float
    own: float


def try_dots(model: Model, paint: Paint, colors: TrueColors, method: str, seed: int) -> list[Trial]:
    """Trials of one drawing; none where no region is fit for one.

    Which regions are fit depends on what the model answers without hints, so models are not tried at the same ones.
    """
    if not model.takes_hints or colors.count <= SHARED:
        return []
    before = colors.errors(paint(None, 0.0))
    alike = color_difference(colors.lab[:, None], colors.lab[None]) <= SAME
    np.fill_diagonal(alike, False)
    fit = (before > WRONG) & (alike.sum(1) >= SHARED)
    trials = []
    for region in [i for i in np.random.default_rng(seed).permutation(colors.count).tolist() if fit[i]][:TRIALS]:
        after = colors.errors(paint(lay_dots(colors.dots([region]), colors.lines.shape), 0.0))
        same, other = alike[region], ~alike[region]
        other[region] = False

        def mean(where: np.ndarray, after: np.ndarray = after) -> tuple[float, float]:
            return (float(before[where].mean()), float(after[where].mean())) if where.any() else (0.0, 0.0)

        own = float(before[region]), float(after[region])
        trials.append(Trial(model.name, method, own, mean(same), mean(other)))
    return trials


def sum_up(trials: Sequence[Trial], model: str, method: str) -> Spread:
    """Spread and harm over trials of one model."""
    own, same, other = (np.array([getattr(t, part) for t in trials]).reshape(-1, 2).sum(0) for part in PARTS)

    def rise(sums: np.ndarray) -> float:
        return float(sums[1] / sums[0] - 1) if sums[0] > 0 else float("nan")

    return Spread(model, method, len(trials), -rise(same), rise(other), -rise(own))
