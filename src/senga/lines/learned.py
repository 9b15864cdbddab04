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
from senga.lines.strokes import WIDEST, depth
from senga.model.session import Session
from senga.tiles import run_tiled

SHIPPED = Path(__file__).parent.parent / "weights" / "inker.onnx"
"""Model file inside the package."""

PUBLISHED_LEVEL = 0.9
"""Gray lines darker than this are ink. Source: Lento."""

SMALL = 320 * 320
"""Pictures of at most so many pixels are looked at twice as large (ours)."""

Plane = NDArray[np.float32]


@dataclass(frozen=True)
class Learned:
    """Parameters of the learned extractor.

    Attributes:
        thickness: width of every line, px; 0 leaves lines as wide as they are in the picture.
        detail: 0 draws outlines between unlike colors alone, 1 every fold and hair that was found.
        solid: keep areas of solid black filled; 0 draws their outline.
        gap: with a thickness: free ends of lines are joined to lines ahead of them over gaps up to this, px.
    """

    thickness: float = 0.0
    detail: float = 1.0
    solid: bool = True
    gap: float = 6.0


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
    def open(model: str | Path | None = None, *, threads: int | None = None) -> "Inker":
        """Opens a model file.

        Args:
            model: file; default: the one that ships with senga.
            threads: processor threads; default: all.

        Raises:
            ModelError: missing, broken, or not a line extractor.
        """
        session = Session.open(model or SHIPPED, threads=threads)
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
        return Seen(color, answer[0], answer[1], shape, scale)

    def draw(self, picture: NDArray[np.uint8], parameters: Learned = Learned()) -> NDArray[np.uint8]:
        """Line art (H, W) uint8, 0 = ink, of a picture."""
        return draw(self.look(picture), parameters)


@lru_cache(maxsize=2)
def opened(model: Path | None, threads: int | None) -> Inker:
    """`Inker.open`, kept open: a batch opens its model once."""
    return Inker.open(model, threads=threads)


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
    gray: NDArray[np.uint8] = np.rint((1 - np.clip(ink, 0, 1)) * 255).astype(np.uint8)
    return gray


def _even(seen: Seen, p: Learned) -> Plane:
    """Every stroke at one width, solids as they are or as outlines."""
    found = find(seen, p.detail, p.gap * seen.scale)
    pen = p.thickness * seen.scale
    drawn = path.ink(found, pen)
    wide = typical_width(seen.ink, found)
    spots = _solids(seen.ink, max(3 * wide, wide + 5))
    if not spots.any():
        return drawn
    if p.solid:
        return np.maximum(drawn, np.where(spots, _crisp(seen.ink), 0))
    return np.maximum(np.where(spots, 0, drawn), path.ink(_rim(spots), pen))


def _rim(spots: NDArray[np.bool_]) -> Paths:
    """Outline of solid areas."""
    return path.smooth(path.trace(spots & (depth(spots) <= 1)))


def find(seen: Seen, detail: float, gap: float) -> Paths:
    """Paths of the strokes that a picture has at a level of detail."""
    assert seen.center is not None
    # Ink is the sharper of the two where lines are thin and near each other, nearness where they are wide.
    found = path.find(np.sqrt(seen.center * seen.ink), low=0.5 - 0.25 * detail, high=0.75 - 0.35 * detail)
    if not len(found.points):
        return found
    found = path.prune(found, 5.0)
    found = path.join(found, gap, seen.center)
    if detail >= 1 or not len(found.points):
        return found
    return found.keep((importance(seen, found) >= 0.5 * (1 - detail))[found.chain])


def importance(seen: Seen, found: Paths) -> Plane:
    """How much each chain is outline rather than detail, in [0, 1]: unlike colors on its sides, certainty, length."""
    wide = typical_width(seen.ink, found)
    across = path.normals(found) * np.float32(wide / 2 + 2.5)
    blurred = np.dstack([gaussian(seen.color[..., c].astype(np.float32), 1.0) for c in range(3)])
    sides = path.sample(blurred, found.points + across) - path.sample(blurred, found.points - across)
    unlike = path.mean_over(found, np.sqrt((sides**2).sum(1)))
    sure = path.mean_over(found, path.sample(seen.ink, found.points))
    long = path.lengths(found)
    rank: Plane = np.clip(0.25 * sure + 0.6 * np.minimum(unlike / 60, 1) + 0.15 * np.minimum(long / 60, 1), 0, 1)
    return rank


def typical_width(ink: Plane, found: Paths) -> float:
    """Median width of a picture's strokes in whole pixels, at least 1."""
    if not len(found.points):
        return 1.0
    x, y = np.rint(found.points).astype(np.int64).T
    h, w = ink.shape
    x, y = np.clip(x, 0, w - 1), np.clip(y, 0, h - 1)
    return max(1.0, 2 * float(np.median(depth(ink > 0.5)[y, x])) - 1)


def _crisp(ink: Plane) -> Plane:
    """Ink without gray haze where the network was unsure; soft borders stay."""
    crisp: Plane = np.clip((ink - 0.5) * 1.7 + 0.5, 0, 1).astype(np.float32)
    return crisp


def _solids(ink: Plane, widest: float) -> NDArray[np.bool_]:
    """Ink wider than a stroke, of which the network is sure."""
    dark = ink > 0.5
    core = depth(ink > 0.8) > widest / 2
    if not core.any():
        return core
    spots: NDArray[np.bool_] = dark & (depth(~core) <= widest / 2 + 1)
    return spots


def _as_seen(seen: Seen, p: Learned) -> Plane:
    """The network's own ink; where detail is left out, without the strokes that are left out."""
    drawn = _crisp(seen.ink)
    if p.detail < 1:
        everything, kept = find(seen, 1.0, 0.0), find(seen, p.detail, 0.0)
        wide = 2 * typical_width(seen.ink, everything) + 2
        lost = path.ink(everything, wide, binary=True) > path.ink(kept, wide, binary=True)
        drawn = np.where(lost, 0, drawn).astype(np.float32)
    if not p.solid:
        spots = _solids(seen.ink, WIDEST)
        if spots.any():
            rim = path.ink(_rim(spots), typical_width(seen.ink, find(seen, 1.0, 0.0)))
            drawn = np.maximum(np.where(spots, 0, drawn), rim)
    return drawn


def is_line_art(picture: NDArray[np.uint8]) -> bool:
    """Whether a picture is a line drawing already: paper with little ink on it, and next to no color.

    Source: levels ours.
    """
    small = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)
    scale = min(1.0, 512 / max(small.shape[:2]))
    if scale < 1:
        small = image.resize(small, (max(1, int(small.shape[0] * scale)), max(1, int(small.shape[1] * scale))))
    values = small.astype(np.int16)
    paper = np.median(values.reshape(-1, 3), 0)
    if paper.min() < 140 or np.ptp(paper) > 60:
        return False
    off = values - paper
    colored = (off.max(2) - off.min(2)) > 40
    gray = values.mean(2) / max(float(paper.mean()), 1)
    is_paper, is_ink = gray > 0.9, gray < 0.55
    if not is_ink.any():
        return False
    return bool(colored.mean() < 0.005 and is_paper.mean() > 0.7 and (is_paper | is_ink).mean() > 0.85)
