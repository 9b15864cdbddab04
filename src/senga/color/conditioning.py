"""What a person wants besides hints, as the colorist hears it: a palette's colors and a reference's tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.maincolors import palette_of
from senga.color.palette import Color, parse_color
from senga.errors import HintError
from senga.model.features import Features
from senga.model.shipped import WEIGHTS

EYE = WEIGHTS / "eye.onnx"
"""The frozen network that looks at references."""

SIDE = 96
"""Side that a reference is brought to before it is looked at, px."""

TOKENS, WIDTH = 64, 261
"""Tokens of a reference, and numbers in each: 256 features, mean RGB, place (y, x)."""

MOST = 256
"""Most colors of a palette."""

SHARE = 0.7
"""How much the main colors of a reference count as a palette, beside 1 for a palette that was given. Ours."""


@dataclass(frozen=True)
class Conditioning:
    """A palette and a reference.

    Attributes:
        palette: (1, P, 4) float32: RGB in [0, 1], and how much the color counts, from 0 to 1.
        reference: (1, 64, 261) float32. strength: (1, 1) float32 from 0, no reference, to 1.
        key: the same for the same palette and reference.
    """

    palette: NDArray[np.float32]
    reference: NDArray[np.float32]
    strength: NDArray[np.float32]
    key: bytes = field(repr=False)

    @staticmethod
    def none() -> "Conditioning":
        """Neither palette nor reference."""
        return make_conditioning()


def make_conditioning(
    palette: Sequence[Color] | None = None, reference: image.Pixels | None = None, strength: float = 1.0
) -> Conditioning:
    """Conditioning from what a person gives.

    Args:
        palette: colors to use. Without one, the main colors of the reference are used, as far as it counts.
        reference: (H, W, 3), (H, W, 4) or gray (H, W) uint8 picture whose colors are borrowed.
        strength: how much the reference counts, from 0 to 1.

    Raises:
        HintError: not a color, more than `MOST` colors, or a strength out of range.
        PaletteError: a reference that is wholly transparent.
    """
    if reference is not None and reference.ndim == 2:
        reference = np.repeat(reference[..., None], 3, 2)
    if not 0 <= strength <= 1:
        raise HintError(f"a reference's strength is from 0 to 1, not {strength}")
    colors = [parse_color(c) for c in palette or ()]
    if len(colors) > MOST:
        raise HintError(f"a palette of {len(colors)} colors; at most {MOST} can be used")
    counts = [1.0] * len(colors)
    tokens = np.zeros((1, TOKENS, WIDTH), np.float32)
    if reference is not None and strength > 0:
        tokens = look(reference)
        if palette is None:
            colors = list(palette_of(reference))
            counts = [SHARE * strength] * len(colors)
    heard = np.zeros((1, max(1, len(colors)), 4), np.float32)
    if colors:
        heard[0, :, :3] = np.array(colors, np.float32) / 255
        heard[0, :, 3] = counts
    loud = np.full((1, 1), strength if reference is not None else 0.0, np.float32)
    return Conditioning(heard, tokens, loud, heard.tobytes() + tokens.tobytes() + loud.tobytes())


def look(reference: image.Pixels) -> NDArray[np.float32]:
    """Tokens (1, 64, 261) of a reference (H, W, 3) or (H, W, 4) uint8; what is transparent is seen as white."""
    picture = reference[..., :3].astype(np.float32)
    if reference.shape[2] == 4:
        alpha = reference[..., 3:].astype(np.float32) / 255
        picture = (picture * alpha + 255 * (1 - alpha)).astype(np.float32)
    small = image.resize(np.rint(picture).astype(np.uint8), (SIDE, SIDE)).astype(np.float32)
    return _eye().of(small / np.float32(255))[0][None]


@lru_cache(maxsize=1)
def _eye() -> Features:
    return Features.open(EYE)
