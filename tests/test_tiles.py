# mypy: no-warn-return-any
from collections.abc import Callable

import numpy as np
import pytest

from senga.tiles import run_tiled

RANDOM = np.random.default_rng(0)


def blurring(planes: np.ndarray) -> np.ndarray:
    """A network that looks 4 px around itself, and refuses sizes off its grid."""
    assert planes.shape[2] % 16 == 0
    assert planes.shape[3] % 16 == 0
    gray = planes.mean(1, keepdims=True)
    for axis in (2, 3):
        gray = sum(np.roll(gray, i, axis) for i in range(-4, 5)) / 9
    return gray.astype(np.float32)


def counting(sizes: list[tuple[int, int]]) -> Callable[[np.ndarray], np.ndarray]:
    def network(planes: np.ndarray) -> np.ndarray:
        sizes.append((planes.shape[2], planes.shape[3]))
        return planes[:, :1]

    return network


@pytest.mark.parametrize("shape", [(1, 1), (17, 40), (160, 90), (333, 511)])
def test_a_picture_of_any_size_comes_back_in_its_size(shape: tuple[int, int]) -> None:
    picture = RANDOM.integers(0, 256, (*shape, 3)).astype(np.uint8)
    answer = run_tiled(picture, lambda p: p[:, :2], multiple=16, tile=128, margin=32)
    assert answer.shape == (2, *shape)
    np.testing.assert_allclose(answer, picture[..., :2].transpose(2, 0, 1) / 255, atol=1e-6)


def test_tiles_leave_no_seam() -> None:
    picture = RANDOM.integers(0, 256, (400, 300, 3)).astype(np.uint8)
    whole = run_tiled(picture, blurring, multiple=16, tile=1024)
    tiled = run_tiled(picture, blurring, multiple=16, tile=128, margin=32)
    inner = (slice(None), slice(8, -8), slice(8, -8))  # the made network wraps around at its borders
    np.testing.assert_allclose(tiled[inner], whole[inner], atol=2e-3)


def test_no_tile_is_larger_than_asked_for_and_few_are_used() -> None:
    sizes: list[tuple[int, int]] = []
    run_tiled(np.zeros((2048, 2048, 3), np.uint8), counting(sizes), multiple=16, tile=1088, margin=64)
    assert len(sizes) == 4
    assert max(max(s) for s in sizes) <= 1088
    sizes.clear()
    run_tiled(np.zeros((100, 1000, 3), np.uint8), counting(sizes), multiple=16, tile=256, margin=64)
    assert max(max(s) for s in sizes) <= 256
    assert len(sizes) == 5
