"""Hints as a patient person gives them: one stroke in each region of one color, the large regions first.

Regions of the training pictures are found once, by Felzenszwalb and Huttenlocher's segmentation, and cut with them.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

MOST = 1024
"""Region numbers are taken modulo this; two far regions that share a number become one, seldom."""


def region_hints(color: Tensor, regions: Tensor, seeded: Generator) -> tuple[Tensor, Tensor]:
    """Strokes of a region's mean color along the middle of a share of all regions, or a dot in each.

    Args:
        color: targets, (N, 3, H, W) in [0, 1]; sides multiples of 4.
        regions: (N, H, W) int64 region numbers.
        seeded: source of all that is random.

    Returns:
        Hint colors (N, 3, H, W), 0 where none, and mask (N, 1, H, W).
    """
    n = color.shape[0]

    def rand(*shape: int) -> Tensor:
        return torch.rand(shape, generator=seeded, device=color.device)

    block = 4 if float(rand(1)) < 0.7 else 2
    small = F.avg_pool2d(color, block)
    label = regions[:, block // 2 :: block, block // 2 :: block] % MOST
    h, w = label.shape[1:]
    flat = label.reshape(n, -1)
    number = torch.zeros((n, MOST), device=color.device).scatter_add(1, flat, torch.ones_like(flat, dtype=torch.float))
    sums = torch.zeros((n, 3, MOST), device=color.device)
    sums = sums.scatter_add(2, flat.unsqueeze(1).expand(n, 3, -1), small.flatten(2))
    mean = sums / number.clamp_min(1).unsqueeze(1)

    # A fifth of the examples gets every region, the others a log-uniform share, mostly of the largest.
    share = torch.where(rand(n) < 0.22, torch.ones(n, device=color.device), torch.exp(rand(n) * -4.6))
    kept = torch.round((number > 0).sum(1) * share)
    by_size = number + rand(n, MOST) * 0.5
    by_chance = rand(n, MOST) * (number > 0)
    order = torch.where((rand(n) < 0.7).unsqueeze(1), by_size, by_chance)
    rank = order.argsort(1, descending=True).argsort(1)
    hinted = (rank < kept.unsqueeze(1)).to(color.dtype)

    along = _middle(label, rand(n, 1, h, w) * (rand(n, 1, 1, 1) < 0.65), rand(n, 1, 1) * 0.6)
    score = rand(n, h * w) * along.flatten(1)
    best = torch.zeros((n, MOST), device=color.device).scatter_reduce(1, flat, score, "amax")
    dot = (score >= best.gather(1, flat)) & (score > 0)
    path = torch.where((rand(n) < 0.25).unsqueeze(1), dot, along.flatten(1) > 0)
    mask = (path * hinted.gather(1, flat)).view(n, 1, h, w)
    jitter = (rand(n, 3, 1, 1) - 0.5) * 0.02
    hint = (mean.gather(2, flat.unsqueeze(1).expand(n, 3, -1)).view(n, 3, h, w) + jitter).clamp(0, 1)
    mask = mask.repeat_interleave(block, 2).repeat_interleave(block, 3)
    hint = hint.repeat_interleave(block, 2).repeat_interleave(block, 3)
    return hint * mask, mask


def _middle(label: Tensor, chance: Tensor, least: Tensor) -> Tensor:
    """Places (N, h, w) along the middle of regions, 0 or 1: the deepest of their surroundings, one pixel wide.

    Args:
        label: (N, h, w).
        chance: (N, 1, h, w) in [0, 1), which of equally deep neighbors is kept; all where it is 0.
        least: (N, 1, 1), share of a region's greatest depth from which on a place counts: side branches run out
            towards the border, and a stroke leaves more or fewer of them out.
    """
    padded = F.pad(label.unsqueeze(1).float(), (1, 1, 1, 1), value=-1.0)
    same = torch.ones_like(label, dtype=torch.bool)
    for dy, dx in ((0, 1), (2, 1), (1, 0), (1, 2)):
        beside = padded[:, 0, dy : dy + label.shape[1], dx : dx + label.shape[2]]
        same = same & (beside == label)
    inside = same.float().unsqueeze(1)
    depth = inside.clone()
    for _ in range(6):
        inside = -F.max_pool2d(-F.pad(inside, (1, 1, 1, 1)), 3, 1)
        depth = depth + inside
    n, flat = len(label), label.flatten(1)
    deepest = torch.zeros((n, MOST), device=label.device).scatter_reduce(1, flat, depth.flatten(1), "amax")
    deep = depth >= least.unsqueeze(1) * deepest.gather(1, flat).view_as(depth)
    ridge = (depth >= F.max_pool2d(depth, 3, 1, 1)) & deep
    # Wide ridges lose the half that has a neighbor of better luck above and beside it.
    luck = chance * ridge
    beaten = (F.max_pool2d(F.pad(luck, (0, 1, 0, 1)), 2, 1) > luck) & (F.avg_pool2d(ridge.float(), 3, 1, 1) > 0.5)
    return (ridge & ~beaten).float().squeeze(1)
