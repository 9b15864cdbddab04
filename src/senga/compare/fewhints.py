"""Few hints count: how close a painting comes to the truth by a handful of dots, as a person lays them first.

Dots lie on paper, where the truth is calm, and have its color; more dots hold the fewer, so budgets can be compared.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.hints import Hints
from senga.compare.models import Model, Paint
from senga.compare.subjects import Subject
from senga.image import PAPER
from senga.metrics import Plane, psnr

BUDGETS = (0, 1, 4, 16, 64, 256)
"""Numbers of dots."""

WIDE = 100
"""Side of a square of the drawing's area over a dot's radius: 3 px across at the 148 px that training sees. Ours."""

CALM = 0.01
"""Largest RGB variance, channels summed, of [0, 1], in the square around a dot. Source: `learn.hinting.EDGE`."""


@dataclass(frozen=True)
class Dot:
    """One dot of a picture's own color.

    Attributes:
        x, y: of its middle, px. radius: px. color: RGB, 0 to 255, mean of the truth under it.
    """

    x: int
    y: int
    radius: float
    color: tuple[int, int, int]


@dataclass(frozen=True)
class FewHints:
    """What dots of one picture brought one model.

    Attributes:
        model, method: who, of which lines. tint: 0 for black lines, 1 for colored ones.
        levels: PSNR, dB, over the whole painting, by dots.
    """

    model: str
    method: str
    tint: float
    levels: dict[int, float]


def dot_radius(shape: tuple[int, ...]) -> float:
    """Radius of a dot on a drawing of (height, width), px."""
    return max(1.0, math.sqrt(shape[0] * shape[1]) / WIDE)


def lay_dots(dots: Sequence[Dot], shape: tuple[int, ...]) -> Hints:
    """Hints of a drawing of (height, width)."""
    hints = Hints.blank(shape)
    for dot in dots:
        hints = hints.dot((dot.x, dot.y), dot.color, dot.radius)
    return hints


def choose_dots(truth: image.Pixels, lines: image.Pixels, count: int, seed: int) -> list[Dot]:
    """Up to `count` dots at random places: on paper, where the truth is calm; the first ones of more are the fewer.

    Where a drawing has less calm paper than dots, the last of them lie on paper that is not calm, or beside ink.

    Args:
        truth: (H, W, 3) uint8. lines: (H, W) uint8, 0 = ink.
    """
    radius = dot_radius(lines.shape)
    paper = lines > PAPER
    calm = inner_depth(paper) > radius
    calm &= _variance(truth, 2 * math.ceil(radius) + 1) < CALM
    at = np.flatnonzero(paper)
    chance = np.random.default_rng(seed).random(lines.size)[at]
    first = at[np.argsort(chance + ~calm.reshape(-1)[at], kind="stable")[:count]]
    return [_dot(truth, paper, int(x), int(y), radius) for y, x in zip(*np.divmod(first, lines.shape[1]), strict=True)]


def inner_depth(inside: NDArray[np.bool_]) -> Plane:
    """Distance of each pixel to the nearest that is not `inside`, px; what is beyond the border is not."""
    import mahotas

    squares = mahotas.distance(np.pad(inside, 1))
    return np.asarray(np.sqrt(squares[1:-1, 1:-1]), np.float32)


def few_hints(model: Model, paint: Paint, subject: Subject, method: str) -> list[FewHints]:
    """PSNR by number of dots, with black lines and, of a model that colors lines, with colored ones."""
    lines = subject.lines[method]
    dots = choose_dots(subject.truth, lines, max(BUDGETS), subject.seed)
    given = {n: lay_dots(dots[:n], lines.shape) if n else None for n in (BUDGETS if model.takes_hints else (0,))}
    return [
        FewHints(model.name, method, tint, {n: psnr(paint(h, tint), subject.truth) for n, h in given.items()})
        for tint in ((0.0, 1.0) if model.colors_lines else (0.0,))
    ]


def _dot(truth: image.Pixels, paper: NDArray[np.bool_], x: int, y: int, radius: float) -> Dot:
    reach = math.ceil(radius)
    rows, columns = slice(max(0, y - reach), y + reach + 1), slice(max(0, x - reach), x + reach + 1)
    down, across = np.mgrid[rows.start : min(rows.stop, len(truth)), columns.start : min(columns.stop, len(truth[0]))]
    under = (np.hypot(down - y, across - x) <= radius) & paper[rows, columns]
    red, green, blue = (round(float(v)) for v in truth[rows, columns][under].mean(0))
    return Dot(x, y, radius, (red, green, blue))


def _variance(picture: image.Pixels, side: int) -> NDArray[np.float64]:
    """RGB variance (H, W), channels summed, in squares of `side` px (odd); borders repeated."""
    reach = side // 2
    planes = np.pad(picture / 255.0, ((reach, reach), (reach, reach), (0, 0)), mode="edge")

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        sums = np.pad(values, ((1, 0), (1, 0), (0, 0))).cumsum(0).cumsum(1)
        area = sums[side:, side:] - sums[:-side, side:] - sums[side:, :-side] + sums[:-side, :-side]
        return np.asarray(area / side**2)

    variance: NDArray[np.float64] = (mean(planes**2) - mean(planes) ** 2).sum(-1)
    return variance
