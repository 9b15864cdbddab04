"""JPEG files without their decoration: what stands before the picture and is damaged goes, the picture stays."""

import struct

SIGNATURE = b"\xff\xd8\xff"

ADOBE, JFIF, APPLICATIONS, COMMENT = 0xEE, 0xE0, range(0xE0, 0xF0), 0xFE
"""Markers: of the color model, of the resolution, of all that applications put in, and of comments."""

TABLES = (0xDB, 0xC4, 0xDD, *(m for m in range(0xC0, 0xD0) if m not in (0xC4, 0xC8, 0xCC)))
"""Markers of the picture's own: its tables, its restarts and its frame."""

END, FILLINGS = b"\xff\xd9", (b"", b"\x55", b"\xaa")
"""The end mark, and what may stand for pixels that are missing."""

RESTARTS = 0xDD
"""Marker of the length of parts."""

SCAN = 0xDA
"""Marker behind which the pixels begin."""


def restarts(content: bytes) -> bool:
    """Whether a JPEG's pixels are in parts that a decoder begins anew."""
    head = content[: max(0, content.find(bytes([0xFF, SCAN])))]
    return bytes([0xFF, RESTARTS]) in head


def mended(content: bytes) -> bytes | None:
    """A JPEG file of its picture alone, with resolution and color model as far as these are whole; None: there is none.

    A segment whose length is nonsense is passed over up to the next of the picture's own.
    """
    out, at = [content[:2]], 2
    while at + 4 <= len(content):
        start, marker, length = struct.unpack_from(">BBH", content, at)
        if start != 0xFF or marker == 0xFF:
            at += 1  # filling, or what is left of a broken segment
            continue
        end = at + 2 + length
        if marker == SCAN:
            return b"".join([*out, content[at:]])
        own = marker in TABLES
        if not (own or marker in APPLICATIONS or marker == COMMENT) or length < 2 or not _goes_on(content, end):
            at += 2
            continue
        body = content[at + 4 : end]
        if own or ((marker, body[:5]) == (ADOBE, b"Adobe") and len(body) >= 12):
            out.append(content[at:end])
        if (marker, body[:5]) == (JFIF, b"JFIF\0") and len(body) >= 14:
            out.append(content[at:end])
        at = end
    return None


def _goes_on(content: bytes, end: int) -> bool:
    """Whether a segment that ends here is followed by another."""
    return content[end : end + 1] == b"\xff" and content[end + 1 : end + 2] not in (b"", b"\0")
