"""The game between generator and discriminator: what the one loses, what the other learns.

The generator has taken its step when the discriminator learns, from the pictures that were made before that step.
Real and made pictures are judged side by side in one batch: batch norms that see the one kind or the other alone take
away what sets them apart.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.data.batches import Batch
from senga.learn.networks.discriminators import make_discriminator
from senga.recipe import Recipe


class Adversary:
    """A discriminator, its optimizer, and what it said last.

    Attributes:
        network: the discriminator. optimizer: its Adam.
        reported: `discriminator`, its last loss, and `accuracy`, the share of real and made pictures that it told apart
            when it last learned; empty before that.
    """

    def __init__(self, recipe: Recipe, device: torch.device, layout: torch.memory_format = torch.channels_last) -> None:
        d = recipe.discriminator
        self.loss, self.pair, self.every, self.styled = d.loss, d.sees == "pair", d.every, d.kind == "style"
        made = make_discriminator(recipe).to(device)
        self.network: nn.Module = made.to(memory_format=layout)  # type: ignore[call-overload]
        self.optimizer: Any = torch.optim.Adam(
            self.network.parameters(), lr=d.rate, betas=(d.beta1, recipe.training.beta2)
        )
        self.reported: dict[str, float] = {}

    def fool(self, color: Tensor, batch: Batch, style: Tensor | None) -> Tensor:
        """The generator's loss: how far the discriminator is from taking its colors (N, 3, H, W) for real."""
        return self._loss(self._said(color, batch)[1], style, real=True)

    def wants(self, step: int) -> bool:
        """Whether the discriminator learns at this step of the generator, counted from 0."""
        return step % self.every == 0

    def judge(self, color: Tensor, batch: Batch, style: Tensor | None) -> Tensor:
        """The discriminator's loss on made colors, without a way back to who made them, and on the targets."""
        real, made = self._said(color.detach(), batch)
        loss = (self._loss(real, style, real=True) + self._loss(made, style, real=False)) / 2
        self.reported = {"discriminator": float(loss.detach()), "accuracy": self._accuracy(real, made, style)}
        return loss

    def _said(self, color: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """What the network says of the targets, and of made colors."""
        shown = torch.cat([batch.target, color])
        if self.pair:
            shown = torch.cat([shown, batch.line.repeat(2, 1, 1, 1)], 1)
        real, made = self.network(shown).chunk(2)
        return real, made

    def _loss(self, said: Tensor, style: Tensor | None, *, real: bool) -> Tensor:
        said = said.float()
        if self.styled:  # a real picture's style, or nothing
            assert style is not None
            wanted = style if real else torch.zeros_like(style)
        else:
            wanted = torch.full_like(said, float(real))
        if self.loss == "least-squares":
            return (torch.sigmoid(said) - wanted if self.styled else said - wanted).square().mean()
        return F.binary_cross_entropy_with_logits(said, wanted)

    def _accuracy(self, real: Tensor, made: Tensor, style: Tensor | None) -> float:
        if self.styled:
            assert style is not None
            # Nearer to the style than to nothing.
            near = [
                (said.float().sigmoid() - style).square().mean(1) < said.float().sigmoid().square().mean(1)
                for said in (real, made)
            ]
            return float((near[0].float().mean() + (~near[1]).float().mean()) / 2)
        middle = 0.5 if self.loss == "least-squares" else 0.0
        return float(((real > middle).float().mean() + (made <= middle).float().mean()) / 2)
