"""What a model answers for a drawing, before and after the person's own lines are laid on it."""

from dataclasses import dataclass, field

import numpy as np

from senga import image
from senga.color.compositing import composite, tinted
from senga.color.flats import Flats


@dataclass(frozen=True)
class Rendering:
    """An answer before the lines are laid on it.

    Attributes:
        color: (H, W, 3) uint8, under the lines.
        flats: the same without light; None of a model of pixels.
        ink: (H, W, 3) uint8, colors that lines take when they are tinted; None where nobody asked.
    """

    color: image.Pixels
    flats: Flats | None = field(repr=False)
    ink: image.Pixels | None

    @property
    def flat(self) -> image.Pixels | None:
        """(H, W, 3) uint8, the layer of the flats; made when it is first asked for, which few do."""
        return None if self.flats is None else self.flats.layer

    def picture(self, drawing: image.Drawing, tint: float = 0.0) -> image.Pixels:
        """The colored drawing, its own lines on top, tinted by the share `tint`; with its alpha if it has one."""
        painted = composite(self.color, drawing.layer)
        if self.ink is not None and tint:
            painted = tinted(painted, self.ink, drawing.layer, tint)
        return painted if drawing.alpha is None else np.dstack([painted, drawing.alpha])
