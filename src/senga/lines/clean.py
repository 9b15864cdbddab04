"""Clean-up of drawings that people have: phone photos and scans of pencil or ink, and clean pages.

Light is made even, tinted paper white, colored under-drawing lighter, the ink's level found, specks taken out, gaps
closed; and, where wanted, all lines are redrawn at one width. A clean page (`digital`) has even light and no specks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.errors import SengaError
from senga.lines import paths as path
from senga.lines.digital import Ground, find_ground
from senga.lines.edges import gaussian
from senga.lines.learned import to_gray
from senga.lines.polarity import inverted
from senga.lines.specks import Pieces, find_specks
from senga.lines.strokes import centers, depth, solids, within

Plane = NDArray[np.float32]

ALL_COLORED = 0.1
"""Where dropping colored pencil leaves less than this share of the ink, the pencil is the drawing. Ours."""

GRAY = 20
"""Levels by which the channels of a gray picture differ at most: less is never dropped as colored."""

FIELD, QUIET = 24, (0.1, 1.1)
"""Side of fields that noise is read in, px; which share of them is quiet, and how much less theirs is. Ours."""

BAND = 256
"""Rows of a page that are worked on at a time. Ours."""

NOISY = 4_000_000
"""Pixels over which noise is measured. Ours."""


@dataclass(frozen=True)
class Cleaning:
    """Parameters of `clean`.

    Attributes:
        ink: share of the way from paper to the drawing's ink at which a line begins; less keeps fainter lines.
        speck: ink without connection to other ink is taken out up to this size, px of area; 0 takes out nothing; -1
            chooses by the page: none of a clean one, and nowhere lettering, dots and tone (`specks`).
        gap: free ends of lines are joined to lines ahead of them over gaps up to this, px.
        thickness: redraw every line at this width, px; 0 keeps the widths.
        pencil: what colored pencil is: "drop" takes out blue and other colored under-drawing, unless it is nearly all
            there is; "keep" takes it as ink.
        binary: full ink or none, instead of soft borders.
        invert: the drawing is white on black.
    """

    ink: float = 0.35
    speck: float = -1.0
    gap: float = 0.0
    thickness: float = 0.0
    pencil: str = "drop"
    binary: bool = False
    invert: bool = False


@dataclass(frozen=True)
class Cleaned:
    """A drawing cleaned, and what a person should know of it.

    Attributes:
        lines: (H, W) uint8, 0 = ink, 255 = paper.
        specks: how many pieces of loose ink were taken out. speck_area: px of them.
        kept_pencil: whether colored pencil was kept, because it is nearly all the ink there is.
    """

    lines: NDArray[np.uint8]
    specks: int = 0
    speck_area: int = 0
    kept_pencil: bool = False


def check_cleaning(p: Cleaning) -> None:
    """Refuses parameters out of range.

    Raises:
        SengaError: names the parameter.
    """
    if not 0.02 <= p.ink <= 0.98:
        raise SengaError(f"clean: ink must be in 0.02 to 0.98, found {p.ink}")
    if not 0 <= p.gap <= 100:
        raise SengaError(f"clean: gap must be in 0 to 100 px, found {p.gap}")
    if not (p.thickness == 0 or 0.5 <= p.thickness <= 100):
        raise SengaError(f"clean: thickness must be 0, or in 0.5 to 100 px, found {p.thickness}")
    if p.pencil not in ("drop", "keep"):
        raise SengaError(f"clean: pencil must be 'drop' or 'keep', found '{p.pencil}'")


def clean(picture: NDArray[np.uint8], parameters: Cleaning = Cleaning()) -> NDArray[np.uint8]:
    """Clean line art of a photo or scan of a drawing.

    Args:
        picture: (H, W, 3) or (H, W) uint8.
        parameters: see `Cleaning`.

    Returns:
        (H, W) uint8, 0 = ink, 255 = paper, of the same size.

    Raises:
        SengaError: a parameter out of range.
    """
    return clean_up(picture, parameters).lines


def clean_up(picture: NDArray[np.uint8], parameters: Cleaning = Cleaning()) -> Cleaned:
    """Line art of a photo or scan, and what was done to it; arguments and errors as `clean`."""
    p = parameters
    check_cleaning(p)
    if p.invert:
        picture = inverted(picture)
    ground = find_ground(picture)
    dark, kept_pencil = _dark(picture, ground, drop_color=p.pencil == "drop")
    level = ink_level(dark)
    if level <= 0:
        return Cleaned(np.full(dark.shape, 255, np.uint8))
    share = np.divide(dark, level, out=dark)
    pieces = Pieces.of(share > p.ink, share)
    most = p.speck if p.speck >= 0 else None
    specks = find_specks(pieces, most, clean=ground is not None, faint=min(0.95, 1.5 * p.ink))
    ink = (~specks & (np.arange(len(specks)) > 0))[pieces.labels]
    # Soft borders come from the drawing itself, over the same span on each side of the threshold.
    soft = share
    soft -= np.float32(p.ink)
    soft /= np.float32(2 * min(p.ink, 1 - p.ink))
    soft += np.float32(0.5)
    np.clip(soft, 0, 1, out=soft)
    soft[~within(ink, 2)] = 0  # beyond lies what was taken out
    if p.thickness or p.gap:
        soft = _redrawn(ink, soft, p)
    if p.binary:
        soft = (soft > 0.5).astype(np.float32)
    return Cleaned(to_gray(soft), int(specks.sum()), int(pieces.area[specks].sum()), kept_pencil)


def _dark(picture: NDArray[np.uint8], ground: Ground | None, *, drop_color: bool) -> tuple[Plane, bool]:
    """`darkness`, and whether color was kept though it was to be dropped, because nearly all ink has it."""
    dark = darkness(picture, drop_color=drop_color, ground=ground)
    if not drop_color or picture.ndim == 2 or np.ptp(picture[::2, ::2], axis=2).max() <= GRAY:
        return dark, False
    every = darkness(picture, drop_color=False, ground=ground)
    level = ink_level(every)
    # Of faint pencil a little stays everywhere: what counts is as dark as a line.
    before, after = (np.count_nonzero(plane > 0.5 * level) for plane in (every, dark))
    if level <= 0 or after >= ALL_COLORED * before:
        return dark, False
    return every, True


def is_line_art(picture: NDArray[np.uint8]) -> bool:
    """Whether a picture is a line drawing already: paper with little ink on it, or with tone, and next to no color.

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
    if colored.mean() >= 0.005:
        return False
    return bool(is_paper.mean() > 0.7 and (is_paper | is_ink).mean() > 0.85) or _is_toned(picture)


def _is_toned(picture: NDArray[np.uint8]) -> bool:
    """Whether a page without color is black on clean paper, much of it tone or solid: looked at pixel by pixel.

    Source: levels ours.
    """
    if find_ground(picture) is None:
        return False
    gray = picture if picture.ndim == 2 else image.gray(picture)
    counts = image.histogram(gray)
    paper = int(counts[128:].argmax()) + 128
    is_paper, is_ink = counts[round(0.9 * paper) :].sum(), counts[: round(0.55 * paper)].sum()
    return bool(is_paper > 0.4 * gray.size and is_paper + is_ink > 0.8 * gray.size)


def darkness(picture: NDArray[np.uint8], *, drop_color: bool, ground: Ground | None = None) -> Plane:
    """How much darker than the paper around it each pixel is, (H, W) in [0, 1], with even light and white paper.

    Args:
        picture: (H, W, 3) or (H, W) uint8.
        drop_color: count colored pencil as paper: the lightest of the three channels is looked at, in which a blue or
            red line nearly vanishes and a black one does not.
        ground: the paper of a clean page, whose light is even and which has no grain.
    """
    color = picture if picture.ndim == 3 else picture[..., None]
    even_light = None if ground is None else ground.color.astype(np.float32) / np.float32(255)
    papers = [paper(color[..., c]) for c in range(color.shape[2])] if even_light is None else []
    dark: Plane = np.empty(color.shape[:2], np.float32)
    for top in range(0, len(dark), BAND):  # whole, what is made on the way would be ten times the picture
        rows = slice(top, top + BAND)
        values = color[rows].astype(np.float32) / np.float32(255)
        light = np.dstack([one[rows] for one in papers]) if even_light is None else even_light
        even: Plane = np.clip(values / np.maximum(light, 0.05), 0, 1)
        dark[rows] = 1 - _gray(even, drop_color=drop_color)
    del papers
    noise = 0.0 if ground is not None else _noise(dark)
    if noise > 0.004:
        dark = gaussian(dark, float(np.clip(noise * 40, 0.4, 1.2)))
    return np.clip(dark, 0, 1).astype(np.float32)


def _gray(even: Plane, *, drop_color: bool) -> Plane:
    """Gray (h, w) of evenly lit colors (h, w, 1 or 3); colored pencil is as light as paper, if it is dropped."""
    if even.shape[2] == 1:
        return even[..., 0]
    gray: Plane = even @ np.array([0.299, 0.587, 0.114], np.float32)
    if drop_color:
        lightest, darkest = even.max(2), even.min(2)
        # Only clearly colored pixels: ink of a cheap camera is never quite gray.
        colored = np.clip((lightest - darkest - 0.1) / 0.12, 0, 1)
        gray = gray + (np.minimum(lightest * 1.15, 1) - gray) * colored
    return gray


def paper(plane: NDArray[np.uint8]) -> Plane:
    """Brightness of the paper at each pixel, in [0, 1]: the light that falls on the page, without what is drawn on it.

    The bright end of small fields, smoothed over several of them.

    Args:
        plane: (H, W) uint8.
    """
    h, w = plane.shape
    field = int(np.clip(min(h, w) // 24, 8, 64))
    rows, columns = -(-h // field), -(-w // field)
    padded = np.pad(plane, [(0, rows * field - h), (0, columns * field - w)], mode="edge")
    bands = padded.reshape(rows, field, columns, field)
    bright = np.stack([_bright(band.transpose(1, 0, 2).reshape(columns, -1)) for band in bands])
    # A field within solid black shows no paper: it takes the light of the fields around it.
    for _ in range(3):
        around = path.highest(bright)
        bright = np.where(bright < 0.75 * around, 0.9 * around, bright)
    bright = gaussian(bright, 1.0)
    return image.resize_plane(bright, (rows * field, columns * field))[:h, :w]


def _bright(fields: NDArray[np.uint8]) -> Plane:
    """(N,) float32, in [0, 1], the bright end of each of N fields of pixels."""
    bright: Plane = np.quantile(fields.astype(np.float32) / np.float32(255), 0.8, axis=1).astype(np.float32)
    return bright


def ink_level(dark: Plane) -> float:
    """How dark this drawing's ink is, in [0, 1]; 0 where nothing is drawn.

    Otsu's threshold parts paper from ink; the ink's level is what the darker half of the ink comes to.
    """
    import mahotas

    levels = np.rint(dark * 255).astype(np.uint8)
    noise = _noise(dark)
    threshold = max(float(mahotas.otsu(levels)) / 255, 3 * noise, 0.06)
    ink = dark[dark > threshold]
    if ink.size < max(8, dark.size * 2e-6):
        return 0.0
    return float(np.quantile(ink, 0.6))


def _noise(plane: Plane) -> float:
    """Sigma of fine noise, from the median size of the Laplacian: lines are too few to move it.

    Tone is not: of a page that has much of it, the quiet fields tell the noise.
    """
    if min(plane.shape) < 3:
        return 0.0
    p = plane
    if p.size > NOISY and len(p) > BAND:  # a few bands of a large page tell it as well
        step = -(-p.size // NOISY) * BAND
        bands = [_noise(p[top : top + BAND]) for top in range(0, p.shape[0] - 2, step)]
        return float(np.median(bands))
    laplacian = np.abs(4 * p[1:-1, 1:-1] - p[:-2, 1:-1] - p[2:, 1:-1] - p[1:-1, :-2] - p[1:-1, 2:])
    h, w = (side // FIELD * FIELD for side in laplacian.shape)
    middle = float(np.median(laplacian))
    if min(h, w) >= 4 * FIELD:
        fields, dark = (
            v[:h, :w].reshape(h // FIELD, FIELD, w // FIELD, FIELD).transpose(0, 2, 1, 3).reshape(-1, FIELD**2)
            for v in (laplacian, p[1:-1, 1:-1])
        )
        paper_fields = fields[np.median(dark, 1) < 0.5]  # black has no noise: it is black throughout
        if len(paper_fields):
            middle = min(middle, QUIET[1] * float(np.quantile(np.median(paper_fields, 1), QUIET[0])))
    return middle / (0.6745 * 20**0.5)


def _redrawn(ink: NDArray[np.bool_], soft: Plane, p: Cleaning) -> Plane:
    """Lines joined over gaps, and drawn at one width if one is wanted; solids stay."""
    skeleton = centers(ink) & ~solids(ink)
    inside = depth(ink)
    wide = 2 * float(np.median(inside[skeleton])) if skeleton.any() else 1.0
    found = path.prune(path.smooth(path.trace(skeleton), 6), max(3.0, wide))
    joined = path.join(found, p.gap + wide)
    if p.thickness:
        filled = np.where(solids(ink), soft, 0)
        drawn = np.maximum(path.ink(joined, p.thickness), filled)
        return np.maximum(drawn, np.where(_without_path(ink, drawn), soft, 0))
    bridges = path.Paths(joined.points, joined.edges[len(found.edges) :], joined.chain, joined.shape)
    return np.maximum(soft, path.ink(_only_edges(bridges), max(1.0, wide - 1)))


def _without_path(ink: NDArray[np.bool_], drawn: Plane) -> NDArray[np.bool_]:
    """Ink of pieces that redrawing has left out: dots have no length."""
    import mahotas

    labels, count = mahotas.label(ink, Bc=np.ones((3, 3), bool))
    there = np.zeros(count + 1, bool)
    there[labels[drawn > 0.5]] = True
    there[0] = True
    left: NDArray[np.bool_] = ~there[labels]
    return left


def _only_edges(found: path.Paths) -> path.Paths:
    """Paths without the points that no edge ends at."""
    return found.keep(found.degree() > 0)
