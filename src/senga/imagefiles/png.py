"""PNG files without their decoration: what is damaged or too large beside the picture goes, the picture stays."""

import struct
import zlib
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"

CRITICAL = (b"IHDR", b"PLTE", b"IDAT", b"IEND")
"""Chunks that are the picture."""

KEPT = {b"tRNS": 768, b"pHYs": 9, b"eXIf": 1 << 20, b"acTL": 8, b"fcTL": 26, b"fdAT": 1 << 30}
"""Further chunks that say how it looks, and the most bytes of each; `iCCP` is looked into."""

SIZES = {b"pHYs": 9, b"acTL": 8, b"fcTL": 26}
"""Chunks that have exactly so many bytes."""

PROFILE = 16 << 20
"""Largest profile that is unpacked, bytes: those of printers have a few million."""

READ = 1_000_000
"""Largest profile that the image library unpacks, bytes, with some to spare."""

TRIES = 64
"""Where a chunk's length is nonsense, the next one is looked for at so many places."""


def mended(content: bytes) -> bytes:
    """A PNG file of its picture alone; damage of the picture itself is left as it is, to be refused.

    Dropped are text, times, gamma and everything else that readers of pictures can do without, of whatever size; and of
    the rest what is damaged. A file that ends after its last pixel is ended well.
    """
    out = [SIGNATURE]
    for kind, data, crc in _chunks(content):
        if kind in CRITICAL or (crc == _crc(kind, data) and _wanted(kind, data)):
            out.append(_chunk(kind, data, crc))
    if out[-1][4:8] != b"IEND":
        out.append(_chunk(b"IEND", b"", _crc(b"IEND", b"")))
    return b"".join(out)


def lost_frames(content: bytes, mended: bytes) -> bool:
    """Whether a file has frames of an animation that its `mended` one says nothing of."""
    before, after = ({kind for kind, _, _ in _chunks(one)} for one in (content, mended))
    return b"fdAT" in before and b"acTL" not in after


def profile(content: bytes) -> bytes:
    """The color profile in a PNG file, of up to `PROFILE` bytes; b"" for none and for a broken one."""
    for kind, data, crc in _chunks(content):
        if kind == b"IDAT":
            break
        if kind == b"iCCP" and crc == _crc(kind, data):
            return _unpacked(data)
    return b""


def _unpacked(data: bytes) -> bytes:
    name, found, packed = data.partition(b"\0")
    if not found or len(name) > 79 or packed[:1] != b"\0":
        return b""
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(packed[1:], PROFILE)
    except zlib.error:
        return b""
    return unpacked if unpacking.eof else b""


def _wanted(kind: bytes, data: bytes) -> bool:
    """Whether an undamaged chunk beside the picture is kept."""
    if kind == b"iCCP":
        return 0 < len(_unpacked(data)) <= READ
    if not data or len(data) > KEPT.get(kind, 0):
        return False
    return len(data) == SIZES.get(kind, len(data))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Kind, data and check sum of each chunk, up to the picture's end; at a nonsensical one the next is looked for.

    Data that end with the file have the check sum that they should have: what is missing of them shows in the picture.
    """
    at, tries = len(SIGNATURE), TRIES
    while at + 8 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 8 + length
        if kind == b"IDAT" and end + 4 > len(content):
            data = content[at + 8 : end]
            yield kind, data, _crc(kind, data)
            return
        if not kind.isalpha() or end + 4 > len(content):
            found, tries = _next(content, at + 1, tries)
            if found is None:
                return
            at = found
            continue
        data, (crc,) = content[at + 8 : end], struct.unpack_from(">I", content, end)
        if kind not in CRITICAL and crc != _crc(kind, data) and not content[end + 8 : end + 12].isalpha():
            found, tries = _next(content, at + 8, tries)  # its length is wrong, too
            at = len(content) if found is None else found
            continue
        yield kind, data, crc
        if kind == b"IEND":
            return
        at = end + 4


def _next(content: bytes, start: int, tries: int) -> tuple[int | None, int]:
    """Where the picture goes on: the next whole chunk of it, and how many further tries there are."""
    while tries > 0:
        tries -= 1
        places = [p for p in (content.find(kind, start) for kind in (b"PLTE", b"IDAT", b"IEND")) if p >= 4]
        if not places:
            return None, tries
        at = min(places) - 4
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 8 + length
        whole = content[end : end + 4] == struct.pack(">I", _crc(kind, content[at + 8 : end]))
        if end + 4 <= len(content) and whole:
            return at, tries
        start = at + 5
    return None, tries


def _chunk(kind: bytes, data: bytes, crc: int) -> bytes:
    return struct.pack(">I4s", len(data), kind) + data + struct.pack(">I", crc)


def _crc(kind: bytes, data: bytes) -> int:
    return zlib.crc32(data, zlib.crc32(kind))
