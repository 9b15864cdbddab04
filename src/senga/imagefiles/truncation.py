"""Pictures that end before their end: what a file says of its own length, held against what is there.

The image library tells most of them, but not how much is missing; and some it reads in silence, the rest gray, black or
as it was.
"""

import re
import struct
import zlib
from collections.abc import Iterator

from senga.imagefiles import jpeg, png

PIECE = 1 << 20
"""Bytes that are unpacked at once."""

BLANK = 1024
"""Zero bytes at the end of a WebP by which a copy that was not finished is known. Ours."""

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Numbers of a pixel by PNG's color type."""

MOST = 1_500_000_000
"""Most bytes of a PNG that are unpacked to be counted: more than the largest picture that is read has."""

ADAM7 = ((0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1))
"""Passes of an interlaced PNG: first row and column, steps of rows and columns."""

MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A JPEG's next marker, whether in its head or after a scan's data."""

END, ALONE = 0xD9, (0x01, 0xD8)
"""Of JPEG's markers, the one at the end, and those without a length."""

STRIPS, SIZES = (273, 279, 324, 325), {3: 2, 4: 4}
"""TIFF tags of where strips and tiles lie and how long they are; and bytes of a number by its type."""


def missing(content: bytes) -> str:
    """What a picture file lacks, as "truncated picture: the file ends early: 9 of 12 bytes"; "" if that is not known.

    Of PNG, JPEG, WebP, BMP and TIFF; of other files "".
    """
    try:
        if content.startswith(png.SIGNATURE):
            return _png(content)
        if content.startswith(jpeg.SIGNATURE):
            return _jpeg(content)
        if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
            return _webp(content)
        if content.startswith(b"BM"):
            return _bmp(content)
        if content.startswith((b"II*\0", b"MM\0*")):
            return _tiff(content)
    except (struct.error, IndexError, KeyError, zlib.error):  # damaged otherwise: the reader tells how
        return ""
    return ""


def _early(there: int, wanted: int) -> str:
    return f"truncated picture: the file ends early: {there} of {wanted} bytes" if there < wanted else ""


def _chunks(content: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Names of a PNG's chunks, and where their data begin and end."""
    at = 8
    while at + 8 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        yield content[at + 4 : at + 8], at + 8, at + 8 + length
        at += 12 + length


def _png(content: bytes) -> str:
    """Of a PNG: a chunk that is not whole, or fewer rows than it says."""
    wanted, unpacked, unpacker = 0, 0, zlib.decompressobj()
    for name, start, end in _chunks(content):
        if name == b"IHDR":
            wanted = _png_size(content[start:end])
            if wanted > MOST:
                return ""
        elif name == b"IDAT":
            told = int.from_bytes(content[end : end + 4])
            if end + 4 <= len(content) and zlib.crc32(content[start - 4 : end]) != told:
                return "damaged picture: a checksum of its pixels is wrong"
            for at in range(start, min(end, len(content)), PIECE):
                part = content[at : min(at + PIECE, end)]
                while part and unpacked < wanted:
                    unpacked += len(unpacker.decompress(part, PIECE))
                    part = unpacker.unconsumed_tail
            if end > len(content) and unpacked < wanted:
                return f"truncated picture: the file ends early: {len(content)} of at least {end + 16} bytes"
        elif name == b"IEND":
            break
    if unpacked < wanted:
        return f"truncated picture: the file ends early: {unpacked * 100 // wanted} % of its pixels are there"
    return ""


def _png_size(header: bytes) -> int:
    """Bytes of a PNG's pixels, unpacked: each row with a byte for its filter."""
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    bits = depth * CHANNELS[kind]
    passes = ADAM7 if interlaced else ((0, 0, 1, 1),)
    sizes = [(-(-(height - y) // dy), -(-(width - x) // dx)) for y, x, dy, dx in passes]
    return sum(rows * (1 + (columns * bits + 7) // 8) for rows, columns in sizes if rows > 0 and columns > 0)


def _jpeg(content: bytes) -> str:
    """Of a JPEG: no end after its last scan. A copy that was stopped may have zeros there, which are read as gray."""
    at = 2
    while (found := MARKER.search(content, at)) is not None:
        marker, at = content[found.start() + 1], found.end()
        if marker == END:
            return ""
        if marker not in ALONE:
            at += struct.unpack_from(">H", content, at)[0]
    return f"truncated picture: the file ends early, after {len(content.rstrip(bytes(1)))} bytes"


def _webp(content: bytes) -> str:
    """Of a WebP: fewer bytes than it says, or nothing but zeros at its end."""
    (size,) = struct.unpack_from("<I", content, 4)
    if len(content) < size + 8:
        return _early(len(content), size + 8)
    body = content[: size + 8]
    if len(body) > BLANK and not any(body[-BLANK:]):
        return _early(len(body.rstrip(bytes(1))), len(body))
    return ""


def _bmp(content: bytes) -> str:
    """Of an uncompressed BMP: fewer bytes than its rows need."""
    start, header, width, height, _, bits, packed = struct.unpack_from("<IIiiHHI", content, 10)
    if header < 40 or packed not in (0, 3):
        return ""
    return _early(len(content), start + (abs(width) * bits + 31) // 32 * 4 * abs(height))


def _tiff(content: bytes) -> str:
    """Of a TIFF: its table of contents, or a strip or tile of its first picture, lies beyond the end."""
    order = "<" if content.startswith(b"II") else ">"
    (at,) = struct.unpack_from(order + "I", content, 4)
    if at + 2 > len(content):
        return f"truncated picture: the file ends early: {len(content)} of more than {at + 2} bytes"
    (count,) = struct.unpack_from(order + "H", content, at)
    if not count:
        return "truncated picture: its table of contents is blank"
    ends = at + 2 + 12 * count
    found = {}
    for i in range(min(count, (len(content) - at - 2) // 12)):
        tag, kind, many, place = struct.unpack_from(order + "HHII", content, at + 2 + 12 * i)
        if tag in STRIPS and kind in SIZES:
            size = SIZES[kind] * many
            place = place if size > 4 else at + 10 + 12 * i
            ends = max(ends, place + size)
            if place + size <= len(content):
                found[tag] = struct.unpack_from(f"{order}{many}{'H' if kind == 3 else 'I'}", content, place)
    for offsets, sizes in ((273, 279), (324, 325)):
        pairs = zip(found.get(offsets, ()), found.get(sizes, ()), strict=False)
        ends = max([ends, *(offset + size for offset, size in pairs)])
    return _early(len(content), ends)
