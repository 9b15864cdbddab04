"""Pictures changed under their lines, on the training device: the same drawing in other ink, colors, light and noise.

Pairs with true lines are vector art: black ink, flat fills, white paper. Illustrations are not. Since the line layer
is known, ink and fills can be told apart and each be changed, while the wanted lines stay. Shares and ranges are ours.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from senga.learn.data.line_augmentation import blur


def disguise(color: Tensor, line: Tensor, share: float, seeded: Generator) -> Tensor:
    """Changed pictures.

    Args:
        color: (N, 3, H, W) in [0, 1]. line: (N, 1, H, W), its line art, 1 = paper.
        share: of the examples that are changed at all.
        seeded: source of all that is random, on the device of `color`.

    Returns:
        (N, 3, H, W) in [0, 1].
    """
    n, _, h, w = color.shape
    chance = _Chance(n, seeded)
    ink = 1 - line
    # Fills without ink: what lies around each pixel, weighted by how little ink it has.
    bare = (1 - ink) ** 2 + 1e-3
    fill = _around(color * bare) / _around(bare)
    clean = torch.where(ink > 0.02, ((color - 0.02 * ink) / (1 - ink).clamp_min(0.05)).clamp(0, 1), color)
    fill = torch.where(ink < 0.5, clean * 0.5 + fill * 0.5, fill)
    fill = torch.where(ink < 0.02, color, fill)

    # Other fill colors: a random mixture of the three channels; paper may become any smooth color.
    mixing = torch.eye(3, device=color.device) + 0.45 * torch.randn(n, 3, 3, generator=seeded, device=seeded.device)
    mixing = mixing / mixing.sum(2, keepdim=True).abs().clamp_min(0.5)
    mixed = torch.einsum("nij,njhw->nihw", mixing, fill).clamp(0, 1)
    other = torch.where(chance(0.5), mixed, fill)
    paper = _smooth(n, 3, h, w, 3, seeded)
    white = ((fill.amin(1, keepdim=True) - 0.93) / 0.05).clamp(0, 1)
    other = torch.where(chance(0.45), other * (1 - white) + paper * white, other)

    # Light: gradients, soft airbrush shadows, hard-edged shadows and highlights, which are no lines.
    other = torch.where(chance(0.5), other * (0.7 + 0.6 * _smooth(n, 1, h, w, 3, seeded)), other)
    for share_of, most in ((0.5, 0.35), (0.25, -0.6)):
        shape = _smooth(n, 1, h, w, 6, seeded)
        hard = torch.where(chance(0.7), 24.0, 4.0)
        patch = torch.sigmoid((shape - chance.between(0.4, 0.7)) * hard)
        depth = most * chance.between(0.3, 1.0)
        shaded = other * (1 - depth * patch) if most > 0 else other - depth * patch * (1 - other)
        other = torch.where(chance(share_of), shaded, other)
    texture = blur(torch.randn(n, 1, h, w, generator=seeded, device=seeded.device), chance.between(0.5, 2.5).view(n))
    texture = texture / texture.std((2, 3), keepdim=True).clamp_min(1e-3)
    other = torch.where(chance(0.2), other + texture * chance.between(0.01, 0.05), other)

    # Other ink: a dark of any hue, or a darker tone of the fill ("color trace"), of varied strength.
    hue = torch.rand(n, 3, 1, 1, generator=seeded, device=seeded.device) * chance.between(0.0, 0.55)
    traced = _around(other) * chance.between(0.3, 0.7)
    pen = torch.where(chance(0.4), traced, hue)
    pen = torch.where(chance(0.25), torch.zeros_like(pen), pen)
    strength = torch.where(chance(0.4), chance.between(0.6, 1.0), torch.ones_like(ink[:, :, :1, :1]))
    strength = torch.where(chance(0.04), torch.zeros_like(strength), strength)  # painted: no ink at all
    drawn = other * (1 - ink * strength) + pen * ink * strength
    # Where ink is not black in the picture itself (drawn in color, or hidden), it is left as it is.
    dark = ((0.45 - (color * ink).sum((1, 2, 3), keepdim=True) / (3 * ink.sum((1, 2, 3), keepdim=True) + 1)) * 20) > 0
    drawn = torch.where(dark, drawn, color)

    # Exposure, contrast, blur, noise.
    drawn = torch.where(chance(0.5), drawn.clamp(1e-3, 1) ** torch.exp(chance.between(-0.6, 0.6)), drawn)
    level = drawn.mean((1, 2, 3), keepdim=True)
    drawn = torch.where(chance(0.3), level + (drawn - level) * chance.between(0.35, 1.0), drawn)
    drawn = torch.where(chance(0.25), drawn * chance.between(0.2, 0.9), drawn)
    softened = blur(drawn.reshape(n * 3, 1, h, w), chance.between(0.3, 0.9).view(n).repeat_interleave(3))
    drawn = torch.where(chance(0.35), softened.view(n, 3, h, w), drawn)
    noise = torch.randn(n, 3, h, w, generator=seeded, device=seeded.device)
    drawn = torch.where(chance(0.3), drawn + noise * chance.between(0.005, 0.03), drawn)
    return torch.where(chance(share), drawn.clamp(0, 1), color)


class _Chance:
    """Random choices for each of N examples, shaped (N, 1, 1, 1)."""

    def __init__(self, n: int, seeded: Generator) -> None:
        self.n, self.seeded = n, seeded

    def __call__(self, share: float) -> Tensor:
        return self.between(0.0, 1.0) < share

    def between(self, low: float, high: float) -> Tensor:
        drawn = torch.rand(self.n, 1, 1, 1, generator=self.seeded, device=self.seeded.device)
        return drawn * (high - low) + low


def _around(planes: Tensor) -> Tensor:
    """Mean over 9 px twice: a cheap wide blur, edges repeated."""
    for _ in range(2):
        planes = F.avg_pool2d(F.pad(planes, (4,) * 4, mode="replicate"), 9, 1)
    return planes


def _smooth(n: int, planes: int, h: int, w: int, cells: int, seeded: Generator) -> Tensor:
    """Smooth random planes (N, planes, H, W) in [0, 1]: noise on a grid of `cells`, enlarged."""
    grid = torch.rand(n, planes, cells, cells, generator=seeded, device=seeded.device)
    return F.interpolate(grid, size=(h, w), mode="bicubic", align_corners=True).clamp(0, 1)
