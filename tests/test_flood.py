"""What regions are made of: distances, what hangs together, labels that spread, blocks."""

import mahotas
import numpy as np
import pytest

from senga.color.blocks import pooled
from senga.color.distances import near_distances
from senga.color.flood import connected, connected_at, spread


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (41, 57)])
@pytest.mark.parametrize("most", [0.5, 3.2, 10.0, 12.0])
def test_distances_are_exact_as_far_as_they_are_asked_for(shape: tuple[int, int], most: float) -> None:
    for share in (0.5, 0.95, 0.999):
        paper = np.random.default_rng(1).random(shape) < share
        paper[0, 0] = False
        exact, found = np.sqrt(mahotas.distance(paper)), near_distances(paper, most)
        near = exact <= most
        assert np.abs(found - exact)[near].max() < 1e-6
        assert (found[~near] > most).all()
    assert (near_distances(np.ones(shape, bool), most) > most).all()


def test_few_pixels_hang_together_as_all_do() -> None:
    for share in (0.0, 0.1, 0.5, 1.0):
        mask = np.random.default_rng(2).random((23, 31)) < share
        labels, count = connected(mask)
        numbers, same = connected_at(np.flatnonzero(mask), 31)
        assert count == same
        assert np.array_equal(numbers, labels[mask])


def test_labels_run_neither_around_edges_nor_through_ink_nor_between_corners() -> None:
    free = np.ones((9, 9), bool)
    free[np.arange(9), np.arange(9)] = False  # from corner to corner, only by corners
    for rounded in (False, True):
        labels = np.zeros((9, 9), np.int32)
        labels[0, 8] = 1
        spread(labels, free, np.flatnonzero(free & (labels == 0)), rounded=rounded)
        assert np.array_equal(labels == 1, np.triu(free))
    labels = np.zeros((5, 6), np.int32)
    labels[2, 5] = 1
    rows = np.zeros((5, 6), bool)
    rows[2:4, [0, 5]] = True
    spread(labels, rows, np.flatnonzero(rows & (labels == 0)))
    assert np.argwhere(labels).tolist() == [[2, 5], [3, 5]], "the next row's start is no neighbor"
    spread(labels, None, np.flatnonzero(labels == 0))
    assert (labels == 1).all()


@pytest.mark.parametrize("shape", [(12, 12), (13, 10), (2, 31)])
def test_a_block_is_of_paper_where_all_of_it_is_those_cut_off_too(shape: tuple[int, int]) -> None:
    mask = np.random.default_rng(3).random(shape) < 0.9
    for factor in (1, 2, 3, 4):
        small = pooled(mask, factor)
        assert small.shape == (-(-shape[0] // factor), -(-shape[1] // factor))
        for (y, x), whole in np.ndenumerate(small):
            block = mask[y * factor : (y + 1) * factor, x * factor : (x + 1) * factor]
            assert whole == block.all()
