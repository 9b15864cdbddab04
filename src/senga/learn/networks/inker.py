"""The inker: the shipped network from picture to line art. Shapes stand at the lines' ends for a 128 px example.

It answers with two planes: ink as it would be drawn, and how near each pixel is to a stroke's center line. The second
is what lets lines be drawn at any width.
"""

import itertools

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.data.line_augmentation import gray
from senga.learn.networks.spec import Answer, Network, Spec, Tokens


class _Block(nn.Module):
    """Two 3x3 convolutions beside an identity, the second begun at zero: no norms, so no batch statistics."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(width, width, 3, padding=1)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        answer: Tensor = F.relu(x + self.second(F.relu(self.first(x))))
        return answer


def relief(color: Tensor) -> Tensor:
    """How much darker or lighter a pixel is than its surroundings, in their own contrast: (N, 1, H, W) around 0.

    Faint lines on dark ground look here as black lines on paper do. Source: gray less its blur is a usual input of line
    extractors; division by the local contrast is ours.
    """
    luma = gray(color)

    def around(plane: Tensor) -> Tensor:
        return F.interpolate(F.avg_pool2d(plane, 8), scale_factor=8.0, mode="bilinear", align_corners=False)

    difference = luma - around(luma)
    return difference / (around(difference.abs()) + 0.02) * 0.25


class Inker(Network):
    """A U-Net of residual blocks on a picture folded 2 to 1, about 19,000 products a pixel at width 48.

    Upsampling is pixel shuffle begun as nearest-neighbor, so that no grid is there to unlearn.

    Args:
        width: channels at a quarter of the size; a third of it at half size, twice and four times it at an eighth
            and a sixteenth. At 48 all are multiples of 16, in which the ONNX runtime computes.
    """

    spec = Spec({"lines": ("ink", "center")}, size_multiple=16, planes=3)

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        widths = [width // 3, width, 2 * width, 4 * width]
        self.enter = nn.Conv2d(16, widths[0], 3, padding=1)
        self.down = nn.ModuleList(nn.Conv2d(4 * a, b, 1) for a, b in itertools.pairwise(widths))
        self.falling = nn.ModuleList(_Block(w) for w in widths[:3])
        self.deep = nn.Sequential(_Block(widths[3]), _Block(widths[3]))
        self.up = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in itertools.pairwise(widths))
        self.rising = nn.ModuleList(_Block(w) for w in widths[:3])
        self.unfold = nn.Conv2d(widths[0], 4 * 8, 3, padding=1)
        self.leave = nn.Conv2d(8 + 4, 2, 3, padding=1)
        assert self.unfold.bias is not None
        assert self.leave.bias is not None
        with torch.no_grad():
            for part in (self.unfold.weight, self.unfold.bias):
                part.copy_(part[::4].repeat_interleave(4, 0))
            self.leave.bias.fill_(-2.0)

    def logits(self, color: Tensor) -> Tensor:
        """(N, 3, H, W) RGB in [0, 1] to (N, 2, H, W): ink, nearness to a center line; before the sigmoid."""
        full = torch.cat([color * 2 - 1, relief(color.float()).to(color.dtype)], 1)  # 4, 128
        x = F.relu(self.enter(F.pixel_unshuffle(full, 2)))  # w/3, 64
        kept = []
        for block, shrink in zip(self.falling, self.down, strict=True):
            x = block(x)
            kept.append(x)
            x = F.relu(shrink(F.pixel_unshuffle(x, 2)))  # w, 32; 2w, 16; 4w, 8
        x = self.deep(x)
        for block, grow, beside in zip(reversed(self.rising), reversed(self.up), reversed(kept), strict=True):
            x = block(F.relu(beside + F.interpolate(grow(x), scale_factor=2.0, mode="nearest")))
        x = F.relu(F.pixel_shuffle(self.unfold(x), 2))  # 8, 128
        answer: Tensor = self.leave(torch.cat([x, full.to(x.dtype)], 1))
        return answer

    def forward(self, color: Tensor) -> Tensor:
        """As `logits`, in [0, 1]: 1 = ink, and 1 = on a center line."""
        return torch.sigmoid(self.logits(color))

    def answer(self, planes: Tensor, tokens: Tokens | None = None) -> Answer:
        """Answer and logits, for the losses."""
        logits = self.logits(planes)
        return Answer(torch.sigmoid(logits), logits)
