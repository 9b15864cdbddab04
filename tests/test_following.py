"""What follows from marks: each is followed by itself, and a later one does not give back what an earlier one took."""

from itertools import pairwise

import numpy as np
import pytest

from senga.color.colorizer import Colorizer
from senga.color.marks import Mark
from senga.color.render import render
from senga.color.request import Request

COLORS = ("#7a5230", "#3f6fb0", "#d8506a", "#5da05a", "#fbdcc8")
STEP, SIDE = 40, 6


@pytest.fixture(scope="module")
def colorizer() -> Colorizer:
    return Colorizer.open(threads=1)


def tiles() -> np.ndarray:
    """A drawing of closed squares of one size, of which none tells what it is."""
    lines = np.full((STEP * SIDE, STEP * SIDE), 255, np.uint8)
    for at in range(0, STEP * SIDE, STEP):
        lines[at : at + 2], lines[:, at : at + 2] = 0, 0
    lines[-2:], lines[:, -2:] = 0, 0
    return lines


def middles(flat: np.ndarray) -> np.ndarray:
    """(tiles, 3), the color in the middle of each square."""
    return flat[STEP // 2 :: STEP, STEP // 2 :: STEP].reshape(-1, 3)


def rgb(color: str) -> list[int]:
    return [int(color[i : i + 2], 16) for i in (1, 3, 5)]


def test_what_took_a_mark_s_color_keeps_it_unless_a_later_mark_takes_it(colorizer: Colorizer) -> None:
    page, random = colorizer.page(tiles()), np.random.default_rng(5)
    hinted = random.choice(SIDE * SIDE, len(COLORS), replace=False).tolist()
    points = [(float(n % SIDE * STEP + STEP // 2), float(n // SIDE * STEP + STEP // 2)) for n in hinted]
    marks = [Mark.fill(at, color, reach="object") for at, color in zip(points, COLORS, strict=True)]
    flats = [
        middles(render(page, Request(marks=tuple(marks[: n + 1]), mode="flat"))[0].flat) for n in range(len(marks))
    ]
    for number, (before, after) in enumerate(pairwise(flats), 1):
        changed = (before != after).any(1)
        assert changed[hinted[number]]
        assert (after[hinted[number]] == rgb(COLORS[number])).all()
        assert not changed[hinted[:number]].any()  # what has a hint of its own
        takes = (after == rgb(COLORS[number])).all(1)
        had = np.abs(before.astype(int) - before[hinted[number]]).max(1) < 50
        assert (takes | had)[changed].all()


def test_the_order_of_marks_counts_and_the_same_order_says_the_same(colorizer: Colorizer) -> None:
    marks = tuple(
        Mark.fill((x, 20.0), color) for x, color in ((20.0, "#7a5230"), (100.0, "#3f6fb0"), (180.0, "#5da05a"))
    )
    fresh, used = colorizer.page(tiles()), colorizer.page(tiles())
    for n in range(1, len(marks)):
        render(used, Request(marks=marks[:n]))
    one, other = (render(page, Request(marks=marks))[0].color for page in (fresh, used))
    np.testing.assert_array_equal(one, other)
