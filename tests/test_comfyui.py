"""The nodes for ComfyUI keep its contract; ComfyUI itself is not needed, nor torch."""

import importlib.util
import inspect
import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from blocks import ROOT
from conftest import patchwork, ring
from senga import Colorizer, HintError, Hints, ImageError, Request, SengaError, clean, image, is_line_art, render
from senga.color.compositing import composite

FOLDER = ROOT / "plugins" / "comfyui"
RED = "#d02030"


def loaded() -> ModuleType:
    """The folder as ComfyUI loads it: a package of a name of its own."""
    spec = importlib.util.spec_from_file_location("comfyui_senga", FOLDER / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


NODES: dict[str, Any] = loaded().NODE_CLASS_MAPPINGS
TITLES: dict[str, str] = sys.modules["comfyui_senga"].NODE_DISPLAY_NAME_MAPPINGS
COLORING = ("SengaColor", "SengaFlats", "SengaLayers")


def run(name: str, **given: Any) -> tuple[Any, ...]:
    """What a node answers, called as ComfyUI calls it: by names, widgets with their defaults, sockets if connected."""
    node = NODES[name]
    taken = node.INPUT_TYPES()
    widgets = {}
    for key, (kind, *more) in {**taken["required"], **taken.get("optional", {})}.items():
        if isinstance(kind, list):
            widgets[key] = (more[0] if more else {}).get("default", kind[0])
        elif kind not in ("IMAGE", "MASK"):
            widgets[key] = more[0]["default"]
    assert set(given) <= {*taken["required"], *taken.get("optional", {})}
    answer = getattr(node(), node.FUNCTION)(**{**widgets, **given})
    assert isinstance(answer, tuple)
    assert len(answer) == len(node.RETURN_TYPES)
    for kind, value in zip(node.RETURN_TYPES, answer, strict=True):
        is_contract(value, kind)
    return answer


def is_contract(value: Any, kind: str) -> None:
    assert str(value.dtype).endswith("float32")
    assert value.ndim == (4 if kind == "IMAGE" else 3)
    assert kind == "MASK" or value.shape[3] == 3
    assert 0 <= float(value.min()) <= float(value.max()) <= 1


def as_image(*pictures: np.ndarray) -> np.ndarray:
    planes = [p if p.ndim == 3 else np.dstack([p, p, p]) for p in pictures]
    return np.stack(planes).astype(np.float32) / np.float32(255)


def as_pixels(value: Any) -> np.ndarray:
    """The first picture of an IMAGE."""
    found: np.ndarray = np.rint(np.asarray(value[0]) * 255).astype(np.uint8)
    return found


LINES = ring(48, 64, 16)
HINTS = Hints.blank(LINES.shape).dot((32, 24), RED, radius=4)
HINTED = {"hints": as_image(HINTS.color), "hints_mask": 1 - HINTS.mask[None].astype(np.float32)}


@pytest.fixture(scope="module")
def wanted() -> Any:
    """The library's own answer with the hints."""
    page = Colorizer.open().page(LINES)
    (answer,) = render(page, Request(tint=0.5), HINTS)
    return page, answer


@pytest.mark.parametrize("name", NODES)
def test_a_node_says_what_comfyui_asks_for(name: str) -> None:
    node = NODES[name]
    assert TITLES[name].endswith("(senga)")
    assert node.CATEGORY == "senga"
    assert len(node.RETURN_TYPES) == len(node.RETURN_NAMES)
    assert set(node.RETURN_TYPES) <= {"IMAGE", "MASK"}
    taken = node.INPUT_TYPES()
    assert set(taken) <= {"required", "optional"}
    parameters = inspect.signature(getattr(node, node.FUNCTION)).parameters
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    for key, (kind, *more) in {**taken["required"], **taken.get("optional", {})}.items():
        assert takes_any or key in parameters
        assert isinstance(kind, list) or kind in ("IMAGE", "MASK", "INT", "FLOAT", "STRING", "BOOLEAN")
        options = more[0] if more else {}
        if kind in ("INT", "FLOAT"):
            assert options["min"] <= options["default"] <= options["max"]
        assert not isinstance(kind, list) or options.get("default", kind[0]) in kind


def test_lines_are_drawn_and_their_ink_is_the_mask() -> None:
    lines, ink = run("SengaLines", image=as_image(patchwork(64, 80)), method="xdog")
    drawn = as_pixels(lines)
    assert drawn.shape == (64, 80, 3)
    assert 0.01 < float(ink.mean()) < 0.6
    assert np.array_equal(drawn[..., 0], 255 - np.rint(ink[0] * 255).astype(np.uint8))


def test_a_photo_is_cleaned_as_the_library_does() -> None:
    photo = (LINES // 2 + 90).astype(np.uint8)
    lines, _ = run("SengaClean", image=as_image(photo))
    assert np.array_equal(as_pixels(lines)[..., 0], clean(np.dstack([photo] * 3)))
    assert is_line_art(as_pixels(lines))


def test_hints_color_as_the_library_does_and_lines_are_the_persons_own(wanted: Any) -> None:
    page, answer = wanted
    picture, color = run("SengaColor", lines=as_image(LINES), tint=0.5, **HINTED)
    assert np.array_equal(as_pixels(color), answer.color)
    assert np.array_equal(as_pixels(picture), answer.picture(page.drawing, 0.5))
    untinted, _ = run("SengaColor", lines=as_image(LINES), **HINTED)
    assert np.array_equal(as_pixels(untinted), composite(answer.color, np.dstack([LINES] * 3)))


def test_hints_come_with_either_mask_or_with_alpha(wanted: Any) -> None:
    mask = HINTS.mask[None].astype(np.float32)
    ways: list[dict[str, Any]] = [
        {"hints": as_image(HINTS.color), "hints_mask": mask, "hints_mask_is": "1 is a hint"},
        {"hints": as_image(HINTS.rgba())},
    ]
    for way in ways:
        assert np.array_equal(as_pixels(run("SengaColor", lines=as_image(LINES), **way)[1]), wanted[1].color)


def test_palette_reference_and_seed_bear_on_the_colors() -> None:
    lines = as_image(LINES)
    blue = as_image(np.full((20, 20, 3), (20, 40, 220), np.uint8))
    ways: list[dict[str, Any]] = [{}, {"palette": "#1428dc, #f2d7c4"}, {"reference": blue}, {"seed": 7}]
    found = [run("SengaColor", lines=lines, **way)[1].tobytes() for way in ways]
    assert len(set(found)) == len(ways)
    assert run("SengaColor", lines=lines)[1].tobytes() == found[0]


def test_flats_are_one_color_a_region() -> None:
    (flats,) = run("SengaFlats", lines=as_image(LINES), **HINTED)
    assert len(np.unique(as_pixels(flats).reshape(-1, 3), axis=0)) <= 3


def test_layers_blended_again_are_the_picture() -> None:
    flat, shade, light, lines = (as_pixels(v) for v in run("SengaLayers", lines=as_image(LINES), **HINTED))
    shown = composite(flat, shade)
    shown = composite(255 - composite(255 - shown, 255 - light), lines)
    picture, _ = run("SengaColor", lines=as_image(LINES), **HINTED)
    assert np.array_equal(shown, as_pixels(picture))


@pytest.mark.parametrize("name", COLORING)
def test_a_batch_is_colored_one_by_one(name: str) -> None:
    other = ring(48, 64, 9)
    both = run(name, lines=as_image(LINES, other), **HINTED)
    first, second = (run(name, lines=as_image(one), **HINTED) for one in (LINES, other))
    for many, one, two in zip(both, first, second, strict=True):
        assert np.array_equal(many, np.concatenate([one, two]))
    with pytest.raises(ImageError, match="hints: 2 of them for 3 drawings"):
        run(name, lines=as_image(LINES, LINES, LINES), hints=as_image(HINTS.rgba(), HINTS.rgba()))


def test_tensors_come_back_as_tensors() -> None:
    torch = pytest.importorskip("torch")
    given = {key: torch.from_numpy(value) for key, value in HINTED.items()}
    found = run("SengaColor", lines=torch.from_numpy(as_image(LINES)), **given)
    arrays = run("SengaColor", lines=as_image(LINES), **HINTED)
    for tensor, array in zip(found, arrays, strict=True):
        assert isinstance(tensor, torch.Tensor)
        assert np.array_equal(tensor.numpy(), array)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"lines": np.zeros((8, 8, 3), np.float32)}, ImageError, "lines: wanted an IMAGE"),
        ({"lines": np.full((1, 8, 8, 3), np.nan, np.float32)}, ImageError, "no numbers"),
        ({"palette": "red"}, HintError, "'red' is not a color"),
        ({"hints": as_image(HINTS.color)}, HintError, "connect hints_mask"),
        ({"hints": as_image(HINTS.color), "hints_mask": np.zeros((1, 64, 64), np.float32)}, HintError, "hints_mask of"),
        ({"hints": as_image(HINTS.rgba()[:40])}, HintError, "give one size"),
        ({"hints": as_image(np.dstack([HINTS.color, np.full(LINES.shape, 255, np.uint8)]))}, HintError, "transparent"),
    ],
)
def test_what_does_not_fit_is_told_in_one_line(given: dict[str, Any], error: type[SengaError], said: str) -> None:
    with pytest.raises(error, match=said) as told:
        run("SengaColor", **{"lines": as_image(LINES), **given})
    assert "\n" not in str(told.value)


def test_pictures_there_and_back_lose_nothing() -> None:
    pictures = sys.modules["comfyui_senga.pictures"]
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    there = pictures.to_image([every], as_image(every))
    assert np.array_equal(pictures.pictures_of(there, "x")[0][..., 0], every)
    assert image.gray(pictures.pictures_of(there, "x")[0]).shape == every.shape
