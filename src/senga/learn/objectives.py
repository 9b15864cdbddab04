"""Losses, one function each. Colors are (N, 3, H, W) RGB in [0, 1] unless said otherwise."""

import torch
from torch import Tensor
from torch.nn import functional as F

from senga.learn.networks.cells import cell_sums

_YUV = ((0.299, 0.587, 0.114), (-0.14713, -0.28886, 0.436), (0.615, -0.51499, -0.10001))


def to_yuv(color: Tensor) -> Tensor:
    """YUV (BT.601) of RGB along dimension 1."""
    return torch.einsum("ij,nj...->ni...", torch.tensor(_YUV, device=color.device, dtype=color.dtype), color)


def chroma(answer: Tensor, target: Tensor, ink: Tensor) -> Tensor:
    """Mean absolute error in YUV, chroma counted twice, full ink counted a tenth.

    Under the lines the person's own ink is what will be seen. Source: weights ours.

    Args:
        ink: (N, 1, H, W), 1 = ink.
    """
    weights = torch.tensor([1.0, 2.0, 2.0], device=answer.device).view(1, 3, 1, 1)
    error = ((to_yuv(answer) - to_yuv(target)).abs() * weights).sum(1, keepdim=True)
    return (error * (1 - 0.9 * ink)).mean()


def composite(answer: Tensor, ink: Tensor | None, target: Tensor, line: Tensor) -> Tensor:
    """Error of the picture as people see it: colors with the line art (N, 1, H, W), 1 = paper, multiplied on top.

    Absolute error in YUV, chroma twice, and four times the squared error. With ink colors (N, 3, H, W), lines
    colored by them count as well, twice as much: most pictures have no black lines. Source: weights ours.
    """
    black = _mixed_error(answer * line, target).mean()
    if ink is not None:
        black = (black + 2 * _mixed_error(answer * line + ink * (1 - line), target).mean()) / 3
    return black + 0.1 * chroma(answer, target, 1 - line)


def cell_mean(colors: Tensor, label: Tensor, target: Tensor, line: Tensor) -> Tensor:
    """The same error between cells' colors (N, 3, h, w) and the target's mean colors there, large cells counted more.

    Args:
        label: (N, H*W) cells. line: (N, 1, H, W), 1 = paper.
    """
    h, w = colors.shape[2:]
    paper = 0.05 + 0.95 * line
    sums = cell_sums(label, torch.cat([target * paper, paper], 1), h, w)
    area = sums[:, 3:] / sums[:, 3:].mean()
    return (_mixed_error(colors, sums[:, :3] / sums[:, 3:].clamp_min(0.1)) * area).mean()


def hint_l1(answer: Tensor, planes: Tensor) -> Tensor:
    """Mean absolute error of colors (N, 3, H, W) at hints on paper; planes (N, 5, H, W): line, hint RGB, mask."""
    line, hint, mask = torch.split(planes, [1, 3, 1], 1)
    weight = mask * (line > 0.8)
    return ((answer - hint).abs() * weight).sum() / (3 * weight.sum()).clamp_min(1)


def _mixed_error(answer: Tensor, target: Tensor) -> Tensor:
    weights = torch.tensor([1.0, 2.0, 2.0], device=answer.device).view(1, 3, 1, 1)
    absolute = ((to_yuv(answer) - to_yuv(target)).abs() * weights).sum(1, keepdim=True)
    return absolute + 4 * (answer - target).square().mean(1, keepdim=True)


def bin_targets(colors: Tensor, bins: Tensor, softness: float = 0.04) -> Tensor:
    """Soft assignment of colors (M, 3) to bins (Q, 3): (M, Q), rows sum to 1; softness is a distance in YUV."""
    weights = torch.tensor([1.0, 2.0, 2.0], device=colors.device)
    distance = torch.cdist(to_yuv(colors) * weights, to_yuv(bins) * weights)
    return torch.softmax(-(distance**2) / (2 * softness**2), 1)


def classes(logits: Tensor, label: Tensor, target: Tensor, ink: Tensor, bins: Tensor, rarity: Tensor) -> Tensor:
    """Cross-entropy over color bins of each cell's mean color, rare bins weighted up.

    Source: Zhang, Isola, Efros 2016 (rebalancing); cells ours.

    Args:
        logits: (N, Q, h, w). label: (N, H*W) cells. ink: (N, 1, H, W). bins: (Q, 3). rarity: (Q,) weights.
    """
    h, w = logits.shape[2:]
    paper = 1 - 0.95 * ink
    sums = cell_sums(label, torch.cat([target * paper, paper], 1), h, w)
    mean = (sums[:, :3] / sums[:, 3:].clamp_min(0.1)).permute(0, 2, 3, 1).reshape(-1, 3)
    wanted = bin_targets(mean, bins)
    weight = wanted @ rarity
    chance = F.log_softmax(logits.permute(0, 2, 3, 1).reshape(-1, logits.shape[1]), 1)
    return -((wanted * chance).sum(1) * weight).mean()


def fit_bins(colors: Tensor, count: int, rounds: int = 15) -> tuple[Tensor, Tensor]:
    """Color bins and their rarity weights from a sample of colors.

    k-means with the chroma counted twice, begun from evenly ranked samples, so that equal data give equal bins.

    Args:
        colors: (M, 3) RGB. count: number of bins Q.

    Returns:
        bins (Q, 3) RGB, and their `rarity`.
    """
    weights = torch.tensor([1.0, 2.0, 2.0])
    points = to_yuv(colors) * weights
    # Begin from points spread over the colors present, not over their frequency: farthest-point sampling.
    centers = [points.mean(0)]
    nearest = torch.full((len(points),), 1e9)
    for _ in range(count):
        nearest = torch.minimum(nearest, (points - centers[-1]).square().sum(1))
        centers.append(points[nearest.argmax()])
    means = torch.stack(centers[1:])
    for _ in range(rounds):
        owner = torch.cdist(points, means).argmin(1)
        total = torch.zeros_like(means).index_add(0, owner, points)
        number = torch.bincount(owner, minlength=count).unsqueeze(1)
        means = torch.where(number > 0, total / number.clamp_min(1), means)
    bins = (torch.linalg.inv(torch.tensor(_YUV)) @ (means / weights).T).T.clamp(0, 1)
    return bins, rarity(colors, bins)


def rarity(colors: Tensor, bins: Tensor) -> Tensor:
    """Weights (Q,) of color bins (Q, 3), 1 on average over a sample of colors (M, 3), greater for rare ones.

    Source: Zhang, Isola, Efros 2016, lambda = 0.5; its power of 0.4 is ours: white paper is so common here that the
    full weight (1 : 55) unlearned it.
    """
    share = bin_targets(colors, bins).mean(0)
    weight = (0.5 * share + 0.5 / len(bins)) ** -0.4
    return weight / (share * weight).sum()


def strokes(logits: Tensor, target: Tensor) -> Tensor:
    """Cross-entropy of ink and of nearness to center lines, ink counted up, and their overlap (Dice).

    Lines are a tenth of a picture: alone, cross-entropy would leave faint ones out. Source: weights ours.

    Args:
        logits: (N, 2, H, W) before the sigmoid. target: the same shape, in [0, 1].
    """
    weight = 1 + 2 * target
    entropy = (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight).mean((0, 2, 3))
    said = torch.sigmoid(logits)
    both = (said * target).sum((2, 3))
    overlap = (2 * both + 1) / ((said * said).sum((2, 3)) + (target * target).sum((2, 3)) + 1)
    return entropy.sum() + 0.3 * (1 - overlap).mean()
