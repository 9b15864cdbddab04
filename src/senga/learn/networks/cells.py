"""Cells bounded by ink, and the way between them.

A drawing is cut into one small region ("cell") for each 8x8 block: the block's freest pixel is the seed, and every
pixel joins the seed that it reaches most cheaply when ink is dear. Two cells are then as far apart as the cheapest
way between their seeds. Edges of color are geometry here and cost no learning.

Everything is made of dense tensor operations with static loops, so the same code runs while training on any device
and inside the exported graph: one implementation.

Source: ours; the min-plus relaxation is Bellman-Ford's, the regular seeding that of SLIC superpixels (Achanta 2012).
"""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

BLOCK = 8
"""Side of the block that owns one seed, px."""

WALL = 600.0
"""Cost of stepping onto full ink, where paper costs 1 (ours: no way over paper is as far as across a 2 px line)."""

GAP = 0.5
"""Share of the wall in gaps of up to two pixels between ink, so that a broken line is no door (ours)."""

_FAR = 2.0**22
_SHIFT = 2**20


@dataclass
class Cells:
    """The cells of a batch of drawings; h = H / 8, w = W / 8, L = h * w.

    Attributes:
        label: (N, H*W) int64, the cell that each pixel belongs to, row-major in the (h, w) grid.
        choice: (N, 9, H, W) float, one-hot: which cell of the 3x3 blocks around its own a pixel joined.
        ways: (N, 9, h, w) float, cost of the way from a cell to each of its 3x3 neighbors (itself: far).
    """

    label: Tensor
    choice: Tensor
    ways: Tensor


def grid(height: int, width: int, like: Tensor) -> tuple[Tensor, Tensor]:
    """Row and column index of every place of a (height, width) grid, both (height, width) int64."""
    rows = torch.arange(height, device=like.device).view(-1, 1).expand(height, width)
    columns = torch.arange(width, device=like.device).view(1, -1).expand(height, width)
    return rows, columns


def find_cells(ink: Tensor) -> Cells:
    """Cells of a drawing.

    Args:
        ink: (N, 1, H, W) float in [0, 1], 1 = ink; H and W multiples of 8.
    """
    n, _, height, width = ink.shape
    h, w = height // BLOCK, width // BLOCK
    closed = -F.max_pool2d(-F.max_pool2d(ink, 3, 1, 1), 3, 1, 1)  # morphological closing: gaps fill, corridors stay
    # A line whose pixels touch only at corners is closed there: steps go aslant too.
    sealed = torch.minimum(F.max_pool2d(ink, (3, 1), 1, (1, 0)), F.max_pool2d(ink, (1, 3), 1, (0, 1)))
    cost = torch.round(1 + WALL * torch.maximum(sealed, GAP * closed))

    # The seed of a block is its freest pixel; among equals the one nearest to the middle.
    rows, columns = grid(height, width, ink)
    inside_y, inside_x = rows % BLOCK, columns % BLOCK
    off_center = ((inside_y * 2 - BLOCK + 1) ** 2 + (inside_x * 2 - BLOCK + 1) ** 2).to(ink.dtype)
    score = F.avg_pool2d(ink, 3, 1, 1) + off_center * 1e-4
    winner = F.pixel_unshuffle(score, BLOCK).argmin(1, keepdim=True)
    places = torch.arange(BLOCK * BLOCK, device=ink.device).view(1, -1, 1, 1)
    seeds = F.pixel_shuffle((places == winner).to(ink.dtype), BLOCK)

    # Distance and owner travel as one number, distance * 16 + code, exact in float32. The code is the block's place
    # modulo 3: eight steps reach at most the next block, so nine codes tell all owners apart.
    block_y, block_x = rows // BLOCK, columns // BLOCK
    code = ((block_y % 3) * 3 + block_x % 3).to(ink.dtype)
    packed = torch.where(seeds > 0.5, code.expand_as(seeds), torch.full_like(seeds, _FAR))
    step = cost * 16
    for _ in range(BLOCK):
        packed = torch.minimum(packed, step - F.max_pool2d(-packed, 3, 1, 1))
    distance = torch.floor(packed / 16)
    owner = (packed - distance * 16).to(torch.int64)
    shift_y = (owner // 3 - block_y % 3 + 4) % 3 - 1
    shift_x = (owner % 3 - block_x % 3 + 4) % 3 - 1
    slot = (shift_y + 1) * 3 + shift_x + 1
    choice = (torch.arange(9, device=ink.device).view(1, 9, 1, 1) == slot).to(ink.dtype)
    cell_y, cell_x = block_y + shift_y, block_x + shift_x
    label = cell_y * w + cell_x
    ways = _ways(distance, cell_y, cell_x, label, h, w)
    return Cells(label.reshape(n, height * width), choice, ways)


def _ways(distance: Tensor, cell_y: Tensor, cell_x: Tensor, label: Tensor, h: int, w: int) -> Tensor:
    """Cheapest way between the seeds of touching cells, through the pixels where they touch."""
    n = distance.shape[0]
    height, width = distance.shape[2:]
    index, value = [], []
    for down, right in ((0, 1), (1, 0)):
        a = (slice(None), slice(None), slice(0, height - down), slice(0, width - right))
        b = (slice(None), slice(None), slice(down, height), slice(right, width))
        go_y, go_x = cell_y[b] - cell_y[a], cell_x[b] - cell_x[a]
        touching = (label[a] != label[b]) & (go_y.abs() <= 1) & (go_x.abs() <= 1)
        way = torch.where(touching, distance[a] + distance[b], torch.full_like(distance[a], _FAR))
        slot = torch.where(touching, (go_y + 1) * 3 + go_x + 1, torch.full_like(go_y, 4))
        index += [(label[a] * 9 + slot).reshape(n, -1), (label[b] * 9 + 8 - slot).reshape(n, -1)]
        value += [way.reshape(n, -1)] * 2
    ways = torch.full((n, h * w * 9), _FAR, dtype=distance.dtype, device=distance.device)
    ways = ways.scatter_reduce(1, torch.cat(index, 1), torch.cat(value, 1), "amin")
    return ways.view(n, h, w, 9).permute(0, 3, 1, 2)


def cell_sums(label: Tensor, values: Tensor, h: int, w: int) -> Tensor:
    """Sum of pixel values over each cell.

    Args:
        label: (N, H*W) int64 from `Cells`.
        values: (N, C, H, W) float.
        h, w: size of the cell grid.

    Returns:
        (N, C, h, w) float.
    """
    n, channels = values.shape[:2]
    sums = torch.zeros((n, channels, h * w), dtype=values.dtype, device=values.device)
    spread = label.unsqueeze(1).expand(n, channels, label.shape[1])
    return sums.scatter_add(2, spread, values.flatten(2)).view(n, channels, h, w)


def neighbors(values: Tensor) -> list[Tensor]:
    """The 3x3 neighborhood of each grid place: nine (N, C, h, w) tensors, edges repeated."""
    h, w = values.shape[2:]
    # By slices, not by replicating pad, whose gradient the compiler of torch 2.13 lays out wrongly.
    padded = torch.cat([values[:, :, :1], values, values[:, :, -1:]], 2)
    padded = torch.cat([padded[:, :, :, :1], padded, padded[:, :, :, -1:]], 3)
    return [padded[:, :, y : y + h, x : x + w] for y in range(3) for x in range(3)]


def affinity(ways: Tensor) -> Tensor:
    """How much each cell listens to its 3x3 neighbors, (N, 9, h, w), sum 1: much over paper, hardly across ink.

    Args:
        ways: (N, 9, h, w) from `Cells`.
    """
    near = torch.exp(-ways / 40)
    # A cell is its own neighbor in the middle slot, with weight one.
    near = torch.cat([near[:, :4], torch.ones_like(near[:, :1]), near[:, 5:]], 1)
    return near / near.sum(1, keepdim=True)


def neighbor_places(h: int, w: int, like: Tensor) -> list[Tensor]:
    """Where the 3x3 neighbors of each grid place stand, row-major, in the order of `neighbors`: nine (h, w) int64."""
    rows, columns = grid(h, w, like)
    return [(rows + y).clamp(0, h - 1) * w + (columns + x).clamp(0, w - 1) for y in (-1, 0, 1) for x in (-1, 0, 1)]


def geodesic_fill(ways: Tensor, hinted: Tensor, rounds: int) -> tuple[Tensor, Tensor]:
    """For each cell, the hinted cell that is nearest along ways that avoid ink.

    Args:
        ways: (N, 9, h, w) from `Cells`.
        hinted: (N, 1, h, w) bool.
        rounds: relaxations; a hint reaches at most this many cells away.

    Returns:
        source: (N, h*w) int64, index of the nearest hinted cell (0 where none is in reach).
        distance: (N, 1, h, w) float, cost of the way; at least 2**22 where none is in reach.
    """
    n, _, h, w = ways.shape
    index = torch.stack(neighbor_places(h, w, ways)).reshape(1, 9 * h * w)
    index = index.expand(n, 9 * h * w)
    # Staying is free, so one minimum over nine does it all. (ONNX Runtime 1.31: Min of two int64 arrays errs where only
    # the lower 32 bits differ; its ReduceMin does not.)
    cost = torch.cat([ways[:, :4], torch.zeros_like(ways[:, :1]), ways[:, 5:]], 1)
    cost = cost.to(torch.int64).view(n, 9, h * w) * _SHIFT
    own = torch.arange(h * w, device=ways.device).view(1, -1)
    far = torch.full((n, h * w), int(_FAR) * _SHIFT, dtype=torch.int64, device=ways.device)
    packed = torch.where(hinted.view(n, h * w), own.expand(n, h * w), far)
    for _ in range(rounds):
        packed = (packed.gather(1, index).view(n, 9, h * w) + cost).amin(1)
    distance = packed // _SHIFT
    return packed - distance * _SHIFT, distance.to(ways.dtype).view(n, 1, h, w)
