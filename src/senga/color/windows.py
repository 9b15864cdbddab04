"""Windows that a drawing is worked on by: of a strip, of a comic's page, or all of it.

A network sees a drawing at one size. Window by window it sees each panel as large as if that were a drawing alone.
"""

from senga import image
from senga.color.panels import find_panels
from senga.color.strip_windows import find_strip_windows
from senga.color.window import Window


def find_windows(lines: image.Pixels) -> tuple[Window, ...]:
    """The windows of a drawing (H, W) uint8, 0 = ink: of a strip in order, of a page its panels; else all of it."""
    found = find_strip_windows(lines)
    return found if len(found) > 1 else find_panels(lines)
