"""Where one color ends in training pictures, and line art with gaps, wobble and faded strokes that hides it.

A picture is divided into areas of one color; the ink between them is given to the nearest, so that borders lie in the
middle of lines, and areas alike in color are joined, the most alike first. Shadows differ by their lightness above
all, which counts less: a shadow's rim is no border.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.learn.data.cache import Cache
from senga.learn.data.samples import Random
from senga.metrics import lab

Plane = NDArray[np.float32]
Numbers = NDArray[np.uint8]

LOOKED = 160 * 160
"""Size that pictures are divided at, px. Ours: borders are learned at half of this sharpness anyway."""

LIGHTNESS = 0.4
"""Weight of a difference in lightness beside one in color. Ours."""

ALIKE, UNLIKE = 8.0, 13.0
"""Areas that differ by less are one, by more are two; between, nobody says: distance in CIELAB, see above. Ours."""

INK = 0.85
"""Share of white under which a pixel's color is that of a line. Ours."""


@dataclass(frozen=True)
class Borders:
    """The borders of a picture's colors.

    Attributes:
        fine: (h, w) uint8, numbers of areas that may be two. sure: the same of areas that are.
    """

    fine: Numbers
    sure: Numbers


def find_borders(color: image.Pixels, lines: image.Pixels) -> Borders:
    """The borders of a picture's colors.

    Args:
        color: (H, W, 3) uint8. lines: (H, W) uint8, its line art.

    Source: areas by Felzenszwalb and Huttenlocher 2004, as `senga.learn.data.color_regions`; the joining is ours.
    """
    from skimage.segmentation import expand_labels, felzenszwalb

    height, width = color.shape[:2]
    share = min(1.0, (LOOKED / (height * width)) ** 0.5)
    shape = max(8, round(height * share)), max(8, round(width * share))
    small, drawn = image.resize(color, shape), image.resize(lines, shape)
    numbers = felzenszwalb(small[..., ::-1], scale=80, sigma=0.6, min_size=25).astype(np.int64)
    ink = _grown(drawn < INK * 255)
    paper = np.where(ink, 0, numbers + 1)
    if not paper.any():
        none = np.zeros(shape, np.uint8)
        return Borders(none, none)
    names, back = np.unique(paper, return_inverse=True)
    paper = back.reshape(shape) + (0 if names[0] == 0 else 1)
    labels = np.asarray(expand_labels(paper, 1e6), np.int64) - 1  # type: ignore[no-untyped-call]
    count = int(labels.max()) + 1
    weighted = lab(small) * np.array([LIGHTNESS, 1, 1], np.float32)
    seen = paper > 0
    size = np.bincount(paper[seen] - 1, minlength=count).astype(np.float64)
    mean = np.stack([np.bincount(paper[seen] - 1, weighted[seen][:, i], count) for i in range(3)], 1)
    fine, sure = join_alike(labels, mean / np.maximum(size, 1)[:, None], size, (ALIKE, UNLIKE))
    return Borders(fine[labels], sure[labels])


def join_alike(
    labels: NDArray[np.int64], mean: NDArray[np.float64], size: NDArray[np.float64], limits: tuple[float, float]
) -> tuple[Numbers, Numbers]:
    """New numbers of areas, neighbors alike in color joined up to each of two limits, the most alike first.

    Args:
        labels: (h, w), areas from 0. mean: (n, 3), their colors. size: (n,), how much each counts. limits: rising.

    Returns:
        Twice (n,) uint8.
    """
    count = len(mean)
    near = np.zeros((count, count), bool)
    for one, two in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        near[one, two] = near[two, one] = True
    np.fill_diagonal(near, False)
    mean, size, root = mean.copy(), size.copy(), np.arange(count)
    off = np.where(near, np.linalg.norm(mean[:, None] - mean[None], axis=2), np.inf)
    found = []
    for limit in limits:
        while True:
            at = int(off.argmin())
            if not off.flat[at] < limit:
                break
            into, gone = divmod(at, count)
            if size[gone] > size[into]:
                into, gone = gone, into
            mean[into] = (mean[into] * size[into] + mean[gone] * size[gone]) / max(size[into] + size[gone], 1)
            size[into] += size[gone]
            near[into] |= near[gone]
            near[:, into] |= near[:, gone]
            near[gone] = near[:, gone] = False
            near[into, into] = False
            off[gone] = off[:, gone] = np.inf
            off[into] = off[:, into] = np.where(near[into], np.linalg.norm(mean - mean[into], axis=1), np.inf)
            root[root == gone] = into
        found.append(np.minimum(np.unique(root, return_inverse=True)[1], 255).astype(np.uint8))
    return found[0], found[1]


@dataclass(frozen=True)
class Openings:
    """How line art is spoiled.

    Attributes:
        whole: share of the drawings that stay as they are.
        wear: chance of ink worn off in patches. gaps: of gaps in strokes. bars: of strips without ink.
        faded: chance of faint ink. thinner: of thinner strokes. wobble: of strokes that waver, half of them doubled.
        paper: of paper that is gray, uneven, grainy.
    """

    whole: float = 0.1
    wear: float = 0.5
    gaps: float = 0.6
    bars: float = 0.15
    faded: float = 0.3
    thinner: float = 0.2
    wobble: float = 0.25
    paper: float = 0.2


def opened(ink: Plane, how: Openings, random: Random) -> Plane:
    """Ink (H, W), 1 = ink, with gaps and the like."""
    if random.random() < how.whole:
        return ink
    height, width = ink.shape
    if random.random() < how.wobble:
        grain = random.uniform(10, 28)
        field = [noise(ink.shape, grain, random) * random.uniform(0.5, 1.8) for _ in range(2)]
        y, x = np.mgrid[:height, :width]
        moved = ink[
            np.clip(np.rint(y + field[0]).astype(int), 0, height - 1),
            np.clip(np.rint(x + field[1]).astype(int), 0, width - 1),
        ]
        ink = np.maximum(ink, moved) if random.random() < 0.5 else moved
    if random.random() < how.thinner:
        ink = eroded(ink)
    keep = np.ones_like(ink)
    if random.random() < how.wear:
        worn = noise(ink.shape, random.uniform(5, 40), random)
        level = np.quantile(worn, random.uniform(0.03, 0.4))
        keep *= np.clip((worn - level) / random.uniform(0.02, 0.8), 0, 1)
    places = np.argwhere(ink > 0.4)
    if random.random() < how.gaps and len(places):
        for y, x in places[random.integers(len(places), size=random.integers(1, 16))]:
            r = random.uniform(1.5, 9)
            top, left = max(0, int(y - r)), max(0, int(x - r))
            rows, columns = np.mgrid[top : min(height, int(y + r) + 2), left : min(width, int(x + r) + 2)]
            keep[top : top + len(rows), left : left + rows.shape[1]][np.hypot(rows - y, columns - x) < r] = 0
    if random.random() < how.bars:
        y, x = np.mgrid[:height, :width]
        for _ in range(random.integers(1, 4)):
            angle, r = random.uniform(0, np.pi), random.uniform(1, 5)
            at = random.uniform(0.1, 0.9, 2) * ink.shape
            keep[np.abs((y - at[0]) * np.cos(angle) + (x - at[1]) * np.sin(angle)) < r] = 0
    if random.random() < how.faded:
        keep *= random.uniform(0.3, 1)
    ink = ink * keep
    if random.random() < how.paper:
        gray = random.uniform(-0.03, 0.1) + random.uniform(0, 0.04) * noise(ink.shape, random.uniform(40, 150), random)
        gray += random.normal(0, random.uniform(0.005, 0.05), ink.shape)
        ink = 1 - (1 - ink) * (1 - np.maximum(gray, 0))
    answer: Plane = ink.astype(np.float32)
    return answer


def noise(shape: tuple[int, ...], grain: float, random: Random) -> Plane:
    """Smooth noise (H, W) of about unit spread, hills about `grain` px apart."""
    size = max(2, round(shape[0] / grain)), max(2, round(shape[1] / grain))
    return image.resize_plane(random.normal(0, 1.3, size).astype(np.float32), (shape[0], shape[1]))


def eroded(ink: Plane) -> Plane:
    """Ink, strokes a pixel thinner."""
    thin = ink.copy()
    thin[1:] = np.minimum(thin[1:], ink[:-1])
    thin[:, 1:] = np.minimum(thin[:, 1:], thin[:, :-1].copy())
    return thin


@dataclass(frozen=True)
class Look:
    """How training looks at pictures.

    Attributes:
        size: side of a view, px. native: share cut at the picture's own size. larger: share shown larger than it is.
        filtered: share whose lines a filter drew. cap: no origin has more than this share of the draws.
    """

    size: int = 144
    native: float = 0.45
    larger: float = 0.25
    filtered: float = 0.35
    cap: float = 0.1


@dataclass(frozen=True)
class Opened:
    """A view of line art that is open, and the walls that would close it.

    Attributes:
        color: (S, S, 3) uint8, to look at. ink: (S, S) float32, 1 = ink.
        walls: (S/2, S/2) float32, 1 on borders. weight: the same shape, how much each place counts.
    """

    color: image.Pixels
    ink: Plane
    walls: Plane
    weight: Plane


class BorderStore:
    """Borders of a cache's pictures, found when they are first asked for, then kept in memory."""

    def __init__(self, cache: Cache) -> None:
        self.cache = cache
        self._kept: dict[int, Borders] = {}

    def of(self, number: int) -> Borders:
        """The borders of a picture, by its number in the cache."""
        if number not in self._kept:
            kept = self.cache.read(number)
            self._kept[number] = find_borders(kept.color, kept.lines[0])
        return self._kept[number]


def take_opened(store: BorderStore, number: int, look: Look, how: Openings, random: Random) -> Opened:
    """A view of a picture with lines that are open."""
    kept, borders = store.cache.read(number), store.of(number)
    height, width = kept.color.shape[:2]
    size, short = look.size, min(height, width)
    chance = random.random()
    if chance < look.native:
        side = min(size, short)
    elif chance < look.native + look.larger:
        side = min(round(size / random.uniform(1.0, 2.0)), short)
    else:
        side = round(short / random.uniform(1.0, 1.5))
    top, left = int(random.integers(height - side + 1)), int(random.integers(width - side + 1))
    part = np.s_[top : top + side, left : left + side]
    color = image.resize(kept.color[part], (size, size))
    lines = image.resize(kept.lines[int(random.random() < look.filtered)][part], (size, size))
    ink = (255 - lines.astype(np.float32)) / np.float32(255)
    if side > size:  # as dark as before
        ink = np.minimum(ink * min(2.0, (side / size) ** 0.75), 1)
    if size > 1.4 * side:
        for _ in range(int(random.integers(0, 1 + round(size / side)))):
            ink = eroded(ink)
    before = ink
    ink = opened(ink, how, random)
    at = (np.arange(size // 2) + 0.5) * 2 * side / size
    rows = np.minimum((top + at) * len(borders.sure) / height, len(borders.sure) - 1).astype(np.int64)
    columns = np.minimum((left + at) * borders.sure.shape[1] / width, borders.sure.shape[1] - 1).astype(np.int64)
    walls, maybe = (border_pixels(b[rows[:, None], columns[None]]) for b in (borders.sure, borders.fine))
    weight = _weights(before, ink, walls, maybe)
    flipped, turned = random.random() < 0.5, random.random() < 0.15

    def seen(plane: NDArray[Any]) -> NDArray[Any]:
        plane = plane[:, ::-1] if flipped else plane
        return np.ascontiguousarray(plane.swapaxes(0, 1) if turned else plane)

    return Opened(seen(color), seen(ink), seen(walls.astype(np.float32)), seen(weight))


def _weights(before: Plane, ink: Plane, walls: NDArray[np.bool_], maybe: NDArray[np.bool_]) -> Plane:
    """How much places count: most where ink went, little under ink, nothing where nobody knows."""
    most, was = _halved(ink), _halved(before)
    gone = _grown((was > 0.35) & (most < 0.2))
    weight = np.where(most > 0.3, 0.1, np.where(gone, 2.0, 1.0))
    weight[_grown(walls) & ~walls] *= 0.4  # beside a border: a wall may lie a pixel off
    weight[maybe & ~walls] = 0
    return weight.astype(np.float32)


def border_pixels(labels: NDArray[np.integer[Any]]) -> NDArray[np.bool_]:
    """(H, W) bool, pixels that have a neighbor of another label."""
    found = np.zeros(labels.shape, bool)
    right, below = labels[:, :-1] != labels[:, 1:], labels[:-1] != labels[1:]
    found[:, :-1] |= right
    found[:, 1:] |= right
    found[:-1] |= below
    found[1:] |= below
    return found


def _halved(ink: Plane) -> Plane:
    answer: Plane = ink.reshape(ink.shape[0] // 2, 2, ink.shape[1] // 2, 2).max((1, 3))
    return answer


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    grown = mask.copy()
    grown[1:] |= mask[:-1]
    grown[:-1] |= mask[1:]
    grown[:, 1:] |= mask[:, :-1]
    grown[:, :-1] |= mask[:, 1:]
    return grown
