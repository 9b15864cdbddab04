"""Region color accuracy: of how many regions the answered mean color is the true one, without hints and with some."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga.compare.fewhints import lay_dots
from senga.compare.models import Model, Paint
from senga.compare.truecolors import TrueColors

REVEALED = (0, 1, 4, 16)
"""Regions whose true color is given, by a dot in the middle of each."""

NEAR, ROUGH = 10.0, 20.0
"""Delta E 2000 within which a color is right, and about right. The first as `measures.OTHER`, the other is ours."""


@dataclass(frozen=True)
class Answered:
    """One painting of one drawing.

    Attributes:
        model, method: who, of which lines. revealed: how many regions were to be given.
        errors: (n,) Delta E 2000 of each region. area: (n,) its share of the picture. hinted: (n,) bool.
    """

    model: str
    method: str
    revealed: int
    errors: NDArray[np.float64]
    area: NDArray[np.float64]
    hinted: NDArray[np.bool_]


@dataclass(frozen=True)
class Accuracy:
    """All paintings of one model at one number of revealed regions; regions of all drawings together.

    Attributes:
        model, method, revealed: who, of which lines, how many regions were given. regions: how many were looked at.
        near, rough: share of regions within `NEAR` and `ROUGH`. near_area, rough_area: the same by area.
        error, error_area: mean Delta E 2000, also by area. error_rest: mean of the regions without a hint.
    """

    model: str
    method: str
    revealed: int
    regions: int
    near: float
    rough: float
    near_area: float
    rough_area: float
    error: float
    error_area: float
    error_rest: float


def answer_regions(model: Model, paint: Paint, colors: TrueColors, method: str, seed: int) -> list[Answered]:
    """A painting at each number of revealed regions; which ones is drawn at random, and more hold the fewer."""
    order = np.random.default_rng(seed).permutation(colors.count)
    found = []
    for revealed in REVEALED if model.takes_hints else REVEALED[:1]:
        hinted = np.zeros(colors.count, bool)
        hinted[order[:revealed]] = True
        hints = lay_dots(colors.dots(order[:revealed].tolist()), colors.lines.shape) if hinted.any() else None
        found.append(Answered(model.name, method, revealed, colors.errors(paint(hints, 0.0)), colors.area, hinted))
    return found


def sum_up(answers: Sequence[Answered]) -> Accuracy:
    """Accuracy over paintings of one model, one method and one number of revealed regions."""
    errors, area, hinted = (
        np.concatenate([getattr(a, part) for a in answers]) for part in ("errors", "area", "hinted")
    )

    def mean(values: NDArray[np.float64] | NDArray[np.bool_], weight: NDArray[np.float64] | None = None) -> float:
        return float(np.average(values.astype(np.float64), weights=weight)) if len(values) else float("nan")

    return Accuracy(
        answers[0].model,
        answers[0].method,
        answers[0].revealed,
        len(errors),
        mean(errors <= NEAR),
        mean(errors <= ROUGH),
        mean(errors <= NEAR, area),
        mean(errors <= ROUGH, area),
        mean(errors),
        mean(errors, area),
        mean(errors[~hinted]),
    )
