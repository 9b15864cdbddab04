"""Parts of the networks that learn by courses; each is the quicker of its kind on a processor in bf16.

Measured on one core: layer norm has a fused kernel where a root-mean-square norm is six passes; attention over a few
hundred tokens by plain products takes a third of the fused kernel's time, backward included.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Attention (N, heads, T, d) by plain products; queries are scaled already."""
    return torch.softmax(query @ key.transpose(2, 3), 3) @ value


class PlaceNorm(nn.Module):
    """Layer norm over the channels of each place of (N, C, H, W)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(width))
        self.shift = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        # Channels last in memory: the transposed view is contiguous.
        places = x.permute(0, 2, 3, 1)
        normed = F.layer_norm(places, places.shape[3:], self.scale.to(x.dtype), self.shift.to(x.dtype))
        return normed.permute(0, 3, 1, 2)


class TokenNorm(PlaceNorm):
    """Layer norm over the last axis."""

    def forward(self, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], self.scale.to(x.dtype), self.shift.to(x.dtype))


class Residual(nn.Module):
    """Two 3x3 convolutions beside a straight way.

    Args:
        width: channels. step: spreads the first convolution's taps. norm: what evens out features before it.
    """

    def __init__(self, width: int, step: int = 1, norm: Callable[[int], nn.Module] = PlaceNorm) -> None:
        super().__init__()
        self.norm = norm(width)
        self.first = nn.Conv2d(width, width, 3, padding=step, dilation=step)
        self.second = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: Tensor) -> Tensor:
        change: Tensor = self.second(F.silu(self.first(self.norm(x))))
        return x + change


class PlaceAttention(nn.Module):
    """A transformer layer over all places; a depthwise convolution tells places apart at any size."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.place = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norm_attention, self.norm_mlp = TokenNorm(width), TokenNorm(width)
        self.split = nn.Linear(width, 3 * width)
        self.join = nn.Linear(width, width)
        self.wide = nn.Linear(width, 3 * width)
        self.narrow = nn.Linear(3 * width, width)
        for last in (self.join, self.narrow):
            nn.init.zeros_(last.weight)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        x = x + self.place(x)
        t = x.permute(0, 2, 3, 1).reshape(n, h * w, c)
        parts = self.split(self.norm_attention(t)).view(n, h * w, 3, self.heads, c // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4).unbind(0)  # (N, heads, h*w, c/heads)
        seen = attend(query * (c // self.heads) ** -0.5, key, value)
        t = t + self.join(seen.transpose(1, 2).reshape(n, h * w, c))
        t = t + self.narrow(F.silu(self.wide(self.norm_mlp(t))))
        out: Tensor = t.view(n, h, w, c).permute(0, 3, 1, 2)
        return out
