"""What a model answers for a drawing, before and after the person's own lines are laid on it."""

from dataclasses import dataclass

import numpy as np

from senga import image
from senga.color.compositing import composite, tinted


@dataclass(frozen=True)
class Rendering:
    """An answer before the lines are laid on it.

    Attributes:
        color: (H, W, 3) uint8, under the lines. flat: the same without light; None of a model of pixels.
        ink: (H, W, 3) uint8, colors that lines take when they are tinted; None where nobody asked.
    """

    color: image.Pixels
    flat: image.Pixels | None
    ink: image.Pixels | None

    def picture(self, drawing: image.Drawing, tint: float = 0.0) -> image.Pixels:
        """The colored drawing, its own lines on top, tinted by the share `tint`; with its alpha if it has one."""
        painted = composite(self.color, drawing.layer)
        if self.ink is not None and tint:
            painted = tinted(painted, self.ink, drawing.layer, tint)
        return painted if drawing.alpha is None else np.dstack([painted, drawing.alpha])
