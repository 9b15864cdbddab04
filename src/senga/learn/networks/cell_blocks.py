"""Parts of the networks that think in cells: norm, attention with tokens to listen to, spreading."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks import cells


class Norm(nn.Module):
    """Root-mean-square norm over channels at each place: the same at every picture size."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(1, width, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.float().square().mean(1, keepdim=True) + 1e-6).to(x.dtype) * self.scale


class Attention(nn.Module):
    """A transformer layer over all places; a depthwise convolution tells places apart at any size.

    Args:
        width: channels. heads: attention heads.
        heard: channels of tokens from elsewhere (a palette's, a reference's) that places listen to as well; 0: none.
    """

    def __init__(self, width: int, heads: int, heard: int = 0) -> None:
        super().__init__()
        self.heads = heads
        self.place = nn.Conv2d(width, width, 3, padding=1, groups=width)
        self.norm_attention, self.norm_mlp = Norm(width), Norm(width)
        self.split = nn.Conv2d(width, 3 * width, 1)
        self.join = nn.Conv2d(width, width, 1)
        self.hear = nn.Linear(heard, 2 * width) if heard else None
        self.wide = nn.Conv2d(width, 3 * width, 1)
        self.narrow = nn.Conv2d(3 * width, width, 1)
        for last in (self.join, self.narrow):
            nn.init.zeros_(last.weight)

    def forward(self, x: Tensor, tokens: Tensor | None = None, loudness: Tensor | None = None) -> Tensor:
        """The next features.

        Args:
            x: (N, width, h, w). tokens: (N, T, heard). loudness: (N, T), added to the tokens' attention before the
            softmax: 0 as learned, very low unheard.
        """
        n, c, h, w = x.shape
        x = x + self.place(x)
        parts = self.split(self.norm_attention(x)).reshape(n, 3, self.heads, c // self.heads, h * w)
        query, key, value = parts.transpose(3, 4).unbind(1)  # each (N, heads, h*w, c/heads)
        if self.hear is not None and tokens is not None and loudness is not None:
            heard = self.hear(tokens).reshape(n, tokens.shape[1], 2, self.heads, c // self.heads)
            token_key, token_value = heard.permute(2, 0, 3, 1, 4).unbind(0)  # each (N, heads, T, c/heads)
            value = torch.cat([value, token_value], 2)
            # The loudness rides on a channel of its own that every query multiplies by one: no mask as large as all
            # pairs of places, which costs as much as the products.
            root = (c // self.heads) ** 0.5
            loud = (loudness.to(key.dtype) * root).view(n, 1, -1, 1).expand(n, self.heads, -1, 1)
            key = torch.cat([F.pad(key, (0, 1)), torch.cat([token_key, loud], 3)], 2)
            query = torch.cat([query, torch.ones_like(query[..., :1])], 3)
            seen = F.scaled_dot_product_attention(query, key, value, scale=1 / root)
        else:
            seen = F.scaled_dot_product_attention(query, key, value)
        x = x + self.join(seen.transpose(2, 3).reshape(n, c, h, w))
        change: Tensor = self.narrow(F.silu(self.wide(self.norm_mlp(x))))
        return x + change


class Spread(nn.Module):
    """Features averaged again and again with the neighbors that no ink divides: a region comes to one mind."""

    def __init__(self, width: int, inner: int, hops: int) -> None:
        super().__init__()
        self.hops = hops
        self.norm = Norm(width)
        self.enter = nn.Conv2d(width, inner, 1)
        self.leave = nn.Conv2d(inner, width, 1)
        nn.init.zeros_(self.leave.weight)

    def forward(self, x: Tensor, affinity: Tensor) -> Tensor:
        spread = self.enter(self.norm(x))
        for _ in range(self.hops):
            total = sum(a * b for a, b in zip(affinity.chunk(9, 1), cells.neighbors(spread), strict=True))
            assert isinstance(total, Tensor)
            spread = total
        change: Tensor = self.leave(F.silu(spread))
        return x + change


def parameters(module: nn.Module) -> int:
    """Number of trained numbers in a network."""
    return sum(p.numel() for p in module.parameters())
