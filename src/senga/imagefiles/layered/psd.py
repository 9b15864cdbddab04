"""Photoshop documents (PSD, PSB) in, by psd-tools' low-level reader; planes are unpacked here, where none is made up.

What psd-tools cannot unpack it replaces with black; here it is an error. Source: Adobe Photoshop File Formats
Specification.
"""

import io
import logging
import struct
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from senga.imagefiles.layered.tree import (
    DEPTH,
    LAYERS,
    Document,
    Mask,
    Node,
    Pixels,
    Raster,
    UnreadDocumentError,
)
from senga.imagefiles.tags import bounded_dpi

if TYPE_CHECKING:
    from psd_tools.psd.layer_and_mask import ChannelDataList, LayerRecord

# Its warnings are of what is told here, or does not matter.
logging.getLogger("psd_tools").addHandler(logging.NullHandler())

HEADER = ">4sH6xHIIHH"

BITMAP, GRAY, INDEXED, RGB, CMYK, MULTICHANNEL, DUOTONE, LAB = 0, 1, 2, 3, 4, 7, 8, 9
COLORS = {BITMAP: 1, GRAY: 1, INDEXED: 1, RGB: 3, CMYK: 4, DUOTONE: 1, LAB: 3}
"""Planes of color in each mode; all others are alpha and saved selections."""

RAW, RLE, ZIP, ZIP_PREDICTED = range(4)
"""How planes are packed."""

BLENDS = {
    b"norm": "normal",
    b"mul ": "multiply",
    b"scrn": "screen",
    b"over": "overlay",
    b"dark": "darken",
    b"lite": "lighten",
    b"div ": "dodge",
    b"idiv": "burn",
    b"lbrn": "linear burn",
    b"lddg": "add",
    b"hLit": "hard light",
    b"sLit": "soft light",
    b"diff": "difference",
    b"smud": "exclusion",
    b"fsub": "subtract",
    b"pass": "normal",
}

ALPHA, MASK, WHOLE_MASK = -1, -2, -3
"""Channels beside those of color; the last is a mask together with a vector one."""

GROUP_OPEN, GROUP_CLOSED, GROUP_END = 1, 2, 3
"""Kinds of section dividers."""

RESOLUTION, VERSION, PROFILE = 1005, 1057, 1039
"""Image resources."""

MADE = (
    *(b"SoCo", b"GdFl", b"PtFl", b"brit", b"levl", b"curv", b"expA", b"vibA", b"hue2", b"blnc", b"blwh", b"phfl"),
    *(b"mixr", b"clrL", b"nvrt", b"post", b"thrs", b"grdm", b"selc"),
)
"""Blocks of fill and adjustment layers."""


def size_of(content: bytes) -> tuple[int, int]:
    """(height, width) that a file says, px; nothing else of it is read.

    Raises:
        UnreadDocumentError: it ends before, or is of a mode that is not read.
    """
    if len(content) < struct.calcsize(HEADER):
        raise UnreadDocumentError("a Photoshop document that is cut off in its header; copy or download it again")
    _, _, channels, height, width, depth, mode = struct.unpack_from(HEADER, content)
    if mode == MULTICHANNEL:
        raise UnreadDocumentError(
            "a Photoshop document of separate channels (Multichannel mode); change it to RGB and save it again"
        )
    if mode not in COLORS or depth not in (1, 8, 16, 32) or channels < COLORS[mode] or not (height and width):
        raise UnreadDocumentError("a Photoshop document that is broken in its header; save it again")
    return height, width


def open_psd(content: bytes) -> Document:
    """The document of a file's content.

    Raises:
        UnreadDocumentError: broken, or of a mode that is not read.
    """
    shape = size_of(content)
    from psd_tools.psd.document import PSD

    try:
        file = PSD.read(io.BytesIO(content))
        return _Reader(file).document(shape)
    except (UnreadDocumentError, MemoryError):
        raise
    except Exception as error:  # the reader raises errors of many kinds on broken data
        raise UnreadDocumentError(f"a broken or truncated document ({_first(error)}); save it again") from error


class _Reader:
    """One file, as psd-tools parsed it."""

    def __init__(self, file: Any) -> None:
        self.header = file.header
        self.mode, self.depth = int(file.header.color_mode), int(file.header.depth)
        self.colors = COLORS[self.mode]
        self.palette = bytes(file.color_mode_data.value) if self.mode == INDEXED else b""
        self.packed = file.image_data
        self.resources = file.image_resources
        profile = self.resources[PROFILE].data if PROFILE in self.resources else b""
        self.profile = profile if isinstance(profile, bytes) else b""
        section = file.layer_and_mask_information
        blocks: Any = section.tagged_blocks or {}
        deep = next((blocks.get_data(key) for key in (b"Lr16", b"Lr32") if key in blocks), None)
        self.layers = deep or section.layer_info
        count = 0 if self.layers is None else self.layers.layer_count
        self.clear = count < 0 or any(key in blocks for key in (b"Mtrn", b"Mt16", b"Mt32"))

    def document(self, shape: tuple[int, int]) -> Document:
        """All of it."""
        real = None
        if VERSION in self.resources:
            real = bool(self.resources.get_data(VERSION).has_composite)
        kind = "PSB" if self.header.version == 2 else "PSD"
        return Document(kind, shape, self._nodes(), self._merged, real, self._dpi())

    def _dpi(self) -> tuple[float, float] | None:
        raw = self.resources[RESOLUTION].data if RESOLUTION in self.resources else None
        if raw is None:
            return None
        if not isinstance(raw, bytes):
            raw = raw.tobytes()
        if len(raw) < 16:
            return None
        across, _, _, down = struct.unpack(">IHHI", raw[:12])
        return bounded_dpi((across / 65536, down / 65536))

    def _merged(self) -> Raster:
        width, height = self.header.width, self.header.height
        wanted = min(self.header.channels, self.colors + (1 if self.clear else 0))
        packed = (self.packed.data, int(self.packed.compression))
        planes = _unpack(*packed, (height, width), self.depth, self.header.version, self.header.channels, wanted)
        alpha = _to_8_bits(planes[self.colors], self.depth) if wanted > self.colors else None
        return self._raster(planes[: self.colors], alpha, matted=alpha is not None)

    def _raster(self, planes: Sequence[Any], alpha: Pixels | None, *, matted: bool = False) -> Raster:
        """Planes of color (h, w) in the document's mode."""
        linear = self.depth == 32
        found = [_to_8_bits(plane, self.depth, linear=linear) for plane in planes]
        if self.mode == INDEXED:
            table = np.zeros((3, 256), np.uint8)
            table[:, : len(self.palette) // 3] = np.frombuffer(self.palette, np.uint8).reshape(3, -1)[:, :256]
            return Raster(table.T[found[0]], "RGB", alpha, matted, self.profile)
        if len(found) == 1:
            return Raster(found[0], "L", alpha, matted, self.profile)
        stacked = np.dstack(found)
        if self.mode == CMYK:
            return Raster(255 - stacked, "CMYK", alpha, matted, self.profile)
        if self.mode == LAB:
            stacked[..., 1:] ^= 128  # a and b are signed
            return Raster(stacked, "LAB", alpha, matted, self.profile)
        return Raster(stacked, "RGB", alpha, matted, b"" if linear else self.profile)

    def _nodes(self) -> tuple[Node, ...]:
        if self.layers is None:
            return ()
        records = list(zip(self.layers.layer_records, self.layers.channel_image_data, strict=True))
        if len(records) > LAYERS:
            raise UnreadDocumentError(f"more than {LAYERS:,} layers; merge some")
        stack: list[list[Node]] = [[]]
        for record, channels in records:
            kind, blend = _divider(record)
            if kind == GROUP_END:
                stack.append([])
                if len(stack) > DEPTH:
                    raise UnreadDocumentError(f"more than {DEPTH} groups within each other; merge some")
            elif kind in (GROUP_OPEN, GROUP_CLOSED):
                children = tuple(stack.pop()) if len(stack) > 1 else ()
                stack[-1].append(self._group(record, channels, children, blend))
            else:
                stack[-1].append(self._layer(record, channels))
        while len(stack) > 1:  # a group without its own record: its layers count all the same
            rest = stack.pop()
            stack[-1] += rest
        return tuple(stack[0])

    def _group(
        self, record: "LayerRecord", channels: "ChannelDataList", children: tuple[Node, ...], blend: bytes
    ) -> Node:
        return Node(
            _name(record),
            children=children,
            visible=record.flags.visible,
            opacity=record.opacity / 255,
            blend=_blend(blend),
            masks=self._masks(record, channels),
            clipped=bool(record.clipping),
            through=blend == b"pass",
        )

    def _layer(self, record: "LayerRecord", channels: "ChannelDataList") -> Node:
        size = (max(0, record.bottom - record.top), max(0, record.right - record.left))
        blocks = record.tagged_blocks
        fill = blocks.get_data(b"iOpa") if b"iOpa" in blocks else 255
        made = any(key in blocks for key in MADE)
        return Node(
            _name(record),
            unpack=lambda: self._pixels(record, channels, size),
            size=size,
            at=(record.left, record.top),
            visible=record.flags.visible,
            opacity=record.opacity / 255 * (int(fill) / 255 if fill is not None else 1),
            blend=_blend(bytes(record.blend_mode)),
            masks=self._masks(record, channels),
            clipped=bool(record.clipping),
            unread="adjustment and fill layers" if made and 0 in size else "",
        )

    def _pixels(self, record: "LayerRecord", channels: "ChannelDataList", size: tuple[int, int]) -> Raster:
        found = {int(info.id): data for info, data in zip(record.channel_info, channels, strict=True)}
        if not all(channel in found for channel in range(self.colors)):
            raise UnreadDocumentError("a layer without all its colors; save it again")
        planes = [self._plane(found[channel], size) for channel in range(self.colors)]
        alpha = _to_8_bits(self._plane(found[ALPHA], size), self.depth) if ALPHA in found else None
        return self._raster(planes, alpha)

    def _plane(self, data: Any, size: tuple[int, int]) -> Pixels:
        version = self.header.version
        plane: Pixels = _unpack(data.data, int(data.compression), size, self.depth, version, 1, 1)[0]
        return plane

    def _masks(self, record: "LayerRecord", channels: "ChannelDataList") -> tuple[Mask, ...]:
        data = record.mask_data
        if data is None or data.flags.mask_disabled:
            return ()
        found = {int(info.id): one for info, one in zip(record.channel_info, channels, strict=True)}
        if WHOLE_MASK in found and data.real_top is not None:
            box = (data.real_top, data.real_left, data.real_bottom, data.real_right)
            packed, outside = found[WHOLE_MASK], data.real_background_color
        elif MASK in found:
            box = (data.top, data.left, data.bottom, data.right)
            packed, outside = found[MASK], data.background_color
        else:
            return ()
        top, left, bottom, right = (int(side or 0) for side in box)
        size = (max(0, bottom - top), max(0, right - left))
        return (Mask(self._mask_plane(packed, size), (left, top), int(outside or 0)),)

    def _mask_plane(self, packed: Any, size: tuple[int, int]) -> Callable[[], Pixels]:
        def plane() -> Pixels:
            if 0 in size:
                return np.zeros((0, 0), np.uint8)
            if size[0] * size[1] > 64 * self.header.width * self.header.height + (1 << 24):
                raise UnreadDocumentError("a mask far larger than the picture; crop it")
            return _to_8_bits(self._plane(packed, size), self.depth)

        return plane


def _divider(record: "LayerRecord") -> tuple[int, bytes]:
    """What kind of section divider a record is, 0 for none, and its group's blend."""
    for key in (b"lsct", b"lsdk"):
        if key in record.tagged_blocks:
            data = record.tagged_blocks.get_data(key)
            if data is not None:
                return int(data.kind), bytes(data.blend_mode or record.blend_mode)
    return 0, b""


def _blend(key: bytes) -> str:
    return BLENDS.get(key, key.decode("latin-1").strip())


def _name(record: "LayerRecord") -> str:
    """A layer's name: in Unicode, or as older programs wrote it in the encoding of their system."""
    if b"luni" in record.tagged_blocks:
        name = record.tagged_blocks.get_data(b"luni")
        if name:
            return str(name).rstrip("\0")
    name = str(record.name)
    try:
        raw = name.encode("macroman")
        for encoding in ("ascii", "utf-8", "cp932"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    except UnicodeEncodeError:
        pass
    return name


def _unpack(
    data: bytes, packing: int, size: tuple[int, int], depth: int, version: int, count: int, wanted: int
) -> list[Any]:
    """The first `wanted` of `count` planes, each as (h, w) samples, or (h, row bytes) of bits.

    Raises:
        UnreadDocumentError: there is less than there should be.
    """
    height, width = size
    length = height * ((width * depth + 7) // 8)
    if packing == RLE:
        packed: list[bytes] = _unpack_rows(data, size, depth, version, count, wanted)
    else:
        raw = data[: wanted * length] if packing == RAW else _inflate(data, wanted * length)
        if len(raw) < wanted * length:
            raise _truncated(len(raw) / (wanted * length))
        packed = [raw[number * length : (number + 1) * length] for number in range(wanted)]
    if packing == ZIP_PREDICTED:
        packed = [_summed(plane, height, width, depth) for plane in packed]
    if depth == 1:
        bits = [np.unpackbits(np.frombuffer(plane, np.uint8).reshape(height, -1), 1)[:, :width] for plane in packed]
        return [np.where(plane, 0, 255).astype(np.uint8) for plane in bits]
    kinds: dict[int, Any] = {8: np.uint8, 16: ">u2", 32: ">f4"}
    return [np.frombuffer(plane, kinds[depth]).reshape(height, width) for plane in packed]


def _unpack_rows(data: bytes, size: tuple[int, int], depth: int, version: int, count: int, wanted: int) -> list[bytes]:
    """The first planes of PackBits; the lengths of the rows of all of them come first."""
    from psd_tools.compression import decode_rle

    height, width = size
    kind = np.dtype(">u2" if version == 1 else ">u4")
    table = height * count * kind.itemsize
    if len(data) < table:
        raise _truncated(0)
    ends = np.concatenate([[table], table + np.cumsum(np.frombuffer(data, kind, height * wanted).astype(np.int64))])
    if ends[-1] > len(data):
        raise _truncated(((ends <= len(data)).sum() - 1) / (len(ends) - 1))
    planes = []
    for number in range(wanted):
        first, last = number * height, (number + 1) * height
        rows = data[first * kind.itemsize : last * kind.itemsize] + data[ends[first] : ends[last]]
        planes.append(decode_rle(rows, width, height, depth, version))
    return planes


def _truncated(share: float) -> UnreadDocumentError:
    return UnreadDocumentError(f"truncated: {100 * share:.0f} % of the pixels are there; copy or download it again")


def _inflate(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, max(1, most))
    except zlib.error as error:
        raise UnreadDocumentError(f"broken pixels ({error}); save it again") from error


def _summed(plane: bytes, height: int, width: int, depth: int) -> bytes:
    """Samples of their differences along each row."""
    from psd_tools.compression import decode_prediction

    return bytes(decode_prediction(plane, width, height, depth))


def _to_8_bits(plane: Any, depth: int, *, linear: bool = False) -> Pixels:
    if depth in (1, 8):
        return np.asarray(plane, np.uint8)
    out = np.empty(plane.shape, np.uint8)
    for top in range(0, len(plane), 256):  # a page at once would need eight times its size
        part: NDArray[Any] = plane[top : top + 256]
        if depth == 16:
            out[top : top + 256] = (part.astype(np.uint32) * 255 + 32767) // 65535
            continue
        values = np.nan_to_num(part.astype(np.float32)).clip(0, 1)
        if linear:  # 32 bits are light: brought to sRGB's curve
            values = np.where(values <= 0.0031308, 12.92 * values, 1.055 * values ** (1 / 2.4) - 0.055)
        out[top : top + 256] = np.rint(255 * values)
    return out


def _first(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
