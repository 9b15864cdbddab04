"""A drawing whose lines were drawn from a colored picture, which keeps its colors where no hint changes them."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import senga
from senga import Colorizer, HintError, Request, image
from senga.color.files.project import Project
from senga.color.files.projectversions import Version
from senga.color.layers import Layer, every_layer, render_layers
from senga.color.marks import Mark
from senga.color.own_colors import OwnColors
from senga.color.render import render
from senga.errors import ProjectError
from senga.lines.learned import opened
from senga.web import rendering
from senga.web.scheduler import CancelToken
from senga.web.store import Store
from test_recolor import FAR, LEFT, MIDDLE, colored, hint

MARKS = (Mark.stroke([LEFT], "#28a046", 8),)
KEPT = Request(MARKS, reach="far", colored="a.png")


def png(pixels: np.ndarray) -> bytes:
    return image.encode(pixels, "PNG")


@pytest.fixture(scope="module")
def painter(painter_file: Path) -> Colorizer:
    return Colorizer.open(painter_file, threads=1)


@pytest.fixture(scope="module")
def lines() -> np.ndarray:
    return opened(None, 1).draw(colored())


def test_a_request_that_keeps_colors_is_recoloring(painter: Colorizer, lines: np.ndarray) -> None:
    page = painter.page(image.to_drawing(lines))
    (found,) = render(page, replace(FAR, colored="a.png"), hint(), own=OwnColors(colored()))
    assert found.lined
    assert np.array_equal(found.picture(page.drawing), senga.recolor(colored(), FAR, hint(), colorizer=painter))


def test_a_smaller_answer_is_nearly_the_same(painter: Colorizer, lines: np.ndarray) -> None:
    page = painter.page(image.to_drawing(lines))
    own = OwnColors(colored())
    (whole,), (small,) = (render(page, KEPT, own=own, shape=shape) for shape in (None, (75, 100)))
    for x, y in (LEFT, MIDDLE, (150, 75), (5, 5)):
        apart = small.color[y // 2, x // 2].astype(int) - whole.color[y, x]
        assert np.abs(apart).max() <= 6


def test_flats_palettes_and_references_have_the_drawing_lines(painter: Colorizer, lines: np.ndarray) -> None:
    page, own = painter.page(image.to_drawing(lines)), OwnColors(colored())
    (flat,) = render(page, replace(KEPT, mode="flat"), own=own)
    assert not flat.lined
    assert np.array_equal(flat.color, flat.flat)
    assert np.abs(flat.color[75, 150].astype(int) - (240, 205, 180)).max() <= 3, "what has no hint has its own color"
    (chosen,) = render(page, replace(KEPT, palette=("#803020", "#f0e0d0")), own=own)
    assert not chosen.lined


def test_layers_together_show_the_picture_and_hide_the_lines(painter: Colorizer, lines: np.ndarray) -> None:
    page, own = painter.page(image.to_drawing(lines)), OwnColors(colored())
    layered = render_layers(page, KEPT, own=own)
    (found,) = render(page, KEPT, own=own)
    assert np.array_equal(layered.merged, found.color)
    by_name: dict[str, Layer] = {layer.name: layer for layer in every_layer(layered.layers)}
    assert not by_name["lines"].visible


def test_a_picture_that_is_named_and_not_given_is_told(painter: Colorizer, lines: np.ndarray) -> None:
    page = painter.page(image.to_drawing(lines))
    with pytest.raises(HintError, match=r"the colored 'a\.png', but none is at hand"):
        render(page, KEPT)
    with pytest.raises(HintError, match="no colored picture, but one is at hand"):
        render(page, FAR, own=OwnColors(colored()))
    with pytest.raises(HintError, match="does not fit"):
        render(page, KEPT, own=OwnColors(colored(140)))


def test_the_server_keeps_it_and_hands_it_out_in_a_project(painter: Colorizer, lines: np.ndarray) -> None:
    kept = Store(10**9, 60).add("a", png(lines), image.to_drawing(lines))
    with pytest.raises(HintError, match="send it first"):
        rendering.render_picture(kept, painter, KEPT, 0, CancelToken())
    with pytest.raises(HintError, match="200x140 px, the drawing 200x150 px"):
        rendering.read_own(png(colored(140)), kept.drawing.shape, 10**6)
    kept.own, kept.own_file = rendering.read_own(png(colored()), kept.drawing.shape, 10**6), png(colored())
    shown = rendering.render_picture(kept, painter, KEPT, 0, CancelToken())
    assert np.array_equal(shown[:, 70:][:, :4], colored()[:, 70:][:, :4])
    project = Project(
        kept.content,
        "a.png",
        KEPT,
        colored=kept.own_file,
        versions=(Version("v", KEPT, "", None, None, png(colored())),),
    )
    read = Project.from_bytes(project.to_bytes(), "a.senga")
    assert np.array_equal(read.paint(painter)[0], shown)
    with zipfile.ZipFile(io.BytesIO(project.to_bytes())) as pack:
        assert pack.namelist() == ["project.json", "marks.json", "drawing", "colored", "versions.json"]
        assert json.loads(pack.read("versions.json"))[0]["colored"] == "colored"
    with pytest.raises(ProjectError, match="what keeps its colors"):
        Project(kept.content, "a.png", KEPT)
