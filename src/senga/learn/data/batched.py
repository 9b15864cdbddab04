"""Samples for the painter made by whole batches on the device that trains: the laws of `samples`, `tokens`, `reveals`.

What those modules do with numpy, one sample after another, is done here for a batch at once: views are gathered from
one long row of pixels, regions are numbered, measured and revealed by sums into places. Random numbers come from the
device's own generator (`torch.manual_seed`). Every batch of a size has the same shapes, so that it can be compiled for.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from senga.color.tokens import CELL, CHROMA, GEOMETRY, KNOWN, OPPONENT
from senga.learn.data.painter_batches import REFERRED, PainterBatch, most_tokens
from senga.learn.data.reveals import MOST_OFFERED, Reveals
from senga.learn.data.samples import Views

LABELS = 8192
"""Region numbers a picture; what has more shares the last one. Ours."""

TAPS, SPREAD = 3, 1.1
"""Places a pixel and axis that are read, bilinearly, and how far apart they lie where pictures are made smaller. Ours:
of line art made smaller 1.3 to 3 times, 6 gray levels (root mean square) from what the picture library answers."""

LEAST = 3
"""Pixels of a region that is told apart; see `senga.color.tokens.make_tokens`."""


@dataclass(frozen=True)
class Store:
    """Pictures on a device, one after another in long rows of pixels.

    Attributes:
        color: (T, 3) uint8. lines: (2, T) uint8, 0 = ink: learned, and by a filter. labels: (2, T) int16.
        start, height, width: (N,) int64, first pixel and shape of each picture.
    """

    color: Tensor
    lines: Tensor
    labels: Tensor
    start: Tensor
    height: Tensor
    width: Tensor


class BatchViews(NamedTuple):
    """Views; see `senga.learn.data.samples.View`.

    Attributes:
        color: (B, S, S, 3) float32, 0 to 255. lines: (B, S, S) float32, the same, 0 = ink. labels: (B, S, S) int64.
    """

    color: Tensor
    lines: Tensor
    labels: Tensor


class BatchTokens(NamedTuple):
    """Regions of views; see `senga.color.tokens.Tokens`.

    Attributes:
        label: (B, S, S) int64, -1 for none. many: (B,) int64, regions. there: (B, R) float32.
        planes: (B, 2, S, S). shares: (B, R, S/4, S/4). geometry: (B, R, `GEOMETRY`). truth: (B, R, 3), opponent.
    """

    label: Tensor
    many: Tensor
    there: Tensor
    planes: Tensor
    shares: Tensor
    geometry: Tensor
    truth: Tensor


def make_batch(
    store: Store, numbers: Tensor, views: Views, reveals: Reveals, *, referred: bool = False
) -> PainterBatch:
    """A batch of the pictures of some numbers, (B,) int64; see `senga.learn.data.painter_batches.make_batch`.

    Args:
        referred: samples stand in twos, each the other's reference; an even number of them.
    """
    seen = take_views(store, numbers, views)
    tokens = make_tokens(seen, most_tokens(views.size))
    known, weight, palette, offered = reveal(seen, tokens, reveals)
    partner = torch.full_like(numbers, -1)
    if referred:
        shown = torch.rand(len(numbers), device=numbers.device) < REFERRED
        partner = torch.where(shown, torch.arange(len(numbers), device=numbers.device) ^ 1, partner)
    return PainterBatch(
        planes=tokens.planes,
        shares=tokens.shares,
        geometry=tokens.geometry,
        known=known,
        there=tokens.there,
        palette=palette,
        offered=offered,
        truth=tokens.truth,
        weight=weight,
        partner=partner,
    )


def take_views(store: Store, numbers: Tensor, views: Views) -> BatchViews:
    """Views of pictures; as `senga.learn.data.samples.take_view`."""
    n, size, device = len(numbers), views.size, numbers.device
    height, width = store.height[numbers], store.width[numbers]
    short = torch.minimum(height, width)
    side = torch.round(short / torch.empty(n, device=device).uniform_(1.0, views.whole)).long()
    native = (torch.rand(n, device=device) < views.native) & (short > size)
    side = torch.where(native, torch.full_like(side, size), side)
    top = (torch.rand(n, device=device) * (height - side + 1)).long()
    left = (torch.rand(n, device=device) * (width - side + 1)).long()
    variant = (torch.rand(n, device=device) < views.filtered).long()
    flip = torch.rand(n, device=device) < 0.5
    color, lines, labels = cut(store, numbers, side, top, left, variant, flip, size)
    shrink = (side / size).view(n, 1, 1)
    lines = torch.where(shrink > 1, 255 - (255 - lines) * shrink.pow(0.75).clamp(max=2.0), lines)
    lines = spoiled(lines.round().clamp(0, 255), views.accidents)
    return BatchViews(color.round().clamp(0, 255), lines, labels)


def cut(
    store: Store, numbers: Tensor, side: Tensor, top: Tensor, left: Tensor, variant: Tensor, flip: Tensor, size: int
) -> tuple[Tensor, Tensor, Tensor]:
    """Color, lines and labels of squares of pictures, `size` px each.

    Args:
        side, top, left: (B,) of the squares in the pictures, px. variant: (B,) 0 or 1, which drawing.
        flip: (B,) bool, mirrored.
    """
    n, device = len(numbers), numbers.device
    at = torch.arange(size, device=device)
    columns = torch.where(flip.view(n, 1), size - 1 - at, at)  # (B, S)
    rows = at.expand(n, size)
    shrink = (side / size).view(n, 1)
    start, width = store.start[numbers].view(n, 1, 1), store.width[numbers].view(n, 1, 1)
    lines, labels = store.lines.view(-1), store.labels.view(-1)
    beside = (variant * store.lines.shape[1]).view(n, 1, 1)

    def place(y: Tensor, x: Tensor) -> Tensor:
        return start + (top.view(n, 1) + y).unsqueeze(2) * width + (left.view(n, 1) + x).unsqueeze(1)

    middle = [((i + 0.5) * shrink).long() for i in (rows, columns)]
    numbered = labels[place(*middle) + beside].long()
    color = torch.zeros(n, size, size, 3, device=device)
    drawn = torch.zeros(n, size, size, device=device)
    # A tap reads two by two pixels; taps of one pixel lie the farther apart the more of the picture it shows.
    apart = SPREAD * (shrink**2 - 1).clamp(min=0).sqrt()
    last = (side - 1).view(n, 1)
    for i in range(TAPS):
        y0, y1, wy = _between((rows + 0.5) * shrink - 0.5 + ((i + 0.5) / TAPS - 0.5) * apart, last)
        for j in range(TAPS):
            x0, x1, wx = _between((columns + 0.5) * shrink - 0.5 + ((j + 0.5) / TAPS - 0.5) * apart, last)
            for y, v in ((y0, 1 - wy), (y1, wy)):
                for x, h in ((x0, 1 - wx), (x1, wx)):
                    index, weight = place(y, x), v.unsqueeze(2) * h.unsqueeze(1) / TAPS**2
                    color += store.color[index].float() * weight.unsqueeze(3)
                    drawn += lines[index + beside].float() * weight
    return color, drawn, numbered


def _between(at: Tensor, last: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The pixels on both sides of places, and how much of the second; places beyond the edge are on it."""
    at = torch.minimum(at.clamp(min=0), last.float())
    first = at.long()
    return first, torch.minimum(first + 1, last), at - first


def spoiled(lines: Tensor, share: float) -> Tensor:
    """Line art (B, S, S), 0 to 255, with accidents; as `senga.learn.data.samples.spoiled`."""
    n, size, device = lines.shape[0], lines.shape[1], lines.device
    happens = torch.rand(6, n, 1, 1, device=device) < share

    def uniform(low: float, high: float) -> Tensor:
        return torch.empty(n, 1, 1, device=device).uniform_(low, high)

    ink = 1 - lines / 255
    ink = torch.where(happens[0], ink * uniform(0.45, 1.0), ink)
    ink = torch.where(happens[1], ink ** uniform(0.5, 0.9), ink)
    ink = torch.where(happens[2], (ink > uniform(0.15, 0.5)).float(), ink)
    wide = ink.clone()
    wide[:, 1:] = torch.maximum(wide[:, 1:], ink[:, :-1])
    wide[:, :, 1:] = torch.maximum(wide[:, :, 1:], wide[:, :, :-1].clone())
    ink = torch.where(happens[3], wide, ink)
    gaps = torch.zeros(n, 1, size, size, device=device)
    for reach in (1, 2, 3):  # a third of the gaps each
        spots = (torch.rand(n, 1, size, size, device=device) < 1 / 9000).float()
        gaps = torch.maximum(gaps, F.max_pool2d(spots, 2 * reach, 1, reach)[:, :, :size, :size])
    ink = torch.where(happens[4] & (gaps[:, 0] > 0), torch.zeros_like(ink), ink)
    noisy = ink + torch.randn(n, size, size, device=device) * uniform(0.01, 0.04)
    ink = torch.where(happens[5], noisy, ink)
    return torch.where(happens.any(0), (255 - 255 * ink).round().clamp(0, 255), lines)


def make_tokens(views: BatchViews, most: int) -> BatchTokens:
    """Regions of views, the largest first; as `senga.color.tokens.make_tokens`, with their true colors."""
    labels = views.labels
    n, size, device = labels.shape[0], labels.shape[1], labels.device
    flat = labels.reshape(n, -1)
    pixels = flat.shape[1]
    sizes = torch.zeros(n, LABELS, device=device).scatter_add_(1, flat, torch.ones(n, pixels, device=device))
    largest, names = sizes.topk(most, 1)
    good = largest >= LEAST
    good[:, 0] = True
    many = good.sum(1)
    rank = torch.arange(most, device=device).expand(n, most)
    number = torch.full((n, LABELS), -1, dtype=torch.long, device=device)
    number.scatter_(1, names, torch.where(good, rank, torch.full_like(rank, -1)))
    label = number.gather(1, flat)  # (B, S * S)
    there = good.float()

    ink = 1 - views.lines / 255
    edge = torch.zeros_like(ink)
    edge[:, :, :-1] = torch.maximum(edge[:, :, :-1], (labels[:, :, 1:] != labels[:, :, :-1]).float())
    edge[:, :-1] = torch.maximum(edge[:, :-1], (labels[:, 1:] != labels[:, :-1]).float())

    at = ((torch.arange(size, device=device) + 0.5) - size / 2) / size
    x, y = at.expand(size, size).reshape(1, -1).expand(n, -1), at.view(size, 1).expand(size, size).reshape(1, -1)
    y = y.expand(n, -1)
    weight = ((views.lines / 255) ** 4 + 0.02).reshape(n, -1)
    red, green, blue = (weight * views.color[..., i].reshape(n, -1) for i in range(3))
    one = torch.ones_like(x)
    sums = _summed(torch.stack([one, x, y, x * x, y * y, ink.reshape(n, -1), weight, red, green, blue], 1), label, most)
    truth = opponent(sums[:, 7:].transpose(1, 2) / sums[:, 6].clamp(min=1e-6).unsqueeze(2) / 255)
    geometry = _geometry(sums, _touches(label.view(n, size, size), most), size)

    wide = size // CELL
    cell = (torch.arange(size, device=device) // CELL).view(-1, 1) * wide + torch.arange(size, device=device) // CELL
    found = torch.zeros(n, (most + 1) * wide * wide, device=device)
    found.scatter_add_(1, (label + 1) * wide * wide + cell.view(1, -1), one.contiguous())
    shares = found.view(n, most + 1, wide * wide)[:, 1:]
    shares = shares / shares.sum(2, keepdim=True).clamp(min=1)
    return BatchTokens(
        label.view(n, size, size),
        many,
        there,
        torch.stack([ink, edge], 1),
        shares.view(n, most, wide, wide),
        geometry * there.unsqueeze(2),
        truth * there.unsqueeze(2),
    )


def opponent(colors: Tensor) -> Tensor:
    """Opponent colors (..., 3) of RGB (..., 3) in [0, 1]; as `senga.color.tokens.opponent`."""
    matrix = torch.from_numpy((OPPONENT * CHROMA[:, None]).T.copy()).to(colors.device)
    moved = (colors.unsqueeze(-1) * matrix).sum(-2)  # a product of matrices would round to 10 bits here and there
    return moved - torch.tensor([0.5, 0.0, 0.0], device=colors.device)


def _summed(values: Tensor, label: Tensor, most: int) -> Tensor:
    """(B, C, R), sums of planes (B, C, S * S) over each region."""
    n, channels, _ = values.shape
    sums = torch.zeros(n, channels, most + 1, device=values.device)
    return sums.scatter_add_(2, (label + 1).unsqueeze(1).expand_as(values), values)[:, :, 1:]


def _touches(label: Tensor, most: int) -> Tensor:
    """(B, R), pixels of each region along the view's border."""
    frame = torch.cat([label[:, 0], label[:, -1], label[:, :, 0], label[:, :, -1]], 1)
    return _summed(torch.ones_like(frame, dtype=torch.float32).unsqueeze(1), frame, most)[:, 0]


def _geometry(sums: Tensor, touch: Tensor, size: int) -> Tensor:
    """(B, R, `GEOMETRY`); as `senga.color.tokens` says."""
    pixels = sums[:, 0].clamp(min=1)
    mx, my, xx, yy, covered = (sums[:, i] / pixels for i in range(1, 6))
    sx, sy = ((v - m * m).clamp(min=0).add(1e-6).sqrt() for v, m in ((xx, mx), (yy, my)))
    share = pixels / size**2
    columns = (
        mx,
        my,
        sx,
        sy,
        share.sqrt(),
        share.log() / 8 + 0.5,
        (sx / sy).log() / 3,
        covered,
        touch / (4 * size),
        touch / (touch + pixels.sqrt() * 4),
        share / (sx * sy * 12),
        torch.zeros_like(mx),
    )
    assert len(columns) == GEOMETRY
    return torch.stack(columns, 2)


def dot_colors(views: BatchViews, tokens: BatchTokens) -> Tensor:
    """(B, R, 3), colors of a 3x3 dot at a random place of each region, on paper where it has any; opponent."""
    n, size = views.lines.shape[:2]
    most, pixels = tokens.there.shape[1], size * size
    device = views.lines.device
    # One number a pixel: paper first, then at random; its last digits say where it is.
    rank = torch.randint(1 << 20, (n, pixels), device=device)
    rank = rank + ((views.lines.reshape(n, -1) > 200).long() << 20)
    keyed = rank * pixels + torch.arange(pixels, device=device)
    best = torch.zeros(n, most + 1, dtype=torch.long, device=device)
    best.scatter_reduce_(1, (tokens.label + 1).view(n, -1), keyed, "amax")
    at = best[:, 1:] % pixels
    padded = F.pad(views.color.permute(0, 3, 1, 2), (1, 1, 1, 1), mode="replicate")
    dots = F.avg_pool2d(padded, 3, 1).reshape(n, 3, -1) / 255
    return opponent(dots.gather(2, at.unsqueeze(1).expand(n, 3, most)).transpose(1, 2))


def reveal(views: BatchViews, tokens: BatchTokens, reveals: Reveals) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What is revealed of a batch; as `senga.learn.data.reveals.reveal`.

    Returns:
        What is known (B, R, `KNOWN`), how much each region counts in the loss (B, R), palettes (B, P, 3), and what of
        them is offered (B, P).
    """
    truth, there, many = tokens.truth, tokens.there, tokens.many
    n, most, _ = truth.shape
    device = truth.device

    def uniform(low: float, high: float) -> Tensor:
        return torch.empty(n, 1, device=device).uniform_(low, high)

    size = tokens.geometry[:, :, 4] ** 2 * there
    hinted = _chosen(size, there, _how_many(many, reveals))
    patched = (torch.rand(n, most, 1, device=device) < reveals.patches).float()
    hint = torch.lerp(truth, dot_colors(views, tokens), patched) + 0.008 * torch.randn_like(truth)
    root = size.sqrt()
    weight = 0.5 * size / size.sum(1, keepdim=True) + 0.5 * root / root.sum(1, keepdim=True)
    weight = weight * ~hinted
    guessing = (uniform(0, 1) < reveals.guesses) & (many.view(n, 1) > 1)
    guessed = (torch.rand(n, most, device=device) < uniform(0, 1) ** 1.5) & ~hinted & guessing & (there > 0)
    guess = truth + torch.randn_like(truth) * uniform(0.01, 0.07).unsqueeze(2)
    # Colors of other regions of the same picture: an order of those that are there.
    shuffled = torch.argsort(torch.rand(n, most, device=device) + (1 - there) * 2, 1)
    wrong = torch.rand(n, most, device=device) < uniform(0, 0.2)
    guess = torch.where(wrong.unsqueeze(2), truth.gather(1, shuffled.unsqueeze(2).expand_as(truth)), guess)
    color = torch.where(hinted.unsqueeze(2), hint, torch.where(guessed.unsqueeze(2), guess, torch.zeros_like(guess)))
    flags = torch.zeros(n, most, KNOWN - 3, device=device)
    flags[:, :, 0], flags[:, :, 1] = hinted.float(), guessed.float()
    known = torch.cat([color, flags], 2)
    weight = torch.where(guessed, weight * 0.3, weight)
    palette, offered = main_colors(truth, size, there)
    given = (uniform(0, 1) < reveals.palettes).float()
    offered = offered * given
    return known, weight, palette * offered.unsqueeze(2), offered


def _how_many(count: Tensor, reveals: Reveals) -> Tensor:
    draw = torch.rand(count.shape, device=count.device)
    many = torch.exp(torch.rand(count.shape, device=count.device) * torch.log(count + 1.0)).long()
    many = torch.where(draw < reveals.none + reveals.one, torch.ones_like(many), many)
    return torch.where(draw < reveals.none, torch.zeros_like(many), many)


def _chosen(size: Tensor, there: Tensor, count: Tensor) -> Tensor:
    """(B, R) bool, which regions a person would tell."""
    n, most = size.shape
    larger = torch.rand(n, 1, device=size.device) < 0.6
    power = torch.where(larger, size.sqrt().clamp(min=1e-6), torch.ones_like(size))
    keys = torch.log(torch.rand(n, most, device=size.device).clamp(min=1e-9)) / power
    keys = torch.where(there > 0, keys, torch.full_like(keys, -math.inf))
    place = torch.argsort(torch.argsort(keys, 1, descending=True), 1)
    chosen: Tensor = (place < count.view(n, 1)) & (there > 0)
    return chosen


def main_colors(truth: Tensor, size: Tensor, there: Tensor) -> tuple[Tensor, Tensor]:
    """Palettes (B, P, 3) and what of them is there (B, P); as `senga.learn.data.reveals.main_colors`."""
    n, most, _ = truth.shape
    device = truth.device
    wanted = torch.randint(2, MOST_OFFERED, (n,), device=device)
    order = size * torch.empty(n, most, device=device).uniform_(0.3, 1.0)
    order = torch.where(there > 0, order, torch.full_like(order, -1.0))
    palette = torch.zeros(n, MOST_OFFERED, 3, device=device)
    offered = torch.zeros(n, MOST_OFFERED, device=device)
    foreign = opponent(torch.rand(n, 2, 3, device=device))
    extra = torch.where(torch.rand(n, device=device) < 0.2, torch.randint(1, 3, (n,), device=device), 0)
    taken = torch.zeros(n, dtype=torch.long, device=device)
    for i in range(MOST_OFFERED):
        best, at = order.max(1)
        color = truth.gather(1, at.view(n, 1, 1).expand(n, 1, 3))[:, 0]
        own = (best >= 0) & (taken < wanted)
        other = ~own & (extra > 0)
        color = torch.where(
            other.view(n, 1), foreign.gather(1, (extra - 1).clamp(min=0).view(n, 1, 1).expand(n, 1, 3))[:, 0], color
        )
        taken, extra = taken + own, extra - other.long()
        palette[:, i], offered[:, i] = color, (own | other).float()
        near = (truth - color.unsqueeze(1)).square().sum(2) <= 0.07**2
        order = torch.where(near & own.view(n, 1), torch.full_like(order, -1.0), order)
    palette = palette + 0.015 * torch.randn_like(palette)
    return palette * offered.unsqueeze(2), offered
