"""TIFF files of kinds that the image library does not read, taken apart into planes of one sample that it does.

A row of n samples a pixel is a row of n times as many pixels of one sample: the directory is written anew to say so,
and the library unpacks whatever the file is packed with.
"""

import math
import struct
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

SUBFILE, WIDTH, HEIGHT, BITS, PACKING, PHOTOMETRIC, FILL = 254, 256, 257, 258, 259, 262, 266
OFFSETS, ORIENTATION, SAMPLES, ROWS, COUNTS, PLANAR = 273, 274, 277, 278, 279, 284
ACROSS, DOWN, UNIT = 282, 283, 296
PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_COUNTS = 317, 322, 323, 324, 325
SUBFILES, EXTRA, FORMAT, PROFILE = 330, 338, 339, 34675
OLD_SUBFILE = 255
"""Tags; SUBFILE is NewSubfileType (bit 0: a preview, bit 2: a mask), OLD_SUBFILE SubfileType (2: a preview)."""

KNOWN = frozenset(
    (
        *(
            SUBFILE,
            WIDTH,
            HEIGHT,
            BITS,
            PACKING,
            PHOTOMETRIC,
            FILL,
            OFFSETS,
            ORIENTATION,
            SAMPLES,
            ROWS,
            COUNTS,
            PLANAR,
        ),
        *(ACROSS, DOWN, UNIT, PREDICTOR, TILE_WIDTH, TILE_HEIGHT, TILES, TILE_COUNTS, SUBFILES, EXTRA, FORMAT, PROFILE),
    )
)

TYPES = {1: "B", 2: "c", 3: "H", 4: "I", 5: "II", 6: "b", 7: "c", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
"""Types of values, as `struct` has them."""

ENTRIES = 4096
"""Most tags of a directory that are looked at."""

VALUES, BYTES = 1 << 20, 1 << 22
"""Most values of one tag that are read, such as strips, and most bytes of a profile."""

LAB = 8
COLORS = {0: 1, 1: 1, 2: 3, 5: 4, LAB: 3}
"""Channels of the photometric interpretations that are read: gray (0 = white, 0 = black), RGB, CMYK, Lab."""

NAMES = {
    3: "a palette", 4: "a mask", 6: "YCbCr", 9: "ICC Lab", 10: "ITU Lab", 32803: "a camera's raw sensor",
    34892: "a camera's raw light", 32844: "logarithmic light", 32845: "logarithmic light",
}  # fmt: skip
"""What photometric interpretations are that are not."""

UNPACKED = (1, 5, 8, 32773, 32946, 34925, 50000)
"""Packings that keep samples as they are: none, LZW, Deflate, PackBits, LZMA, Zstandard."""

MISSING = "a TIFF with parts of its pixels missing; save it again"

ALPHA = (1, 2)
"""Extra samples that are alpha: premultiplied, straight."""


class UnreadTiffError(ValueError):
    """A TIFF file that is not read; the message says of what kind it is, or what is missing, and the mend."""


def _unread(what: str) -> UnreadTiffError:
    return UnreadTiffError(f"a TIFF of {what}, which senga does not read; save it as RGB of 8 or 16 bits")


@dataclass(frozen=True)
class Samples:
    """A TIFF file as planes of one sample.

    Attributes:
        planes: TIFF files of one sample a pixel: one of all samples side by side, or one a sample.
        shape: (height, width) px. count: samples a pixel. colors: of them; the rest is extra.
        photometric: of `COLORS`. floating: whether samples are floating numbers of 16 bits, given as integers.
        alpha: number of the sample that is alpha, or None; multiplied: whether colors are multiplied by it.
        restart: after how many pixels of a row differences begin anew; 0: samples are no differences.
        orientation: as EXIF has it. dpi: pixels an inch, (across, down), as it is said. profile: color profile.
    """

    planes: tuple[bytes, ...]
    shape: tuple[int, int]
    count: int
    colors: int
    photometric: int
    floating: bool
    alpha: int | None
    multiplied: bool
    restart: int
    orientation: int
    dpi: tuple[float, float] | None
    profile: bytes


Directory = dict[int, tuple[int, ...]]


def is_tiff(content: bytes) -> bool:
    """Whether a file says that it is a TIFF."""
    return content[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def pages(file: IO[bytes], most: int) -> tuple[list[int], bool]:
    """Which of a file's directories are pages, not previews or masks, by their places; whether their chain is broken.

    Args:
        file: open TIFF; it stands where it stood. most: pages that are looked for.
    """
    stood = file.tell()
    found: list[int] = []
    try:
        file.seek(0)
        order, big = _form(head := file.read(16))
        wide, entry = ("Q", 20) if big else ("H", 12)
        at, seen = _first(head), set[int]()
        while at and at not in seen and len(found) < most:
            seen.add(at)
            file.seek(at)
            (count,) = struct.unpack(order + wide, file.read(struct.calcsize(wide)))
            table = file.read(entry * min(count, ENTRIES))
            if not _is_beside(table, order, entry):
                found.append(len(seen) - 1)
            if len(table) < entry * min(count, ENTRIES):
                return found, False  # the page itself is cut off, and will be refused
            file.seek(at + struct.calcsize(wide) + entry * count)
            (at,) = struct.unpack(order + ("Q" if big else "I"), file.read(8 if big else 4))
    except (struct.error, OSError, OverflowError, ValueError):
        return found, True
    finally:
        file.seek(stood)
    return found, False


def _is_beside(table: bytes, order: str, size: int) -> bool:
    """Whether a directory's entries say that it is a preview or a mask."""
    for at in range(0, len(table) - size + 1, size):
        tag, kind = struct.unpack_from(f"{order}HH", table, at)
        if tag in (SUBFILE, OLD_SUBFILE) and kind in (3, 4):
            (value,) = struct.unpack_from(order + "HI"[kind - 3], table, at + size - (4 if size == 12 else 8))
            return bool(value & 5) if tag == SUBFILE else value == 2
    return False


def without_preview(content: bytes) -> bytes:
    """The file, made to begin with the picture where it begins with a preview of it; else as it is."""
    try:
        first = _first(content)
        found = _directory(content, first)
        if not found.get(SUBFILE, (0,))[0] & 1:
            return content
        chain = [first]
        while (at := _next(content, chain[-1])) and at not in chain and len(chain) < 64:
            chain.append(at)
        below = found.get(SUBFILES, ())[:64]
        whole = [at for at in (*chain[1:], *below) if not _directory(content, at).get(SUBFILE, (0,))[0] & 5]
        if not whole:
            return content
        best = max(whole, key=lambda at: math.prod(_directory(content, at)[side][0] for side in (WIDTH, HEIGHT)))
    except (struct.error, KeyError, IndexError):
        return content  # whoever decodes it says what is wrong
    return _begun_at(content, best)


def from_page(content: bytes, number: int) -> bytes:
    """The file, made to begin with one of its pages, which count from 0.

    Raises:
        UnreadTiffError: it has no such page.
    """
    try:
        at = _first(content)
        for _ in range(number):
            at = _next(content, at)
            if not at:
                raise UnreadTiffError("a TIFF with pages missing; save it again")
    except struct.error as error:
        raise UnreadTiffError("a TIFF with a broken directory; save it again") from error
    return _begun_at(content, at) if number else content


def _begun_at(content: bytes, at: int) -> bytes:
    """The file with another first directory."""
    order, big = _form(content)
    if big:
        return content[:8] + struct.pack(f"{order}Q", at) + content[16:]
    return content[:4] + struct.pack(f"{order}I", at) + content[8:]


def take_apart(content: bytes, most: int) -> Samples:
    """A file as planes of one sample.

    Args:
        content: the file. most: largest picture that is taken apart, px.

    Raises:
        UnreadTiffError: of a kind that is not read, broken, or too large.
    """
    try:
        return _taken_apart(content, _directory(content, _first(content)), most)
    except (struct.error, KeyError, IndexError) as error:
        raise UnreadTiffError("a TIFF with a broken directory; save it again") from error


def join(samples: Samples, planes: list[NDArray[np.generic]]) -> NDArray[np.generic]:
    """(H, W, count) samples of the pictures that the planes show, each (H, n W)."""
    height, width = samples.shape
    if len(planes) > 1:
        return np.stack(planes, 2)
    rows = planes[0].astype(planes[0].dtype.newbyteorder("="))
    kind = rows.dtype
    rows = rows.view(f"u{kind.itemsize}")
    if samples.restart and samples.count > 1:
        # Differences were between pixels of as many samples; the library took them for those of one.
        for left in range(0, width * samples.count, samples.restart * samples.count):
            part = rows[:, left : left + samples.restart * samples.count]
            part[:, 1:] -= part[:, :-1].copy()
            each = part.reshape(height, -1, samples.count)
            np.cumsum(each, 1, dtype=rows.dtype, out=each)
            part[:] = each.reshape(height, -1)
    return rows.view(kind).reshape(height, width, samples.count)


def _taken_apart(content: bytes, found: Directory, most: int) -> Samples:
    width, height = found[WIDTH][0], found[HEIGHT][0]
    count = found.get(SAMPLES, (1,))[0]
    bits, formats = found.get(BITS, (1,)), found.get(FORMAT, (1,))
    photometric, packing = found[PHOTOMETRIC][0], found.get(PACKING, (1,))[0]
    if photometric not in COLORS:
        raise _unread(f"{NAMES.get(photometric, f'unknown colors ({photometric})')}")
    if len({*bits}) > 1 or len({*formats}) > 1:
        raise _unread("channels that differ in depth")
    depth, form = bits[0], formats[0]
    if (depth, form) not in ((8, 1), (16, 1), (16, 3), (32, 3), (16, 2), (8, 2)) or (form == 2 and photometric != 8):
        word = {2: "signed ", 3: "floating "}.get(form, "")
        raise _unread(f"{word}samples of {depth} bits")
    colors = COLORS[photometric]
    if photometric == 8 and form == 3:
        raise _unread("floating Lab")
    if not colors <= count <= 64 or width * height == 0:
        raise UnreadTiffError("a TIFF with channels missing; save it again")
    if width * height > most:
        raise UnreadTiffError(f"too large: {width}x{height} px; make it smaller")
    if packing not in UNPACKED:
        raise _unread(f"packing {packing} with such channels")
    predictor = found.get(PREDICTOR, (1,))[0]
    apart = found.get(PLANAR, (1,))[0] == 2 and count > 1
    if predictor not in (1, 2) and not apart and count > 1:
        raise _unread("differences of floating colors")
    extra = found.get(EXTRA, ())
    alpha = next((colors + i for i, kind in enumerate(extra) if kind in ALPHA and colors + i < count), None)
    if alpha is None and not extra and count == colors + 1:
        alpha = colors  # said nowhere to be anything else
    restart = found.get(TILE_WIDTH, (width,))[0] if predictor == 2 and not apart else 0
    return Samples(
        planes=tuple(_planes(content, found, count, apart=apart)),
        shape=(height, width),
        count=count,
        colors=colors,
        photometric=photometric,
        floating=(depth, form) == (16, 3),
        alpha=alpha,
        multiplied=alpha is not None and extra[alpha - colors : alpha - colors + 1] == (1,),
        restart=restart,
        orientation=found.get(ORIENTATION, (1,))[0],
        dpi=_dpi(found),
        profile=bytes(found.get(PROFILE, ())) if all(0 <= v < 256 for v in found.get(PROFILE, ())) else b"",
    )


def _dpi(found: Directory) -> tuple[float, float] | None:
    scale = {2: 1.0, 3: 2.54}.get(found.get(UNIT, (2,))[0])
    sides = [found.get(tag, (0, 0)) for tag in (ACROSS, DOWN)]
    if scale is None or not all(len(side) == 2 and side[1] for side in sides):
        return None
    across, down = (scale * side[0] / side[1] for side in sides)
    return across, down


def _planes(content: bytes, found: Directory, count: int, *, apart: bool) -> list[bytes]:
    """The file once, or once a sample, with directories that say one sample a pixel."""
    tiled = TILES in found
    offsets, sizes = (TILES, TILE_COUNTS) if tiled else (OFFSETS, COUNTS)
    keep = [t for t in (HEIGHT, PACKING, FILL, ROWS, PREDICTOR, TILE_HEIGHT) if t in found]
    one = {tag: found[tag] for tag in keep} | {BITS: found[BITS][:1], SAMPLES: (1,), PHOTOMETRIC: (1,)}
    if found.get(FORMAT, (1,))[0] == 3 and found[BITS][0] == 32:
        one[FORMAT] = (3,)
    side, parts = (1, count) if apart else (count, 1)
    one[WIDTH] = (found[WIDTH][0] * side,)
    if tiled:
        one[TILE_WIDTH] = (found[TILE_WIDTH][0] * side,)
    each = len(found[offsets]) // parts
    if not each or len(found[offsets]) != len(found[sizes]):
        raise UnreadTiffError(MISSING)
    spans = list(zip(found[offsets], found[sizes], strict=True))
    # What is missing must not be filled with what is written behind it.
    whole = found[WIDTH][0] * found[HEIGHT][0] * count * found[BITS][0] // 8
    plain = found.get(PACKING, (1,))[0] == 1
    if any(at + size > len(content) for at, size in spans) or (plain and sum(found[sizes]) < whole):
        raise UnreadTiffError(MISSING)
    made = []
    for part in range(parts):
        own = slice(part * each, (part + 1) * each)
        made.append(_rewritten(content, one | {offsets: found[offsets][own], sizes: found[sizes][own]}))
    return made


def _rewritten(content: bytes, directory: Directory) -> bytes:
    """The file with another directory, as an ordinary TIFF."""
    order, _ = _form(content)
    if max(max(values) for values in directory.values()) >= 1 << 32 or len(content) >= 1 << 31:
        raise UnreadTiffError("too large: a TIFF of over 2 GB; make it smaller")
    content += b"\0" * (len(content) % 2)
    start = len(content)
    beside, entries = start + 2 + 12 * len(directory) + 4, b""
    more = b""
    for tag, values in sorted(directory.items()):
        packed = struct.pack(f"{order}{len(values)}I", *values)
        if len(packed) > 4:
            packed, more = struct.pack(f"{order}I", beside + len(more)), more + packed
        entries += struct.pack(f"{order}HHI", tag, 4, len(values)) + packed
    table = struct.pack(f"{order}H", len(directory)) + entries + bytes(4) + more
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(f"{order}I", start)
    return b"".join([head, content[8:], table])


def _form(content: bytes) -> tuple[str, bool]:
    """Byte order, and whether it is a BigTIFF."""
    return ("<" if content[:2] == b"II" else ">"), b"+" in content[2:4]


def _first(content: bytes) -> int:
    order, big = _form(content)
    return int(
        struct.unpack_from(f"{order}Q", content, 8)[0] if big else struct.unpack_from(f"{order}I", content, 4)[0]
    )


def _next(content: bytes, at: int) -> int:
    """Where the directory after one lies; 0: there is none."""
    order, big = _form(content)
    head, entry, place = ("Q", 20, "Q") if big else ("H", 12, "I")
    (count,) = struct.unpack_from(order + head, content, at)
    return int(struct.unpack_from(order + place, content, at + struct.calcsize(order + head) + count * entry)[0])


def _directory(content: bytes, at: int) -> Directory:
    """The values of each known tag in a directory, whole numbers; of fractions numerator and denominator."""
    order, big = _form(content)
    head, size, place = ("Q", "Q", 8) if big else ("H", "I", 4)
    (count,) = struct.unpack_from(order + head, content, at)
    at += struct.calcsize(order + head)
    found: Directory = {}
    for _ in range(min(count, ENTRIES)):
        tag, kind, number = struct.unpack_from(f"{order}HH{size}", content, at)
        at += 4 + place
        letter = TYPES.get(kind)
        if letter and tag in KNOWN and tag not in found and number <= (BYTES if letter == "c" else VALUES):
            width = struct.calcsize(order + letter)
            where = at if width * number <= place else struct.unpack_from(order + size, content, at)[0]
            if letter == "c":
                found[tag] = tuple(content[where : where + number])
            else:
                found[tag] = struct.unpack_from(f"{order}{number * len(letter)}{letter[0]}", content, where)
        at += place
    return {tag: values for tag, values in found.items() if values}
