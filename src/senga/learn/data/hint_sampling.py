"""Hints sampled from the targets, in batches on the training device.

What people lay down: a dot or a stroke of one color inside one region, never on an edge; sometimes nothing, sometimes
everything. Places are random, never fixed, unless a recipe reproduces fixed ones.
"""

import torch
from torch import Generator, Tensor
from torch.nn import functional as F

from senga.recipe import FIXED_COLUMNS, FIXED_ROWS, Hinting

EDGE = 0.01
"""Largest RGB variance (summed over channels, [0, 1]) around a place where a hint may sit."""


def box(planes: Tensor, size: int) -> Tensor:
    """Mean over size x size windows (odd size), fewer pixels at the border."""
    reach = size // 2
    if size <= 3:
        return F.avg_pool2d(planes, size, 1, reach, count_include_pad=False)
    # The same in two passes: nine times quicker at 33 px.
    rows = F.avg_pool2d(planes, (size, 1), 1, (reach, 0), count_include_pad=False)
    return F.avg_pool2d(rows, (1, size), 1, (0, reach), count_include_pad=False)


def sample_hints(color: Tensor, hinting: Hinting, seeded: Generator) -> tuple[Tensor, Tensor]:
    """Hints for a batch.

    Args:
        color: targets, (N, 3, H, W) in [0, 1].
        hinting: which hints.
        seeded: source of all that is random, on the device of `color`.

    Returns:
        Hint colors (N, 3, H, W), zero where none, and hint mask (N, 1, H, W) of 0 and 1.
    """
    n = color.shape[0]
    if hinting.kind == "none":
        return torch.zeros_like(color), torch.zeros_like(color[:, :1])
    made = {
        "mix": lambda: _mixture(color, hinting, seeded),
        "dots": lambda: _dots(color, _few(n, hinting.count, seeded), hinting.size, seeded),
        "strokes": lambda: _strokes(color, hinting.count, seeded),
        "patches": lambda: _patches(color, hinting, seeded, fixed=False),
        "fixed-patches": lambda: _patches(color, hinting, seeded, fixed=True),
        "blur": lambda: (box(color, hinting.size | 1), torch.ones_like(color[:, :1])),
    }[hinting.kind]()
    hint, mask = made
    given = torch.rand(n, 1, 1, 1, generator=seeded, device=color.device) >= hinting.none
    mask = mask * given.to(mask.dtype)
    return hint * mask, mask


def _rand(shape: tuple[int, ...], seeded: Generator) -> Tensor:
    return torch.rand(shape, generator=seeded, device=seeded.device)


def _few(n: int, most: int, seeded: Generator) -> Tensor:
    """Counts (N,), log-uniform from 1 to `most`."""
    return torch.exp(_rand((n,), seeded) * torch.log(torch.tensor(float(most) + 1))).floor().clamp(1, most)


def _calm(color: Tensor) -> Tensor:
    """Where a hint may sit, (N, 1, H, W) bool: little change of color in the 3x3 window."""
    variance = (box(color.square(), 3) - box(color, 3).square()).sum(1, keepdim=True)
    return variance < EDGE


def _stamp(points: Tensor, colors: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Squares of `size` px around marked points; where they overlap, the mean of their colors."""
    channels = torch.cat([colors * points, points], 1)
    reach = size // 2
    total = F.avg_pool2d(F.pad(channels, (reach, size - 1 - reach) * 2), size, 1) * (size * size)
    mask = (total[:, 3:] > 0.5).to(colors.dtype)
    return total[:, :3] / total[:, 3:].clamp_min(0.5) * mask, mask


def _sized(points: Tensor, colors: Tensor, sizes: Tensor, steps: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """`_stamp` with one of several sizes for each example; `sizes` (N,) indexes `steps`."""
    hint, mask = torch.zeros_like(colors), torch.zeros_like(points)
    for i, size in enumerate(steps):
        chosen = (sizes == i).nonzero().flatten()
        if len(chosen):
            hint[chosen], mask[chosen] = _stamp(points[chosen], colors[chosen], size)
    return hint, mask


def _dots(color: Tensor, counts: Tensor, size: int, seeded: Generator) -> tuple[Tensor, Tensor]:
    """About `counts` (N,) dots an example, at calm random places; size 0 draws a size for each example."""
    n, _, h, w = color.shape
    # One candidate an 8x8 block keeps dots apart; the wanted share of blocks is then kept.
    place = F.pixel_unshuffle(_rand((n, 1, h, w), seeded) + _calm(color).to(color.dtype), 8)
    best, at = place.max(1, keepdim=True)
    blocks = best.shape[2] * best.shape[3]
    share = (counts / blocks).view(n, 1, 1, 1)
    kept = (_rand((n, 1, *best.shape[2:]), seeded) < share) & (best > 1)
    index = torch.arange(64, device=color.device).view(1, 64, 1, 1)
    points = F.pixel_shuffle(((index == at) & kept).to(color.dtype), 8)
    local = box(color, 3)
    if size:
        return _stamp(points, local, size)
    sizes = (_rand((n,), seeded) * 4).floor()
    return _sized(points, local, sizes, (1, 3, 4, 6))


def _strokes(color: Tensor, most: int, seeded: Generator) -> tuple[Tensor, Tensor]:
    """Up to `most` strokes of one color an example, each ending where its region's color ends."""
    n, _, h, w = color.shape
    steps = 40
    x, y = (_rand((n, most), seeded) * side for side in (w, h))
    turn = _rand((n, most), seeded) * 6.2832
    bend = (_rand((n, most), seeded) - 0.5) * 0.1
    along = torch.arange(steps, device=color.device).view(1, 1, steps)
    angle = turn.unsqueeze(2) + bend.unsqueeze(2) * along
    px = (x.unsqueeze(2) + torch.cumsum(torch.cos(angle), 2)).round().long().clamp(0, w - 1)
    py = (y.unsqueeze(2) + torch.cumsum(torch.sin(angle), 2)).round().long().clamp(0, h - 1)
    index = (py * w + px).view(n, most * steps)
    local = box(color, 3)
    seen = local.flatten(2).gather(2, index.unsqueeze(1).expand(n, 3, most * steps)).view(n, 3, most, steps)
    first = seen[..., :1]
    away = ((seen - first).abs().amax(1) > 0.08).to(color.dtype)
    length = _rand((n, most, 1), seeded) * steps
    counts = _few(n, most, seeded).view(n, 1, 1)
    kept = (torch.cumsum(away, 2) == 0) & (along <= length)
    kept = kept & (torch.arange(most, device=color.device).view(1, most, 1) < counts)
    calm = _calm(color).flatten(2).squeeze(1).gather(1, index).view(n, most, steps)
    kept = kept & calm
    flat = kept.view(n, -1).to(color.dtype)
    points = torch.zeros((n, h * w), device=color.device, dtype=color.dtype).scatter_add(1, index, flat)
    values = (first.expand_as(seen) * kept.unsqueeze(1)).reshape(n, 3, -1)
    colors = torch.zeros((n, 3, h * w), device=color.device, dtype=color.dtype)
    colors = colors.scatter_add(2, index.unsqueeze(1).expand(n, 3, -1), values)
    colors = (colors / points.clamp_min(1).unsqueeze(1)).view(n, 3, h, w)
    points = (points > 0).to(color.dtype).view(n, 1, h, w)
    sizes = (_rand((n,), seeded) * 4).floor()
    return _sized(points, colors, sizes, (2, 3, 4, 6))


def _patches(color: Tensor, hinting: Hinting, seeded: Generator, fixed: bool) -> tuple[Tensor, Tensor]:
    """Square patches copied from the target, at random places or at the published ones (scaled from 128 px)."""
    n, _, h, w = color.shape
    if fixed:
        ys = torch.tensor(FIXED_ROWS, device=color.device).view(1, -1).expand(n, -1) * h // 128
        xs = torch.tensor(FIXED_COLUMNS, device=color.device).view(1, -1).expand(n, -1) * w // 128
    else:
        ys = (_rand((n, hinting.count), seeded) * h).long()
        xs = (_rand((n, hinting.count), seeded) * w).long()
    points = torch.zeros((n, h * w), device=color.device, dtype=color.dtype)
    points = points.scatter(1, ys * w + xs, 1.0).view(n, 1, h, w)
    reach = hinting.size // 2
    padded = F.pad(points, (reach, hinting.size - 1 - reach) * 2)
    mask = F.max_pool2d(padded, hinting.size, 1)
    return color * mask, mask


def _mixture(color: Tensor, hinting: Hinting, seeded: Generator) -> tuple[Tensor, Tensor]:
    """Dots 55 %, strokes 25 %, patches 12 %, blurred color map 8 % (of the examples that get hints at all)."""
    n = color.shape[0]
    jitter = (_rand((n, 3, 1, 1), seeded) - 0.5) * 0.04
    dots = _dots(color, _few(n, hinting.count, seeded), 0, seeded)
    strokes = _strokes(color, 24, seeded)
    patches = _patches(color, Hinting(count=12, size=5), seeded, fixed=False)
    wash = (box(color, 17), torch.ones_like(color[:, :1]))
    pick = _rand((n, 1, 1, 1), seeded)
    hint, mask = wash
    for upto, (other, where) in ((0.92, patches), (0.80, strokes), (0.55, dots)):
        hint = torch.where(pick < upto, other, hint)
        mask = torch.where(pick < upto, where, mask)
    return (hint + jitter).clamp(0, 1) * mask, mask
