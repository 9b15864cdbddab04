"""Marks do what the hand meant: fills in their areas, strokes on their side, the latest where two meet."""

import numpy as np
import pytest

from conftest import ring
from senga import Hints
from senga.color.fill_regions import Areas
from senga.color.flats import flat_colors
from senga.color.hint_cache import HintCache
from senga.color.laying import lay
from senga.color.marks import Mark

RED, BLUE, GREEN, WHITE = (255, 0, 0), (0, 0, 255), (0, 160, 0), (255, 255, 255)


def tail() -> np.ndarray:
    """A tail of 24 px that is open to the ground at its end: one region with it."""
    lines = np.full((240, 320), 255, np.uint8)
    lines[100, 60:200] = lines[126, 60:200] = 0
    lines[100:127, 60] = 0
    return lines


def halves() -> np.ndarray:
    """A closed line down the middle."""
    lines = np.full((100, 200), 255, np.uint8)
    lines[:, 99:101] = 0
    return lines


def shown(lines: np.ndarray, marks: list[Mark], base: tuple[int, int, int] = (9, 9, 9)) -> np.ndarray:
    """The flat colors of marks; what they say nothing of has the color of the base."""
    areas = Areas(lines)
    color = np.broadcast_to(np.array(base, np.uint8), (*lines.shape, 3)).copy()
    return flat_colors(areas.regions, lay(marks, lines, areas=areas), color)[..., :3]


def at(colors: np.ndarray, x: int, y: int) -> tuple[int, ...]:
    return tuple(colors[y, x].tolist())


TAIL = Mark.stroke([(90, 113), (150, 113)], "#ff0000", 8)
GROUND = Mark.fill((30, 30), "#ffffff")


def test_the_tail_is_one_region_with_the_ground() -> None:
    regions = Areas(tail()).regions
    assert regions.labels[113, 90] == regions.labels[30, 30]


@pytest.mark.parametrize("marks", [[TAIL, GROUND], [GROUND, TAIL]], ids=["fill after", "fill before"])
def test_a_fill_of_the_ground_leaves_a_tail_that_has_a_hint(marks: list[Mark]) -> None:
    colors = shown(tail(), marks)
    inside, outside = colors[104:123, 64:190], colors[np.r_[0:95, 132:240]]
    assert (inside == RED).all(-1).mean() > 0.95
    assert (outside == WHITE).all(-1).mean() > 0.98


def test_a_stroke_in_a_tail_does_not_color_the_ground() -> None:
    colors = shown(tail(), [TAIL])
    assert (colors[104:123, 64:190] == RED).all(-1).mean() > 0.95
    assert (colors[np.r_[0:95, 132:240]] == 9).all(-1).mean() > 0.98


def test_a_stroke_on_the_ground_colors_all_of_it() -> None:
    colors = shown(tail(), [Mark.stroke([(200, 30), (290, 60)], "#00f", 6)])
    assert (colors[np.r_[0:95, 132:240]] == BLUE).all()


def test_in_one_place_the_latest_of_fill_and_stroke_wins() -> None:
    lines = halves()
    stroke, fill = Mark.stroke([(20, 50), (60, 50)], "#f00", 6), Mark.fill((80, 20), "#00f")
    assert (shown(lines, [stroke, fill])[:, :98] == BLUE).all()
    assert (shown(lines, [fill, stroke])[:, :98] == RED).all()
    assert (shown(lines, [fill, Mark.fill((10, 90), "#f00")])[:, :98] == RED).all()
    assert (shown(lines, [stroke, fill])[:, 102:] == 9).all()


def test_erasing_a_fill_s_point_takes_its_color_away_and_gives_back_what_was_there() -> None:
    lines = halves()
    stroke, fill = Mark.stroke([(20, 50), (60, 50)], "#f00", 6), Mark.fill((80, 20), "#00f")
    rub = Mark.erase([(78, 20)], 8)
    assert (shown(lines, [fill, rub])[:, :98] == 9).all()
    assert (shown(lines, [stroke, fill, rub])[:, :98] == RED).all()
    assert (shown(lines, [rub, fill])[:, :98] == BLUE).all()


def test_a_stroke_that_covers_another_takes_its_place() -> None:
    lines = halves()
    under, over = Mark.stroke([(20, 50), (60, 50)], "#f00", 6), Mark.stroke([(18, 51), (62, 51)], "#00f", 6)
    assert (shown(lines, [under, over])[:, :98] == BLUE).all()
    beside = Mark.stroke([(20, 80), (60, 80)], "#00f", 6)
    assert {at(shown(lines, [under, beside]), 40, y) for y in (50, 80)} == {RED, BLUE}


@pytest.mark.parametrize(
    "points",
    [
        [(20, 50), (120, 50)],  # slips over the line with a fifth
        [(95, 10), (95, 90)],  # grazes it with the side of the pen
        [(90, 10), (90, 50), (104, 55), (90, 60), (90, 90)],  # a bump
    ],
    ids=["slips", "grazes", "bumps"],
)
def test_a_stroke_over_an_outline_colors_the_side_where_most_of_it_lies(points: list[tuple[float, float]]) -> None:
    colors = shown(halves(), [Mark.stroke(points, "#f00", 12)])
    assert (colors[:, :98] == RED).all()
    assert (colors[:, 102:] == 9).all()


def test_a_stroke_across_strands_colors_each_of_them() -> None:
    lines = np.full((60, 210), 255, np.uint8)
    lines[:, 29::30] = 0
    colors = shown(lines, [Mark.stroke([(15, 30), (195, 30)], "#f00", 6)])
    assert all(at(colors, x, 5) == RED for x in range(15, 200, 30))


def test_a_stroke_that_covers_a_crumb_colors_it_too() -> None:
    lines = np.full((100, 200), 255, np.uint8)
    lines[44:57, 100:113] = 0
    lines[46:55, 102:111] = 255
    colors = shown(lines, [Mark.stroke([(20, 42), (180, 42)], "#f00", 30)])
    assert at(colors, 106, 50) == RED


def test_a_hint_cache_tells_what_a_fill_would_cover() -> None:
    cache = HintCache(tail())
    ground = cache.area([TAIL], (30, 30))
    assert ground[:95].all()
    assert not ground[104:123, 64:180].any()
    assert not cache.area([], (-3, 5)).any()
    lines = halves()
    area = HintCache(lines).area([], (10, 10))
    assert (area == ((lines == 255) & (np.arange(200) < 99))).all()
    hints = lay([TAIL, GROUND], tail())
    assert (ground == (hints.mask & (hints.color == WHITE).all(-1))).all()


def test_a_bolder_gap_keeps_a_fill_on_its_side() -> None:
    lines = ring(200, 240, 70, thick=2, gap=4)
    tight, open_ = (lay([Mark.fill((120, 100), "#f00")], lines, areas=Areas(lines, 0.5, gap)) for gap in (8, 0))
    assert not tight.mask[:20].any()
    assert open_.mask[:20].any()


def test_marks_tell_their_reach_to_hints_and_others_go_with_the_request() -> None:
    lines = halves()
    hints = lay([Mark.stroke([(20, 50)], "#f00", 6, reach="region"), Mark.fill((150, 50), "#00f", "far")], lines)
    assert hints.reach is not None
    assert hints.reach[50, 20] == 1
    assert hints.reach[50, 150] == 3
    assert not hints.reach[~hints.mask].any()
    assert lay([Mark.stroke([(20, 50)], "#f00", 6)], lines).reach is None
    fill = lay([Mark.fill((20, 50), "#f00")], lines)  # stays in its area
    assert fill.reach is not None
    assert (fill.reach == fill.mask).all()
    over = Hints.blank(lines.shape).dot((150, 50), "#0f0").over(hints)
    assert over.reach is not None
    assert over.reach[50, [20, 150, 160]].tolist() == [1, 0, 3]


def test_hints_know_the_order_of_the_marks_that_made_them() -> None:
    lines = halves()
    marks = [Mark.fill((5, 5), "#ff0000"), Mark.stroke([(lines.shape[1] - 6, 5)], "#0000ff", 3)]
    for which in (marks, marks[::-1]):
        hints = lay(which, lines)
        assert hints.order is not None
        orders = {tuple(hints.color[hints.order == i][0].tolist()): i for i in (1, 2)}
        assert orders == {(255, 0, 0): 1 + which.index(marks[0]), (0, 0, 255): 1 + which.index(marks[1])}
        assert (hints.order > 0).sum() == hints.mask.sum()
