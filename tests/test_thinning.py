"""Thinning says what `mahotas.thin` says."""

import mahotas
import numpy as np
import pytest

from senga.lines.thinning import thin


@pytest.mark.parametrize("seed", range(12))
def test_blobs_of_any_kind_are_thinned_as_by_mahotas(seed: int) -> None:
    blobs = np.random.default_rng(seed).random((70, 60))
    for _ in range(seed % 4):
        near = [np.roll(blobs, step, axis) for step, axis in ((0, 0), (1, 0), (-1, 0), (1, 1), (-1, 1))]
        blobs = np.mean(near, axis=0)
    ink = blobs > np.quantile(blobs, 0.25 + 0.05 * seed)
    assert np.array_equal(thin(ink), mahotas.thin(ink))


@pytest.mark.parametrize("shape", [(1, 1), (1, 30), (30, 1), (2, 2), (24, 40)])
def test_all_ink_and_no_ink(shape: tuple[int, int]) -> None:
    assert np.array_equal(thin(np.ones(shape, bool)), mahotas.thin(np.ones(shape, bool)))
    assert not thin(np.zeros(shape, bool)).any()


def test_what_is_given_stays() -> None:
    ink = np.ones((9, 9), bool)
    thin(ink)
    assert ink.all()
