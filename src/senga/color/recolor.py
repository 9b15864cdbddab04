"""A colored picture in other colors: its lines are drawn from it, then it is colored anew, all of it or in part."""

from dataclasses import replace

import numpy as np

from senga import image
from senga.color.colorizer import Colorizer
from senga.color.hints import Hints
from senga.color.own_colors import OwnColors
from senga.color.render import render_pictures
from senga.color.request import Request
from senga.errors import HintError
from senga.lines.learned import SHIPPED, opened


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
    page = model.page(opened(model.session.companion(SHIPPED.name), model.threads).draw(flat))
    keep = keep and not request.palette and request.reference is None
    asked = replace(request, mode="paint", colored="the picture") if keep else request
    (made,) = render_pictures(page, asked, hints, reference, own=OwnColors(flat) if keep else None)
    return np.dstack([made, picture[..., 3]]) if picture.shape[2:] == (4,) else made
