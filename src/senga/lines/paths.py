"""Center lines as paths: traced along a skeleton, placed between pixels, smoothed, pruned, joined, inked.

A path is kept as points and the edges between them, not as ordered lists: every step is then one numpy expression over
all points of a drawing.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from senga.lines.strokes import Mask

_EIGHT = np.ones((3, 3), bool)


@dataclass(frozen=True)
class Paths:
    """Paths of one drawing.

    Attributes:
        points: (N, 2) float32, (x, y) px; a pixel's middle has whole coordinates.
        edges: (M, 2) int64, indices of points that are neighbors along a path.
        chain: (N,) int64, number of the piece between two junctions or ends that a point lies on, from 0.
        shape: (height, width) of the drawing.
    """

    points: NDArray[np.float32]
    edges: NDArray[np.int64]
    chain: NDArray[np.int64]
    shape: tuple[int, int]

    def degree(self) -> NDArray[np.int64]:
        """(N,) number of neighbors of each point: 1 at a free end, 3 or more at a junction."""
        count: NDArray[np.int64] = np.bincount(self.edges.ravel(), minlength=len(self.points))
        return count

    def keep(self, kept: Mask) -> "Paths":
        """The paths through the points (N,) that are kept."""
        number = np.cumsum(kept) - 1
        edges = self.edges[kept[self.edges].all(1)] if len(self.edges) else self.edges
        return replace(self, points=self.points[kept], edges=number[edges], chain=self.chain[kept])


def trace(skeleton: Mask) -> Paths:
    """Paths of a one-pixel-wide skeleton (H, W)."""
    h, w = skeleton.shape
    rows, columns = np.nonzero(skeleton)
    number = np.full((h + 2, w + 2), -1, np.int64)
    number[rows + 1, columns + 1] = np.arange(len(rows))
    y, x = rows + 1, columns + 1
    found = []
    for dy, dx in ((0, 1), (1, 0), (1, 1), (1, -1)):
        other = number[y + dy, x + dx]
        joined = other >= 0
        if dy and dx:  # a diagonal counts only where no right-angled way leads there
            joined &= (number[y + dy, x] < 0) & (number[y, x + dx] < 0)
        found.append(np.stack([np.nonzero(joined)[0], other[joined]], 1))
    edges = np.concatenate(found)
    points = np.stack([columns, rows], 1).astype(np.float32)
    paths = Paths(points, edges, np.zeros(len(points), np.int64), (h, w))
    return replace(paths, chain=_chains(paths, rows, columns))


def _chains(paths: Paths, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Pieces between junctions; a junction belongs to one of its neighbors' pieces."""
    import mahotas

    degree = paths.degree()
    crossing = np.zeros(paths.shape, bool)
    crossing[rows, columns] = degree >= 3
    skeleton = np.zeros(paths.shape, bool)
    skeleton[rows, columns] = True
    # Around a junction its branches touch each other, so what lies next to one is numbered from outside.
    apart = skeleton & ~mahotas.dilate(crossing, _EIGHT) if crossing.any() else skeleton
    pieces, count = mahotas.label(apart, Bc=_EIGHT)
    chain = pieces[rows, columns].astype(np.int64) - 1
    plain = degree < 3
    for through in (plain, plain, np.ones_like(plain)):
        before = chain.copy()
        for a, b in (paths.edges.T, paths.edges.T[::-1]):
            open_ = (before[a] < 0) & through[a] & (before[b] >= 0)
            chain[a[open_]] = before[b[open_]]
    left = np.nonzero(chain < 0)[0]  # a bridge of a pixel or two between junctions
    chain[left] = count + np.arange(len(left))
    return np.unique(chain, return_inverse=True)[1].astype(np.int64)


def highest(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """Maximum over 5x5 pixels."""
    for axis in (0, 1):
        padded = np.pad(plane, [(2, 2) if i == axis else (0, 0) for i in (0, 1)], mode="edge")
        length = plane.shape[axis]
        for i in range(5):
            window = padded[i : i + length] if axis == 0 else padded[:, i : i + length]
            plane = np.maximum(plane, window)
    return plane


def center(paths: Paths, ridge: NDArray[np.float32], where: Mask) -> Paths:
    """Points moved across their path to a ridge's top, which lies between pixels.

    Source: Steger 1998, curvilinear structures; on the logarithm, in which a Gaussian ridge is a parabola.

    Args:
        ridge: (H, W) in [0, 1], highest on center lines. where: (H, W) bool, the pixels whose points are moved.
    """
    if not len(paths.points):
        return paths
    level = np.log(np.maximum(ridge, 0.02))
    padded = np.pad(level, 1, mode="edge")
    x, y = paths.points.astype(np.int64).T + 1

    def at(dy: int, dx: int) -> NDArray[np.float32]:
        shifted: NDArray[np.float32] = padded[y + dy, x + dx]
        return shifted

    gx, gy = (at(0, 1) - at(0, -1)) / 2, (at(1, 0) - at(-1, 0)) / 2
    xx, yy = at(0, 1) - 2 * at(0, 0) + at(0, -1), at(1, 0) - 2 * at(0, 0) + at(-1, 0)
    xy = (at(1, 1) - at(1, -1) - at(-1, 1) + at(-1, -1)) / 4
    # Eigenvector of the strongest downward curvature: across the line.
    half, difference = (xx + yy) / 2, (xx - yy) / 2
    bend = half - np.hypot(difference, xy)
    angle = 0.5 * np.arctan2(xy, difference) + np.pi / 2
    nx, ny = np.cos(angle), np.sin(angle)
    step = -(gx * nx + gy * ny) / np.minimum(bend, -0.05)
    step = np.where(where[y - 1, x - 1], np.clip(step, -0.75, 0.75), 0)
    return replace(paths, points=paths.points + np.stack([step * nx, step * ny], 1).astype(np.float32))


def smooth(paths: Paths, rounds: int = 4) -> Paths:
    """Points moved half the way to the middle of their two neighbors, `rounds` times; ends and junctions stay."""
    degree = paths.degree()
    inner = degree == 2
    a, b = paths.edges.T
    points = paths.points
    for _ in range(rounds):
        total = np.zeros_like(points)
        for axis in (0, 1):
            total[:, axis] = np.bincount(a, points[b, axis], len(points)) + np.bincount(b, points[a, axis], len(points))
        points = np.where(inner[:, None], (points + total / np.maximum(degree, 1)[:, None]) / 2, points)
        points = points.astype(np.float32)
    return replace(paths, points=points)


def lengths(paths: Paths) -> NDArray[np.float32]:
    """Length of each chain, px, by its number."""
    count = int(paths.chain.max(initial=-1)) + 1
    a, b = paths.edges.T
    same = paths.chain[a] == paths.chain[b]
    size = np.hypot(*(paths.points[a] - paths.points[b]).T)
    return np.bincount(paths.chain[a][same], size[same], count).astype(np.float32)


def mean_over(paths: Paths, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean over each chain of a value at each point."""
    count = int(paths.chain.max(initial=-1)) + 1
    number = np.maximum(np.bincount(paths.chain, minlength=count), 1)
    return (np.bincount(paths.chain, values, count) / number).astype(np.float32)


def prune(paths: Paths, shortest: float) -> Paths:
    """Without spurs: chains shorter than `shortest` px that hang on a junction by one end."""
    if not len(paths.points):
        return paths
    degree = paths.degree()
    crossing = degree >= 3
    count = int(paths.chain.max()) + 1
    free = np.bincount(paths.chain[degree == 1], minlength=count)
    a, b = np.concatenate([paths.edges, paths.edges[:, ::-1]]).T
    hung = np.bincount(paths.chain[a[~crossing[a] & crossing[b]]], minlength=count)
    spur = (free == 1) & (hung == 1) & (lengths(paths) < shortest)
    return paths.keep(~spur[paths.chain] | crossing)


def sample(plane: NDArray[np.float32], points: NDArray[np.float32]) -> NDArray[np.float32]:
    """Values of (H, W) or (H, W, C) at points (N, 2), bilinear, edges repeated."""
    h, w = plane.shape[:2]
    x, y = np.clip(points[:, 0], 0, w - 1), np.clip(points[:, 1], 0, h - 1)
    x0, y0 = np.minimum(x.astype(np.int64), max(w - 2, 0)), np.minimum(y.astype(np.int64), max(h - 2, 0))
    x1, y1 = np.minimum(x0 + 1, w - 1), np.minimum(y0 + 1, h - 1)
    fx, fy = x - x0, y - y0
    if plane.ndim == 3:
        fx, fy = fx[:, None], fy[:, None]
    top = plane[y0, x0] * (1 - fx) + plane[y0, x1] * fx
    bottom = plane[y1, x0] * (1 - fx) + plane[y1, x1] * fx
    values: NDArray[np.float32] = (top * (1 - fy) + bottom * fy).astype(np.float32)
    return values


def normals(paths: Paths) -> NDArray[np.float32]:
    """(N, 2) unit vectors across the path at each point; (0, 0) at a lone point."""
    along = np.zeros((len(paths.points), 2))
    a, b = paths.edges.T
    size = paths.points[b] - paths.points[a]
    size = np.where((size[:, :1] < 0) | ((size[:, :1] == 0) & (size[:, 1:] < 0)), -size, size)
    for axis in (0, 1):
        along[:, axis] = np.bincount(a, size[:, axis], len(along)) + np.bincount(b, size[:, axis], len(along))
    long = np.hypot(*along.T)[:, None]
    unit = np.where(long > 0, along / np.maximum(long, 1e-9), 0)
    return np.stack([-unit[:, 1], unit[:, 0]], 1).astype(np.float32)


def join(paths: Paths, reach: float, support: NDArray[np.float32] | None = None) -> Paths:
    """Gaps closed: each free end gets an edge to the nearest point ahead of it within `reach` px.

    Args:
        support: (H, W) in [0, 1]: a gap is closed only where its mean on the way is over 0.12, or where two ends
            face each other.
    """
    degree = paths.degree()
    ends = np.nonzero(degree == 1)[0]
    if reach <= 0 or not len(ends):
        return paths
    ahead = _directions(paths, ends)
    facing = np.zeros_like(paths.points)
    facing[ends] = ahead
    grid: dict[tuple[int, int], list[int]] = {}
    cells = (paths.points // reach).astype(np.int64)
    for i, (x, y) in enumerate(cells.tolist()):
        grid.setdefault((x, y), []).append(i)
    made = []
    for e, direction in zip(ends.tolist(), ahead, strict=True):
        cx, cy = cells[e].tolist()
        near = [i for dx in (-1, 0, 1) for dy in (-1, 0, 1) for i in grid.get((cx + dx, cy + dy), ())]
        step = paths.points[near] - paths.points[e]
        size = np.hypot(*step.T)
        forward = (step @ direction) / np.maximum(size, 1e-6)
        # Not onto its own chain: that would only close a hook.
        good = (size > 0.1) & (size <= reach) & (forward > 0.8) & (paths.chain[near] != paths.chain[e])
        if not good.any():
            continue
        faced = (degree[near] == 1) & ((facing[near] @ direction) < -0.7)
        cost = np.where(good, size * (2 - forward) * np.where(faced, 0.7, 1.0), np.inf)
        best = int(np.argmin(cost))
        if support is not None and not faced[best]:
            way = paths.points[e] + np.linspace(0.2, 0.8, 5, dtype=np.float32)[:, None] * step[best]
            if float(sample(support, way.astype(np.float32)).mean()) < 0.12:
                continue
        made.append((e, near[best]))
    if not made:
        return paths
    return replace(paths, edges=np.concatenate([paths.edges, np.array(made, np.int64)]))


def _directions(paths: Paths, ends: NDArray[np.int64], points: int = 6) -> NDArray[np.float32]:
    """Unit vectors in which paths run out at their free ends, from their last points."""
    a, b = np.concatenate([paths.edges, paths.edges[:, ::-1]]).T
    order = np.argsort(a, kind="stable")
    a, b = a[order], b[order]
    first = np.searchsorted(a, np.arange(len(paths.points) + 1))
    directions = np.zeros((len(ends), 2), np.float32)
    for row, end in enumerate(ends.tolist()):
        before, here = -1, end
        for _ in range(points):
            onward = [int(n) for n in b[first[here] : first[here + 1]] if n != before]
            if not onward or (before >= 0 and len(onward) > 1):
                break
            before, here = here, onward[0]
        away = paths.points[end] - paths.points[here]
        directions[row] = away / max(float(np.hypot(*away)), 1e-6)
    return directions


def ink(paths: Paths, thickness: float, *, binary: bool = False) -> NDArray[np.float32]:
    """Paths drawn with a round pen of one thickness.

    Args:
        thickness: px; under 1 px the line is one pixel wide and lighter, unless `binary`.
        binary: full ink or none.

    Returns:
        (H, W) float32, 1 = ink.
    """
    h, w = paths.shape
    pen = max(thickness, 1.0) / 2
    a, b = paths.edges.T if len(paths.edges) else (np.zeros(0, np.int64),) * 2
    lone = np.nonzero(paths.degree() == 0)[0]
    first = np.concatenate([paths.points[a], paths.points[lone]])
    last = np.concatenate([paths.points[b], paths.points[lone]])
    long = np.hypot(*(last - first).T)
    if len(long) and long.max() > 2.5:  # bridges: cut into pieces that a small window holds
        pieces = np.ceil(long / 1.5).clip(1).astype(np.int64)
        which = np.repeat(np.arange(len(long)), pieces)
        at = np.arange(len(which)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
        step = ((last - first) / pieces[:, None])[which]
        start = first[which] + step * at[:, None]
        first, last = start.astype(np.float32), (start + step).astype(np.float32)
    middle = np.clip(np.rint((first + last) / 2).astype(np.int64), 0, [w - 1, h - 1])
    reach = int(np.ceil(pen + 0.5 + 1.3))
    wide = w + 2 * reach
    nearest = np.full((h + 2 * reach) * wide, 1e6, np.float32)
    base = (middle[:, 1] + reach) * wide + middle[:, 0] + reach
    # Columns apart, not pairs: numpy is several times faster on them.
    along_x, along_y = (last - first).T
    from_x, from_y = (middle - first).astype(np.float32).T
    squared = np.maximum(along_x**2 + along_y**2, np.float32(1e-12))
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            if dy * dy + dx * dx > (pen + 1.9) ** 2:
                continue
            x, y = from_x + np.float32(dx), from_y + np.float32(dy)
            share = np.clip((x * along_x + y * along_y) / squared, 0, 1)
            gap = (x - along_x * share) ** 2 + (y - along_y * share) ** 2
            np.minimum.at(nearest, base + (dy * wide + dx), gap)
    distance = np.sqrt(nearest.reshape(h + 2 * reach, wide)[reach : reach + h, reach : reach + w])
    if binary:
        return (distance <= max(pen, 0.71)).astype(np.float32)
    drawn: NDArray[np.float32] = (np.clip(pen + 0.5 - distance, 0, 1) * min(1.0, thickness)).astype(np.float32)
    return drawn
