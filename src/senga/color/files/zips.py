"""What a zip is that is no project: told by its first parts, none of them unpacked."""

import struct

from senga.color.files.swatches import one_line

MOST = 2000
"""Most parts of which the names are looked at."""

PICTURES = (".png", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".jxl", ".jp2")
"""Endings of pages."""

TYPES = {
    b"image/openraster": "an OpenRaster drawing (.ora)",
    b"application/x-kra": "a Krita drawing (.kra)",
    b"application/x-krita": "a Krita drawing (.kra)",
    b"application/x-krita-palette": "a Krita palette (.kpl)",
    b"krita/x-colorset": "a Krita palette (.kpl)",
    b"application/epub+zip": "an e-book (.epub)",
}
"""What the part `mimetype` says, which comes first in such files."""

PARTS = {
    "stack.xml": "an OpenRaster drawing (.ora)",
    "maindoc.xml": "a Krita drawing (.kra)",
    "Document.archive": "a Procreate drawing (.procreate)",
    "META-INF/container.xml": "an e-book (.epub)",
    "[Content_Types].xml": "an office document",
    "META-INF/MANIFEST.MF": "a Java archive",
}
"""Parts that only such files have."""


def kind_of(content: bytes) -> str:
    """What a zip is, such as "an OpenRaster drawing (.ora)" or "a comic or a folder of 20 pictures (.cbz, .zip)"."""
    names, count = part_names(content)
    said = _first(content)
    if said in TYPES:
        return TYPES[said]
    if said.startswith(b"application/vnd.oasis.opendocument"):
        return "an OpenDocument file"
    for name, kind in PARTS.items():
        if name in names:
            return kind
    files = [name for name in names if not name.endswith("/") and "__MACOSX" not in name]
    if not files:
        return "an empty zip"
    pages = [name for name in files if name.lower().endswith(PICTURES)]
    if 2 * len(pages) > len(files):
        return "a zip of one picture" if count == 1 else f"a comic or a folder of {len(pages)} pictures (.cbz, .zip)"
    return f"a zip of {count} files, such as '{one_line(files[0])[:40]}'"


def _first(content: bytes) -> bytes:
    """What the first part says, if that is `mimetype`, stored as it is."""
    if len(content) < 30:
        return b""
    method, _, _, _, size, _, name, more = struct.unpack_from("<HHHIIIHH", content, 8)
    start = 30 + name + more
    if content[30 : 30 + name] != b"mimetype" or method != 0:
        return b""
    return content[start : start + min(size, 100)].strip()


def part_names(content: bytes) -> tuple[list[str], int]:
    """The names of the first `MOST` parts, and how many parts the table says there are."""
    at = content.rfind(b"PK\5\6")
    if at < 0 or len(content) < at + 22:
        return [], 0
    count, _, place = struct.unpack_from("<HII", content, at + 10)
    names: list[str] = []
    while len(names) < MOST and len(content) >= place + 46 and content[place : place + 4] == b"PK\1\2":
        name, more, comment = struct.unpack_from("<HHH", content, place + 28)
        names.append(content[place + 46 : place + 46 + name].decode("utf-8", "replace"))
        place += 46 + name + more + comment
    return names, count
