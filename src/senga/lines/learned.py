"""Lines as a trained network draws them: of one even width, or as the picture has them.

The network says where ink is and how near each pixel is to a stroke's center line. Geometry does the rest: center
lines become smooth paths (`senga.lines.paths`), which are inked with a pen of one width.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.lines import paths as path
from senga.lines.edges import gaussian
from senga.lines.paths import Paths
from senga.lines.strokes import (
    WIDEST,
    depth,
    solids,
    thin_strokes,
    typical_width,
    widest_beside,
    widest_stroke,
    within,
)
from senga.model.session import Session
from senga.model.shipped import WEIGHTS, model_file
from senga.tiles import run_tiled

SHIPPED = WEIGHTS / "inker.onnx"
"""Model file inside the package."""

PUBLISHED_LEVEL = 0.9
"""Gray lines darker than this are ink. Source: Lento."""

DARK = 0.27
"""Gray under this share of a picture's light areas may be solid black in a drawing (ours)."""

UNSURE = 0.15
"""Share of a dark area's pixels answered neither with ink nor with paper over which it is judged as a whole (ours)."""

SMALL = 320 * 320
"""Pictures of at most so many pixels are looked at twice as large (ours)."""

ROWS = 256
"""Rows that are worked on at a time where a whole page would need several times its size. Ours."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Learned:
    """Parameters of the learned extractor.

    Attributes:
        thickness: width of every line, px; 0 leaves lines as wide as they are in the picture.
        detail: 0 draws outlines between unlike colors alone, 1 every fold and hair that was found.
        solid: keep areas of solid black filled; 0 draws their outline.
        gap: with a thickness: free ends of lines are joined to lines ahead of them over gaps up to this, px.
        speck: of a picture that is line art already, which is cleaned: as of `clean.Cleaning`.
    """

    thickness: float = 0.0
    detail: float = 1.0
    solid: bool = True
    gap: float = 6.0
    speck: float = -1.0


@dataclass(frozen=True)
class Seen:
    """What a network sees in one picture; lines can be drawn from it many times.

    Attributes:
        color: (H, W, 3) uint8, as large as it was looked at.
        ink: (H, W) float32, 1 = ink. center: the same, 1 = on a center line; None of a network that does not say.
        shape: (height, width) of the picture itself. scale: how many times larger it was looked at.
    """

    color: NDArray[np.uint8]
    ink: Plane
    center: Plane | None
    shape: tuple[int, int]
    scale: int = 1


@dataclass(frozen=True)
class Inker:
    """An opened line extractor."""

    session: Session

    @staticmethod
    def open(model: str | Path | None = None, *, threads: int | None = None, backend: str = "onnxruntime") -> "Inker":
        """Opens a model file.

        Args:
            model: file; default: the one that ships with senga.
            threads: processor threads; default: all.
            backend: as `Session.open` takes it.

        Raises:
            ModelError: missing, broken, or not a line extractor.
        """
        session = Session.open(model_file(model, SHIPPED.name), threads=threads, backend=backend)
        session.need("lines")
        return Inker(session)

    def look(self, picture: NDArray[np.uint8]) -> Seen:
        """Runs the network over a picture, (H, W, 3) or (H, W) uint8, of any size."""
        color = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)
        card = self.session.card
        published = card.answer == ("paper",)
        h, w = shape = color.shape[:2]
        # Lines of small pictures are a pixel or two wide and lie as near to each other: seen twice as large, they
        # are told apart. A published network is used as it was published.
        scale = 2 if h * w <= SMALL and not published else 1
        if scale > 1:
            color = image.resize(color, (h * scale, w * scale))
        answer = run_tiled(color, self.session.run, multiple=card.size_multiple, tile=int(card.area**0.5))
        if published:
            return Seen(color, 1 - answer[0], None, shape)
        return Seen(color, settle(color, answer[0], answer[1]), answer[1], shape, scale)

    def draw(self, picture: NDArray[np.uint8], parameters: Learned = Learned()) -> NDArray[np.uint8]:
        """Line art (H, W) uint8, 0 = ink, of a picture."""
        return draw(self.look(picture), parameters)


@lru_cache(maxsize=2)
def opened(model: Path | None, threads: int | None, backend: str = "onnxruntime") -> Inker:
    """`Inker.open`, kept open: a batch opens its model once."""
    return Inker.open(model, threads=threads, backend=backend)


def draw(seen: Seen, parameters: Learned = Learned()) -> NDArray[np.uint8]:
    """Line art (H, W) uint8, 0 = ink, from what a network saw."""
    p = parameters
    if seen.center is None:
        # Such a network knows no center lines: it is used as its source used it.
        return np.where(seen.ink > 1 - PUBLISHED_LEVEL, 0, 255).astype(np.uint8)
    drawn = _even(seen, p) if p.thickness else _as_seen(seen, p)
    return image.resize(to_gray(drawn), seen.shape)


def to_gray(ink: Plane) -> NDArray[np.uint8]:
    """Line art, 0 = ink, from ink in [0, 1]."""
    gray = np.empty(ink.shape, np.uint8)
    for top in range(0, len(gray), ROWS):
        rows = slice(top, top + ROWS)
        gray[rows] = np.rint((1 - np.clip(ink[rows], 0, 1)) * 255)
    return gray


def settle(color: NDArray[np.uint8], ink: Plane, center: Plane) -> Plane:
    """Ink in which each dark area is filled or empty as a whole.

    Of black hair a network is half sure, here more and there less: thresholded, that gives blots. So wide dark areas
    are judged by their mean, which is the answer to "filled or not"; strokes inside of an emptied one stay. Areas of
    which the network is sure, as of black lines around dark gray, stay as they are.

    Args:
        color: (H, W, 3) uint8. ink, center: (H, W) float32, what the network answered.
    """
    import mahotas

    # Areas are large: of a large picture every second or third pixel tells where they are.
    step = max(1, round((ink.size / 1e6) ** 0.5))
    coarse = color[::step, ::step].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    black = coarse < DARK * float(np.quantile(coarse, 0.95))
    dark = solids(black, WIDEST / step)
    areas, count = mahotas.label(dark)
    if not count:
        return ink
    number = np.maximum(np.bincount(areas.ravel(), minlength=count + 1), 1)
    answered = ink[::step, ::step].ravel()
    mean = np.bincount(areas.ravel(), answered, count + 1) / number
    unsure = np.bincount(areas.ravel(), (answered > 0.1) & (answered < 0.9), count + 1) / number > UNSURE
    unsure[0] = False
    filled, emptied = unsure & (mean > 0.6), unsure & (mean <= 0.6)
    # An emptied area gets its outline, where it ends in something lighter and not in a wisp of the same black.
    inner, rim = dark & (depth(dark) > WIDEST / step / 2), dark & (depth(black) <= max(1.0, 2 / step))

    empty, full = emptied[areas] & inner, filled[areas] | (emptied[areas] & rim)
    settled = np.empty(ink.shape, np.float32)
    for top in range(0, len(ink), step * ROWS):
        rows, coarse_rows = slice(top, top + step * ROWS), slice(top // step, top // step + ROWS)

        def whole(mask: NDArray[np.bool_], rows: slice = rows, own: slice = coarse_rows) -> NDArray[np.bool_]:
            return mask[own].repeat(step, 0).repeat(step, 1)[: len(ink[rows]), : ink.shape[1]]

        strokes = np.clip((center[rows] - 0.35) * 4, 0, 1) * ink[rows]
        part = np.where(whole(empty), strokes, ink[rows])
        settled[rows] = np.where(whole(full), np.maximum(part, 0.9), part)
    return settled


def _even(seen: Seen, p: Learned) -> Plane:
    """Every stroke at one width, solids as they are or as outlines."""
    found, spots = find(seen, p.detail, p.gap * seen.scale)
    pen = p.thickness * seen.scale
    drawn = path.ink(found, pen)
    if not spots.any():
        return drawn
    if p.solid:
        return np.maximum(drawn, np.where(spots, _crisp(seen.ink), 0))
    return np.maximum(np.where(spots, 0, drawn), path.ink(_rim(spots), pen))


def _rim(spots: NDArray[np.bool_]) -> Paths:
    """Outline of solid areas."""
    return path.smooth(path.trace(spots & (depth(spots) <= 1)))


def find(seen: Seen, detail: float, gap: float) -> tuple[Paths, NDArray[np.bool_]]:
    """Paths of the strokes that a picture has at a level of detail, and (H, W) bool, its solids.

    What is much wider than the picture's typical stroke is a solid.
    """
    assert seen.center is not None
    dark = seen.ink > 0.5
    skeleton = thin_strokes(dark)
    inside = depth(dark)
    wide = typical_width(inside[skeleton])
    spots = solids(dark & within(seen.ink > 0.8, 2), widest_beside(wide))
    skeleton &= ~spots
    # Thin lines are placed between pixels by both answers; in wide ones the middle of the ink says it better.
    found = path.trace(skeleton)
    ridge = np.sqrt(seen.center * seen.ink)
    found = path.smooth(path.center(found, ridge, inside <= 3), 4 if wide < 6 else 8)
    found = path.prune(found, max(5.0, 0.9 * wide))
    found = path.join(found, gap, seen.center)
    if detail >= 1 or not len(found.points):
        return found, spots
    return found.keep((importance(seen, found, wide) >= 0.7 * (1 - detail))[found.chain]), spots


def importance(seen: Seen, found: Paths, wide: float) -> Plane:
    """How much each chain is outline rather than detail, in [0, 1]: unlike colors on its sides, certainty, length."""
    across = path.normals(found) * np.float32(wide / 2 + 2.5)
    blurred = np.dstack([gaussian(seen.color[..., c].astype(np.float32), 1.0) for c in range(3)])
    sides = path.sample(blurred, found.points + across) - path.sample(blurred, found.points - across)
    unlike = path.mean_over(found, np.sqrt((sides**2).sum(1)))
    sure = path.mean_over(found, path.sample(seen.ink, found.points))
    long = path.lengths(found)
    rank: Plane = np.clip(0.1 * sure + 0.65 * np.minimum(unlike / 60, 1) + 0.25 * np.minimum(long / 60, 1), 0, 1)
    return rank


def _crisp(ink: Plane) -> Plane:
    """Ink without gray haze where the network was unsure; soft borders stay."""
    crisp = ink - np.float32(0.5)
    crisp *= np.float32(1.7)
    crisp += np.float32(0.5)
    return np.clip(crisp, 0, 1, out=crisp)


def _as_seen(seen: Seen, p: Learned) -> Plane:
    """The network's own ink; where detail is left out, without the strokes that are left out."""
    drawn = _crisp(seen.ink)
    if p.detail >= 1 and p.solid:
        return drawn
    dark = seen.ink > 0.5
    everything, _ = find(seen, 1.0, 0.0)
    wide = typical_width(depth(dark)[_pixels(everything)])
    if p.detail < 1:
        kept, _ = find(seen, p.detail, 0.0)
        pen = 2 * wide + 2
        lost = path.ink(everything, pen, binary=True) > path.ink(kept, pen, binary=True)
        drawn = np.where(lost, 0, drawn).astype(np.float32)
    if not p.solid:
        spots = solids(dark, widest_stroke(dark))
        if spots.any():
            drawn = np.maximum(np.where(spots, 0, drawn), path.ink(_rim(spots), wide))
    return drawn


def _pixels(found: Paths) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns of the pixels that paths' points lie in."""
    x, y = np.rint(found.points).astype(np.int64).T
    h, w = found.shape
    return np.clip(y, 0, h - 1), np.clip(x, 0, w - 1)
