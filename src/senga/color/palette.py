"""Colors as people write them."""

import re

from senga.errors import HintError

Color = str | tuple[int, int, int]
"""'#rrggbb', '#rgb', the same without '#', or (r, g, b) of 0 to 255."""


def parse_color(color: Color) -> tuple[int, int, int]:
    """(r, g, b) of 0 to 255.

    Raises:
        HintError: not a color.

    >>> parse_color("#7a4a2b"), parse_color("fff")
    ((122, 74, 43), (255, 255, 255))
    """
    if isinstance(color, str):
        text = color.strip().removeprefix("#")
        if re.fullmatch(r"[0-9a-fA-F]{3}", text):
            text = "".join(c * 2 for c in text)
        if not re.fullmatch(r"[0-9a-fA-F]{6}", text):
            raise HintError(f"{color!r} is not a color; write it as #rrggbb")
        return int(text[0:2], 16), int(text[2:4], 16), int(text[4:6], 16)
    if len(color) != 3 or any(not 0 <= c <= 255 for c in color):
        raise HintError(f"{color!r} is not a color; give three numbers of 0 to 255")
    r, g, b = (int(c) for c in color)
    return r, g, b
