"""What every generator answers, and the one place that makes them from a recipe.

All generators take planes in [0, 1] and answer in [0, 1]: colors, or line art; another value range is inside the
network.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from senga.color.encode import PLANES
from senga.learn.data.batches import Batch
from senga.learn.networks.colorist import Colorist, Tokens
from senga.learn.networks.inker import Inker
from senga.learn.networks.style import style_of, style_size
from senga.learn.networks.style2paints import Style2Paints
from senga.learn.networks.unet import Autoencoder, PaintsChainer, Ronneberger, StridedUNet
from senga.recipe import Recipe


@dataclass
class Answer:
    """What a generator says while training.

    Attributes:
        planes: (N, 3, H, W) colors; (N, 1, H, W) line art; or (N, 2, H, W) ink and nearness to a center line.
        logits: (N, Q, h, w) over color bins, (N, 2, H, W) before the inker's sigmoid, or None.
        label: (N, H*W) the cells that the logits stand for, or None.
        guess: (N, 3, h, w) colors of the cells before any hint, or None.
        ink: (N, 3, H, W) colors of the lines themselves, or None.
        entry, leave: (N, 1, H, W) gray and (N, 3, H, W) color of the guide decoders, or None.
        style: (N, S) of the references, or None.
    """

    planes: Tensor
    logits: Tensor | None = None
    label: Tensor | None = None
    guess: Tensor | None = None
    ink: Tensor | None = None
    entry: Tensor | None = None
    leave: Tensor | None = None
    style: Tensor | None = None


def make_generator(recipe: Recipe) -> nn.Module:
    """The recipe's network, freshly initialized from torch's global seed."""
    g = recipe.generator
    planes = input_planes(recipe)
    if g.kind == "colorist":
        return Colorist(width=g.width or 160, layers=g.layers, rounds=g.rounds)
    if g.kind == "paintschainer":
        return PaintsChainer(planes, g.width or 32)
    if g.kind == "unet":
        return StridedUNet(planes, g.width or 64, g.kernel or 5, out=g.out)
    if g.kind == "autoencoder":
        return Autoencoder(planes, g.width or 64, g.kernel or 5)
    if g.kind == "ronneberger":
        return Ronneberger(planes, g.width or 64, skips=g.skips, answers=1 if recipe.task == "lines" else 3)
    if g.kind == "style2paints":
        return Style2Paints(planes, g.width or 32, style_size(g))
    return Inker(g.width or 48)


def input_planes(recipe: Recipe) -> int:
    """Planes that the recipe's network takes."""
    return 3 if recipe.task == "lines" else PLANES[recipe.hints.encoding]


def answer(generator: nn.Module, batch: Batch, eye: nn.Module | None = None) -> Answer:
    """The generator's answer, with all that its losses need; `eye`, frozen, looks at the references."""
    # Asked by attribute, not by type: in training the network sits inside Fabric's wrapper.
    with_parts: Any = getattr(generator, "answer", None)
    if with_parts is None:
        return Answer(generator(batch.planes))
    if getattr(generator, "takes_style", False):
        told = tokens_of(batch, eye)
        said = with_parts(batch.planes, told.reference, told.strength)
        size: Any = getattr(generator, "style", 0)
        return Answer(**said, style=style_of(told.reference, told.strength, size))
    if batch.palette is None and batch.reference is None:
        return Answer(*with_parts(batch.planes))
    return Answer(*with_parts(batch.planes, tokens_of(batch, eye)))


def tokens_of(batch: Batch, eye: nn.Module | None) -> Tokens:
    """What a batch's palettes and references say."""
    n, like = len(batch.planes), batch.planes
    palette = like.new_zeros(n, 1, 4) if batch.palette is None else batch.palette
    if batch.reference is None or eye is None:
        return Tokens(palette, like.new_zeros(n, 1, 256 + 5), like.new_zeros(n, 1))
    seen = eye(batch.reference)
    rest = n - len(seen)
    reference = torch.cat([seen, seen.new_zeros(rest, *seen.shape[1:])])
    strength = torch.cat([seen.new_ones(len(seen), 1), seen.new_zeros(rest, 1)])
    return Tokens(palette, reference, strength)
