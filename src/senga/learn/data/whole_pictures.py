"""Pictures seen whole: shrunk with their lines, as published experiments on small pictures have them.

Lines are drawn on a picture as the pair set has it and made smaller with it, gray where they get thinner than a pixel,
because that is what happens to the drawing of a person who uses such a network.
"""

import hashlib
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from senga.learn.data.line_sources import Pen
from senga.learn.data.line_targets import lines_only
from senga.pairs.pairset import Pair, PairSet
from senga.recipe import Recipe

MULTIPLE = 32
"""Line drawing networks want sides of so many pixels."""


def picture_reader(recipe: Recipe, pairs: PairSet, pen: Pen) -> Callable[[Pair], NDArray[np.uint8]]:
    """How a colorizer's recipe holds a pair: (H, W, 4) uint8, color and line (0 = ink), or color alone.

    What is seen whole has `data.size` px in its shorter side at most, and the same lines each time that it is read.
    """
    given = recipe.data.lines.kind == "given"

    def read(pair: Pair) -> NDArray[np.uint8]:
        return lines_only(pairs, pair) if given else pairs.color(pair)

    def read_whole(pair: Pair) -> NDArray[np.uint8]:
        planes = torch.from_numpy(read(pair)).to(pen.device).permute(2, 0, 1).unsqueeze(0).float() / 255
        if not given:
            planes = torch.cat([planes, _drawn(planes, pen, f"{recipe.training.seed} {pair.color}")], 1)
        small = _shrunk(planes, recipe.data.size)
        return np.ascontiguousarray((small[0].permute(1, 2, 0) * 255).round().to(torch.uint8).cpu().numpy())

    return read_whole if recipe.data.whole else read


@torch.no_grad()
def _drawn(color: Tensor, pen: Pen, name: str) -> Tensor:
    """Lines (1, 1, H, W) of a picture, random ones as its name says."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7])
    seeded = torch.Generator(color.device).manual_seed(number)
    height, width = color.shape[2:]
    padded = F.pad(color, (0, -width % MULTIPLE, 0, -height % MULTIPLE), mode="replicate")
    return pen.draw(padded, seeded)[:, :, :height, :width]


def _shrunk(planes: Tensor, size: int) -> Tensor:
    """Made so small that the shorter side has `size` px; never larger."""
    height, width = planes.shape[2:]
    scale = size / min(height, width)
    if scale >= 1:
        return planes
    sides = [max(size, round(side * scale)) for side in (height, width)]
    return F.interpolate(planes, size=sides, mode="bilinear", antialias=True).clamp(0, 1)
