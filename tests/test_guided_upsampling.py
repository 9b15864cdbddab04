"""Colors at a drawing's own size keep to their side of each line."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.guided_upsampling import Carrier
from senga.color.regions import find_regions
from senga.color.scaling import enlarge, paper_weight, working_lines
from senga.errors import ImageError

RED, BLUE = np.array([200, 40, 30], np.uint8), np.array([30, 60, 190], np.uint8)


def carried(lines: image.Pixels, small: image.Pixels, color: np.ndarray) -> tuple[image.Pixels, image.Pixels]:
    """Evenly enlarged, and mended."""
    even = enlarge(color, small, (lines.shape[0], lines.shape[1]))
    mended = even.copy()
    Carrier(find_regions(lines), small).carry(color, paper_weight(small), mended)
    return even, mended


@pytest.mark.parametrize(("height", "width", "at"), [(600, 800, 401), (601, 797, 390), (320, 1203, 611)])
def test_no_color_crosses_a_thin_line(height: int, width: int, at: int) -> None:
    lines = np.full((height, width), 255, np.uint8)
    lines[:, at : at + 2] = 0
    small = working_lines(lines, (height // 10, width // 10))
    middle = round((at + 1) / width * small.shape[1])
    color = np.empty((3, *small.shape), np.float32)
    color[:] = (BLUE / 255)[:, None, None]
    color[:, :, :middle] = (RED / 255)[:, None, None]
    even, mended = carried(lines, small, color)
    off = np.abs(even.astype(int) - np.where(np.arange(width)[:, None] < at, RED, BLUE)).max(2)
    left = np.abs(mended.astype(int) - np.where(np.arange(width)[:, None] < at, RED, BLUE)).max(2)
    left[:, at : at + 2] = off[:, at : at + 2] = 0  # under ink
    assert off.max() > 35
    assert left.max() <= 6
    assert np.array_equal(even[:, : at - 40], mended[:, : at - 40])


def test_soft_shading_over_open_paper_stays_as_it_is() -> None:
    lines = np.full((400, 400), 255, np.uint8)
    lines[200, :100] = 0  # an open line: one region
    small = working_lines(lines, (50, 50))
    color = np.linspace(0, 1, 50, dtype=np.float32)[None, None].repeat(3, 0).repeat(50, 1)
    even, mended = carried(lines, small, color)
    assert np.array_equal(even[:, 120:], mended[:, 120:])
    assert np.abs(even.astype(int) - mended).max() <= 12


def test_memory_that_is_too_short_is_told_and_what_is_just_enough_is_kept_to(tiny_model: Path) -> None:
    lines = np.full((1200, 1200), 255, np.uint8)
    lines[:, 600:602] = 0
    painter = Colorizer.open(threads=1)
    with pytest.raises(ImageError, match=r"1200x1200 px need \d+ MB to be colored"):
        dataclasses.replace(painter, max_ram=250_000_000).page(lines)  # it cannot do without regions
    assert not dataclasses.replace(painter, max_ram=350_000_000).page(lines).lean
    free = Colorizer.open(tiny_model, threads=1)
    with pytest.raises(ImageError, match=r"1200x1200 px need \d+ MB to be colored"):
        dataclasses.replace(free, max_ram=150_000_000).page(lines)
    short = dataclasses.replace(free, max_ram=250_000_000).page(lines)
    assert short.lean
    assert not free.page(lines).lean
    assert short.paint().shape == (1200, 1200, 3)


def test_a_region_smaller_than_a_working_pixel_takes_what_there_is() -> None:
    lines = np.full((300, 300), 255, np.uint8)
    lines[100:108, 100:108] = 0
    lines[102:106, 102:106] = 255
    color = np.full((3, 20, 20), 0.5, np.float32)
    _, mended = carried(lines, working_lines(lines, (20, 20)), color)
    assert np.abs(mended.astype(int) - 128).max() <= 1
