"""Layers of regions, colors alone, and blank paper: what leaves senga to be worked on elsewhere."""

from pathlib import Path

import numpy as np
import pytest

from conftest import call, ring
from senga import Colorizer, Hints, image
from senga.color import region_layers
from senga.color.cutout import color_alone
from senga.color.files.layerfile import write_layers
from senga.color.flats import Flats
from senga.color.layers import Group, Layer, Layered, every_layer
from senga.color.region_layers import SMALL, region_group, render_region_layers
from senga.color.render import render, render_pictures
from senga.color.request import Request
from test_layers import close, drawing_of, read_ora, read_psd


@pytest.fixture(scope="module")
def painter() -> Colorizer:
    return Colorizer.open(threads=1)


def shown(layers: tuple[Layer | Group, ...], shape: tuple[int, int]) -> np.ndarray:
    """(H, W, 4) of opaque layers that are laid one on another."""
    out = np.zeros((*shape, 4), np.uint8)
    for layer in every_layer(layers):
        x, y = layer.at
        part = out[y : y + layer.pixels.shape[0], x : x + layer.pixels.shape[1]]
        there = layer.pixels[..., 3] > 0
        assert (part[there][:, 3] == 0).all(), "no two layers have the same pixel"
        part[there] = layer.pixels[there]
    return out


def quarters() -> Flats:
    labels = np.zeros((40, 60), np.int32)
    labels[:20, 30:], labels[20:, :30], labels[20:, 30:] = 1, 2, 3
    labels[5, 5] = 4
    colors = np.array([[9, 9, 9], [200, 0, 0], [200, 0, 0], [0, 0, 200], [0, 99, 0]], np.uint8)
    return Flats.of(labels, colors)


def test_each_region_has_a_layer_and_together_they_are_the_flats() -> None:
    flats = quarters()
    group = region_group(flats)
    assert group.name == "flat"
    assert [one.name for one in group.layers] == ["#c80000", "#0000c8", "#090909", "#006300"]
    red = group.layers[0]
    assert isinstance(red, Group)
    assert [layer.name for layer in red.layers] == ["region 1", "region 2"]
    assert np.array_equal(shown(group.layers, (40, 60))[..., :3], flats.layer)


def test_of_many_regions_the_small_ones_share_a_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(region_layers, "MOST", 2)
    flats = quarters()
    group = region_group(flats)
    assert len(list(every_layer(group.layers))) == 3
    assert group.layers[-1].name == SMALL
    assert np.array_equal(shown(group.layers, (40, 60))[..., :3], flats.layer)


@pytest.mark.parametrize("ending", [".psd", ".ora"])
def test_layers_of_regions_show_the_answer(tmp_path: Path, painter: Colorizer, ending: str) -> None:
    page = painter.page(drawing_of("cut out", (121, 83)))
    hints = Hints.blank((121, 83)).dot((41, 60), "#c03050", 5)
    (wanted,) = render_pictures(page, Request(), hints)
    layered = render_region_layers(page, Request(), hints)
    assert "#c03050" in {one.name for one in every_group(layered)} | {one.name for one in every_layer(layered.layers)}
    write_layers(tmp_path / f"o{ending}", layered)
    read = read_psd if ending == ".psd" else read_ora
    assert close(read(tmp_path / f"o{ending}")[0], wanted)


def every_group(layered: Layered) -> list[Group]:
    found = [one for one in layered.layers if isinstance(one, Group)]
    for one in found:
        found += [inner for inner in one.layers if isinstance(inner, Group)]
    return found


def test_colors_alone_have_no_steps_and_clear_paper_around(painter: Colorizer) -> None:
    lines = ring(300, 300, 100, thick=9)
    page = painter.page(lines)
    hints = Hints.blank((300, 300)).dot((150, 150), "#c03050", 5)
    color = color_alone(page, Request(light=0), hints, transparent=True)
    assert color.shape == (300, 300, 4)
    alpha = color[..., 3]
    assert alpha[0, 0] == 0
    assert alpha[150, 150] == 255
    between = (alpha > 0) & (alpha < 255)
    assert 300 < between.sum() < 3000, "the edge is a pixel or two of soft alpha all the way around"
    y, x = np.nonzero(between)
    away = np.hypot(y - 150, x - 150)
    assert away.std() < 1.5, "a circle"
    assert np.abs(color[between][:, :3].astype(int) - (0xC0, 0x30, 0x50)).max() <= 8, "no rim of white"
    assert color_alone(page, Request(light=0), hints).shape == (300, 300, 3)


@pytest.mark.parametrize("side", [300, 1100])
@pytest.mark.parametrize("light", [0.0, 1.0, 1.5])
def test_blank_paper_stays_paper_to_the_level(painter: Colorizer, side: int, light: float) -> None:
    lines = ring(side, side, side // 4, thick=max(3, side // 100))
    found = render(painter.page(lines), Request(light=light))[0]
    y, x = np.mgrid[:side, :side]
    outside = np.hypot(y - side / 2, x - side / 2) > side / 4 + side / 50
    assert (found.color[outside] == 255).all()
    assert (found.picture(image.to_drawing(lines))[outside & (lines == 255)] == 255).all()


def test_color_writes_colors_alone_cut_outs_and_layers_of_regions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, painter: Colorizer, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Colorizer, "open", lambda *_, **__: painter)
    image.write("ring.png", ring(90, 90, 25, thick=3))
    Hints.blank((90, 90)).dot((45, 45), "#d02040", 3).write("h.png")
    given = ("color", "ring.png", "--hints", "h.png", "-o")
    assert call(monkeypatch, *given, "alone.png", "--layer", "color", "--transparent") == 0
    assert call(monkeypatch, *given, "clear.png", "--transparent") == 0
    assert call(monkeypatch, *given, "all.psd", "--region-layers") == 0
    alone, clear = (image.read_rgba(f"{name}.png") for name in ("alone", "clear"))
    assert alone[0, 0, 3] == clear[0, 0, 3] == 0
    assert alone[45, 45].tolist()[3] == clear[45, 45].tolist()[3] == 255
    assert clear[20, 45, 3] == 255, "the ring itself"
    for more, said in (
        (("x.png", "--region-layers"), "--region-layers goes with files of layers: write .psd or .ora"),
        (("x.psd", "--transparent"), "--transparent goes with pictures: x.psd has layers"),
        (("x.png", "--transparent", "--layer", "lines"), "--transparent goes with pictures and --layer color"),
        (("x.jpg", "--transparent"), "--transparent: x.jpg holds nothing transparent"),
    ):
        assert call(monkeypatch, *given, *more) == 2
        assert said in capsys.readouterr().err
