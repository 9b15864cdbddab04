"""A part of a drawing that is worked on as if it were a drawing alone."""

from typing import NamedTuple

import numpy as np

from senga import image

INK = 0.7
"""Share of the paper's brightness under which a pixel is ink, where windows are sought. Ours."""


class Window(NamedTuple):
    """Where a window lies: its rows and columns in the drawing."""

    rows: slice
    columns: slice

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in px."""
        return self.rows.stop - self.rows.start, self.columns.stop - self.columns.start


def ink_level(lines: image.Pixels) -> float:
    """The brightness under which a pixel of lines (H, W) uint8 is ink; paper may be gray."""
    some = lines[:: 1 + lines.shape[0] // 2000, :: 1 + lines.shape[1] // 2000]
    return INK * max(128.0, float(np.percentile(some, 90)))
