"""Nodes that make line art: out of colored pictures, and out of photos and scans of drawings."""

from typing import Any, ClassVar

import senga

from . import pictures

GROUP = "senga"


class SengaLines:
    """A picture's lines, drawn by a network; a picture that is line art already is cleaned."""

    CATEGORY = GROUP
    FUNCTION = "draw"
    RETURN_TYPES = ("IMAGE", "MASK")
    RETURN_NAMES = ("lines", "ink")
    DESCRIPTION = "Line art of a colored picture: black on white, and as a mask of its ink."

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802 - ComfyUI's name
        """What it takes."""
        return {
            "required": {
                "image": ("IMAGE",),
                "method": (["learned", "xdog"], {"tooltip": "learned: by a network; xdog: by a filter"}),
                "invert": ("BOOLEAN", {"default": False, "tooltip": "the picture is white on black"}),
            }
        }

    def draw(self, image: Any, method: str, invert: bool) -> tuple[Any, Any]:
        """(IMAGE, MASK): lines, 0 = ink, and their ink, 1 = ink."""
        found = [
            senga.extract_lines(picture[..., :3], method, invert=invert)
            for picture in pictures.pictures_of(image, "image")
        ]
        return pictures.to_image(found, image), pictures.to_mask([255 - lines for lines in found], image)


class SengaClean:
    """Clean line art of a photo or scan of a drawing."""

    CATEGORY = GROUP
    FUNCTION = "clean"
    RETURN_TYPES = ("IMAGE", "MASK")
    RETURN_NAMES = ("lines", "ink")
    DESCRIPTION = "Clean line art of a photo or scan: even paper, no specks, no under-drawing."
    PENCIL: ClassVar = ["drop", "keep"]

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:  # noqa: N802
        """What it takes."""
        usual = senga.Cleaning()
        ink = {"default": usual.ink, "min": 0.02, "max": 0.98, "step": 0.01, "tooltip": "less keeps fainter lines"}
        return {
            "required": {
                "image": ("IMAGE",),
                "ink": ("FLOAT", ink),
                "pencil": (cls.PENCIL, {"tooltip": "what colored pencil is: no ink, or ink"}),
                "invert": ("BOOLEAN", {"default": usual.invert, "tooltip": "the drawing is white on black"}),
            }
        }

    def clean(self, image: Any, ink: float, pencil: str, invert: bool) -> tuple[Any, Any]:
        """(IMAGE, MASK) as `SengaLines`."""
        how = senga.Cleaning(ink=ink, pencil=pencil, invert=invert)
        found = [senga.clean(picture[..., :3], how) for picture in pictures.pictures_of(image, "image")]
        return pictures.to_image(found, image), pictures.to_mask([255 - lines for lines in found], image)
