"""Line art drawn from colors on the training device, differently for each example.

A colorizer trained on one extractor fails on lines of another thickness, so examples mix extractors, thicknesses and
accidents. The single methods are those of `senga.lines.edges`, in batches; the mixture is that of `senga.lines.mix`, by
the same table of ranges and shares.
"""

import math

import numpy as np
import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from senga.lines import edges, mix
from senga.lines.mix import Mix, Range
from senga.recipe import LineKind

MIXED = Mix(learned=0.0)
"""What kind "mix" draws: recipes say themselves how many examples the inker draws (`senga.learn.data.line_sources`)."""

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


def dilate(luma: Tensor, size: int, gain: float | Tensor) -> Tensor:
    """Dilation difference (N, 1, H, W), 1 = paper, of luma in [0, 1]; as `senga.lines.edges.dilate`."""
    return (1 - gain * (F.max_pool2d(luma, size, 1, size // 2) - luma)).clamp(0, 1)


def canny(luma: Tensor, low: Tensor, high: Tensor) -> Tensor:
    """Canny edges (N, 1, H, W), 1 = paper, of luma in [0, 1]; thresholds (N,) as in `senga.lines.edges.canny`."""
    pictures = (luma[:, 0] * 255).round().to(torch.uint8).cpu().numpy()
    thresholds = zip(low.tolist(), high.tolist(), strict=True)
    drawn = np.stack([edges.canny(p, edges.Canny(*t)) for p, t in zip(pictures, thresholds, strict=True)])
    return torch.from_numpy(drawn).to(luma.device).float().div(255).unsqueeze(1)


def pencil(luma: Tensor, narrow: Tensor, wide: Tensor, pressure: Tensor) -> Tensor:
    """Grays (N, 1, H, W), 1 = paper, of luma in [0, 1]; parameters (N,) as in `senga.lines.mix.pencil`."""
    return (1 + pressure.view(-1, 1, 1, 1) * (blur(luma, narrow) - blur(luma, wide))).clamp(0, 1)


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
        return canny(luma, ones * edges.Canny().low, ones * edges.Canny().high)
    if kind == "mix":
        return mixed(luma, MIXED, seeded)
    raise ValueError(f"lines of kind '{kind}' are not drawn")


def mixed(luma: Tensor, parameters: Mix, seeded: Generator) -> Tensor:
    """Line art (N, 1, H, W), 1 = paper, of luma in [0, 1], as `senga.lines.mix.mixed` draws, each example by itself.

    Args:
        parameters: shares; none of the learned extractor.
        seeded: source of all that is random, on the device of `luma`.
    """
    n = len(luma)
    chances = torch.from_numpy(parameters.chances()).to(luma)
    count = min(2, int((chances > 0).sum()))
    chosen = torch.multinomial(chances.expand(n, -1), count, generator=seeded)
    lines = _drawn(luma, chosen[:, 0], seeded)
    if count == 2:
        blends = _happens(n, parameters.blends(), seeded).view(n)
        if blends.any():
            lines[blends] = _blend(lines[blends], _drawn(luma[blends], chosen[blends, 1], seeded), seeded)
    return accidents(lines, parameters.accidents, seeded)


def _values(n: int, values: Range, seeded: Generator) -> Tensor:
    found: Tensor = values.at(torch.rand(n, generator=seeded, device=seeded.device))
    return found


def _happens(n: int, share: float, seeded: Generator) -> Tensor:
    return (torch.rand(n, generator=seeded, device=seeded.device) < share).view(n, 1, 1, 1)


def _blend(first: Tensor, second: Tensor, seeded: Generator) -> Tensor:
    n = len(first)
    weight = _values(n, mix.WEIGHT, seeded).view(n, 1, 1, 1)
    over = _happens(n, mix.OVER, seeded)
    return torch.where(over, torch.minimum(first, second), weight * first + (1 - weight) * second)


def _drawn(luma: Tensor, methods: Tensor, seeded: Generator) -> Tensor:
    """Each example by its own of `mix.METHODS`, (N,) numbers; those of a kind are drawn together."""
    lines = torch.ones_like(luma)
    number = {name: i for i, name in enumerate(mix.METHODS)}
    sigmas = torch.zeros(len(number), 2, device=luma.device)
    for name, sigma in mix.SIGMA.items():
        sigmas[number[name]] = torch.tensor([sigma.low, sigma.high])
    found = sigmas[methods]
    if (inked := found[:, 1] > 0).any():
        lines[inked] = _xdog(luma[inked], found[inked], seeded)
    if (spread := methods == number["dilate"]).any():
        lines[spread] = _dilate(luma[spread], seeded)
    if (thin := methods == number["canny"]).any():
        low = _values(int(thin.sum()), mix.LOW, seeded)
        lines[thin] = canny(luma[thin], low, 2 * low)
    if (soft := methods == number["pencil"]).any():
        ranges = (mix.NARROW, mix.WIDE, mix.PRESSURE)
        lines[soft] = pencil(luma[soft], *(_values(int(soft.sum()), r, seeded) for r in ranges))
    return lines


def _xdog(luma: Tensor, sigmas: Tensor, seeded: Generator) -> Tensor:
    """XDoG of all, `sigmas` (N, 2) the least and the greatest of each."""
    n = len(luma)
    low, high = sigmas[:, 0], sigmas[:, 1]
    filled = _happens(n, mix.FILLED, seeded).view(n)
    sigma = low + (high - low) * torch.rand(n, generator=seeded, device=seeded.device)
    epsilon = torch.where(filled, _values(n, mix.EPSILON_FILLED, seeded), _values(n, mix.EPSILON, seeded))
    tau, phi = _values(n, mix.TAU, seeded), _values(n, mix.PHI, seeded)
    return xdog(luma, sigma, edges.Xdog().k, tau, epsilon, phi)


def _dilate(luma: Tensor, seeded: Generator) -> Tensor:
    n = len(luma)
    gain = _values(n, mix.GAIN, seeded).view(n, 1, 1, 1)
    small, large = (dilate(luma, size, gain) for size in mix.SIZES)
    return torch.where(_happens(n, mix.THIN, seeded), small, large)


def accidents(lines: Tensor, share: float, seeded: Generator) -> Tensor:
    """Line art (N, 1, H, W) in [0, 1], 1 = paper, with each accident of `senga.lines.mix` at a chance of `share`."""
    n = len(lines)

    def value(values: Range) -> Tensor:
        return _values(n, values, seeded).view(n, 1, 1, 1)

    def happens() -> Tensor:
        return _happens(n, share, seeded)

    lines = torch.where(happens(), lines ** value(mix.DARKER), lines)
    lines = torch.where(happens(), -F.max_pool2d(-lines, 3, 1, 1), lines)  # thicker
    lines = torch.where(happens(), (lines > value(mix.CUT)).to(lines.dtype), lines)
    lines = torch.where(happens(), blur(lines, value(mix.BLUR).view(n)), lines)
    lines = torch.where(happens(), torch.maximum(lines, _gaps(lines, seeded)), lines)
    lines = torch.where(happens(), 1 - value(mix.FADE) * (1 - lines), lines)
    noise = torch.randn(lines.shape, generator=seeded, device=seeded.device)
    lines = torch.where(happens(), lines + value(mix.NOISE) * noise, lines)
    lines = torch.where(happens(), lines / value(mix.BRIGHTER), lines)  # faint lines go
    return lines.clamp(0, 1)


def _gaps(lines: Tensor, seeded: Generator) -> Tensor:
    """Small squares of paper (N, 1, H, W) of 1 on 0, to be rubbed out."""
    n, _, h, w = lines.shape
    count = max(1, h * w // mix.GAP_EACH)
    place = torch.randint(h * w, (n, count), generator=seeded, device=seeded.device)
    radius = torch.randint(len(mix.GAP_RADII), (n, count), generator=seeded, device=seeded.device)
    middles = lines.new_zeros(n, len(mix.GAP_RADII), h * w)
    middles[torch.arange(n, device=lines.device)[:, None], radius, place] = 1
    middles = middles.view(n, -1, h, w)
    squares = [F.max_pool2d(middles[:, i : i + 1], 2 * r + 1, 1, r) for i, r in enumerate(mix.GAP_RADII)]
    return torch.stack(squares).amax(0)
