"""A colored drawing without its background, and colors without their lines, to be laid on something else.

Blank paper around what is drawn becomes transparent; ink on it stays.
"""

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.closer import stair_of
from senga.color.flats import medians
from senga.color.hints import Hints
from senga.color.own_colors import OwnColors
from senga.color.reading import Reading
from senga.color.regions import Regions
from senga.color.render import Rendering, render
from senga.color.request import Request
from senga.color.smoothing import blend_borders, smooth_under_ink
from senga.color.strips import strips
from senga.errors import HintError

PALE, GRAY = 225, 24
"""Least level of a region's color, and by how much its channels differ at most, that is taken for paper. Ours."""


def cut_out_picture(page: Reading, made: Rendering, tint: float = 0.0) -> image.Pixels:
    """One answer as a picture (H, W, 4) uint8 without its background, lines on top, tinted by the share `tint`."""
    background = find_background(page.areas.regions, made.color)
    return cut_out(made.picture(page.drawing, tint), page.drawing.layer, background)


def color_alone(
    page: Reading,
    request: Request,
    hints: Hints | None = None,
    reference: image.Pixels | None = None,
    finished: image.Pixels | None = None,
    own: OwnColors | None = None,
    *,
    transparent: bool = False,
) -> image.Pixels:
    """The colors of the one answer to a request without lines; edges are smooth where ink was, too.

    Args:
        page, request, hints, reference, finished, own: as `render.render` takes them.
        transparent: whether blank paper around what is drawn is clear.

    Returns:
        (H, W, 3) uint8, or (H, W, 4) where it is clear somewhere, or the drawing is cut out.

    Raises:
        HintError: a picture keeps its own colors, in which its lines are; else as `render.render`.
        PaletteError, ModelError: as `render.render`.
    """
    made = render(page, request, hints, reference, finished=finished, own=own, alone=True)[0]
    if made.lined:
        raise HintError("the colors of a picture that keeps its own hold its lines; ask for the picture, or for flats")
    color = made.color
    alpha = page.drawing.alpha
    if transparent:
        regions, labels = page.areas.regions, page.areas.regions.labels.copy()
        clear = background_regions(regions, color)
        smooth_under_ink(labels, page.areas.looked_at, stair_of(regions, len(page.areas.windows)))
        cover = np.where(clear[labels], np.uint8(0), np.uint8(255))[..., None]
        blend_borders(cover, labels, None)
        color = _unmixed(color, cover)
        alpha = cover[..., 0] if alpha is None else np.minimum(alpha, cover[..., 0])
    return color if alpha is None else np.dstack([color, alpha])


def _unmixed(color: image.Pixels, cover: image.Pixels) -> image.Pixels:
    """Colors (H, W, 3) uint8 without the white that was blended into them where they are covered (H, W, 1) in part."""
    out = color.copy()
    some = (cover[..., 0] > 0) & (cover[..., 0] < 255)
    share, mixed = cover[some].astype(np.int32), color[some].astype(np.int32)
    out[some] = np.clip((255 * mixed - (255 - share) * 255 + share // 2) // share, 0, 255)
    return out


def find_background(regions: Regions, color: image.Pixels) -> NDArray[np.bool_]:
    """(H, W) bool: the regions of paper's color that reach the picture's border; at the bottom alone, where figures
    are cut off, none does.

    Args:
        regions: of the drawing. color: (H, W, 3) uint8, its colors without lines.
    """
    return background_regions(regions, color)[regions.labels]


def background_regions(regions: Regions, color: image.Pixels) -> NDArray[np.bool_]:
    """(count,) bool, which regions `find_background` covers."""
    labels = regions.labels
    border = np.unique(np.concatenate([labels[0], labels[:, 0], labels[:, -1]]))
    flat = medians(regions, color)[border].astype(int)
    paper = (flat.min(1) >= PALE) & (np.ptp(flat, axis=1) <= GRAY)
    chosen = np.zeros(regions.count, bool)
    chosen[border[paper]] = True
    return chosen


def cut_out(picture: image.Pixels, layer: image.Pixels, background: NDArray[np.bool_]) -> image.Pixels:
    """A colored drawing (H, W, 4) uint8 whose background is transparent, with as much ink in it as there was.

    Args:
        picture: (H, W, 3) or (H, W, 4) uint8, lines on top. layer: (H, W, 3) uint8, the lines on white.
        background: (H, W) bool.
    """
    out = np.empty((*picture.shape[:2], 4), np.uint8)
    for rows in strips(picture.shape):
        ink = 255 - layer[rows].min(2, keepdims=True).astype(np.int32)
        seen = picture[rows][..., :3].astype(np.int32)
        alone = np.clip((seen - (255 - ink)) * 255 // np.maximum(ink, 1), 0, 255)
        away = background[rows][..., None]
        out[rows][..., :3] = np.where(away, alone, seen)
        own = picture[rows][..., 3:].astype(np.int32) if picture.shape[2] == 4 else 255
        out[rows][..., 3:] = np.where(away, np.minimum(ink, own), own)
    return out
