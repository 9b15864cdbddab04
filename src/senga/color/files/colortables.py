"""Color tables without names, as bytes: Adobe (.act), and .pal of Paint Shop Pro (JASC) and of Windows (RIFF)."""

import struct

from senga.color.files.swatches import Skip, Swatch, decode_text, one_line
from senga.errors import PaletteError

TABLE = 768
"""Bytes of an Adobe color table: 256 colors; four more say how many count and which is transparent."""


def decode_act(content: bytes, skip: Skip = lambda why: None) -> list[Swatch]:
    """The swatches of an Adobe color table; `skip` is told of the transparent one.

    Raises:
        PaletteError: not as long as such a file is.

    Source: Adobe, "Photoshop File Formats Specification", color table.
    """
    if len(content) not in (TABLE, TABLE + 4):
        raise PaletteError(f"not an Adobe color table: {len(content)} bytes long, not {TABLE} or {TABLE + 4}")
    colors = [tuple(content[at : at + 3]) for at in range(0, TABLE, 3)]
    clear = 0xFFFF
    if len(content) > TABLE:
        count, clear = struct.unpack(">HH", content[TABLE:])
        colors = colors[:count] if 0 < count <= 256 else colors
    # Without a count the end is filled up with one color.
    while len(content) == TABLE and len(colors) > 1 and colors[-1] == colors[-2]:
        colors.pop()
    if clear < len(colors):
        skip("transparent")
    return [Swatch((r, g, b)) for at, (r, g, b) in enumerate(colors) if at != clear]


def decode_pal(content: bytes, skip: Skip = lambda why: None) -> list[Swatch]:
    """The swatches of a .pal file; `skip` is told of lines that are no color, and of transparent ones.

    Raises:
        PaletteError: of neither kind, broken, or without a line that is a color.
    """
    if content[:4] == b"RIFF":
        return _decode_riff(content)
    lines = decode_text(content).splitlines()
    if not lines or lines[0].strip() != "JASC-PAL":
        raise PaletteError("neither a JASC nor a RIFF palette")
    swatches, bad = [], []
    for number, line in enumerate(lines[3:], 4):
        parts = line.split()
        values = [int(p) for p in parts[:4] if p.isascii() and p.isdecimal() and len(p) <= 3 and int(p) <= 255]
        if not parts:
            continue
        if len(values) < 3:
            bad.append(f"line {number}: wanted three numbers of 0 to 255, found '{one_line(line)[:60]}'")
        elif len(values) == 4 and not values[3]:
            skip("transparent")
        else:
            swatches.append(Swatch((values[0], values[1], values[2])))
    if bad and not swatches:
        raise PaletteError(bad[0])
    for why in bad:
        skip(why)
    return swatches


def _decode_riff(content: bytes) -> list[Swatch]:
    """Source: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", palette file format."""
    at = 12
    while content[8:12] == b"PAL " and at + 8 <= len(content):
        kind, size = struct.unpack("<4sI", content[at : at + 8])
        if kind == b"data" and at + 12 <= len(content):
            (count,) = struct.unpack("<H", content[at + 10 : at + 12])
            if at + 12 + 4 * count > len(content):
                raise PaletteError("cut off before its end; save it again")
            rows = (content[at + 12 + 4 * i : at + 15 + 4 * i] for i in range(count))
            return [Swatch((r, g, b)) for r, g, b in rows]
        at += 8 + size + size % 2
    raise PaletteError("a RIFF file without a palette")
