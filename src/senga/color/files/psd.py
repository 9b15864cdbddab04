"""Photoshop documents out: layers, groups, masks and blend modes in the form that painting programs share.

Source: Adobe Photoshop File Formats Specification (October 2013), 8 bits, RGB, PackBits. Every plane is packed and
written at once, and lengths are put in afterwards, so that of a large page one plane at a time is held.

Ours, not psd-tools': in 60 lines it is as fast and as lean, but takes no merged picture (its own needs ten times as
long), and breaks files whose groups have masks; see docs/libraries.md.
"""

import struct
from pathlib import Path
from typing import IO

import numpy as np

from senga import image, storage
from senga.color.layers import Group, Layer, Layered
from senga.errors import ImageError
from senga.image import Pixels
from senga.imagefiles.tags import Tags

SIDE = 30_000
"""Longest side of a PSD, px."""

SIZE = 2**31 - 1
"""Largest PSD, bytes."""

STAMP = 160
"""Longest side of the thumbnail, px; as Photoshop's."""

BLENDS = {"normal": b"norm", "multiply": b"mul ", "screen": b"scrn"}

HIDDEN, NEW, NO_PIXELS = 2, 8, 16
"""Flags of a layer: hidden; the next flag counts; pixels do not matter."""

OPEN_FOLDER, FOLDER_END = 1, 3
"""Kinds of section dividers: a group's own record above its layers, and the one below them that ends it."""

ALPHA, MASK = -1, -2
"""Channel numbers beside 0, 1, 2 for red, green, blue."""

PACKED = b"\0\1"
"""Marks PackBits before a plane."""

Plane = tuple[int, Pixels]
"""Channel number and (h, w) uint8."""


def write_psd(path: str | Path, layered: Layered, *, force: bool = False) -> None:
    """Writes a PSD, whole or not at all.

    The merged picture has an alpha only if it is transparent somewhere: Clip Studio Paint takes it for a selection.

    Args:
        path: file.
        layered: picture in layers.
        force: overwrite an existing file.

    Raises:
        ImageError: over 30000 px a side, over 2 GB, an existing file without `force`, or a place that cannot be
            written.
    """
    height, width = layered.shape
    if max(height, width) > SIDE:
        raise ImageError(f"{path}: {width}x{height} px; a PSD holds up to {SIDE} px a side; write .ora")
    merged = layered.merged
    clear = merged.shape[2] == 4 and bool(merged[..., 3].min() < 255)
    flattened = image.flatten(merged)
    with storage.writing(Path(path), force=force, error=ImageError) as file:
        channels = 4 if clear else 3
        file.write(struct.pack(">4sH6xHIIHHI", b"8BPS", 1, channels, height, width, 8, 3, 0))
        file.write(_sized(_resources(flattened, layered.tags)))
        whole = _hole(file)
        info = _hole(file)
        records = [record for one in layered.layers for record in _records(one)]
        file.write(struct.pack(">h", -len(records) if clear else len(records)))
        lengths = [record.write(file) for record in records]
        for record, places in zip(records, lengths, strict=True):
            sizes = _write_planes(file, [plane for _, plane in record.planes])
            for place, size in zip(places, sizes, strict=True):
                _fill(file, place, size)
        file.write(b"\0" * (file.tell() % 2))
        _fill(file, info, file.tell() - info - 4)
        file.write(struct.pack(">I", 0))  # no global mask
        _fill(file, whole, file.tell() - whole - 4)
        _write_merged(file, [flattened[..., c] for c in range(3)] + ([merged[..., 3]] if clear else []))
        if file.tell() > SIZE:
            raise ImageError(f"{path}: over {SIZE >> 30} GB, more than a PSD holds; write .ora")


class _Record:
    """One layer record and its planes."""

    def __init__(
        self, name: str, blend: bytes, opacity: float, flags: int, at: tuple[int, int] = (0, 0), section: int = 0
    ) -> None:
        self.name, self.blend, self.opacity, self.flags, self.section = name, blend, opacity, flags, section
        self.at = at
        self.shape = (0, 0)
        empty = np.zeros((0, 0), np.uint8)
        self.planes: list[Plane] = [(c, empty) for c in (ALPHA, 0, 1, 2)]
        self.mask = b""

    def write(self, file: IO[bytes]) -> list[int]:
        """Writes the record; answers with the places where the lengths of its planes have to be put."""
        (x, y), (height, width) = self.at, self.shape
        file.write(struct.pack(">4iH", y, x, y + height, x + width, len(self.planes)))
        places = []
        for channel, _ in self.planes:
            file.write(struct.pack(">h", channel))
            places.append(_hole(file))
        opacity = round(self.opacity * 255)
        file.write(struct.pack(">4s4sBBBx", b"8BIM", self.blend, opacity, 0, self.flags))
        ranges = b"\0\0\xff\xff" * 2 * 5  # everything shows: for gray and each of four channels, source and target
        plain = self.name.encode("ascii", "replace")[:255]
        short = bytes([len(plain)]) + plain
        extra = _sized(self.mask) + _sized(ranges) + short + b"\0" * (-len(short) % 4)
        wide = self.name.encode("utf-16-be", "replace")
        extra += _block(b"luni", struct.pack(">I", len(wide) // 2) + wide)
        if self.section:
            kind = b"8BIM" + self.blend if self.section == OPEN_FOLDER else b""
            extra += _block(b"lsct", struct.pack(">I", self.section) + kind)
        file.write(_sized(extra))
        return places


def _records(one: Layer | Group) -> list[_Record]:
    """The records of a layer, or of a group and all in it, the lowest first."""
    flags = NEW | (0 if one.visible else HIDDEN)
    if isinstance(one, Layer):
        record = _Record(one.name, BLENDS[one.blend], one.opacity, flags, one.at)
        record.shape = (one.pixels.shape[0], one.pixels.shape[1])
        record.planes = _planes(one.pixels)
        return [record]
    end = _Record("</Layer group>", b"norm", 1.0, NEW | NO_PIXELS, section=FOLDER_END)
    own = _Record(one.name, b"norm", one.opacity, flags | NO_PIXELS, section=OPEN_FOLDER)
    if one.mask is not None:
        height, width = one.mask.shape
        own.mask = struct.pack(">4iBBxx", 0, 0, height, width, 0, 0)
        own.planes.append((MASK, one.mask))
    return [end, *(record for layer in one.layers for record in _records(layer)), own]


def _planes(pixels: Pixels) -> list[Plane]:
    """The channels of a layer; opaque ones are full."""
    colors = [pixels] * 3 if pixels.ndim == 2 else [pixels[..., c] for c in range(3)]
    clear = pixels.ndim == 3 and pixels.shape[2] == 4
    alpha = pixels[..., 3] if clear else np.broadcast_to(np.uint8(255), pixels.shape[:2])
    return [(ALPHA, alpha), *enumerate(colors)]


def _write_planes(file: IO[bytes], planes: list[Pixels]) -> list[int]:
    """Writes the planes of a layer in PackBits, each with the lengths of its rows first; answers with their sizes."""
    sizes, last, packed = [], None, b""
    for plane in planes:
        if last is None or not np.array_equal(plane, last):  # of gray pixels one plane is packed, not three
            counts, rows = image.packbits(plane) if plane.size else (np.zeros(0, np.uint16), memoryview(b""))
            packed = b"".join((PACKED, counts.astype(">u2").tobytes(), rows))
            last = plane
        file.write(packed)
        sizes.append(len(packed))
    return sizes


def _write_merged(file: IO[bytes], planes: list[Pixels]) -> None:
    """Writes the planes of the merged picture in PackBits: the lengths of all rows of all of them come first."""
    file.write(PACKED)
    place = file.tell()
    file.write(bytes(2 * sum(len(p) for p in planes)))
    counts = []
    for plane in planes:
        count, packed = image.packbits(plane)
        counts.append(count)
        file.write(packed)
    end = file.tell()
    file.seek(place)
    file.write(np.concatenate(counts).astype(">u2").tobytes())
    file.seek(end)


def _resources(merged: Pixels, tags: Tags) -> bytes:
    """Image resources: resolution, that the merged picture is real, a thumbnail, and the color profile."""
    writer = "senga".encode("utf-16-be")
    name = struct.pack(">I", len(writer) // 2) + writer
    version = struct.pack(">IB", 1, 1) + name * 2 + struct.pack(">I", 1)
    stamp = image.thumbnail(merged, STAMP)
    jpeg = image.encode(stamp, "JPEG")
    height, width = stamp.shape[:2]
    row = (width * 24 + 31) // 32 * 4
    head = struct.pack(">6I2H", 1, width, height, row, row * height, len(jpeg), 24, 1)
    profile = tags.profile_for(gray=False)
    return (
        (_resource(1005, _resolution(tags.dpi)) if tags.dpi else b"")
        + _resource(1036, head + jpeg)
        + (_resource(1039, profile) if profile else b"")
        + _resource(1057, version)
    )


def _resolution(dpi: tuple[float, float]) -> bytes:
    """Pixels an inch, across and down, 16 bits before the point and 16 after it; shown an inch, sides in inches."""
    across, down = (round(value * 65536) for value in dpi)
    return struct.pack(">IHHIHH", across, 1, 1, down, 1, 1)


def _resource(number: int, data: bytes) -> bytes:
    return struct.pack(">4sHH", b"8BIM", number, 0) + _sized(data) + b"\0" * (len(data) % 2)


def _block(key: bytes, data: bytes) -> bytes:
    """More about a layer, filled up to four bytes."""
    return b"8BIM" + key + _sized(data + b"\0" * (-len(data) % 4))


def _sized(data: bytes) -> bytes:
    """Data behind their length."""
    return struct.pack(">I", len(data)) + data


def _hole(file: IO[bytes]) -> int:
    """Leaves room for a length; answers where."""
    place = file.tell()
    file.write(bytes(4))
    return place


def _fill(file: IO[bytes], place: int, length: int) -> None:
    """Puts a length where room was left."""
    if length > SIZE:
        raise ImageError("over 2 GB, more than a PSD holds; write .ora")
    end = file.tell()
    file.seek(place)
    file.write(struct.pack(">I", length))
    file.seek(end)
