"""The closer: where one color ends, read off line art, also where the lines are open.

A plain U-Net that is small enough to run once a drawing without being noticed. It works at a quarter of the size and
less, looks around by spread taps at a sixteenth, so that it knows shapes, and answers at half the size.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks.blocks import Residual
from senga.learn.networks.cell_blocks import Norm
from senga.learn.networks.spec import Spec


class Closer(nn.Module):
    """Line art to walls.

    Args:
        width: channels at 1/4 of the size; twice and three times as many at 1/8 and 1/16.
    """

    spec = Spec({"close": ("wall",)}, size_multiple=16, planes=1)

    def __init__(self, width: int = 32) -> None:
        super().__init__()
        w1, w2, w3 = width, 2 * width, 3 * width
        self.enter = nn.Conv2d(16, w1, 3, padding=1)
        self.down1 = Residual(w1, norm=Norm)
        self.to2 = nn.Conv2d(4 * w1, w2, 1)
        self.down2 = nn.Sequential(Residual(w2, norm=Norm), Residual(w2, norm=Norm))
        self.to3 = nn.Conv2d(4 * w2, w3, 1)
        self.deep = nn.Sequential(*(Residual(w3, step, norm=Norm) for step in (1, 2, 4, 2)))
        self.up2 = nn.Conv2d(w3, 4 * w2, 1)
        self.join2 = Residual(w2, norm=Norm)
        self.up1 = nn.Conv2d(w2, 4 * w1, 1)
        self.join1 = Residual(w1, norm=Norm)
        self.up = nn.Conv2d(w1, 4 * 12, 1)
        self.fine = nn.Conv2d(16, 16, 3, padding=1)
        self.leave = nn.Conv2d(16, 1, 3, padding=1)
        assert self.leave.bias is not None
        nn.init.constant_(self.leave.bias, -3.0)  # walls are rare

    def forward(self, ink: Tensor) -> Tensor:
        """Logits of walls (N, 1, H/2, W/2) from ink (N, 1, H, W), 1 = ink; H and W multiples of 16."""
        x1 = self.down1(self.enter(F.pixel_unshuffle(ink, 4)))  # (N, w, H/4, W/4)
        x2 = self.down2(self.to2(F.pixel_unshuffle(x1, 2)))  # (N, 2w, H/8, W/8)
        x3 = self.deep(self.to3(F.pixel_unshuffle(x2, 2)))  # (N, 3w, H/16, W/16)
        x2 = self.join2(x2 + F.pixel_shuffle(self.up2(x3), 2))
        x1 = self.join1(x1 + F.pixel_shuffle(self.up1(x2), 2))
        x = torch.cat([F.pixel_shuffle(self.up(x1), 2), F.pixel_unshuffle(ink, 2).to(x1.dtype)], 1)  # (N, 16, H/2, W/2)
        logits: Tensor = self.leave(F.silu(self.fine(x)))
        return logits
