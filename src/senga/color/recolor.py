"""A colored picture in other colors: its lines are drawn from it, then it is colored anew, all of it or in part."""

from dataclasses import replace

import numpy as np

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.flats import medians
from senga.color.hints import Hints
from senga.color.render import render, render_pictures
from senga.color.request import Request
from senga.color.strips import strips
from senga.color.tokens import OPPONENT
from senga.errors import HintError
from senga.lines.learned import opened

DEEP = 2.0
"""Brightness that is added before shades are compared, of 255: what is black has no shade to speak of. Ours."""


def recolor(
    picture: image.Pixels,
    request: Request = Request(),
    hints: Hints | None = None,
    reference: image.Pixels | None = None,
    *,
    keep: bool = True,
    colorizer: Colorizer | None = None,
) -> image.Pixels:
    """A colored picture in other colors.

    Without palette and reference, hints change what they reach and nothing else: there the picture's own light, shade
    and lines lie on the new color, everywhere else each pixel is as it was. Otherwise, or without `keep`, nothing of
    the picture but its lines, as the learned extractor draws them, is in what comes back.

    Args:
        picture: (H, W, 3) uint8, or (H, W, 4), whose alpha comes back.
        request: what is asked for, of one answer. Where the picture is kept, the reaches "object" and "far" reach what
            had nearly the hinted region's color, and light and tint do not count.
        hints: all hints, of the picture's size; None: those of the request's marks.
        reference: the picture that the request names.
        keep: whether hints alone leave the rest as it is.
        colorizer: default: the shipped model.

    Returns:
        As the picture.

    Raises:
        HintError: more than one candidate; else as `render.render`. PaletteError, ModelError: as `render.render`.
    """
    if request.candidates > 1:
        raise HintError("a picture is recolored in one way; leave out candidates")
    flat = image.flatten(picture)
    model = colorizer or Colorizer.open()
    page = model.page(opened(None, model.threads).draw(flat)).at(request.gap)
    if keep and not request.palette and request.reference is None:
        base = medians(page.areas.regions, flat)
        (found,) = render(page, replace(request, mode="flat", tint=0.0), hints, reference, base=base)
        made = moved(flat, base[page.areas.regions.labels], found.color)
    else:
        made = render_pictures(page, request, hints, reference)[0]
    return np.dstack([made, picture[..., 3]]) if picture.shape[2:] == (4,) else made


def moved(picture: image.Pixels, flat: image.Pixels, new: image.Pixels) -> image.Pixels:
    """A picture whose flat colors are exchanged, with its light, shade and lines; all (H, W, 3) uint8.

    What is darker than its flat color darkens the new one by as much, what is brighter goes as far towards white. By
    brightness alone: a channel that the old color lacks tells nothing of its shade. Where flats are equal, so is what
    comes back.

    >>> red, blue = np.uint8([[[200, 0, 0]]]), np.uint8([[[0, 0, 200]]])
    >>> moved(red // 2, red, blue).tolist(), moved(red, red, red).tolist()
    ([[[0, 0, 103]]], [[[200, 0, 0]]])
    """
    out = picture.copy()
    for rows in strips(picture.shape):
        change = (flat[rows] != new[rows]).any(2)
        if not change.any():
            continue
        old, seen, color = (p[rows][change].astype(np.float32) for p in (flat, picture, new))
        was, now = old @ OPPONENT[0], seen @ OPPONENT[0]
        shade = np.minimum(1, (now + DEEP) / (was + DEEP))[:, None]
        shine = np.clip((now - was) / np.maximum(255 - was, 1), 0, 1)[:, None]
        out[rows][change] = np.rint((color + (255 - color) * shine) * shade)
    return out
