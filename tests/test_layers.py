# mypy: no-warn-return-any
import errno
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Layer as PSDLayer
from psd_tools.composite import composite as psd_composite

from conftest import ring
from senga import Hints, image
from senga.color.compositing import composite, tinted
from senga.color.files import psd
from senga.color.files.layerfile import write_layers
from senga.color.layers import Group, Layer, Layered, every_layer, layer_alone, layers_of, rgba
from senga.errors import ImageError

SHOWN = {"svg:src-over": "normal", "svg:multiply": "multiply", "svg:screen": "screen", "svg:dst-in": "keep"}


@dataclass(frozen=True)
class Read:
    """A layer as a reader finds it."""

    name: str
    path: tuple[str, ...]
    blend: str
    visible: bool
    opacity: float
    at: tuple[int, int]
    pixels: np.ndarray


def content_of(layer: PSDLayer) -> bytes:
    """The pixels of a layer as psd-tools reads them."""
    shown = layer.topil()
    assert shown is not None
    return shown.tobytes()


def over(below: np.ndarray, above: np.ndarray, blend: str, opacity: float) -> np.ndarray:
    """Two layers (H, W, 4) of 8 bits put together as programs do it, rounded to 8 bits."""
    cb, ab = below[..., :3] / 255, below[..., 3:] / 255
    cs, alpha = above[..., :3] / 255, above[..., 3:] / 255 * opacity
    if blend == "keep":
        return np.rint(np.dstack([below[..., :3], below[..., 3:] * alpha])).astype(np.uint8)
    mixed = {"normal": cs, "multiply": cs * cb, "screen": cs + cb - cs * cb}[blend]
    whole = alpha + ab * (1 - alpha)
    color = alpha * (1 - ab) * cs + alpha * ab * mixed + (1 - alpha) * ab * cb
    color = np.divide(color, whole, out=np.zeros_like(color), where=whole > 0)
    return np.rint(np.dstack([color, whole]) * 255).astype(np.uint8)


def read_ora(file: Path) -> tuple[np.ndarray, list[Read], Image.Image, Image.Image]:
    """What an OpenRaster file shows, its layers from above, its merged picture and thumbnail."""
    with zipfile.ZipFile(file) as archive:
        first = archive.infolist()[0]
        assert (first.filename, first.compress_type, archive.read("mimetype")) == ("mimetype", 0, b"image/openraster")
        root = ElementTree.fromstring(archive.read("stack.xml"))
        width, height = int(root.get("w", "")), int(root.get("h", ""))
        found: list[Read] = []

        def put(stack: ElementTree.Element, path: tuple[str, ...]) -> np.ndarray:
            canvas = np.zeros((height, width, 4), np.uint8)
            parts = []
            for element in stack:
                visible, opacity = element.get("visibility") != "hidden", float(element.get("opacity", "1"))
                blend = SHOWN[element.get("composite-op", "svg:src-over")]
                if element.tag == "stack":
                    assert element.get("isolation") == "isolate"
                    part = put(element, (*path, element.get("name", "")))
                else:
                    pixels = np.asarray(Image.open(io.BytesIO(archive.read(element.get("src", "")))))
                    x, y = int(element.get("x", "0")), int(element.get("y", "0"))
                    part = np.zeros_like(canvas)
                    part[y : y + pixels.shape[0], x : x + pixels.shape[1]] = pixels
                    name = element.get("name", "")
                    found.append(Read(name, path, blend, visible, opacity, (x, y), pixels))
                parts.append((part, blend, opacity, visible))
            for part, blend, opacity, visible in reversed(parts):
                if visible:
                    canvas = over(canvas, part, blend, opacity)
            return canvas

        shown = put(root[0], ())
        merged, stamp = (
            Image.open(io.BytesIO(archive.read(n))) for n in ("mergedimage.png", "Thumbnails/thumbnail.png")
        )
        merged.load(), stamp.load()
        return shown, found, merged, stamp


def read_psd(file: Path) -> tuple[np.ndarray, list[Read], PSDImage]:
    """What a PSD shows by psd-tools, its layers from above, and itself."""
    read = PSDImage.open(file)
    color, _, alpha = psd_composite(read, color=1.0, alpha=0.0, force=True)
    found = []
    for layer in reversed(list(read.descendants())):
        if layer.is_group():
            continue
        path: list[str] = []
        parent: Any = layer.parent
        while parent is not None and parent is not read:
            path.insert(0, parent.name)
            parent = parent.parent
        shown = layer.topil()
        pixels = np.zeros((0, 0, 4), np.uint8) if shown is None else np.asarray(shown.convert("RGBA"))
        blend = layer.blend_mode.name.lower()
        place = (layer.left, layer.top)
        found.append(Read(layer.name, tuple(path), blend, layer.visible, layer.opacity / 255, place, pixels))
    return np.rint(np.dstack([color, alpha]) * 255).astype(np.uint8), found, read


def drawing_of(kind: str, shape: tuple[int, int]) -> image.Drawing:
    """A ring as different programs save it."""
    lines = ring(*shape, min(shape) / 3, thick=3)
    soft = image.resize(image.resize(lines, (shape[0] * 2, shape[1] * 2)), shape)
    ink = np.where(soft[..., None] < 255, np.array([60, 20, 90], np.uint8), np.uint8(255)).astype(np.uint8)
    colored = 255 - ((255 - soft[..., None]).astype(np.uint16) * np.array([255, 160, 90]) // 255).astype(np.uint8)
    edge = np.zeros(shape, np.uint8)
    edge[1:-1, 2:] = 255
    edge = image.resize(image.resize(edge, (max(1, shape[0] // 3), max(1, shape[1] // 3))), shape)
    pixels = {
        "gray": soft,
        "colored": np.ascontiguousarray(colored),
        "ink on nothing": np.dstack([ink, 255 - soft]),
        "cut out": np.dstack([colored, edge]),
    }
    return image.to_drawing(pixels[kind])


def colors_of(shape: tuple[int, int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """A color layer and flats that are darker, brighter and equal in places, (H, W, 3)."""
    random = np.random.default_rng(seed)
    small = random.integers(0, 256, (shape[0] // 9 + 1, shape[1] // 9 + 1, 3), dtype=np.uint8)
    flat = np.repeat(np.repeat(small, 9, 0), 9, 1)[: shape[0], : shape[1]].copy()
    color = np.clip(flat + random.integers(-40, 41, flat.shape), 0, 255).astype(np.uint8)
    color[: shape[0] // 2, : shape[1] // 2] = flat[: shape[0] // 2, : shape[1] // 2]
    return color, flat


def close(shown: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether two pictures differ by at most 1/255, where they are not transparent."""
    a, b = rgba(shown).astype(int), rgba(wanted).astype(int)
    difference = np.abs(a - b) * ((b[..., 3:] > 0) | (np.arange(4) == 3))
    return bool(difference.max() <= 1)


@pytest.mark.parametrize("ending", [".psd", ".ora"])
@pytest.mark.parametrize("shape", [(1, 1), (7, 5), (61, 83)])
@pytest.mark.parametrize("kind", ["gray", "colored", "ink on nothing", "cut out"])
@pytest.mark.parametrize("tint", [0.0, 0.6, 1.0])
def test_files_show_what_was_painted_and_keep_the_persons_own_lines(
    tmp_path: Path, ending: str, shape: tuple[int, int], kind: str, tint: float
) -> None:
    drawing = drawing_of(kind, shape)
    if shape[0] > 7:
        assert (drawing.alpha is not None) == (kind == "cut out")
    color, flat = colors_of(shape)
    wanted = composite(color, drawing.layer)
    if tint:
        wanted = tinted(wanted, color // 2, drawing.layer, tint)
    whole = wanted if drawing.alpha is None else np.dstack([wanted, drawing.alpha])
    layered = layers_of(drawing, color, flat, Hints.blank(shape).dot((2, 1), "#f00", 2), wanted)
    assert np.array_equal(layered.merged, whole)
    file = tmp_path / f"線画{ending}"
    write_layers(file, layered)
    shown, found, *_ = read_psd(file) if ending == ".psd" else read_ora(file)
    assert shown.shape[:2] == shape
    assert close(shown, whole)
    (own,) = [layer for layer in found if layer.name in ("lines", "lines, untinted") and layer.blend == "multiply"]
    came = drawing.layer if drawing.own is None else drawing.own
    back = np.zeros((*shape, 4), np.uint8)
    (x, y), (h, w) = own.at, own.pixels.shape[:2]
    back[y : y + h, x : x + w] = own.pixels
    assert back.tobytes() == rgba(came).tobytes()
    assert own.visible == (own.name == "lines")


def test_the_exported_lines_are_the_files_own_bytes(tmp_path: Path) -> None:
    soft = np.linspace(0, 255, 40 * 30).reshape(40, 30)
    pixels = np.dstack([soft[..., None] * [0.2, 0.5, 1], soft[::-1]]).astype(np.uint8)
    image.write(tmp_path / "ink.png", pixels)
    drawing = image.read_drawing(tmp_path / "ink.png")
    write_layers(tmp_path / "o.psd", layers_of(drawing, *colors_of((40, 30))))
    lines = next(layer for layer in PSDImage.open(tmp_path / "o.psd") if layer.name == "lines")
    assert content_of(lines) == image.read_rgba(tmp_path / "ink.png").tobytes() == pixels.tobytes()


def test_deep_drawings_come_apart_as_they_are_read(tmp_path: Path) -> None:
    deep = (np.arange(33 * 21, dtype=np.uint32).reshape(33, 21) * 90).astype(np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    drawing = image.read_drawing(tmp_path / "deep.png")
    color, flat = colors_of((33, 21))
    write_layers(tmp_path / "o.psd", layers_of(drawing, color, flat))
    shown, found, _ = read_psd(tmp_path / "o.psd")
    assert close(shown, composite(color, drawing.layer))
    assert np.array_equal(found[0].pixels, image.read_rgba(tmp_path / "deep.png"))


@pytest.mark.parametrize("ending", [".psd", ".ora"])
def test_layers_have_their_names_places_blends_and_groups(tmp_path: Path, ending: str) -> None:
    drawing = drawing_of("cut out", (61, 83))
    color, flat = colors_of((61, 83))
    hints = Hints.blank((61, 83)).dot((40, 20), "#0af", 4)
    write_layers(tmp_path / f"o{ending}", layers_of(drawing, color, flat, hints))
    _, found, *_ = read_psd(tmp_path / f"o{ending}") if ending == ".psd" else read_ora(tmp_path / f"o{ending}")
    assert [(r.name, r.path, r.blend, r.visible) for r in found if r.blend != "keep"] == [
        ("hints", (), "normal", False),
        ("lines", ("drawing",), "multiply", True),
        ("light", ("drawing", "color"), "screen", True),
        ("shade", ("drawing", "color"), "multiply", True),
        ("flat", ("drawing", "color"), "normal", True),
    ]
    assert found[0].at == (36, 16)
    assert found[0].pixels.shape == (9, 9, 4)
    assert np.array_equal(found[-1].pixels[..., :3], flat)


def test_shade_is_empty_where_the_flats_are_the_color_already(tmp_path: Path) -> None:
    drawing = drawing_of("gray", (61, 83))
    color, flat = colors_of((61, 83))
    shade = next(layer for layer in every_layer(layers_of(drawing, color, flat).layers) if layer.name == "shade")
    assert (layer_alone(layers_of(drawing, color, flat), "shade")[:30, :41] == 0).all()
    assert shade.pixels.shape[2] == 4
    for ending in (".psd", ".ora"):
        write_layers(tmp_path / f"o{ending}", layers_of(drawing, flat, flat))
        shown, found, *_ = read_psd(tmp_path / "o.psd") if ending == ".psd" else read_ora(tmp_path / "o.ora")
        assert [r.name for r in found] == ["lines", "shade", "flat"]
        assert not found[1].pixels.any()
        assert close(shown, composite(flat, drawing.layer))


def test_every_color_over_every_flat_is_exact() -> None:
    flat, color = (np.repeat(v[..., None], 3, 2).astype(np.uint8) for v in np.mgrid[:256, :256])
    white = image.to_drawing(np.full((256, 256), 255, np.uint8))
    layers = {layer.name: layer for layer in every_layer(layers_of(white, color, flat).layers)}
    below = rgba(flat)
    for name in ("shade", "light"):
        above = np.zeros_like(below)
        (x, y), (h, w) = layers[name].at, layers[name].pixels.shape[:2]
        above[y : y + h, x : x + w] = layers[name].pixels
        below = over(below, above, layers[name].blend, 1.0)
    assert np.array_equal(below[..., :3], color)


def test_without_flats_the_color_is_one_layer() -> None:
    drawing = drawing_of("gray", (20, 20))
    color, _ = colors_of((20, 20))
    layered = layers_of(drawing, color)
    assert [layer.name for layer in every_layer(layered.layers)] == ["color", "lines"]
    assert np.array_equal(layer_alone(layered, "color")[..., :3], color)


def test_a_layer_alone_is_transparent_where_it_has_nothing() -> None:
    drawing = drawing_of("cut out", (61, 83))
    color, flat = colors_of((61, 83))
    layered = layers_of(drawing, color, flat, Hints.blank((61, 83)).dot((40, 20), "#0af", 4))
    alone = layer_alone(layered, "color")
    assert drawing.alpha is not None
    assert drawing.own is not None
    assert np.array_equal(alone[..., :3], color)
    assert np.array_equal(alone[..., 3], drawing.alpha)
    assert np.array_equal(layer_alone(layered, "lines"), drawing.own)
    assert (
        layer_alone(layered, "hints")[..., 3].sum() == 255 * Hints.blank((61, 83)).dot((40, 20), "#0af", 4).mask.sum()
    )
    with pytest.raises(ImageError, match="no layer 'hints' here; there are: flat, light, lines, shade"):
        layer_alone(layers_of(drawing, color, flat), "hints")


@pytest.mark.parametrize("ending", [".psd", ".ora"])
def test_names_opacity_and_nested_groups_of_any_layers_are_kept(tmp_path: Path, ending: str) -> None:
    random = np.random.default_rng(1)
    patch = random.integers(0, 256, (9, 13, 4), dtype=np.uint8)
    name = "髪の影 <&\"'> " + "長" * 200
    inner = Group("内", (Layer(name, patch, "multiply", opacity=0.4, at=(5, 3)),))
    below = Layer("背景", random.integers(0, 256, (31, 41), dtype=np.uint8))
    wanted = over(rgba(below.pixels), np.pad(patch, ((3, 19), (5, 23), (0, 0))), "normal", 0.4)
    empty = Layer("空", np.zeros((0, 0, 4), np.uint8))
    layered = Layered((below, Group("外", (inner, empty), opacity=0.4), empty), wanted)
    write_layers(tmp_path / f"o{ending}", layered)
    _, found, *_ = read_psd(tmp_path / f"o{ending}") if ending == ".psd" else read_ora(tmp_path / f"o{ending}")
    assert [(r.name, r.path) for r in found] == [("空", ()), ("空", ("外",)), (name, ("外", "内")), ("背景", ())]
    assert (found[2].at, found[2].blend, round(found[2].opacity, 2)) == ((5, 3), "multiply", 0.4)
    assert np.array_equal(found[2].pixels, patch)
    assert np.array_equal(found[3].pixels, rgba(below.pixels))


def test_files_have_a_merged_picture_and_a_thumbnail(tmp_path: Path) -> None:
    drawing = drawing_of("cut out", (410, 300))
    color, flat = colors_of((410, 300))
    layered = layers_of(drawing, color, flat)
    write_layers(tmp_path / "o.ora", layered)
    _, _, merged, stamp = read_ora(tmp_path / "o.ora")
    assert np.array_equal(np.asarray(merged), layered.merged)
    assert stamp.size == (187, 256)
    write_layers(tmp_path / "o.psd", layered)
    _, _, read = read_psd(tmp_path / "o.psd")
    assert read.has_thumbnail()
    small = read.thumbnail()
    assert small is not None
    assert small.size == (117, 160)
    assert read.channels == 4
    with Image.open(tmp_path / "o.psd") as flattened:
        opaque = layered.merged[..., 3] == 255
        assert np.array_equal(np.asarray(flattened)[opaque], layered.merged[opaque])
    write_layers(tmp_path / "plain.psd", layers_of(drawing_of("gray", (30, 20)), *colors_of((30, 20))))
    assert PSDImage.open(tmp_path / "plain.psd").channels == 3  # an alpha would come up as a selection


def test_the_same_picture_gives_the_same_bytes(tmp_path: Path) -> None:
    layered = layers_of(drawing_of("gray", (30, 20)), *colors_of((30, 20)))
    for ending in (".psd", ".ora"):
        for name in ("a", "b"):
            write_layers(tmp_path / f"{name}{ending}", layered)
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_packed_rows_of_noise_and_of_nothing_come_back(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    noise = random.integers(0, 256, (300, 1001, 4), dtype=np.uint8)
    noise[50:90, 100:900] = 7
    noise[..., 3] |= 1
    write_layers(tmp_path / "o.psd", Layered((Layer("n", noise),), noise))
    (layer,) = PSDImage.open(tmp_path / "o.psd")
    assert content_of(layer) == noise.tobytes()


@pytest.mark.parametrize("ending", [".psd", ".ora"])
def test_nothing_half_written_is_left(tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch) -> None:
    layered = layers_of(drawing_of("gray", (30, 20)), *colors_of((30, 20)))
    with pytest.raises(ImageError, match=r"gone/o\.\w+: cannot be written"):
        write_layers(tmp_path / "gone" / f"o{ending}", layered)
    (tmp_path / f"mine{ending}").write_text("mine")
    with pytest.raises(ImageError, match="exists"):
        write_layers(tmp_path / f"mine{ending}", layered)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(psd, "_write_merged", full)
    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    with pytest.raises(ImageError, match=r"mine\.\w+: cannot be written: No space left"):
        write_layers(tmp_path / f"mine{ending}", layered, force=True)
    assert [f.name for f in tmp_path.iterdir()] == [f"mine{ending}"]
    assert (tmp_path / f"mine{ending}").read_text() == "mine"


def test_what_the_formats_cannot_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = np.full((1, 30_001, 3), 9, np.uint8)
    with pytest.raises(ImageError, match=re.escape("30001x1 px; a PSD holds up to 30000 px a side; write .ora")):
        write_layers(tmp_path / "o.psd", Layered((Layer("a", long),), long))
    write_layers(tmp_path / "o.ora", Layered((Layer("a", long),), long))
    monkeypatch.setattr(psd, "SIZE", 1000)
    noise = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    with pytest.raises(ImageError, match=r"more than a PSD holds; write \.ora"):
        write_layers(tmp_path / "o.psd", Layered((Layer("a", noise),), noise))
    assert [f.name for f in tmp_path.iterdir()] == ["o.ora"]
    with pytest.raises(ImageError, match=r"unknown ending '\.xcf'; layers are kept by: \.psd, \.ora"):
        write_layers(tmp_path / "o.xcf", Layered((), long))


def test_what_is_no_layer_is_refused() -> None:
    drawing = drawing_of("gray", (20, 20))
    color, flat = colors_of((20, 20))
    with pytest.raises(ImageError, match=r"flats of \(19, 20, 3\) uint8 on a drawing of \(20, 20\)"):
        layers_of(drawing, color, flat[1:])
    with pytest.raises(ImageError, match=r"hints of \(4, 4\)"):
        layers_of(drawing, color, flat, Hints.blank((4, 4)).dot((1, 1), "#f00"))
    with pytest.raises(ImageError, match="uint8, not"):
        Layer("a", color.astype(np.float32))
    with pytest.raises(ImageError, match="unknown blend 'overlay'; known: normal, multiply, screen"):
        Layer("a", color, "overlay")  # type: ignore[arg-type]
    with pytest.raises(ImageError, match="an opacity is from 0 to 1, not 2"):
        Layer("a", color, opacity=2)
