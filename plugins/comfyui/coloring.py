"""Nodes that color line art: the picture, its flats, and its layers, by hints, a palette and a reference."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

import senga
from senga.color.layers import layer_alone as alone
from senga.color.layers import layers_of
from senga.color.palette import hex_of
from senga.errors import HintError, ImageError

from . import pictures
from .pictures import Pixels

GROUP = "senga"
TRANSPARENT, HINT = "1 is transparent (Load Image)", "1 is a hint"
MASKS = [TRANSPARENT, HINT]
REACHES = ["object", "region", "far"]


class Asked(NamedTuple):
    """One drawing of a batch, and the answer to it."""

    page: senga.Page
    hints: senga.Hints | None
    request: senga.Request
    answer: senga.Rendering


def inputs(**more: Any) -> dict[str, Any]:
    """What all of them take, in ComfyUI's form; `more` is needed besides."""
    share = {"min": 0.0, "max": 1.0, "step": 0.05}
    return {
        "required": {
            "lines": ("IMAGE", {"tooltip": "black on white"}),
            "seed": ("INT", {"default": 0, "min": 0, "max": 2**53 - 1, "tooltip": "another one, other colors"}),
            "reach": (REACHES, {"tooltip": "how far a hint reaches: what clearly belongs to it, its region, or all"}),
            "light": ("FLOAT", {"default": 1.0, **share, "max": 1.5, "tooltip": "light and shade; 0: flat colors"}),
            **more,
        },
        "optional": {
            "hints": ("IMAGE", {"tooltip": "colored strokes, of the drawing's size"}),
            "hints_mask": ("MASK", {"tooltip": "where the strokes are"}),
            "hints_mask_is": (MASKS, {"default": TRANSPARENT, "tooltip": "Load Image's masks are 1 where nothing is"}),
            "palette": ("STRING", {"default": "", "multiline": True, "tooltip": "#rrggbb, apart by spaces or commas"}),
            "reference": ("IMAGE", {"tooltip": "a picture whose colors are borrowed"}),
            "reference_strength": ("FLOAT", {"default": 1.0, **share}),
        },
    }


class SengaColor:
    """The colored drawing. The person's lines are laid on top as they are; the network never draws them."""

    CATEGORY = GROUP
    FUNCTION = "color"
    RETURN_TYPES = ("IMAGE", "IMAGE")
    RETURN_NAMES = ("picture", "color")
    DESCRIPTION = "Colors line art: the picture with its own lines on top, and the color layer alone."

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """What it takes."""
        tint = {"default": 0.0, "min": 0.0, "max": 1.0, "step": 0.05, "tooltip": "lines take the color beside them"}
        return inputs(tint=("FLOAT", tint))

    def color(self, lines: Any, **asked: Any) -> tuple[Any, Any]:
        """(IMAGE, IMAGE): with the lines, and without."""
        found = [
            (one.answer.picture(one.page.drawing, one.request.tint), one.answer.color) for one in ask(lines, asked)
        ]
        return tuple(pictures.to_image(each, lines) for each in zip(*found, strict=True))


class SengaFlats:
    """One even color for each region, without lines."""

    CATEGORY = GROUP
    FUNCTION = "lay"
    RETURN_TYPES = ("IMAGE",)
    RETURN_NAMES = ("flats",)
    DESCRIPTION = "Flat colors under line art, one even color for each region."

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        """What it takes."""
        taken = inputs()
        del taken["required"]["light"]
        return taken

    def lay(self, lines: Any, **asked: Any) -> tuple[Any]:
        """(IMAGE,): flats."""
        return (pictures.to_image([one.answer.color for one in ask(lines, {**asked, "mode": "flat"})], lines),)


class SengaLayers:
    """The colored drawing in layers of its full size: flat, then shade multiplied, light screened, lines multiplied."""

    CATEGORY = GROUP
    FUNCTION = "part"
    RETURN_TYPES = ("IMAGE", "IMAGE", "IMAGE", "IMAGE")
    RETURN_NAMES = ("flat", "shade", "light", "lines")
    DESCRIPTION = (
        "Layers for Image Blend: shade and lines by multiply (white changes nothing), light by screen (black)."
    )

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        """What it takes."""
        return inputs()

    def part(self, lines: Any, **asked: Any) -> tuple[Any, ...]:
        """(IMAGE, IMAGE, IMAGE, IMAGE)."""
        found = [parted(one) for one in ask(lines, asked)]
        return tuple(pictures.to_image(each, lines) for each in zip(*found, strict=True))


def parted(one: Asked) -> tuple[Pixels, Pixels, Pixels, Pixels]:
    """Flat, shade, light and lines, (H, W, 3) uint8 each; where shade has nothing it is white, where light, black."""
    drawing = one.page.drawing
    layered = layers_of(one.page, one.answer.color, one.answer.flat)
    shade, light = whole(layered, "shade", 255), whole(layered, "light", 0)
    return one.answer.flat, shade, light, drawing.layer


def whole(layered: Any, name: str, nothing: int) -> Pixels:
    """A layer of the picture's size, (H, W, 3) uint8, `nothing` where it has none."""
    try:
        found = alone(layered, name)
    except ImageError:  # it would be empty, and was left out
        return np.full((*layered.shape, 3), nothing, np.uint8)
    return np.where(found[..., 3:] > 0, found[..., :3], np.uint8(nothing))


def ask(lines: Any, asked: dict[str, Any]) -> Iterator[Asked]:
    """The answer to each drawing of a batch. Arguments are named as in `inputs`; those that are not given are left out.

    Raises:
        SengaError: of what was given, in one line.
    """
    given = dict(asked)
    hints, mask = given.pop("hints", None), given.pop("hints_mask", None)
    way, reference = given.pop("hints_mask_is", TRANSPARENT), given.pop("reference", None)
    palette = tuple(hex_of(word) for word in given.pop("palette", "").replace(",", " ").split())
    strength = given.pop("reference_strength", 1.0)
    borrowed = {} if reference is None else {"reference": "reference", "reference_strength": strength}
    request = senga.Request(palette=palette, **borrowed, **given)
    drawings = pictures.pictures_of(lines, "lines")
    layers = None if hints is None else hints_of(hints, mask, way)
    references = None if reference is None else pictures.pictures_of(reference, "reference")
    for index, drawing in enumerate(drawings):
        page = page_of(drawing.shape, drawing.tobytes())
        laid = None if layers is None else pictures.at(layers, index, len(drawings), "hints")
        seen = None if references is None else pictures.at(references, index, len(drawings), "reference")
        if laid is not None and laid.shape != page.drawing.shape:
            raise HintError(f"hints of {laid.shape} for lines of {page.drawing.shape} (height, width); give one size")
        (answer,) = senga.render(page, request, laid, seen)
        yield Asked(page, laid, request, answer)


def hints_of(images: Any, masks: Any, way: str) -> list[senga.Hints]:
    """Hints of an IMAGE and its MASK; without one, of its alpha.

    Raises:
        HintError: neither, a mask of another size, or nothing transparent.
    """
    found = pictures.pictures_of(images, "hints")
    if masks is None:
        if any(picture.shape[2] != 4 for picture in found):
            raise HintError("hints: connect hints_mask too, or an image with alpha; else all of it would be a hint")
        return [senga.Hints.of_pixels(picture, "hints") for picture in found]
    planes = pictures.masks_of(masks, "hints_mask")
    made = []
    for index, picture in enumerate(found):
        plane = pictures.at(planes, index, len(found), "hints_mask")
        if plane.shape != picture.shape[:2]:
            raise HintError(
                f"hints_mask of {plane.shape} for hints of {picture.shape[:2]} (height, width); "
                "does the hints' file have no transparency?"
            )
        alpha = 255 - plane if way == TRANSPARENT else plane
        made.append(senga.Hints.of_pixels(np.dstack([picture[..., :3], alpha]), "hints"))
    return made


@lru_cache(maxsize=1)
def model() -> senga.Colorizer:
    """The model that ships, opened once."""
    return senga.Colorizer.open()


@lru_cache(maxsize=4)
def page_of(shape: tuple[int, ...], content: bytes) -> senga.Page:
    """A drawing, read by the network once, however often hints change."""
    return model().page(np.frombuffer(content, np.uint8).reshape(shape))
