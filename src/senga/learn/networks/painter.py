"""The painter: what color each region of a drawing has, given some of them, or none.

The drawing is read once by a U-Net; its features are pooled over regions into tokens. What is known of the colors
(hints, earlier rounds, a palette) enters with the tokens, and a few attention layers, in which every region sees every
other, answer for each region with chances over colors. So a hint re-runs the tokens alone, a few milliseconds.

An answer is a mixture: so much chance for each of a few hundred color bins, each moved a little to fit, for each color
of the palette, and for the color of each region that is known: the other strand of the hair takes the very same color.

Sources: PAINTER's measurements (ours); mixture densities, Bishop 1994; pointing at known tokens, Vinyals et al. 2015;
distance biases, Press et al. 2022 (ALiBi), here over the plane.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.color.tokens import GEOMETRY, KNOWN
from senga.learn.networks.blocks import PlaceAttention, PlaceNorm, Residual, TokenNorm, attend
from senga.learn.networks.spec import COLORS, Spec

PLANES = 2
"""Planes of the drawing: ink (1 = ink), and borders of regions (1 = the next pixel belongs to another)."""

SIGMA = 0.06
"""Spread of a component of the mixture, in `opponent` units: a Delta E of about 5. Ours."""

MOVED = 0.1
"""How far a bin may be moved to fit, in `opponent` units. Ours."""

SILENT = 1e-13
"""Presence of what is not there: its logarithm, added to logits, leaves nothing of it and is finite."""


class Answer(NamedTuple):
    """A mixture over colors for each region.

    Attributes:
        logits: (N, R, bins + R + P), of the bins, of the regions whose color is known, and of the palette.
        moved: (N, R, bins, 3), how far each bin is moved.
    """

    logits: Tensor
    moved: Tensor


RIDING = 4
"""Channels of a head's queries and keys that carry place and presence."""


class Layer(nn.Module):
    """A transformer layer over region tokens, nearer ones favored by a learned measure for each head.

    The favor, minus so much for each squared distance, rides on channels of queries and keys: a mask as large as all
    pairs of tokens, with a gradient, took a quarter of a training step.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.content = width // heads - RIDING
        self.norm_attention, self.norm_mlp = TokenNorm(width), TokenNorm(width)
        self.split = nn.Linear(width, 2 * heads * self.content + width)
        self.join = nn.Linear(width, width)
        self.wide = nn.Linear(width, 3 * width)
        self.narrow = nn.Linear(3 * width, width)
        # From heads that see far to heads that see what is beside.
        self.nearness = nn.Parameter(torch.linspace(-2.0, 4.0, heads))
        for last in (self.join, self.narrow):
            nn.init.zeros_(last.weight)

    def forward(self, x: Tensor, place: Tensor, loudness: Tensor) -> Tensor:
        """Tokens (N, T, width) from tokens.

        Args:
            place: (N, T, 3): x, y, and 1 for a token that lies nowhere (a palette's), which is near to all.
            loudness: (N, T), added to the logits: 0, or far below where there is no token.
        """
        n, t, c = x.shape
        h, d = self.heads, self.content
        q, k, v = self.split(self.norm_attention(x)).split([h * d, h * d, c], 2)
        root = (d + RIDING) ** 0.5
        slope = torch.exp(self.nearness).view(1, 1, -1, 1) * root
        at, nowhere = place[:, :, None, :2], place[:, :, None, 2:]
        far = at.square().sum(3, keepdim=True)
        # -slope |p - q|^2, less what is the same for all keys of a query.
        asked = torch.cat([2 * slope * at, torch.ones_like(far).expand(-1, -1, h, -1), slope * far], 3)
        held = torch.cat([at, torch.zeros_like(far), nowhere], 3).expand(-1, -1, h, -1)
        own = torch.cat([held[..., :2], loudness[:, :, None, None] * root - slope * far, held[..., 3:]], 3)
        q = torch.cat([q.view(n, t, h, d), asked.to(q.dtype)], 3).transpose(1, 2)
        k = torch.cat([k.view(n, t, h, d), own.to(k.dtype)], 3).transpose(1, 2)
        seen = attend(q / root, k, v.view(n, t, h, c // h).transpose(1, 2))
        x = x + self.join(seen.transpose(1, 2).reshape(n, t, c))
        change: Tensor = self.narrow(F.silu(self.wide(self.norm_mlp(x))))
        return x + change


class Painter(nn.Module):
    """Line art, its regions, and what is known of their colors, to chances over colors for each region.

    Args:
        width: channels at 1/4 of the size; twice and four times as many at 1/8 and 1/16.
        deep: attention layers at 1/16.
        tokens: channels of a region's token. layers: attention layers over tokens.
        bins: color bins.
    """

    spec = Spec(
        {"colorize": COLORS},
        size_multiple=16,
        planes=PLANES,
        conditions=("hints", "palette", "reference"),
        stages=("read", "think"),
        bins=True,
    )

    def __init__(self, width: int = 64, deep: int = 2, tokens: int = 192, layers: int = 4, bins: int = 256) -> None:
        super().__init__()
        self.tokens = tokens
        self.register_buffer("bins", torch.rand(bins, 3))
        self.bins: Tensor
        w1, w2, w3 = width, 2 * width, 4 * width
        self.enter = nn.Conv2d(16 * PLANES, w1, 3, padding=1)
        self.down1 = nn.Sequential(Residual(w1), Residual(w1))
        self.to2 = nn.Conv2d(4 * w1, w2, 1)
        self.down2 = nn.Sequential(Residual(w2), Residual(w2))
        self.to3 = nn.Conv2d(4 * w2, w3, 1)
        self.down3 = nn.Sequential(Residual(w3), Residual(w3))
        self.deep = nn.ModuleList([PlaceAttention(w3, w3 // 64) for _ in range(deep)])
        self.up2 = nn.Conv2d(w3, 4 * w2, 1)
        self.join2 = nn.Sequential(Residual(w2), Residual(w2))
        self.up1 = nn.Conv2d(w2, 4 * w1, 1)
        self.join1 = nn.Sequential(Residual(w1))
        # Read out at all three scales: where a thing is, and what it is.
        self.norms = nn.ModuleList([PlaceNorm(w1), PlaceNorm(w2), PlaceNorm(w3)])
        self.region = nn.Linear(w1 + w2 + w3, tokens)
        self.geometry = nn.Sequential(nn.Linear(GEOMETRY, tokens), nn.SiLU(), nn.Linear(tokens, tokens))
        self.known = nn.Sequential(nn.Linear(KNOWN, tokens), nn.SiLU(), nn.Linear(tokens, tokens))
        self.offered = nn.Sequential(nn.Linear(3, tokens), nn.SiLU(), nn.Linear(tokens, tokens))
        self.layers = nn.ModuleList([Layer(tokens, tokens // 48) for _ in range(layers)])
        self.last = TokenNorm(tokens)
        self.logits = nn.Linear(tokens, bins)
        self.moved = nn.Linear(tokens, bins * 3)
        self.query = nn.Linear(tokens, 64)
        self.key = nn.Linear(tokens, 65)
        nn.init.zeros_(self.moved.weight)
        nn.init.zeros_(self.moved.bias)

    def read(self, planes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Features of drawings (N, `PLANES`, H, W) at 1/4, 1/8 and 1/16 of the size, (N, width, h, w) and so on."""
        x1 = self.down1(self.enter(F.pixel_unshuffle(planes, 4)))  # (N, w, H/4, W/4)
        x2 = self.down2(self.to2(F.pixel_unshuffle(x1, 2)))  # (N, 2w, H/8, W/8)
        x3 = self.down3(self.to3(F.pixel_unshuffle(x2, 2)))  # (N, 4w, H/16, W/16)
        for layer in self.deep:
            x3 = layer(x3)
        x2 = self.join2(x2 + F.pixel_shuffle(self.up2(x3), 2))
        x1 = self.join1(x1 + F.pixel_shuffle(self.up1(x2), 2))
        one, two, three = (norm(x) for norm, x in zip(self.norms, (x1, x2, x3), strict=True))
        return one, two, three

    def pool(self, features: tuple[Tensor, Tensor, Tensor], shares: Tensor) -> Tensor:
        """Features of regions (N, R, 7 * width): means over `shares` (N, R, H/4, W/4), which sum to 1 (or 0) each."""
        parts = []
        for x in features:
            parts.append(shares.flatten(2).to(x.dtype) @ x.flatten(2).transpose(1, 2))
            if x is not features[-1]:  # coarser features by coarser shares: cheaper than finer features
                n, r, h, w = shares.shape
                shares = shares.view(n, r, h // 2, 2, w // 2, 2).sum((3, 5))
        return torch.cat(parts, 2)

    def think(
        self, regions: Tensor, geometry: Tensor, known: Tensor, there: Tensor, palette: Tensor, offered: Tensor
    ) -> Answer:
        """The mixture over colors.

        Args:
            regions: (N, R, 7 * width) of `pool`. geometry: (N, R, `GEOMETRY`).
            known: (N, R, `KNOWN`). there: (N, R), 1 where there is a region.
            palette: (N, P, 3), colors in `opponent` units. offered: (N, P), 1 where there is a color.

        Regions of a reference are regions like others, all of them known; they lie nowhere in the drawing. Presences
        between 0 and 1 are heard, and pointed at, so much less.
        """
        n, r, _ = regions.shape
        x = torch.cat([self.region(regions) + self.geometry(geometry) + self.known(known), self.offered(palette)], 1)
        loudness = torch.log(torch.cat([there, offered], 1).clamp_min(SILENT))  # (N, T)
        borrowed = known[:, :, 5:6]
        nowhere = torch.cat([torch.zeros_like(palette[:, :, :2]), torch.ones_like(palette[:, :, :1])], 2)
        place = torch.cat([torch.cat([geometry[:, :, :2] * (1 - borrowed), borrowed], 2), nowhere], 1)
        for layer in self.layers:
            x = layer(x, place, loudness)
        x = self.last(x)
        mine = x[:, :r]
        logits = self.logits(mine).float()
        key = self.key(x).float()
        fit = self.query(mine).float() @ key[:, :, :64].transpose(1, 2) / 8 + key[:, :, 64].unsqueeze(1)
        sure = torch.cat([known[:, :, 3:].amax(2) * there, offered], 1)
        fit = fit + torch.log(sure.float().clamp_min(SILENT)).unsqueeze(1)
        moved = MOVED * torch.tanh(self.moved(mine).float()).view(n, r, -1, 3)
        return Answer(torch.cat([logits, fit], 2), moved)

    def forward(
        self,
        planes: Tensor,
        shares: Tensor,
        geometry: Tensor,
        known: Tensor,
        there: Tensor,
        palette: Tensor,
        offered: Tensor,
    ) -> Answer:
        """See `read`, `pool` and `think`."""
        regions = self.pool(self.read(planes), shares)
        return self.think(regions, geometry, known, there, palette, offered)


def components(answer: Answer, bins: Tensor, known: Tensor, palette: Tensor) -> tuple[Tensor, Tensor]:
    """Colors of all components: bins as they are moved (N, R, bins, 3), and those to point at (N, R + P, 3)."""
    return bins + answer.moved, torch.cat([known[:, :, :3], palette], 1)


def mean_color(answer: Answer, bins: Tensor, known: Tensor, palette: Tensor) -> Tensor:
    """Mean of the mixture, (N, R, 3)."""
    own, pointed = components(answer, bins, known, palette)
    chance = torch.softmax(answer.logits, 2)
    b = len(bins)
    mean: Tensor = (chance[:, :, :b].unsqueeze(3) * own).sum(2) + chance[:, :, b:] @ pointed
    return mean


def surprise(answer: Answer, bins: Tensor, known: Tensor, palette: Tensor, truth: Tensor) -> Tensor:
    """Negative log likelihood of the true colors (N, R, 3), (N, R), without the Gaussians' constant."""
    own, pointed = components(answer, bins, known, palette)
    near = (own - truth.unsqueeze(2)).square().sum(3)
    far = torch.cdist(truth, pointed).square()
    fit = torch.cat([near, far], 2) / (-2 * SIGMA**2)
    found: Tensor = torch.logsumexp(answer.logits, 2) - torch.logsumexp(answer.logits + fit, 2)
    return found
