"""Documents of painting programs, made byte by byte: PSD, PSB, ORA and KRA."""

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

import numpy as np
from PIL import Image

RAW, RLE, ZIP, PREDICTED = range(4)
BITMAP, GRAY, INDEXED, RGB, CMYK, MULTICHANNEL, LAB = 0, 1, 2, 3, 4, 7, 9


def pen(height: int = 40, width: int = 60) -> np.ndarray:
    """Ink on nothing, (H, W, 4): a dark line down and one across."""
    ink = np.zeros((height, width, 4), np.uint8)
    ink[4:-4, 20:23] = (10, 20, 30, 255)
    ink[18:20, 6:-6] = (10, 20, 30, 200)
    return ink


def solid(color: tuple[int, ...], height: int = 40, width: int = 60) -> np.ndarray:
    """One color everywhere."""
    return np.broadcast_to(np.array(color, np.uint8), (height, width, len(color))).copy()


@dataclass
class L:
    """A layer: pixels (h, w, channels) of the document's own samples, the last alpha if there is one more than colors.

    `children` makes it a group, the lowest first; mask is (plane, (x, y), outside).
    """

    name: str
    pixels: np.ndarray | None = None
    at: tuple[int, int] = (0, 0)
    blend: bytes = b"norm"
    opacity: int = 255
    visible: bool = True
    clipped: bool = False
    mask: tuple[np.ndarray, tuple[int, int], int] | None = None
    masked: bool = True
    children: "list[L] | None" = None
    blocks: dict[bytes, bytes] = field(default_factory=dict)
    wide: bool = True


def plane_bytes(plane: np.ndarray, packing: int, *, large: bool = False) -> bytes:
    """A plane (h, w) of uint8, >u2 or >f4 samples, packed, with the mark of its packing first."""
    mark = struct.pack(">H", packing)
    if packing == RAW:
        return mark + plane.tobytes()
    if packing == RLE:
        rows = [packbits(row.tobytes()) for row in plane]
        return mark + b"".join(struct.pack(">I" if large else ">H", len(row)) for row in rows) + b"".join(rows)
    if packing == PREDICTED:
        whole = plane.astype(plane.dtype.newbyteorder("="))
        whole[:, 1:] = whole[:, 1:] - whole[:, :-1].copy()
        return mark + zlib.compress(whole.astype(plane.dtype).tobytes())
    return mark + zlib.compress(plane.tobytes())


def packbits(row: bytes) -> bytes:
    """A row in PackBits, none of it in runs but the last byte's."""
    end = len(row.rstrip(row[-1:])) if row else 0
    parts = [bytes([len(part) - 1]) + part for at in range(0, end, 128) if (part := row[at : min(at + 128, end)])]
    while end < len(row):
        count = min(128, len(row) - end)
        parts.append(bytes([257 - count if count > 1 else 0]) + row[-1:])
        end += count
    return b"".join(parts)


def psd(
    merged: np.ndarray,
    layers: list[L] = [],  # noqa: B006
    *,
    mode: int = RGB,
    packing: int = RLE,
    large: bool = False,
    clear: bool = False,
    real: bool | None = True,
    palette: bytes = b"",
    resources: dict[int, bytes] = {},  # noqa: B006
    deep_block: bool = False,
) -> bytes:
    """A PSD (PSB if large) of a merged picture (H, W, channels) in samples of uint8, >u2 or >f4, and layers."""
    height, width, channels = merged.shape
    depth = 1 if mode == BITMAP else 8 * merged.dtype.itemsize
    out = [struct.pack(">4sH6xHIIHH", b"8BPS", 2 if large else 1, channels, height, width, depth, mode)]
    out.append(struct.pack(">I", len(palette)) + palette)
    found = dict(resources)
    if real is not None:
        found[1057] = struct.pack(">I?II", 1, real, 0, 0) + struct.pack(">I", 1)
    blocks = b"".join(
        struct.pack(">4sHHI", b"8BIM", number, 0, len(data)) + data + b"\0" * (len(data) % 2)
        for number, data in found.items()
    )
    out.append(struct.pack(">I", len(blocks)) + blocks)
    wide = ">Q" if large else ">I"
    records: list[bytes] = []
    planes: list[bytes] = []
    for layer in layers:
        _record(layer, records, planes, packing, large=large)
    info = b""
    if records:
        info = struct.pack(">h", -len(records) if clear else len(records)) + b"".join(records) + b"".join(planes)
        info += b"\0" * (len(info) % 2)
    if deep_block:
        body = struct.pack(wide, 0) + struct.pack(">I", 0) + b"8BIMLr16" + struct.pack(wide, len(info)) + info
        body += b"\0" * (-len(info) % 4)
    else:
        body = struct.pack(wide, len(info)) + info + struct.pack(">I", 0) if info else b""
    out.append(struct.pack(wide, len(body)) + body)
    if mode == BITMAP:
        out.append(struct.pack(">H", RAW) + np.packbits(merged[..., 0] == 0, 1).tobytes())
    else:
        stacked = np.concatenate([merged[..., c] for c in range(channels)]).astype(merged.dtype)
        out.append(plane_bytes(stacked, packing, large=large))
    return b"".join(out)


def _record(layer: L, records: list[bytes], planes: list[bytes], packing: int, *, large: bool) -> None:
    if layer.children is not None:
        _write(L("</Layer group>", blocks={b"lsct": struct.pack(">I", 3)}), records, planes, packing, large=large)
        for child in layer.children:
            _record(child, records, planes, packing, large=large)
        layer.blocks = {**layer.blocks, b"lsct": struct.pack(">I", 1) + b"8BIM" + layer.blend}
    _write(layer, records, planes, packing, large=large)


def _write(layer: L, records: list[bytes], planes: list[bytes], packing: int, *, large: bool) -> None:
    pixels = np.zeros((0, 0, 4), np.uint8) if layer.pixels is None else layer.pixels
    height, width, channels = pixels.shape
    numbers = [*range(channels - 1), -1] if channels in (2, 4, 5) else list(range(channels))
    packed = [plane_bytes(pixels[..., i], packing if pixels.size else RAW, large=large) for i in range(channels)]
    mask = b""
    if layer.mask is not None:
        plane, (mx, my), outside = layer.mask
        mask = struct.pack(
            ">4iBBxx", my, mx, my + plane.shape[0], mx + plane.shape[1], outside, 0 if layer.masked else 2
        )
        numbers.append(-2)
        packed.append(plane_bytes(plane, packing, large=large))
    x, y = layer.at
    record = struct.pack(">4iH", y, x, y + height, x + width, len(numbers))
    for number, data in zip(numbers, packed, strict=True):
        record += struct.pack(">hQ" if large else ">hI", number, len(data))
    blend = layer.blend if layer.children is None else b"norm"
    flags = 8 | (0 if layer.visible else 2)
    record += struct.pack(">4s4sBBBx", b"8BIM", blend, layer.opacity, int(layer.clipped), flags)
    short = layer.name.encode("ascii" if layer.wide else "cp932", "replace")[:255]
    short = bytes([len(short)]) + short
    extra = struct.pack(">I", len(mask)) + mask + struct.pack(">I", 0) + short + b"\0" * (-len(short) % 4)
    blocks = dict(layer.blocks)
    if layer.wide:
        name = layer.name.encode("utf-16-be")
        blocks[b"luni"] = struct.pack(">I", len(name) // 2) + name
    for key, data in blocks.items():
        data += b"\0" * (-len(data) % 4)
        extra += b"8BIM" + key + struct.pack(">I", len(data)) + data
    records.append(record + struct.pack(">I", len(extra)) + extra)
    planes += packed


def png(pixels: np.ndarray, **options: Any) -> bytes:
    """A PNG file."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", **options)
    return out.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip, its parts in order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as pack:
        for name, content in parts.items():
            pack.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return out.getvalue()


def ora(stack: str, pictures: dict[str, np.ndarray], merged: np.ndarray | None = None, size: str = "60 40") -> bytes:
    """An OpenRaster file; `stack` is what stands in its outermost stack."""
    width, height = size.split()
    xml = f'<?xml version="1.0" encoding="UTF-8"?><image w="{width}" h="{height}"><stack>{stack}</stack></image>'
    parts = {"mimetype": b"image/openraster", "stack.xml": xml.encode()}
    parts |= {name: png(pixels) for name, pixels in pictures.items()}
    if merged is not None:
        parts["mergedimage.png"] = png(merged)
    return zipped(parts)


def lzf(data: bytes) -> bytes:
    """Bytes in LZF: runs of one byte as references to themselves, all else as it is."""
    out, plain, at = bytearray(), bytearray(), 0

    def flush() -> None:
        for start in range(0, len(plain), 32):
            part = plain[start : start + 32]
            out.extend(bytes([len(part) - 1]) + part)
        plain.clear()

    while at < len(data):
        run = 1
        while at + run < len(data) and data[at + run] == data[at] and run < 200:
            run += 1
        plain.append(data[at])
        if run > 9:
            flush()
            out.extend([7 << 5, run - 1 - 9, 0])
            at += run
        else:
            at += 1
    flush()
    return bytes(out)


def tiles(pixels: np.ndarray, *, packed: bool = True, shift: tuple[int, int] = (0, 0)) -> bytes:
    """A Krita layer of pixels (h, w, bytes of a pixel) as they lie in memory; `shift`: where its first tile is."""
    height, width, pixel = pixels.shape
    found = []
    for top in range(0, height, 64):
        for left in range(0, width, 64):
            tile = np.zeros((64, 64, pixel), np.uint8)
            part = pixels[top : top + 64, left : left + 64]
            tile[: part.shape[0], : part.shape[1]] = part
            if packed:
                data = b"\1" + lzf(tile.transpose(2, 0, 1).tobytes())
            else:
                data = b"\0" + tile.tobytes()
            found.append(f"{left + shift[0]},{top + shift[1]},LZF,{len(data)}\n".encode() + data)
    head = f"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE {pixel}\nDATA {len(found)}\n"
    return head.encode() + b"".join(found)


def bgra(pixels: np.ndarray) -> np.ndarray:
    """RGBA as Krita keeps it."""
    return np.ascontiguousarray(pixels[..., [2, 1, 0, 3]])


def kra(layers: str, parts: dict[str, bytes], merged: np.ndarray | None = None, size: str = "60 40") -> bytes:
    """A Krita file; `layers` is what stands in its outermost list, `parts` lie beside its layers."""
    width, height = size.split()
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<!DOCTYPE DOC PUBLIC '-//KDE//DTD krita 2.0//EN' 'http://www.calligra.org/DTD/krita-2.0.dtd'>\n"
        '<DOC xmlns="http://www.calligra.org/DTD/krita" syntaxVersion="2.0"><IMAGE name="page" mime="application/x-kra"'
        f' width="{width}" height="{height}" colorspacename="RGBA" x-res="300" y-res="300"><layers>{layers}</layers>'
        "</IMAGE></DOC>"
    )
    ElementTree.fromstring(xml)
    found = {"mimetype": b"application/x-krita", "maindoc.xml": xml.encode()}
    found |= {f"page/layers/{name}": content for name, content in parts.items()}
    if merged is not None:
        found["mergedimage.png"] = png(merged)
    return zipped(found)
