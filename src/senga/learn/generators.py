"""What every generator answers, and the one place that makes them from a recipe.

All generators take planes in [0, 1] and answer colors in [0, 1]; another value range is inside the network.
"""

from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from senga.color.encode import PLANES
from senga.learn.house import House
from senga.learn.unet import Autoencoder, PaintsChainer, StridedUNet
from senga.recipe import Recipe


@dataclass
class Answer:
    """What a generator says while training.

    Attributes:
        color: (N, 3, H, W).
        logits: (N, Q, h, w) over color bins, or None.
        label: (N, H*W) the cells that the logits stand for, or None.
    """

    color: Tensor
    logits: Tensor | None = None
    label: Tensor | None = None


def make_generator(recipe: Recipe) -> nn.Module:
    """The recipe's network, freshly initialized from torch's global seed."""
    g = recipe.generator
    planes = PLANES[recipe.hints.encoding]
    if g.kind == "house":
        return House(width=g.width or 160, layers=g.layers, rounds=g.rounds, temperature=1.0)
    if g.kind == "paintschainer":
        return PaintsChainer(planes, g.width or 32)
    if g.kind == "unet":
        return StridedUNet(planes, g.width or 64, g.kernel or 5)
    return Autoencoder(planes, g.width or 64, g.kernel or 5)


def answer(generator: nn.Module, planes: Tensor) -> Answer:
    """The generator's answer, with all that its losses need."""
    # Asked by attribute, not by type: in training the network sits inside Fabric's wrapper.
    with_parts: Any = getattr(generator, "answer", None)
    if with_parts is not None:
        return Answer(*with_parts(planes))
    return Answer(generator(planes))
