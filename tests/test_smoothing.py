"""Borders of regions at a drawing's own size: curves, not stairs; and colors that blend along them."""

import numpy as np
import pytest

from senga.color import flats, smoothing
from senga.color.closer import find_closed_regions
from senga.color.flats import said
from senga.color.hints import Hints
from senga.color.regions import find_regions
from senga.color.smoothing import blend_borders, smooth_borders, smooth_under_ink

STAIR = 8


def stairs(side: int = 240, slope: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """Labels whose border runs in stairs of `STAIR` px, and how far each pixel lies from the border that is meant."""
    y, x = np.mgrid[:side, :side]
    middle = STAIR // 2
    blocks = y // STAIR * STAIR + middle > (x // STAIR * STAIR + middle) * slope + side * 0.3
    away = (y - (x * slope + side * 0.3)) / np.hypot(1, slope)
    return blocks.astype(np.int32), away


def white(labels: np.ndarray) -> np.ndarray:
    return np.full(labels.shape, 255, np.uint8)


def roughness(labels: np.ndarray, away: np.ndarray) -> float:
    """How much the border strays from its own mean, px, as a standard deviation, away from the frame."""
    border = np.zeros(labels.shape, bool)
    border[1:] = labels[1:] != labels[:-1]
    return float(away[20:-20, 20:-20][border[20:-20, 20:-20]].std())


@pytest.mark.parametrize("slope", [0.0, 0.1, 0.4, 1.0])
def test_stairs_over_paper_become_a_line(slope: float) -> None:
    labels, away = stairs(slope=slope)
    before = roughness(labels, away)
    smooth_borders(labels, white(labels), STAIR)
    assert roughness(labels, away) <= max(0.6, 0.65 * before)
    assert set(np.unique(labels)) == {0, 1}


def test_a_straight_border_stays_where_it_is() -> None:
    labels = np.repeat(np.arange(200) >= 77, 150).reshape(200, 150).astype(np.int32)
    wanted = labels.copy()
    smooth_borders(labels, white(labels), STAIR)
    assert np.array_equal(labels, wanted)


def test_nothing_crosses_ink() -> None:
    y, x = np.mgrid[:200, :200]
    tooth = 100 + np.abs(x % 40 - 20)
    labels, lines = (y > tooth).astype(np.int32), np.where(np.abs(y - tooth) <= 2, 0, 255).astype(np.uint8)
    for smooth in (smooth_borders, smooth_under_ink):
        made = labels.copy()
        smooth(made, lines, STAIR)
        assert np.array_equal(made[lines > 0], labels[lines > 0])


def test_under_ink_stairs_are_smoothed_for_who_looks_at_colors_alone() -> None:
    labels, away = stairs()
    lines = np.where(np.abs(away) < 9, 0, 255).astype(np.uint8)
    before = labels.copy()
    smooth_borders(labels, lines, STAIR)
    assert np.array_equal(labels, before), "ink hides them"
    smooth_under_ink(labels, lines, STAIR)
    assert roughness(labels, away) < 0.5 * roughness(before, away)


def test_what_is_narrow_or_small_is_not_eaten() -> None:
    labels = np.zeros((120, 120), np.int32)
    labels[40:43, 10:110], labels[80:84, 60:64] = 1, 2
    wanted = np.bincount(labels.reshape(-1))
    smooth_borders(labels, white(labels), STAIR)
    assert (np.bincount(labels.reshape(-1), minlength=3)[1:] >= 0.6 * wanted[1:]).all()


def test_pixels_are_the_same_however_many_are_looked_at_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    labels, _ = stairs()
    again = labels.copy()
    smooth_borders(labels, white(labels), STAIR)
    monkeypatch.setattr(smoothing, "TOGETHER", 240 * 7)
    monkeypatch.setattr(smoothing, "CACHED", 240)
    smooth_borders(again, white(again), STAIR)
    assert np.array_equal(labels, again)


def test_of_a_large_drawing_open_borders_are_no_stairs() -> None:
    """Two rooms of 3 million px and a door between them, at a slant, which the ball does not pass."""
    side = 1760
    y, x = np.mgrid[:side, :side]
    along = y - 0.35 * x - 500
    lines = np.where((np.abs(along) < 5) & (np.abs(x - side / 2) > 60), 0, 255).astype(np.uint8)
    regions = find_closed_regions(lines, ball_radius=80, threads=1)
    assert regions.count == 2
    door = (regions.labels[1:] != regions.labels[:-1])[:, side // 2 - 50 : side // 2 + 50]
    rows, columns = np.nonzero(door)
    line = np.polyfit(columns, rows, 3)
    assert np.abs(rows - np.polyval(line, columns)).std() < 0.8, "a curve, within a pixel"


def test_colors_blend_beside_open_borders_and_nowhere_else() -> None:
    labels, away = stairs(slope=1.0)
    smooth_borders(labels, white(labels), STAIR)
    color = np.array([[200, 30, 40], [20, 60, 220]], np.uint8)[labels]
    hard = color.copy()
    blend_borders(color, labels, white(labels))
    changed = (color != hard).any(2)
    border = np.zeros(labels.shape, bool)
    border[1:] |= labels[1:] != labels[:-1]
    border[:-1] |= labels[1:] != labels[:-1]
    border[:, 1:] |= labels[:, 1:] != labels[:, :-1]
    border[:, :-1] |= labels[:, 1:] != labels[:, :-1]
    assert changed[border].all()
    assert not changed[~border].any()
    assert (color >= hard.min((0, 1))).all()
    assert (color <= hard.max((0, 1))).all()
    inked = hard.copy()
    blend_borders(inked, labels, np.where(np.abs(away) < 12, 0, 255).astype(np.uint8))
    assert np.array_equal(inked, hard), "ink hides the border"


def test_what_hints_say_is_the_same_by_table_and_by_sort(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = np.full((60, 90), 255, np.uint8)
    lines[:, [30, 60]] = 0
    regions = find_regions(lines)
    hints = Hints.blank(lines.shape).stroke([(5, 5), (80, 50)], "#c02030", 6).dot((70, 10), "#20c030", 5)
    by_table = said(regions, hints)
    monkeypatch.setattr(flats, "PAIRS", -(10**9))
    monkeypatch.setattr(flats, "max", lambda *_: -1, raising=False)
    by_sort = said(regions, hints)
    assert by_table.keys() == by_sort.keys()
    assert len(by_table) == 3
    for region, groups in by_table.items():
        for (color, at), (other, there) in zip(groups, by_sort[region], strict=True):
            assert color == other
            assert np.array_equal(at, there)


def test_a_hint_of_many_colors_counts_as_its_most_frequent() -> None:
    lines = np.full((60, 90), 255, np.uint8)
    color = np.random.default_rng(0).integers(0, 256, (60, 90, 3)).astype(np.uint8)
    color[30, 40:46] = (10, 200, 90)
    mask = np.zeros((60, 90), bool)
    mask[20:40, 30:60] = True
    found = flats.lay(find_regions(lines), Hints(color * mask[..., None], mask))
    assert found.known.all()
    assert found.colors[0].tolist() == [10, 200, 90]
