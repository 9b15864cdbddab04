"""Swatch files of paint programs, as bytes: GIMP (.gpl), Adobe Swatch Exchange (.ase) and Photoshop (.aco).

Colors of other models become sRGB. Nothing in a file is trusted: each length is checked before it is followed.
"""

import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from senga.color.spaces import RGB, from_cmyk, from_hsb, from_lab, from_shares
from senga.errors import PaletteError
from senga.inputs.charsets import guess


@dataclass(frozen=True)
class Swatch:
    """One color of a palette.

    Attributes:
        color: (r, g, b) of 0 to 255.
        name: as the file has it, on one line; "" if it has none.
    """

    color: RGB
    name: str = ""


Skip = Callable[[str], None]
"""What is told of each entry that is left out, why: "transparent", "of a color book"."""


def decode_gpl(content: bytes, skip: Skip = lambda why: None) -> list[Swatch]:
    """The swatches of a GIMP palette, or of Aseprite's kind of it, whose colors have opacity.

    Args:
        skip: told of each line that is no color, and of each color that is transparent; they are left out.

    Raises:
        PaletteError: not a GIMP palette, or no line is a color.
    """
    lines = decode_text(content).splitlines()
    if not lines or lines[0].strip() != "GIMP Palette":
        raise PaletteError("not a GIMP palette: its first line is not 'GIMP Palette'")
    swatches: list[Swatch] = []
    bad, count = [], 3
    for number, line in enumerate(lines[1:], 2):
        parts = line.split(maxsplit=count)
        if not parts or parts[0].startswith("#") or (not swatches and ":" in parts[0]):
            if parts[:2] == ["Channels:", "RGBA"]:
                count = 4
            continue
        digits = [p for p in parts[:count] if p.isascii() and p.isdecimal() and len(p) <= 3 and int(p) <= 255]
        if len(digits) < count:
            bad.append(
                f"line {number}: wanted {'four' if count == 4 else 'three'} numbers of 0 to 255 and a name, "
                f"found '{one_line(line)[:60]}'"
            )
        elif count == 4 and not int(digits[3]):
            skip("transparent")
        else:
            r, g, b = map(int, digits[:3])
            swatches.append(Swatch((r, g, b), one_line(parts[count]) if len(parts) > count else ""))
    if bad and not swatches:
        raise PaletteError(bad[0])
    for why in bad:
        skip(why)
    return swatches


def encode_gpl(swatches: Sequence[Swatch], name: str) -> bytes:
    """A GIMP palette; `name` is what GIMP lists it under."""
    rows = [f"{' '.join(f'{c:3d}' for c in s.color)}\t{one_line(s.name)}".rstrip() for s in swatches]
    return "\n".join(["GIMP Palette", f"Name: {one_line(name)}", "Columns: 0", "#", *rows, ""]).encode()


def decode_ase(content: bytes, skip: Skip = lambda why: None) -> list[Swatch]:
    """The swatches of an Adobe Swatch Exchange file, groups opened out.

    Args:
        skip: told of each color of an unknown model, or not of numbers; they are left out.

    Raises:
        PaletteError: not such a file, or cut off.

    Source: selapa.net, "File formats: Adobe Swatch Exchange".
    """
    if content[4:6] == b"\xe0\xa5":
        raise PaletteError("a drawing of Aseprite, not a palette; save its palette as .gpl")
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
            color = _ase_color(block.take(4), block, skip)
            if color:
                swatches.append(Swatch(color, name))
    return swatches


def _ase_color(model: bytes, block: "_Reader", skip: Skip) -> RGB | None:
    counts = {b"RGB ": 3, b"CMYK": 4, b"LAB ": 3, b"GRAY": 1}
    if model.upper() not in counts:
        skip(f"of the unknown model '{one_line(model.decode('latin-1'))}'")
        return None
    values = block.unpack("f" * counts[model.upper()])
    if not all(map(math.isfinite, values)):
        skip("not made of numbers")
        return None
    if model == b"CMYK":
        return from_cmyk(*values)
    if model == b"LAB ":
        # Adobe writes lightness as a share; other programs in percent, as the other two are.
        return from_lab(values[0] if values[0] > 1 else 100 * values[0], values[1], values[2])
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


def decode_aco(content: bytes, skip: Skip = lambda why: None) -> list[Swatch]:
    """The swatches of a Photoshop color file: its second part, which has names, if it has one.

    Args:
        skip: told of each color that only its number in a color book is known of; they are left out.

    Raises:
        PaletteError: not such a file, or cut off.

    Source: Adobe, "Photoshop File Formats Specification", color swatches.
    """
    reader = _Reader(content)
    version, count = reader.unpack("HH")
    if version not in (1, 2):
        raise PaletteError("not a Photoshop color file")
    swatches = _aco_part(reader, version, count)
    if version == 1 and content[reader.at : reader.at + 2] == b"\x00\x02":
        swatches = _aco_part(reader, *reader.unpack("HH"))
    for swatch in swatches:
        if swatch is None:
            skip("of a color book, which only Photoshop can read")
    return [swatch for swatch in swatches if swatch]


def _aco_part(reader: "_Reader", version: int, count: int) -> list[Swatch | None]:
    swatches: list[Swatch | None] = []
    for _ in range(count):
        space, *values = reader.unpack("HHHHH")
        color, name = _aco_color(space, values), reader.name(reader.unpack("I")[0]) if version == 2 else ""
        swatches.append(Swatch(color, name) if color else None)
    return swatches


def _aco_color(space: int, values: Sequence[int]) -> RGB | None:
    """The color; None if it is a color book's."""
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
    return None


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
    """Text in UTF-8 or UTF-16, with or without a mark, or in what code page is likely, Latin-1 in the end."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", "replace")
    # Palettes begin in ASCII: every other byte of UTF-16 is zero there.
    for half, name in ((content[1:8:2], "utf-16-le"), (content[0:8:2], "utf-16-be")):
        if len(half) == 4 and not any(half):
            return content.decode(name, "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode(guess((content,)) or "latin-1", "replace")


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
