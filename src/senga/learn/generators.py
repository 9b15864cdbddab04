"""What every generator answers, and the one place that makes them from a recipe.

All generators take planes in [0, 1] and answer in [0, 1]: colors, or line art; another value range is inside the
network.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from senga.color.encode import PLANES
from senga.learn.house import House
from senga.learn.inker import Inker
from senga.learn.unet import Autoencoder, PaintsChainer, Ronneberger, StridedUNet
from senga.recipe import Recipe


@dataclass
class Answer:
    """What a generator says while training.

    Attributes:
        planes: (N, 3, H, W) colors; (N, 1, H, W) line art; or (N, 2, H, W) ink and nearness to a center line.
        logits: (N, Q, h, w) over color bins, (N, 2, H, W) before the inker's sigmoid, or None.
        label: (N, H*W) the cells that the logits stand for, or None.
    """

    planes: Tensor
    logits: Tensor | None = None
    label: Tensor | None = None


def make_generator(recipe: Recipe) -> nn.Module:
    """The recipe's network, freshly initialized from torch's global seed."""
    g = recipe.generator
    planes = input_planes(recipe)
    if g.kind == "house":
        return House(width=g.width or 160, layers=g.layers, rounds=g.rounds, temperature=1.0)
    if g.kind == "paintschainer":
        return PaintsChainer(planes, g.width or 32)
    if g.kind == "unet":
        return StridedUNet(planes, g.width or 64, g.kernel or 5)
    if g.kind == "autoencoder":
        return Autoencoder(planes, g.width or 64, g.kernel or 5)
    if g.kind == "ronneberger":
        return Ronneberger(planes, g.width or 64, skips=g.skips)
    return Inker(g.width or 48)


def input_planes(recipe: Recipe) -> int:
    """Planes that the recipe's network takes."""
    return 3 if recipe.task == "lines" else PLANES[recipe.hints.encoding]


def answer(generator: nn.Module, planes: Tensor) -> Answer:
    """The generator's answer, with all that its losses need."""
    # Asked by attribute, not by type: in training the network sits inside Fabric's wrapper.
    with_parts: Any = getattr(generator, "answer", None)
    if with_parts is not None:
        return Answer(*with_parts(planes))
    return Answer(generator(planes))
