# mypy: no-warn-return-any
import numpy as np
import pytest

from senga.lines import paths as path
from senga.lines.score import read_drawn
from senga.lines.strokes import nearness, thin


def ridge(away: np.ndarray) -> np.ndarray:
    """Nearness to a line at this distance, as the network answers."""
    return np.exp(-(away**2) / 2.88).astype(np.float32)


def traced(near: np.ndarray) -> path.Paths:
    """Paths along the ridges of a map of nearness."""
    return path.smooth(path.center(path.trace(thin(near > 0.5)), near, np.ones(near.shape, bool)))


def circle(radius: float, size: int = 100, x0: float = 50.0, y0: float = 50.0) -> np.ndarray:
    y, x = np.mgrid[:size, :size]
    return np.abs(np.hypot(y - y0, x - x0) - radius)


def test_points_lie_on_the_line_between_pixels() -> None:
    found = traced(ridge(circle(30.4, x0=50.3, y0=49.6)))
    radius = np.hypot(found.points[:, 0] - 50.3, found.points[:, 1] - 49.6)
    assert np.abs(radius - 30.4).max() < 0.25
    assert (found.degree() == 2).all()  # closed
    assert found.chain.max() == 0


def test_two_lines_near_each_other_stay_two() -> None:
    y, _ = np.mgrid[:60, :100]
    found = traced(np.maximum(ridge(y - 28.0), ridge(y - 32.0)))
    assert set(np.rint(found.points[:, 1]).astype(int)) == {28, 32}


def test_only_points_that_are_asked_for_are_moved() -> None:
    away = circle(30.4)
    rough = path.trace(thin(ridge(away) > 0.5))
    left = np.zeros((100, 100), bool)
    left[:, :50] = True
    moved = path.center(rough, ridge(away), left)
    changed = np.abs(moved.points - rough.points).max(1) > 1e-4
    assert changed[rough.points[:, 0] < 50].mean() > 0.8
    assert not changed[rough.points[:, 0] >= 50].any()


def test_chains_end_at_junctions() -> None:
    skeleton = np.zeros((60, 60), bool)
    skeleton[30, 10:50] = True
    skeleton[10:30, 30] = True
    found = path.trace(skeleton)
    assert (found.degree() >= 3).any()
    assert len(np.unique(found.chain)) == 3
    assert sorted(np.rint(path.lengths(found))) == pytest.approx([19, 19, 19], abs=2)


def test_spurs_are_pruned_and_short_lines_of_their_own_stay() -> None:
    skeleton = np.zeros((60, 60), bool)
    skeleton[30, 5:55] = True
    skeleton[27:30, 30] = True  # a spur of 3
    skeleton[10, 10:13] = True  # a freckle
    found = path.prune(path.trace(skeleton), 5)
    rows = found.points[:, 1]
    assert ((rows < 30) & (rows > 20)).sum() == 0
    assert (rows == 10).sum() == 3
    assert (rows == 30).sum() == 50


def test_gaps_between_ends_that_face_each_other_are_joined() -> None:
    skeleton = np.zeros((60, 60), bool)
    skeleton[30, 5:25] = True
    skeleton[30, 30:55] = True
    skeleton[50, 5:25] = True
    skeleton[40, 30:55] = True  # lies aside: no continuation
    found = path.trace(skeleton)
    joined = path.join(found, 7)
    assert len(joined.edges) - len(found.edges) in (1, 2)  # from one end or from both
    drawn = path.ink(joined, 2)
    assert (drawn[30, 5:55] > 0.5).all()
    assert not drawn[44:48].any()
    assert len(path.join(found, 3).edges) == len(found.edges)


@pytest.mark.parametrize("thickness", [1.0, 2.0, 3.5, 7.0])
def test_every_line_is_inked_at_the_asked_width(thickness: float) -> None:
    y, x = np.mgrid[:120, :120]
    slope = np.abs(0.3 * x - y + 20) / np.hypot(0.3, 1)
    found = traced(np.maximum(ridge(circle(25, 120, 80, 90)), ridge(slope)))
    gray = np.rint(255 * (1 - path.ink(found, thickness))).astype(np.uint8)
    # Ink over length: exact to a fraction of a pixel, where a count of pixels is not.
    a, b = found.edges.T
    length = np.hypot(*(found.points[a] - found.points[b]).T).sum()
    assert (1 - gray / 255).sum() / length == pytest.approx(thickness, rel=0.1, abs=0.15)
    assert np.std(read_drawn(gray).width) < 0.5


def test_a_hairline_is_lighter_not_broken() -> None:
    found = path.trace(np.eye(40, dtype=bool))
    assert path.ink(found, 0.5).max() == pytest.approx(0.5, abs=0.01)
    binary = path.ink(found, 0.5, binary=True)
    assert set(np.unique(binary)) == {0, 1}
    assert (np.diag(binary) == 1).all()


def test_lone_points_are_dots_and_nothing_is_nothing() -> None:
    lone = np.zeros((20, 20), bool)
    lone[10, 12] = True
    assert path.ink(path.trace(lone), 3)[10, 12] == 1
    nothing = traced(np.zeros((20, 30), np.float32))
    assert path.ink(path.join(path.prune(nothing, 5), 5), 2).shape == (20, 30)
    assert not path.ink(nothing, 2).any()


def test_smoothing_takes_the_steps_out_of_a_slanted_line() -> None:
    y, x = np.mgrid[:50, :100]
    stairs = np.rint(0.25 * x).astype(int) + 10 == y
    rough, even = path.trace(stairs), path.smooth(path.trace(stairs))

    def off(found: path.Paths) -> float:
        return float(np.abs(found.points[:, 1] - 0.25 * found.points[:, 0] - 10)[10:-10].max())

    assert off(even) < 0.6 * off(rough)


def test_sides_of_a_path_lie_across_it() -> None:
    found = traced(nearness(np.pad(np.ones((1, 40), bool), ((20, 20), (5, 5))), 1.2))
    across = path.normals(found)
    assert np.abs(across[3:-3, 0]).max() < 0.05
    assert (np.abs(across[3:-3, 1]) > 0.99).all()
