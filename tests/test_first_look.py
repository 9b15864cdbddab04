"""What a file looks like, told from pictures that are drawn here."""

import numpy as np
import pytest

from conftest import ring
from senga import image
from senga.color.first_look import look_at


def page(height: int = 400, width: int = 500, times: int = 1) -> np.ndarray:
    lines = ring(height, width, min(height, width) // 3).repeat(times, 0).repeat(times, 1)
    return np.repeat(lines[..., None], 3, 2)


def photo(picture: np.ndarray) -> np.ndarray:
    """A page under a lamp: light falls off to one side, and the sensor has grain."""
    height, width = picture.shape[:2]
    light = np.linspace(0.95, 0.6, width)[None, :, None] * np.linspace(1, 0.85, height)[:, None, None]
    grain = np.random.default_rng(3).normal(0, 4, picture.shape)
    return np.clip((30 + picture * (200 / 255)) * light + grain, 0, 255).astype(np.uint8)


def colored(picture: np.ndarray) -> np.ndarray:
    out, height = picture.copy(), picture.shape[0]
    for top, color in ((height // 4, (220, 90, 60)), (height // 2, (60, 160, 90))):
        out[top : top + height // 6] = np.minimum(out[top : top + height // 6], np.array(color, np.uint8))
    return out


@pytest.mark.parametrize("size", [(400, 500, 1), (450, 500, 6)])
def test_each_kind_is_told(size: tuple[int, int, int]) -> None:
    clean = page(*size)
    assert look_at(clean) == "lines"
    assert look_at(photo(clean)) == "scan"
    assert look_at(255 - clean) == "inverted"
    assert look_at(colored(clean)) == "colored"


def test_a_clean_page_with_pale_tone_or_saved_as_jpeg_is_lines() -> None:
    clean = page()
    tone = clean.copy()
    tone[200:260, 200:300] = np.minimum(tone[200:260, 200:300], 236)
    assert look_at(tone) == "lines"
    again = image.read_bytes(image.encode(clean, "JPEG", quality=85), "it")[..., :3]
    assert look_at(np.ascontiguousarray(again)) == "lines"


def test_blue_pencil_on_a_scan_is_no_coloring() -> None:
    pencil = page()
    pencil[pencil[..., 0] < 128] = (90, 120, 220)
    assert look_at(photo(pencil)) == "scan"
