"""Swatch files of paint programs, as bytes: GIMP (.gpl), Adobe Swatch Exchange (.ase) and Photoshop (.aco).

Colors of other models become sRGB. Nothing in a file is trusted: each length is checked before it is followed.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from senga.color.spaces import RGB, from_cmyk, from_hsb, from_lab, from_shares
from senga.errors import PaletteError


@dataclass(frozen=True)
class Swatch:
    """One color of a palette.

    Attributes:
        color: (r, g, b) of 0 to 255.
        name: as the file has it, on one line; "" if it has none.
    """

    color: RGB
    name: str = ""


def decode_gpl(content: bytes) -> list[Swatch]:
    """The swatches of a GIMP palette.

    Raises:
        PaletteError: not a GIMP palette, or a line that is no color.
    """
    lines = decode_text(content).splitlines()
    if not lines or lines[0].strip() != "GIMP Palette":
        raise PaletteError("not a GIMP palette: its first line is not 'GIMP Palette'")
    swatches: list[Swatch] = []
    for number, line in enumerate(lines[1:], 2):
        parts = line.split(maxsplit=3)
        if not parts or parts[0].startswith("#") or (not swatches and ":" in parts[0]):
            continue
        digits = [p for p in parts[:3] if p.isascii() and p.isdecimal() and len(p) <= 3 and int(p) <= 255]
        if len(digits) < 3:
            raise PaletteError(
                f"line {number}: wanted three numbers of 0 to 255 and a name, found '{one_line(line)[:60]}'"
            )
        r, g, b = map(int, digits)
        swatches.append(Swatch((r, g, b), one_line(parts[3]) if len(parts) == 4 else ""))
    return swatches


def encode_gpl(swatches: Sequence[Swatch], name: str) -> bytes:
    """A GIMP palette; `name` is what GIMP lists it under."""
    rows = [f"{' '.join(f'{c:3d}' for c in s.color)}\t{one_line(s.name)}".rstrip() for s in swatches]
    return "\n".join(["GIMP Palette", f"Name: {one_line(name)}", "Columns: 0", "#", *rows, ""]).encode()


def decode_ase(content: bytes) -> list[Swatch]:
    """The swatches of an Adobe Swatch Exchange file, groups opened out.

    Raises:
        PaletteError: not such a file, cut off, or with a color of an unknown model.

    Source: selapa.net, "File formats: Adobe Swatch Exchange".
    """
    reader = _Reader(content)
    if reader.take(4) != b"ASEF":
        raise PaletteError("not an Adobe Swatch Exchange file")
    _, _, blocks = reader.unpack("HHI")
    swatches = []
    for _ in range(blocks):
        kind, length = reader.unpack("HI")
        block = _Reader(reader.take(length))
        if kind == 1:
            name = block.name(block.unpack("H")[0])
            model = block.take(4)
            swatches.append(Swatch(_ase_color(model, block), name))
    return swatches


def _ase_color(model: bytes, block: "_Reader") -> RGB:
    counts = {b"RGB ": 3, b"CMYK": 4, b"LAB ": 3, b"Gray": 1}
    if model not in counts:
        raise PaletteError(f"a color of the unknown model {model.decode('latin-1')!r}; save it as RGB")
    values = block.unpack("f" * counts[model])
    if not all(map(math.isfinite, values)):
        raise PaletteError("a color that is not made of numbers")
    if model == b"CMYK":
        return from_cmyk(*values)
    if model == b"LAB ":
        return from_lab(100 * values[0], values[1], values[2])
    return from_shares(*(values * 3)[:3])


def encode_ase(swatches: Sequence[Swatch]) -> bytes:
    """An Adobe Swatch Exchange file of RGB colors."""
    blocks = []
    for swatch in swatches:
        name = _utf16(swatch.name)
        shares = (c / 255 for c in swatch.color)
        block = struct.pack(">H", len(name) // 2) + name + b"RGB " + struct.pack(">fffH", *shares, 0)
        blocks.append(struct.pack(">HI", 1, len(block)) + block)
    return b"ASEF" + struct.pack(">HHI", 1, 0, len(blocks)) + b"".join(blocks)


def decode_aco(content: bytes) -> list[Swatch]:
    """The swatches of a Photoshop color file: its second part, which has names, if it has one.

    Raises:
        PaletteError: not such a file, cut off, or with a color of a color book.

    Source: Adobe, "Photoshop File Formats Specification", color swatches.
    """
    reader = _Reader(content)
    version, count = reader.unpack("HH")
    if version not in (1, 2):
        raise PaletteError("not a Photoshop color file")
    swatches = _aco_part(reader, version, count)
    if version == 1 and content[reader.at : reader.at + 2] == b"\x00\x02":
        return _aco_part(reader, *reader.unpack("HH"))
    return swatches


def _aco_part(reader: "_Reader", version: int, count: int) -> list[Swatch]:
    swatches = []
    for _ in range(count):
        space, *values = reader.unpack("HHHHH")
        color = _aco_color(space, values)
        swatches.append(Swatch(color, reader.name(reader.unpack("I")[0]) if version == 2 else ""))
    return swatches


def _aco_color(space: int, values: Sequence[int]) -> RGB:
    w, x, y, _ = values
    if space == 0:
        return w >> 8, x >> 8, y >> 8  # of 257 v, as Photoshop writes, and of 256 v, as others do, this is v
    if space == 1:
        return from_hsb(w / 65535, x / 65535, y / 65535)
    if space == 2:  # 0 is full ink
        return from_cmyk(*(1 - v / 65535 for v in values))
    if space == 7:
        a, b = (v - 65536 if v > 32767 else v for v in (x, y))
        return from_lab(w / 100, a / 100, b / 100)
    if space == 8:  # 10000 is full ink, as GIMP reads it; the specification does not say
        return from_shares(*[1 - w / 10000] * 3)
    if space == 9:
        return from_cmyk(*(1 - v / 10000 for v in values))
    raise PaletteError(f"a color of color book {space}, which only Photoshop can read; save it as RGB")


def encode_aco(swatches: Sequence[Swatch]) -> bytes:
    """A Photoshop color file of RGB colors: version 1, and version 2 with the names."""
    if len(swatches) > 65535:
        raise PaletteError(f"{len(swatches)} colors are more than a Photoshop color file holds, 65535")
    plain = [struct.pack(">HHHHH", 0, *(257 * c for c in s.color), 0) for s in swatches]
    names = [_utf16(s.name) for s in swatches]
    named = [p + struct.pack(">I", len(n) // 2) + n for p, n in zip(plain, names, strict=True)]
    count = len(swatches)
    return struct.pack(">HH", 1, count) + b"".join(plain) + struct.pack(">HH", 2, count) + b"".join(named)


def decode_text(content: bytes) -> str:
    """Text in UTF-8, with or without a mark, or in Latin-1 where it is not that."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def one_line(name: str) -> str:
    """A name on one line: what cannot be printed becomes a space, and spaces become one."""
    return " ".join("".join(c if c.isprintable() else " " for c in name).split())


def _utf16(name: str) -> bytes:
    """A name as Adobe writes it: big-endian UTF-16 with a zero at its end, at most 255 units."""
    return one_line(name).encode("utf-16-be", "replace")[:508] + b"\0\0"


class _Reader:
    """Bytes, read from front to back; what would go past their end is a `PaletteError`."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def take(self, size: int) -> bytes:
        if size > len(self.content) - self.at:
            raise PaletteError("cut off before its end; save it again")
        self.at += size
        return self.content[self.at - size : self.at]

    def unpack(self, kinds: str) -> tuple[Any, ...]:
        """Big-endian numbers by the letters of `struct`."""
        return struct.unpack(f">{kinds}", self.take(struct.calcsize(f">{kinds}")))

    def name(self, units: int) -> str:
        """A name of so many UTF-16 units, its closing zero with them."""
        return one_line(self.take(2 * units).decode("utf-16-be", "replace").split("\0")[0])
