"""The house generator: colors per ink-bounded cell, hints spread by geometry, little to learn.

Edges and the reach of hints come from `cells`; a small network decides colors only. It answers with a distribution
over color bins for each cell (a regression answers sepia where lines leave the color open), a gate between that
answer and the color that the hints' geodesic fill brings, and how each pixel mixes the nine cells around it.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from senga.learn.networks import cells
from senga.learn.networks.cell_blocks import Attention, Norm, Residual, Spread
from senga.learn.objectives import to_yuv

BINS = 256


class House(nn.Module):
    """Line art and hints to color.

    Args:
        width: channels at 1/8 of the size (two fifths of it at 1/4, eight fifths at 1/16).
        layers: transformer layers at 1/16.
        rounds: reach of a hint, in cells.
        bins: number of color bins.
        temperature: under 1 sharpens the answer over the color bins when the network is used (1 while training).
        vividness: adds so much log-chance for each unit of a bin's chroma (YUV) when the network is used (0 while
            training): the mean over likely colors is duller than any of them, this makes up for it.
    """

    size_multiple = 16

    def __init__(
        self,
        width: int = 160,
        layers: int = 4,
        rounds: int = 64,
        bins: int = BINS,
        temperature: float = 1.0,
        vividness: float = 0.0,
    ) -> None:
        super().__init__()
        if width % 40:
            raise ValueError("width must be a multiple of 40")
        fine, deep = width * 2 // 5, width * 8 // 5
        self.rounds, self.temperature, self.vividness = rounds, temperature, vividness
        self.register_buffer("bins", torch.rand(bins, 3))
        self.bins: Tensor
        self.enter = nn.Conv2d(16, fine, 3, padding=1)
        self.fine = nn.Sequential(Residual(fine), Residual(fine))
        self.down = nn.Conv2d(4 * fine, width, 1)
        self.told = nn.Conv2d(12, width, 1)
        self.before = nn.Sequential(Residual(width), Residual(width))
        self.deeper = nn.Conv2d(4 * width, deep, 1)
        self.deep = nn.Sequential(*[Attention(deep, deep // 64) for _ in range(layers)])
        self.rise = nn.Conv2d(deep, 4 * width, 1)
        self.after = nn.ModuleList([Spread(width, 64, 6), Residual(width), Spread(width, 64, 6), Residual(width)])
        self.norm = Norm(width)
        self.logits = nn.Conv2d(width, bins, 1)
        self.gate = nn.Conv2d(width, 1, 1)
        self.mixing = nn.Conv2d(4 * fine, 9 * cells.BLOCK**2, 1)
        self.trust = nn.Parameter(torch.tensor([4.0, 0.2, 0.5]))
        nn.init.zeros_(self.gate.weight)
        nn.init.zeros_(self.mixing.weight)

    def forward(self, planes: Tensor) -> Tensor:
        """Color, (N, 3, H, W) in [0, 1], from planes (N, 5, H, W): line art, hint RGB where given, hint mask."""
        color, _, _ = self.answer(planes)
        return color

    def answer(self, planes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Color (N, 3, H, W), the cells' color logits (N, bins, h, w), and the pixels' cells (N, H*W)."""
        n, _, height, width = planes.shape
        h, w = height // cells.BLOCK, width // cells.BLOCK
        planes = planes.float()  # the geometry counts exactly, in training's half precision too
        line, hint, mask = planes[:, :1], planes[:, 1:4], planes[:, 4:5]
        found = cells.find_cells(1 - line)
        sums = cells.cell_sums(found.label, torch.cat([hint, mask, 1 - line, torch.ones_like(line)], 1), h, w)
        share = sums[:, 3:4] / sums[:, 5:6].clamp_min(1)
        hinted = sums[:, 3:4] > 0.5
        own = sums[:, :3] / sums[:, 3:4].clamp_min(0.5)
        source, distance = cells.geodesic_fill(found.ways, hinted, self.rounds)
        fill = own.flatten(2).gather(2, source.unsqueeze(1).expand(n, 3, h * w)).view(n, 3, h, w)
        reached = (distance < 2.0**21).to(fill.dtype)
        fill = fill * reached
        told = torch.cat(
            [
                fill,
                reached,
                torch.exp(-distance / 30) * reached,
                torch.exp(-distance / 300) * reached,
                torch.exp(-distance / 3000) * reached,
                own * hinted.to(own.dtype),
                share,
                sums[:, 4:5] / sums[:, 5:6].clamp_min(1),
            ],
            1,
        )
        affinity = cells.affinity(found.ways)

        fine = self.fine(self.enter(F.pixel_unshuffle(2 * (1 - line), 4)))
        fine = F.pixel_unshuffle(fine, 2)  # (N, 4 fine, h, w)
        x = self.before(self.down(fine) + self.told(told))
        deep = self.deep(self.deeper(F.pixel_unshuffle(x, 2)))
        x = x + F.pixel_shuffle(self.rise(deep), 2)
        for layer in self.after:
            x = layer(x, affinity) if isinstance(layer, Spread) else layer(x)
        x = self.norm(x)
        logits = self.logits(x).float()
        vivid = self.vividness * to_yuv(self.bins)[:, 1:].square().sum(1).sqrt().view(1, -1, 1, 1)
        chosen = torch.softmax((logits + vivid) / self.temperature, 1)
        guess = torch.einsum("nqhw,qc->nchw", chosen, self.bins)
        # Up to about half a wall the way led over paper; beyond it, across lines.
        doubt = self.trust[1] * distance.clamp_max(300) / 100 + self.trust[2] * (distance - 300).clamp(0, 6000) / 300
        gate = torch.sigmoid(self.gate(x).float() + self.trust[0] - doubt) * reached
        color = gate * fill + (1 - gate) * guess  # one color a cell

        # Each pixel mixes the nine cells around it; its own cell leads before anything is learned.
        mixing = self.mixing(fine).float().view(n, 9, cells.BLOCK**2, h, w)
        lead = F.pixel_unshuffle(found.choice, cells.BLOCK).view(n, 9, cells.BLOCK**2, h, w)
        mixing = torch.softmax(mixing + 6 * lead, 1)
        around = torch.stack(cells.neighbors(color), 1)  # (N, 9, 3, h, w)
        pixels = sum(mixing[:, k, None] * around[:, k, :, None] for k in range(9))
        assert isinstance(pixels, Tensor)
        return F.pixel_shuffle(pixels.reshape(n, 3 * cells.BLOCK**2, h, w), cells.BLOCK), logits, found.label
