"""Palettes and references drawn from the targets while training, in batches on the training device.

A reference comes from the same picture as the drawing, since only then is the truth known; so it is cut elsewhere,
warped and its parts are shuffled: what can be learned of it is what has which color, not where it stands.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from senga.learn.objectives import to_yuv

COLORS = 8
"""Most colors of a palette drawn from a picture (ours)."""


def main_colors(color: Tensor, count: int = COLORS, rounds: int = 4) -> tuple[Tensor, Tensor]:
    """Main colors of pictures, by k-means with the chroma counted twice, begun at the farthest points.

    Args:
        color: (N, 3, H, W) in [0, 1].

    Returns:
        Colors (N, count, 3) and the share of the picture that each stands for (N, count).
    """
    n = color.shape[0]
    points = F.adaptive_avg_pool2d(color, 16).flatten(2).transpose(1, 2)  # (N, 256, 3)
    weights = color.new_tensor([1.0, 2.0, 2.0])
    seen = to_yuv(points.transpose(1, 2)).transpose(1, 2) * weights
    centers = [seen.mean(1)]
    nearest = torch.full(seen.shape[:2], 1e9, device=color.device)
    for _ in range(count):
        nearest = torch.minimum(nearest, (seen - centers[-1].unsqueeze(1)).square().sum(2))
        at = nearest.argmax(1).view(n, 1, 1).expand(n, 1, 3)
        centers.append(seen.gather(1, at).squeeze(1))
    means = torch.stack(centers[1:], 1)
    owner = torch.zeros(1)
    for _ in range(rounds):
        # Exact, or rounding would share one flat color out among centers that are equal.
        away = torch.cdist(seen, means, compute_mode="donot_use_mm_for_euclid_dist")
        owner = F.one_hot(away.argmin(2), count).to(seen.dtype)  # (N, 256, count)
        number = owner.sum(1).unsqueeze(2)
        means = torch.where(number > 0, owner.transpose(1, 2) @ seen / number.clamp_min(1), means)
    number = owner.sum(1).unsqueeze(2)
    colors = (owner.transpose(1, 2) @ points) / number.clamp_min(1)
    return colors, owner.mean(1)


def sample_palette(color: Tensor, given: Tensor, seeded: Generator) -> Tensor:
    """Palettes (N, COLORS, 4): RGB, and 1 where there is one; whole for some, with holes for most.

    Args:
        color: targets, (N, 3, H, W). given: (N,) bool, which examples get a palette at all.
    """
    n = color.shape[0]

    def rand(*shape: int) -> Tensor:
        return torch.rand(shape, generator=seeded, device=color.device)

    colors, share = main_colors(color)
    kept = rand(n, COLORS) >= rand(n, 1) * 0.6
    there = (given.unsqueeze(1) & kept & (share > 0.008)).to(color.dtype).unsqueeze(2)
    noise = (rand(n, COLORS, 3) - 0.5) * 0.05
    return torch.cat([(colors + noise).clamp(0, 1) * there, there], 2)


def disturb(reference: Tensor, seeded: Generator) -> Tensor:
    """References (N, 3, S, S) warped smoothly, mirrored, and cut into 1 to 64 tiles that change places.

    Source: warping, Lee et al. 2020 (SCFT), here by a smooth random field; shuffled patches, Carrillo et al. 2023.
    """
    n, _, side, _ = reference.shape
    device = reference.device

    def rand(*shape: int) -> Tensor:
        return torch.rand(shape, generator=seeded, device=device)

    at = torch.linspace(-1, 1, side, device=device)
    y, x = torch.meshgrid(at, at, indexing="ij")
    field = F.interpolate((rand(n, 2, 4, 4) - 0.5) * 0.7, size=side, mode="bicubic", align_corners=True)
    mirrored = torch.where(rand(n, 1, 1) < 0.5, -1.0, 1.0)
    grid = torch.stack([(x + field[:, 0]) * mirrored, y + field[:, 1]], 3)
    warped = F.grid_sample(reference, grid, padding_mode="reflection", align_corners=True)
    for i in range(n):
        tiles = (1, 1, 2, 4, 8)[int(rand(1) * 5)]
        if tiles > 1:
            cell = side // tiles
            parts = warped[i].unfold(1, cell, cell).unfold(2, cell, cell).reshape(3, tiles * tiles, cell, cell)
            order = torch.randperm(tiles * tiles, generator=seeded, device=device)
            parts = parts[:, order].view(3, tiles, tiles, cell, cell).permute(0, 1, 3, 2, 4)
            warped[i] = parts.reshape(3, side, side)
    return warped


def exchanged(chosen: Tensor, seeded: Generator) -> Tensor:
    """Orders of the color channels, (N, 3) int64: at random where `chosen` (N,) bool, else as they are."""
    order = torch.rand((len(chosen), 3), generator=seeded, device=chosen.device).argsort(1)
    return torch.where(chosen.unsqueeze(1), order, torch.arange(3, device=chosen.device))


def recolor(picture: Tensor, order: Tensor) -> Tensor:
    """Pictures (N, 3, H, W) with their channels in the orders (N, 3).

    White, grays and black stay; hair becomes green and skin blue: only a palette or a reference can tell.
    """
    return picture.gather(1, order.view(-1, 3, 1, 1).expand_as(picture))
