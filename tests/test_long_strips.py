"""Strips of panels, and pictures of odd proportions: colored window by window, in bounded time."""

import io
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from senga import image
from senga.color.closer import find_closed_regions
from senga.color.colorizer import Colorizer, Page
from senga.color.conditioning import make_conditioning
from senga.color.hints import Hints
from senga.color.inference import WindowedBrush
from senga.color.render import render
from senga.color.request import Request
from senga.color.scaling import Enlarger
from senga.color.strip_brush import StripBrush
from senga.color.strip_windows import find_strip_windows
from senga.errors import ImageError
from senga.web.app import make_app


def panel() -> np.ndarray:
    """A drawing of 300x400 px: a head with eyes, a body, a frame."""
    lines = np.full((400, 300), 255, np.uint8)
    y, x = np.mgrid[:400, :300]
    for cy, cx, radius in ((140, 150, 70), (120, 125, 12), (120, 175, 12), (300, 150, 60)):
        lines[np.abs(np.hypot(y - cy, x - cx) - radius) < 1.5] = 0
    lines[[10, 389], 10:290] = lines[10:390, [10, 289]] = 0
    return lines


def strip(count: int = 4) -> np.ndarray:
    return np.concatenate([panel()] * count)


def crossing(height: int = 1600) -> np.ndarray:
    """A strip without gutters: hatched on one side of a line that runs down it, with quieter rows here and there."""
    lines = np.full((height, 300), 255, np.uint8)
    lines[:, 149:151] = 0
    lines[::8, 20:60] = 0
    lines[::40, 200:280] = 0
    return lines


def seen(page: Page) -> list[tuple[int, ...]]:
    assert isinstance(page.regional, StripBrush)
    return [brush.lines.shape for brush in page.regional._brushes]


def test_strips_are_cut_in_their_gutters() -> None:
    down = [window.rows for window in find_strip_windows(strip())]
    assert [rows.start for rows in down] == [0, 400, 800, 1200]
    assert down[-1].stop == 1600
    across = find_strip_windows(np.ascontiguousarray(strip().T))
    assert [window.columns for window in across] == down


def test_black_gutters_and_grain_are_gutters_too() -> None:
    noise = np.random.default_rng(0).integers(-12, 13, (1600, 300))
    lines = strip().astype(int)
    for gutter in (400, 800, 1200):
        lines[gutter - 10 : gutter + 10] = 12
    for given in (lines, strip() + noise):
        cuts = [window.rows.start for window in find_strip_windows(np.clip(given, 0, 255).astype(np.uint8))]
        assert [abs(cut - wanted) <= 10 for cut, wanted in zip(cuts, (0, 400, 800, 1200), strict=True)] == [True] * 4


def test_what_has_no_gutter_is_cut_where_it_is_quiet() -> None:
    lines = crossing()
    cuts = [window.rows.start for window in find_strip_windows(lines)][1:]
    assert cuts
    assert all((lines[cut] < 128).sum() == 2 for cut in cuts)


@pytest.mark.parametrize("shape", [(700, 300), (300, 700), (9, 30), (1, 1), (400, 20)])
def test_drawings_that_are_no_strips_are_whole(shape: tuple[int, int]) -> None:
    (window,) = find_strip_windows(np.full(shape, 255, np.uint8))
    assert window.shape == shape


def test_a_region_that_a_cut_goes_through_is_one() -> None:
    lines = crossing()
    assert len(find_strip_windows(lines)) > 1
    for given in (lines, np.ascontiguousarray(lines.T)):
        labels = find_closed_regions(given).labels
        labels = labels if given is lines else labels.T
        assert len(np.unique(labels[:, 100])) == 1
        assert len(np.unique(labels[:, 190])) == 1
        assert labels[0, 100] != labels[0, 190]


def test_each_panel_is_seen_as_large_as_alone_and_keeps_its_colors() -> None:
    colorizer = Colorizer.open(threads=1)
    alone, page = colorizer.page(panel()), colorizer.page(strip())
    assert seen(page) == [alone.lines.shape] * 4
    (found,) = render(page, Request(mode="flat"))
    panels = found.color.reshape(4, 400, 300, 3)
    inside = np.zeros((400, 300), bool)
    inside[14:386, 14:286] = True
    inside &= panel() == 255
    assert all(np.abs(panels[1][inside].astype(int) - other[inside]).mean() < 8 for other in panels[2:])


def test_a_hint_lands_in_its_window_and_leaves_the_others() -> None:
    page = Colorizer.open(threads=1).page(strip())
    before = render(page, Request(mode="flat"))[0].color
    request = Request(mode="flat", reach="region")
    after = render(page, request, Hints.blank((1600, 300)).dot((150, 940), "#12c83a"))[0].color
    assert after[945, 155].tolist() == [0x12, 0xC8, 0x3A]
    assert np.array_equal(before[:800], after[:800])
    assert np.array_equal(before[1200:], after[1200:])


def test_palettes_references_and_seeds_go_for_all_windows() -> None:
    page = Colorizer.open(threads=1).page(strip(3))
    reference = np.full((64, 64, 3), 200, np.uint8)
    reference[:, 32:] = (20, 90, 200)
    asked = Request(palette=("#d02030", "#f0e0d0"), mode="flat")
    kept = {tuple(c) for c in render(page, asked)[0].color.reshape(-1, 3).tolist()}
    assert kept - {(255, 255, 255)} <= {(0xD0, 0x20, 0x30), (0xF0, 0xE0, 0xD0)}  # gutters stay paper
    assert render(page, Request(reference="r"), None, reference)[0].color.shape == (1200, 300, 3)
    one, two = render(page, Request(candidates=2, mode="flat"))
    assert not np.array_equal(one.color, two.color)
    assert np.array_equal(one.color, render(page, Request(mode="flat"))[0].color)


def test_a_model_of_pixels_sees_windows_too(tiny_model: Path) -> None:
    colorizer = Colorizer.open(tiny_model, threads=1)
    # So large an area sees a small drawing whole; a strip of it is as many drawings.
    lines = np.repeat(np.repeat(strip(), 4, 0), 4, 1)
    page, alone = colorizer.page(lines), colorizer.page(np.repeat(np.repeat(panel(), 4, 0), 4, 1))
    assert isinstance(page.brush, WindowedBrush)
    assert page.lines.shape[1] == alone.lines.shape[1]
    hinted = Hints.blank(lines.shape).dot((600, 560), "#f00", 40)
    colored = page.color(hinted)
    assert colored.shape == (*lines.shape, 3)
    painted = page.brush.paint(hinted.scaled(page.lines.shape), make_conditioning(None, None, 1.0))
    assert np.isfinite(painted.color).all()


@pytest.mark.parametrize("shape", [(60_000, 1), (1, 60_000), (9_000, 20)])
def test_narrow_drawings_take_seconds(shape: tuple[int, int]) -> None:
    lines = np.random.default_rng(0).choice(np.array([0, 255, 255], np.uint8), shape)
    colorizer = Colorizer.open(threads=1)
    begun = time.process_time()
    assert colorizer.page(lines).paint().shape == (*shape, 3)
    assert time.process_time() - begun < 20


def test_rows_of_a_narrow_plane_are_enlarged_without_a_square_of_them() -> None:
    planes = np.random.default_rng(0).random((2, 30_000, 1), np.float32)
    enlarger = Enlarger(planes, (40_000, 1))
    whole = enlarger.rows(slice(0, 40_000))
    assert np.array_equal(whole[:, 20_000:20_100], enlarger.rows(slice(20_000, 20_100)))
    assert np.allclose(whole[:, [0, -1]], planes[:, [0, -1]])


@pytest.mark.parametrize("size", [(1, 500_000), (500_000, 1), (20, 6000)])
def test_files_of_impossible_proportions_are_refused_by_name(size: tuple[int, int]) -> None:
    content = io.BytesIO()
    Image.new("L", size, 255).save(content, "PNG")
    width, height = size
    with pytest.raises(ImageError, match=rf"^odd\.png: {width}x{height} px: more than 256 times as long as wide; cut"):
        image.read_bytes(content.getvalue(), "odd.png")


def test_long_strips_and_small_slivers_are_read() -> None:
    for size in ((100, 25_600), (1, 4096)):
        content = io.BytesIO()
        Image.new("L", size, 255).save(content, "PNG")
        assert image.read_bytes(content.getvalue(), "strip.png").shape[:2] == size[::-1]


def test_the_server_refuses_impossible_proportions_at_once_and_takes_the_next_picture() -> None:
    def png(size: tuple[int, int]) -> bytes:
        content = io.BytesIO()
        Image.new("L", size, 255).save(content, "PNG")
        return content.getvalue()

    app = make_app(Colorizer.open(threads=1), names=["localhost"])
    with TestClient(app, base_url="http://localhost") as client:
        begun = time.process_time()
        for size in ((1, 500_000), (20_000, 1)):
            answer = client.post("/api/v1/drawings", content=png(size), headers={"content-type": "image/png"})
            assert answer.status_code == 422
            assert "more than 256 times as long as wide; cut it into shorter pictures" in answer.json()["error"]
        answer = client.post("/api/v1/drawings", content=png((30, 40)), headers={"content-type": "image/png"})
        assert answer.status_code == 201
        assert time.process_time() - begun < 10
