import numpy as np
import pytest

from senga.lines.strokes import centers, depth, nearness, solids


def bar(height: int, width: int, top: int, thick: int) -> np.ndarray:
    ink = np.zeros((height, width), bool)
    ink[top : top + thick] = True
    return ink


@pytest.mark.parametrize("thick", [1, 3, 5, 9, 15])
def test_a_stroke_has_one_center_line_however_wide_it_is(thick: int) -> None:
    center = centers(bar(60, 80, 20, thick))
    assert (center.sum(0) == 1).all()
    assert set(np.nonzero(center)[0]) == {20 + thick // 2}


def test_a_stroke_that_runs_off_the_picture_keeps_its_ends() -> None:
    center = centers(bar(40, 50, 18, 3))
    assert center[:, 0].any()
    assert center[:, -1].any()


def test_a_solid_counts_by_its_outline() -> None:
    ink = np.zeros((100, 100), bool)
    ink[20:70, 30:80] = True
    assert (solids(ink) == ink).mean() > 0.998
    center = centers(ink)
    rim = np.zeros_like(ink)
    rim[20:70, 30:80] = True
    rim[21:69, 31:79] = False
    assert (center ^ rim).sum() <= 16  # corners


def test_a_stroke_beside_a_solid_stays_a_stroke() -> None:
    ink = np.zeros((120, 120), bool)
    ink[20:70, 20:60] = True
    ink[44:47, 60:110] = True
    solid = solids(ink)
    assert solid[40, 40]
    assert not solid[45, 70:].any()
    assert centers(ink)[45, 70:105].all()


def test_depth_counts_pixels_to_the_paper() -> None:
    inside = depth(bar(20, 30, 5, 5))
    assert inside[:, 10].tolist()[4:11] == [0, 1, 2, 3, 2, 1, 0]
    assert (depth(np.ones((4, 6), bool)) > 0).all()
    assert not depth(np.zeros((4, 6), bool)).any()


def test_nearness_is_1_on_the_line_and_falls_off() -> None:
    center = bar(21, 9, 10, 1)
    near = nearness(center, 1.2)
    assert (near[10] == 1).all()
    assert near[11, 4] == pytest.approx(np.exp(-1 / 2.88), abs=1e-6)
    assert near[0].max() < 1e-6
    assert not nearness(np.zeros((5, 5), bool), 1.2).any()


def test_depths_of_long_pictures_are_those_of_their_parts() -> None:
    ink = np.ones((50_000, 3), bool)
    ink[::37, 1] = False
    for one in (ink, ink.T):
        assert np.array_equal(
            depth(one).reshape(one.shape)[:37, :37], depth(np.ascontiguousarray(one[:200, :200]))[:37, :37]
        )
        assert depth(one).max() < 40
