# mypy: no-warn-return-any
"""Pages that are colored already are told from drawings on any paper, in any ink."""

import numpy as np
import pytest

from conftest import patchwork, ring
from senga.color.colored import is_colored


def scan(seed: int) -> np.ndarray:
    """A drawing in one ink on one paper, unevenly lit and noisy."""
    random = np.random.default_rng(seed)
    height, width = (int(v) for v in random.integers(80, 400, 2))
    ink = 1 - ring(height, width, min(height, width) / 3, thick=float(random.integers(1, 6))) / 255.0
    ink = np.maximum(ink, np.roll(ink, 9, 1) * random.random())
    paper = np.array([255, 255 - random.integers(0, 25), 255 - random.integers(0, 70)], float)
    color = random.integers(0, 110, 3).astype(float) if seed % 2 else np.full(3, int(random.integers(0, 90)))
    light = np.linspace(1, 0.75 + 0.25 * random.random(), width)[None, :, None]
    page = (paper + (color - paper) * ink[..., None]) * light + random.normal(0, 3, (height, width, 3))
    return page.clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("seed", range(24))
def test_scans_are_drawings(seed: int) -> None:
    assert not is_colored(scan(seed))


@pytest.mark.parametrize("seed", range(24))
def test_pictures_are_colored(seed: int) -> None:
    assert is_colored(patchwork(120 + seed, 160, seed))


@pytest.mark.parametrize("seed", range(8))
def test_one_colored_area_is_enough_and_pencil_lines_are_not(seed: int) -> None:
    page = np.repeat(ring(200, 200, 60)[..., None], 3, 2)
    hue = np.array([(230, 60, 60), (60, 90, 230), (40, 170, 70), (240, 190, 60)][seed % 4], np.uint8)
    pencil = page.copy()
    pencil[np.abs(np.hypot(*np.mgrid[-100:100, -100:100]) - 80) < 1.2] = hue
    assert not is_colored(pencil)
    page[80:120, 80:120] = hue
    assert is_colored(page)


def test_tiny_and_plain_pages_are_drawings() -> None:
    assert not is_colored(np.zeros((1, 1, 3), np.uint8))
    assert not is_colored(np.full((40, 3, 3), (230, 220, 180), np.uint8))
