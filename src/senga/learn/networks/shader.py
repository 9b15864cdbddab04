"""The shader: line art and flat colors to how each pixel differs from its region's color, and the color of lines.

A small U-Net that sees about a hundred pixels around each place. It works on quarters of the size and less, and comes
back to the full size over the drawing itself at half the size, so that eyes and shine keep their edges. How light
falls no drawing tells: `LIGHT` numbers say it, taken from the picture in training (see `learn.data.lights`) and chosen
at use. Pixels are shuffled, never convolved transposed: no pattern of squares.

Source: ours; sub-pixel convolution, Shi et al. 2016; conditions that shift features, Perez et al. 2018 (FiLM).
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks.blocks import Residual
from senga.learn.networks.cell_blocks import Norm
from senga.learn.networks.spec import Spec

PLANES = 8
"""Lines (1 = paper), flat red, green, blue, borders of regions (1 = the next pixel belongs to another), and three that
tell places in regions: far from ink, right, down; see `senga.color.shader.places`."""

LIGHT = 8
"""Numbers of `senga.color.shader.Lighting`."""

SLOPES = (7, 2, 3)
"""Numbers of light that say how brightness goes with each of the planes of places: roundness, right, bottom."""

ANSWER = ("red change", "green change", "blue change", "red ink", "green ink", "blue ink")
"""Change of red, green, blue (0.5 = none, 0 and 1 = all the range), and the color of a line."""


class Lit(nn.Module):
    """A residual block whose features are moved by how light falls."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.block = Residual(width, norm=Norm)
        self.light = nn.Linear(LIGHT, width)

    def forward(self, x: Tensor, light: Tensor) -> Tensor:
        answer: Tensor = self.block(x + self.light(light)[:, :, None, None].to(x.dtype))
        return answer


class Shader(nn.Module):
    """See above.

    Args:
        width: channels at 1/4 of the size; twice as many at 1/8.
        deep: channels at 1/16.
        fine: channels at 1/2.
    """

    spec = Spec({"shade": ANSWER}, size_multiple=16, planes=PLANES)

    def __init__(self, width: int = 48, deep: int = 128, fine: int = 24) -> None:
        super().__init__()
        w1, w2, w3 = width, 2 * width, deep
        self.enter = nn.Conv2d(16 * (PLANES + 1), w1, 3, padding=1)
        self.down1 = nn.ModuleList([Lit(w1), Lit(w1)])
        self.to2 = nn.Conv2d(4 * w1, w2, 1)
        self.down2 = nn.ModuleList([Lit(w2), Lit(w2)])
        self.to3 = nn.Conv2d(4 * w2, w3, 1)
        self.down3 = nn.ModuleList([Lit(w3), Lit(w3), Lit(w3)])
        self.up2 = nn.Conv2d(w3, 4 * w2, 1)
        self.join2 = Lit(w2)
        self.up1 = nn.Conv2d(w2, 4 * w1, 1)
        self.join1 = Lit(w1)
        self.near = nn.Conv2d(4 * (PLANES + 1), fine, 3, padding=1)
        self.up0 = nn.Conv2d(w1, 4 * fine, 1)
        self.join0 = Lit(fine)
        self.norm = Norm(fine)
        self.leave = nn.Conv2d(fine, 4 * len(ANSWER), 3, padding=1)
        for numbers in self.leave.parameters():  # at first only what light says, and no pattern of shuffled pixels
            nn.init.zeros_(numbers)
        self.follow = nn.Parameter(torch.full((3,), 0.5))

    def forward(self, planes: Tensor, light: Tensor) -> Tensor:
        """(N, 6, H, W), planes as in `ANSWER`, of planes (N, `PLANES`, H, W) in [0, 1] and light (N, `LIGHT`)."""
        # What light says by itself, a straight line; the network bends it.
        slope = ((planes[:, 5:] * 255 - 128) / 48 * light[:, SLOPES, None, None]).sum(1, keepdim=True)  # (N, 1, H, W)
        centered = torch.cat([planes - 0.5, slope], 1)
        x1 = self.enter(F.pixel_unshuffle(centered, 4))  # (N, w, H/4, W/4)
        for block in self.down1:
            x1 = block(x1, light)
        x2 = self.to2(F.pixel_unshuffle(x1, 2))  # (N, 2w, H/8, W/8)
        for block in self.down2:
            x2 = block(x2, light)
        x3 = self.to3(F.pixel_unshuffle(x2, 2))  # (N, deep, H/16, W/16)
        for block in self.down3:
            x3 = block(x3, light)
        x2 = self.join2(x2 + _enlarged(self.up2(x3)), light)
        x1 = self.join1(x1 + _enlarged(self.up1(x2)), light)
        x0 = self.near(F.pixel_unshuffle(centered, 2)) + _enlarged(self.up0(x1))  # (N, fine, H/2, W/2)
        x0 = self.norm(self.join0(x0, light))
        said = F.pixel_shuffle(self.leave(F.silu(x0)), 2)  # (N, 6, H, W)
        change, ink = said.float().chunk(2, 1)
        change = (change + slope * self.follow.view(1, 3, 1, 1)) * usual_change(light)[:, None, None, None]
        return torch.cat([0.5 + 0.5 * change, 0.3 * planes[:, 1:4] + ink], 1)


def _enlarged(x: Tensor) -> Tensor:
    """Four times the channels to twice the size, smoothed by 1-2-1 both ways: no pattern of 2 px comes through."""
    shuffled = F.pixel_shuffle(x, 2)
    count = shuffled.shape[1]
    row = shuffled.new_tensor([0.25, 0.5, 0.25])
    kernel = (row[:, None] * row).expand(count, 1, 3, 3)
    return F.conv2d(F.pad(shuffled, (1, 1, 1, 1), mode="replicate"), kernel, groups=count)


def usual_change(light: Tensor) -> Tensor:
    """(N,), how far pixels usually are from their flats where light is as given, in [0, 1]: what the network counts in.

    The inverse of the first number of `learn.data.lights.light_of`, nearly.
    """
    return 0.05 * torch.exp2(light[:, 0])
