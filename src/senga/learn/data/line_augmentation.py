"""Line art drawn from colors on the training device, differently for each example.

A colorizer trained on one extractor fails on lines of another thickness, so examples mix extractors, thicknesses and
accidents. The single methods are those of `senga.lines.edges`, in batches.
"""

import math

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from senga.lines import edges
from senga.recipe import LineKind

LUMA = (0.299, 0.587, 0.114)


def gray(color: Tensor) -> Tensor:
    """Luma (ITU-R BT.601) of (N, 3, H, W) color, as (N, 1, H, W)."""
    weights = torch.tensor(LUMA, device=color.device, dtype=color.dtype).view(1, 3, 1, 1)
    return (color * weights).sum(1, keepdim=True)


def blur(planes: Tensor, sigma: Tensor) -> Tensor:
    """Gaussian blur of each example (N, 1, H, W) with its own sigma (N,), px; kernels of radius 4 sigma."""
    n = planes.shape[0]
    radius = max(1, math.ceil(4 * float(sigma.max())))
    at = torch.arange(-radius, radius + 1, device=planes.device, dtype=planes.dtype)
    kernel = torch.exp(-0.5 * (at / sigma.view(n, 1)) ** 2)
    # Each example's kernel is cut at its own radius, as `senga.lines.edges` cuts it.
    kernel = kernel * (at.abs() <= torch.ceil(4 * sigma).clamp_min(1).view(n, 1))
    kernel = kernel / kernel.sum(1, keepdim=True)
    rows = planes.transpose(0, 1)  # examples as groups
    rows = F.pad(rows, (radius,) * 4, mode="replicate")
    rows = F.conv2d(rows, kernel.view(n, 1, -1, 1), groups=n)
    return F.conv2d(rows, kernel.view(n, 1, 1, -1), groups=n).transpose(0, 1)


def xdog(luma: Tensor, sigma: Tensor, k: float, tau: Tensor, epsilon: Tensor, phi: Tensor) -> Tensor:
    """XDoG lines (N, 1, H, W), 1 = paper, of luma in [0, 1]; parameters as in `senga.lines.edges.xdog`, (N,) each."""
    n = luma.shape[0]
    scaled = blur(luma, sigma) - tau.view(n, 1, 1, 1) * blur(luma, sigma * k)
    scaled = scaled / (1 - tau.view(n, 1, 1, 1)).clamp_min(1e-6)
    low = 1 + torch.tanh(phi.view(n, 1, 1, 1) * (scaled - epsilon.view(n, 1, 1, 1)))
    return torch.where(scaled >= epsilon.view(n, 1, 1, 1), torch.ones_like(scaled), low).clamp(0, 1)


def dilate(luma: Tensor, size: int, gain: float) -> Tensor:
    """Dilation difference (N, 1, H, W), 1 = paper, of luma in [0, 1]; as `senga.lines.edges.dilate`."""
    return (1 - gain * (F.max_pool2d(luma, size, 1, size // 2) - luma)).clamp(0, 1)


def draw(color: Tensor, kind: LineKind, seeded: Generator) -> Tensor:
    """Line art (N, 1, H, W) in [0, 1], 1 = paper, of color (N, 3, H, W) in [0, 1].

    Args:
        color: the targets.
        kind: one method for all, or "mix".
        seeded: source of all that is random, on the device of `color`.
    """
    luma = gray(color)
    n = color.shape[0]
    ones = torch.ones(n, device=color.device)
    if kind == "xdog":
        p = edges.Xdog()
        return xdog(luma, ones * p.sigma, p.k, ones * p.tau, ones * p.epsilon, ones * p.phi)
    if kind == "dilate":
        return dilate(luma, edges.Dilate().size, edges.Dilate().gain)
    if kind == "canny":
        pictures = (color.permute(0, 2, 3, 1) * 255).round().to(torch.uint8).cpu().numpy()
        drawn = np.stack([edges.canny(picture) for picture in pictures])
        return torch.from_numpy(drawn).to(color.device).float().div(255).unsqueeze(1)
    if kind == "mix":
        return _mix(luma, seeded)
    raise ValueError(f"lines of kind '{kind}' are not drawn")


def _uniform(n: int, low: float, high: float, seeded: Generator) -> Tensor:
    return torch.rand(n, generator=seeded, device=seeded.device) * (high - low) + low


def _mix(luma: Tensor, seeded: Generator) -> Tensor:
    """Extractor, thickness and accidents at random; ranges ours, after the extractors' usual values."""
    n = luma.shape[0]

    def chance(share: float) -> Tensor:
        return (torch.rand(n, generator=seeded, device=seeded.device) < share).view(n, 1, 1, 1)

    # XDoG, mostly thin edges; now and then with dark areas filled, as inkers do.
    inked = chance(0.2).view(n)
    soft = blur(luma, _uniform(n, 0.35, 0.7, seeded))
    sigma = _uniform(n, 0.4, 0.75, seeded)
    tau = _uniform(n, 0.975, 0.992, seeded)
    epsilon = torch.where(inked, _uniform(n, 0.2, 0.5, seeded), _uniform(n, -0.5, 0.15, seeded))
    phi = torch.exp(_uniform(n, 0.7, 3.0, seeded))
    first = xdog(soft, sigma, 1.6, tau, epsilon, phi)
    # Dilation differences, mostly thin, at several strengths.
    gain = torch.exp(_uniform(n, 0.4, 1.4, seeded)).view(n, 1, 1, 1)
    thin = 1 - gain * (F.max_pool2d(soft, 3, 1, 1) - soft)
    thick = 1 - gain * 0.7 * (F.max_pool2d(soft, 5, 1, 2) - soft)
    second = torch.where(chance(0.85), thin, thick).clamp(0, 1)
    # Pencil: what is darker than its surroundings.
    third = (1 + gain * 2.5 * (soft - blur(luma, _uniform(n, 1.2, 2.5, seeded)))).clamp(0, 1)
    lines = torch.where(chance(0.3), first, torch.where(chance(0.55), second, third))
    other = torch.where(chance(0.5), second, third)
    lines = torch.where(chance(0.15), torch.minimum(lines, other), lines)

    # Faint texture is no line: what is nearly paper becomes paper.
    floor = _uniform(n, 0.7, 0.95, seeded).view(n, 1, 1, 1)
    lines = torch.where(chance(0.7), (lines / floor).clamp(0, 1), lines)
    lines = torch.where(chance(0.3), lines ** _uniform(n, 1.2, 2.2, seeded).view(n, 1, 1, 1), lines)
    lines = torch.where(chance(0.06), -F.max_pool2d(-lines, 3, 1, 1), lines)  # thicker
    cut = _uniform(n, 0.4, 0.85, seeded).view(n, 1, 1, 1)
    lines = torch.where(chance(0.25), (lines > cut).to(lines.dtype), lines)
    lines = torch.where(chance(0.12), blur(lines, _uniform(n, 0.4, 0.9, seeded)), lines)
    # Gaps: small holes rubbed into the lines.
    h, w = lines.shape[2:]
    holes = torch.rand((n, 1, h, w), generator=seeded, device=seeded.device) < 0.002
    holes = F.max_pool2d(holes.to(lines.dtype), 5, 1, 2)
    lines = torch.where(chance(0.25), torch.maximum(lines, holes), lines)
    fade = _uniform(n, 0.5, 1.0, seeded).view(n, 1, 1, 1)
    lines = torch.where(chance(0.4), 1 - fade * (1 - lines), lines)
    noise = torch.randn((n, 1, h, w), generator=seeded, device=seeded.device)
    lines = torch.where(chance(0.1), lines + 0.03 * noise, lines)
    return lines.clamp(0, 1)
