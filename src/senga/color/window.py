"""A part of a drawing that is worked on as if it were a drawing alone."""

from typing import NamedTuple

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
