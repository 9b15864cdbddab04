"""One character's colors, to be used over many drawings."""

import fnmatch
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from senga import image
from senga.color.hints import Hints, Point
from senga.color.maincolors import palette_of
from senga.color.palette import parse_color
from senga.color.spaces import RGB
from senga.errors import HintError


@dataclass(frozen=True)
class Seed:
    """A hint that is laid on every drawing of the character.

    Attributes:
        color: HEX, or the name of a part, which goes first.
        at: points (x, y) as shares 0 to 1 of a drawing's width and height; more than one are a stroke.
        radius: of the dot, or half the stroke's width, as a share of the drawing's longer side.
        drawing: pattern of file names, as "front*.png", that the hint is for; "" is for all.
    """

    color: str
    at: tuple[Point, ...]
    radius: float = 0.01
    drawing: str = ""


@dataclass(frozen=True)
class Character:
    """One character's colors.

    Attributes:
        name: the character's.
        colors: color of each part.
        others: colors that belong to no part ("palette" in the file).
        reference: colored picture whose colors are borrowed; None for none.
        reference_strength: 0 (not at all) to 1.
        seeds: hints for its drawings ("hints" in the file).
    """

    name: str
    colors: Mapping[str, RGB] = field(default_factory=dict)
    others: tuple[RGB, ...] = ()
    reference: Path | None = None
    reference_strength: float = 1.0
    seeds: tuple[Seed, ...] = ()

    def palette(self) -> tuple[RGB, ...]:
        """All colors once, the parts' first."""
        return tuple(dict.fromkeys([*self.colors.values(), *self.others]))

    def hints(self, shape: tuple[int, ...], drawing_name: str | None = None) -> Hints:
        """The character's hints on a drawing.

        Args:
            shape: (height, width) of the drawing.
            drawing_name: file name; without it, hints for certain drawings are left out.

        Raises:
            HintError: a color that is neither a part nor HEX.
        """
        height, width = shape[:2]
        hints = Hints.blank(shape)
        for seed in self.seeds:
            if seed.drawing and not (drawing_name and fnmatch.fnmatchcase(drawing_name, seed.drawing)):
                continue
            points = [(x * (width - 1), y * (height - 1)) for x, y in seed.at]
            hints = hints.stroke(points, self.color_of(seed.color), 2 * seed.radius * max(height, width))
        return hints

    def color_of(self, color: str) -> RGB:
        """The color of a part, or of a HEX text.

        Raises:
            HintError: neither.
        """
        if color in self.colors:
            return self.colors[color]
        try:
            return parse_color(color)
        except HintError:
            parts = ", ".join(self.colors) or "none"
            raise HintError(f"{color!r} is neither a part of {self.name} nor #rrggbb; parts: {parts}") from None

    def reference_picture(self) -> image.Pixels | None:
        """The reference, (H, W, 3) uint8, or None. Raises as `image.read`."""
        return None if self.reference is None else image.read(self.reference)


def character_of(picture: image.Pixels, name: str, count: int = 8) -> Character:
    """A character with the main colors of a colored picture, as parts "color-1", "color-2" and so on, to be renamed.

    Args:
        picture: (H, W, 3) or (H, W, 4) uint8; cut out, it gives no color of its ground.
        name: the character's.
        count: the most colors.

    Raises:
        PaletteError: as `palette_of`.
    """
    return Character(name, {f"color-{i}": color for i, color in enumerate(palette_of(picture, count), 1)})
