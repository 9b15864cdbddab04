# mypy: no-warn-return-any
import numpy as np
import pytest

from senga.lines.score import LineScore, read_drawn, score, total


def ring(radius: float, thick: float, size: int = 120, shift: float = 0.0) -> np.ndarray:
    """Soft-edged circle, 0 = ink."""
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    away = np.abs(np.hypot(y, x - shift) - radius)
    return np.rint(255 * (1 - np.clip(thick / 2 + 0.5 - away, 0, 1))).astype(np.uint8)


def scored(drawn: np.ndarray, truth: np.ndarray, level: int = 128) -> LineScore:
    true = read_drawn(truth)
    return score(read_drawn(drawn, level, true.widest), true)


def test_the_truth_itself_scores_fully() -> None:
    found = scored(ring(40, 3), ring(40, 3))
    assert (found.precision, found.recall, found.f1) == (1, 1, 1)
    assert np.abs(found.errors).max() == 0


@pytest.mark.parametrize(("shift", "full"), [(1.0, True), (5.0, False)])
def test_a_line_counts_up_to_two_pixels_beside_the_true_one(shift: float, full: bool) -> None:
    found = scored(ring(40, 2, shift=shift), ring(40, 2))
    assert (found.f1 == 1) is full
    assert found.f1 > 0.2


def test_double_edges_of_a_wide_stroke_count_against_a_method() -> None:
    edges = np.minimum(ring(34, 1), ring(46, 1))
    assert scored(edges, ring(40, 12)).f1 < 0.1


def test_a_solid_may_be_filled_or_outlined() -> None:
    filled = np.full((120, 120), 255, np.uint8)
    filled[20:90, 30:100] = 0
    outlined = filled.copy()
    outlined[22:88, 32:98] = 255
    assert scored(outlined, filled).f1 > 0.99
    assert scored(filled, outlined).f1 > 0.99


@pytest.mark.parametrize("thick", [1.0, 2.0, 3.0, 4.5, 8.0])
def test_widths_are_measured_to_a_third_of_a_pixel(thick: float) -> None:
    assert np.median(read_drawn(ring(40, thick)).width) == pytest.approx(thick, abs=0.5)


def test_width_errors_and_unevenness() -> None:
    found = scored(ring(40, 5), ring(40, 3))
    assert found.errors.mean() == pytest.approx(2, abs=0.3)
    even = scored(ring(40, 3), ring(40, 3))
    uneven = ring(40, 2)
    uneven[:, 60:] = ring(40, 6)[:, 60:]
    assert (scored(uneven, ring(40, 3)).widths - 1).std() > 3 * (even.widths - 1).std()


def test_empty_drawings() -> None:
    paper = np.full((30, 30), 255, np.uint8)
    assert scored(paper, paper).f1 == 1
    missed = scored(paper, ring(10, 2, 30))
    assert (missed.precision, missed.recall) == (1, 0)
    made_up = scored(ring(10, 2, 30), paper)
    assert made_up.precision == 0
    assert made_up.f1 == 0


def test_drawings_add_up_by_their_pixels() -> None:
    good, bad = scored(ring(40, 2), ring(40, 2)), scored(np.full((120, 120), 255, np.uint8), ring(20, 2))
    both = total([good, bad])
    assert both.recall == pytest.approx(good.true / (good.true + bad.true))
    assert total([]).f1 == 1


def test_a_pale_drawing_counts_at_its_own_level() -> None:
    pale = 255 - (255 - ring(40, 3)) // 4
    assert scored(pale, ring(40, 3)).recall == 0
    assert scored(pale, ring(40, 3), 225).f1 == 1
