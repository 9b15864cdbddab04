"""Screentone shades what it lies on, and divides nothing."""

from pathlib import Path

import numpy as np
import pytest

from conftest import ring
from senga.color.colorizer import Colorizer
from senga.color.fill_regions import Areas
from senga.color.hints import Hints
from senga.lines.tone import without_tone


def toned(pitch: float, radius: float, angle: float = 45) -> tuple[np.ndarray, np.ndarray]:
    """A ring of which the inside is toned, and the ring alone."""
    plain = ring(400, 400, 150, 3)
    y, x = np.mgrid[:400, :400]
    turn = np.deg2rad(angle)
    u, v = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    dots = np.hypot(u % pitch - pitch / 2, v % pitch - pitch / 2) <= radius
    inside = np.hypot(x - 200, y - 200) < 142
    return np.where(inside & dots, np.uint8(0), plain), plain


@pytest.mark.parametrize(("pitch", "radius"), [(7, 1.6), (9, 2.4), (12, 3.5), (14, 2)])
def test_dots_of_tone_are_not_looked_at(pitch: float, radius: float) -> None:
    lines, plain = toned(pitch, radius)
    assert np.array_equal(without_tone(lines), plain)


def test_where_there_is_no_tone_nothing_is_copied() -> None:
    plain = ring(400, 400, 150, 3)
    assert without_tone(plain) is plain
    random = np.random.default_rng(0)
    stippled = plain.copy()
    for y, x in random.integers(4, 396, (400, 2)):
        stippled[y : y + 2, x : x + 2] = 0
    assert np.count_nonzero(without_tone(stippled) != stippled) < 0.2 * np.count_nonzero(stippled != plain)


def test_hatching_and_few_dots_stay() -> None:
    lines = ring(400, 400, 150, 3)
    for at in range(80, 320, 8):
        lines[at : at + 2, 150:250] = 0
        lines[120:123, at : at + 3] = 0  # thirty dots in a row
    assert without_tone(lines) is lines


def test_a_toned_region_is_one(painter_file: Path) -> None:
    lines, plain = toned(9, 2.4)
    assert Areas(lines).regions.count == Areas(plain).regions.count
    page = Colorizer.open(painter_file, threads=1).page(lines)
    painted = page.paint(Hints.blank(lines.shape).dot((200, 200), "#4080c0", 3), light=0)
    paper = (np.hypot(*np.ogrid[-200:200, -200:200]) < 140) & (lines == 255)
    assert (painted[paper] == (0x40, 0x80, 0xC0)).all()
    assert (painted[lines == 0] == 0).all()  # the tone itself stays
