"""White drawing on black: told from a drawing on paper, and turned into one."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from senga import image

DARK, LIGHT = 80, 170
"""Gray levels up to which a page is black, and from which on a line on it is white. Ours."""

BLACK, WHITE, BETWEEN = 0.6, (0.002, 0.35), 0.2
"""Share of a page that is black at least, white from and to, and neither at most. Ours."""

FRAME = 0.8
"""Share of the picture's frame that is black. Ours: a dark panel of a page has paper around it."""

SIDE = 1024
"""Longer side at which a page is looked at, px: thinner lines would go gray. Ours."""

COLORED = 60
"""Levels by which channels of a colored pixel differ. Ours."""


def is_inverted(picture: NDArray[np.uint8]) -> bool:
    """Whether a picture is white drawing on black: a chalk board, a night page, a negative.

    Args:
        picture: (H, W, 3) or (H, W) uint8.
    """
    step = max(1, max(picture.shape[:2]) // SIDE)  # pixels as they are, or thin lines would go gray
    seen = picture[::step, ::step]
    gray = seen if seen.ndim == 2 else image.gray(np.ascontiguousarray(seen))
    if seen.ndim == 3 and (np.ptp(seen, axis=2) > COLORED).mean() > 0.02:
        return False
    frame = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    black, white = gray <= DARK, gray >= LIGHT
    return bool(
        black.mean() >= BLACK
        and WHITE[0] <= white.mean() <= WHITE[1]
        and (~(black | white)).mean() <= BETWEEN
        and (frame <= DARK).mean() >= FRAME
    )


def inverted(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The negative of a picture (H, W), (H, W, 3) or (H, W, 4) uint8; alpha stays."""
    turned = 255 - picture
    if picture.ndim == 3 and picture.shape[2] == 4:
        turned[..., 3] = picture[..., 3]
    return turned


def inverted_drawing(drawing: image.Drawing) -> image.Drawing:
    """The negative of a drawing; a cut-out stays cut out."""
    own = None if drawing.own is None else inverted(drawing.own)
    return replace(drawing, lines=inverted(drawing.lines), layer=inverted(drawing.layer), own=own)
