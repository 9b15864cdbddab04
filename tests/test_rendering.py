"""What a painter's page renders: flats and light on them, previews, colors that are kept."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import ring
from senga import Colorizer, Hints, ModelError, image
from senga.color import reading, shader
from senga.color.colorizer import Page
from senga.color.marks import Reach
from senga.color.own_colors import OwnColors
from senga.color.render import render, render_pictures
from senga.color.request import Request
from senga.model.session import Session

RED, BLUE = (208, 32, 32), (32, 64, 208)


@pytest.fixture(scope="module")
def painter(painter_file: Path) -> Colorizer:
    return Colorizer.open(painter_file, threads=1)


def rings(height: int = 96, width: int = 160) -> np.ndarray:
    """Two rings side by side on one ground."""
    return np.hstack([ring(height, width // 2, 25, thick=3), ring(height, width // 2, 25, thick=3)])


def hinted(shape: tuple[int, int]) -> Hints:
    """Red in the left ring, white on the ground."""
    height, width = shape
    return Hints.blank(shape).dot((width / 4, height / 2), "#d02020", 4).dot((4, 4), "#ffffff", 3)


@pytest.fixture
def page(painter: Colorizer) -> Page:
    return painter.page(rings())


def region_at(page: Page, x: int, y: int) -> np.ndarray:
    labels = page.areas.regions.labels
    return np.asarray(labels == labels[y, x])


def test_without_light_painted_is_flat_in_every_pixel(page: Page) -> None:
    hints = hinted(page.drawing.shape)
    painted = render_pictures(page, Request(light=0), hints)[0]
    flat = render_pictures(page, Request(mode="flat", light=1), hints)[0]
    assert np.array_equal(painted, flat)
    color = render(page, Request(light=0), hints)[0].color
    for number in range(page.areas.regions.count):
        assert len(np.unique(color[page.areas.regions.labels == number], axis=0)) == 1


def test_blank_paper_stays_white_in_every_light(page: Page, shaded: Path) -> None:
    hints = hinted(page.drawing.shape)
    ground = region_at(page, 4, 4)
    for light in (0.5, 1.0, 1.5):
        color = render(page, Request(light=light), hints)[0].color
        assert (color[ground] == 255).all()
        ring_ = region_at(page, 40, 48)
        assert color[ring_].std(0).max() > 1  # while there is light elsewhere
    painted = page.paint(hints)
    assert (painted[ground & (page.drawing.lines == 255)] == 255).all()


def test_light_keeps_each_regions_color_in_the_mean(page: Page, shaded: Path) -> None:
    found = render(page, Request(light=1.0), hinted(page.drawing.shape))[0]
    paper = page.drawing.lines >= shader.PAPER
    for number in range(page.areas.regions.count):
        at = (page.areas.regions.labels == number) & paper
        assert np.abs(found.color[at].mean(0) - found.flat[at].mean(0)).max() < 0.6


def test_hints_are_exact_in_flats_whatever_they_reach(page: Page) -> None:
    hints = hinted(page.drawing.shape)
    for reach in ("region", "object", "far"):
        flat = render(page, Request(reach=reach, mode="flat"), hints)[0].color
        assert (flat[region_at(page, 40, 48)] == RED).all()
        assert (flat[region_at(page, 4, 4)] == 255).all()
    before = render(page, Request(mode="flat"))[0].color
    after = render(page, Request(reach="region", mode="flat"), hints)[0].color
    assert np.array_equal(before[region_at(page, 120, 48)], after[region_at(page, 120, 48)])


@pytest.mark.parametrize("shape", [(48, 80), (33, 55), (1, 1)])
def test_a_preview_is_the_picture_made_smaller(page: Page, shape: tuple[int, int]) -> None:
    hints = hinted(page.drawing.shape)
    flat, asked = Request(mode="flat"), Request(light=0)
    whole = render(page, flat, hints)[0].color
    small = render(page, flat, hints, shape=shape)[0].color
    assert small.shape == render(page, asked, hints, shape=shape)[0].color.shape == (*shape, 3)
    colors = {tuple(c) for c in whole.reshape(-1, 3).tolist()}
    assert {tuple(c) for c in small.reshape(-1, 3).tolist()} <= colors
    if shape[0] > 1:
        for y, x in ((0.5, 0.25), (0.5, 0.75), (0.05, 0.05)):
            place = [int(y * s) for s in shape[:1]] + [int(x * shape[1])]
            assert tuple(small[place[0], place[1]]) == tuple(whole[int(y * 96), int(x * 160)])


def test_a_region_of_two_hints_is_divided_in_a_preview_too(page: Page) -> None:
    hints = hinted(page.drawing.shape).dot((28, 48), "#2040d0", 3).dot((52, 48), "#d02020", 3)
    whole = render(page, Request(light=0), hints)[0].color
    small = render(page, Request(light=0), hints, shape=(48, 80))[0].color
    assert tuple(small[24, 13]) == tuple(whole[48, 27]) == BLUE
    assert tuple(small[24, 26]) == tuple(whole[48, 53]) == RED
    ring_ = region_at(page, 40, 48)
    share = [(p == BLUE).all(-1).sum() / p[..., 0].size for p in (whole, small)]
    assert 0 < share[0] < ring_.mean()
    assert share[1] == pytest.approx(share[0], abs=0.01)


def test_previews_have_light_and_ink_of_their_size(page: Page, shaded: Path) -> None:
    found = render(page, Request(tint=1), hinted(page.drawing.shape), shape=(48, 80))[0]
    assert found.ink is not None
    assert found.color.shape == found.ink.shape == (48, 80, 3)
    assert (found.color != found.flat).any()
    again = render(page, Request(light=0.5), hinted(page.drawing.shape), shape=(48, 80))[0]
    half, whole = (np.abs(p.astype(int) - found.flat).mean() for p in (again.color, found.color))
    assert 0 < half < whole


def test_a_missing_shader_is_told_where_light_is_asked_for_and_nowhere_else(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Session.companion
    gone = tmp_path / "gone.onnx"
    monkeypatch.setattr(Session, "companion", lambda s, name: gone if name == "shader.onnx" else found(s, name))
    reading.opened_shader.cache_clear()
    with pytest.raises(ModelError, match=r"gone\.onnx: no such model file") as told:
        page.paint()
    assert "\n" not in str(told.value)
    assert page.paint(light=0).shape == (*page.drawing.shape, 3)
    assert render(page, Request(mode="flat"))


def test_another_seed_is_another_coloring_and_the_same_one_the_same(page: Page) -> None:
    one, two, again = (page.paint(seed=seed, light=0) for seed in (0, 1, 0))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, two)
    both = page.candidates(2, light=0)
    assert np.array_equal(both[0], one)
    assert np.array_equal(both[1], two)


def test_colors_that_are_kept_change_by_hints_alone(page: Page) -> None:
    regions = page.areas.regions
    base = np.full((regions.count, 3), 255, np.uint8)
    left, right = (regions.labels[48, x] for x in (40, 120))
    base[left], base[right] = (90, 140, 60), (92, 141, 62)  # as good as one color
    own, asked = OwnColors(base[regions.labels]), Request(mode="flat", colored="a.png")
    kept = render(page, asked, own=own)[0].color
    assert np.array_equal(kept, base[regions.labels])
    hints = Hints.blank(page.drawing.shape).dot((40, 48), "#d02020", 4)
    reaches: tuple[tuple[Reach, bool], ...] = (("region", False), ("far", True))
    for reach, follows in reaches:
        found = render(page, replace(asked, reach=reach), hints, own=own)[0].color
        assert (found[regions.labels == left] == RED).all()
        assert ((found[regions.labels == right] == RED).all()) == follows
        assert (found[region_at(page, 4, 4)] == 255).all()
    between = render(page, replace(asked, reach="object"), hints, own=own)[0].color
    assert (between[region_at(page, 4, 4)] == 255).all()


def test_a_shade_of_a_kept_color_becomes_a_shade_of_the_hint_and_grays_are_none(page: Page) -> None:
    regions = page.areas.regions
    left, right = (regions.labels[48, x] for x in (40, 120))
    hints = Hints.blank(page.drawing.shape).dot((40, 48), "#d02020", 4)
    for color, wanted in (((90, 140, 60), (125, 19, 19)), ((140, 140, 140), (84, 84, 84))):
        base = np.full((regions.count, 3), 255, np.uint8)
        base[left], base[right] = color, np.rint(np.array(color) * 0.6)
        asked = Request(reach="far", mode="flat", colored="a.png")
        found = render(page, asked, hints, own=OwnColors(base[regions.labels]))[0].color
        assert np.abs(found[regions.labels == right] - np.array(wanted, float)).max() <= 1


def test_a_model_of_pixels_keeps_no_regions(tiny_model: Path) -> None:
    page = Colorizer.open(tiny_model, threads=1).page(rings())
    with pytest.raises(ModelError, match="regions are kept by a model that colors regions"):
        render(page, Request(colored="a.png"), own=OwnColors(np.zeros((*page.drawing.shape, 3), np.uint8)))


def test_a_hint_in_a_region_too_small_to_be_read_says_nothing_of_its_neighbors(
    painter: Colorizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("senga.color.painting.MOST", 2)
    page = painter.page(rings())
    regions = page.areas.regions
    smallest = int(regions.sizes.argmin())
    y, x = (int(v) for v in np.argwhere((regions.labels == smallest) & regions.paper)[30])
    before = render(page, Request(mode="flat"))[0].color
    after = render(page, Request(mode="flat"), Hints.blank(page.drawing.shape).dot((x, y), "#d02020", 0.5))[0].color
    inside = regions.labels == smallest
    assert (after[inside] == RED).all()
    assert np.array_equal(before[~inside], after[~inside])


def test_the_picture_lays_the_persons_lines_on_what_is_rendered(page: Page) -> None:
    found = render(page, Request(light=0))[0]
    wanted = np.rint(found.color.astype(float) * page.drawing.layer / 255)
    assert np.array_equal(found.picture(page.drawing), wanted)
    assert np.array_equal(image.read_bytes(image.encode(page.paint(light=0), "PNG"), "it")[..., :3], wanted)
