"""Pixels of Krita's layers: tiles of 64 x 64 px, each packed for itself, a plane of bytes after the other.

Source: what Krita 2 to 5 write ("VERSION 2").
"""

from dataclasses import dataclass
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from senga.imagefiles.layered import lzf
from senga.imagefiles.layered.tree import Pixels, Raster, UnreadDocumentError

SIDES = (64, 64)
"""Width and height of a tile, px, as all versions write it."""

LONGEST = 256
"""Most bytes of a line of text before a tile."""

PACKED = 1
"""First byte of a packed tile; 0: as it is, pixel after pixel."""


@dataclass(frozen=True)
class Space:
    """How Krita keeps pixels in a color space.

    Attributes:
        sample: of each channel. colors: places of the color channels in a pixel, in our order. channels: of a pixel.
    """

    sample: Any
    colors: tuple[int, ...]
    channels: int

    @property
    def size(self) -> int:
        """Bytes of a pixel."""
        return self.channels * int(np.dtype(self.sample).itemsize)


SPACES = {
    "RGBA": Space("u1", (2, 1, 0), 4),
    "RGBA16": Space("<u2", (2, 1, 0), 4),
    "RGBAF16": Space("<f2", (0, 1, 2), 4),
    "RGBAF32": Space("<f4", (0, 1, 2), 4),
    "GRAYA": Space("u1", (0,), 2),
    "GRAYAU16": Space("<u2", (0,), 2),
    "GRAYAF16": Space("<f2", (0,), 2),
    "GRAYAF32": Space("<f4", (0,), 2),
    "ALPHA": Space("u1", (0,), 1),
}
"""Color spaces that are read, by Krita's names; the last is of masks. Alpha is a pixel's last channel."""


def read_tiles(
    stream: IO[bytes], shape: tuple[int, int], at: tuple[int, int], space: Space, default: bytes
) -> NDArray[Any]:
    """Samples (H, W, channels) of a layer over the whole picture.

    Args:
        stream: the layer's part. shape: the picture's (height, width), px. at: (x, y) px that the layer is moved by.
        default: the pixel where there are no tiles; b"": zeros.

    Raises:
        UnreadDocumentError: broken, truncated, or of another version.
    """
    head = {key: int(value) for key, value in (_line(stream).split()[:2] for _ in range(4)) if value.isdigit()}
    pixel = head.get("PIXELSIZE", 0)
    if head.get("VERSION") != 2 or (head.get("TILEWIDTH"), head.get("TILEHEIGHT")) != SIDES or pixel != space.size:
        raise UnreadDocumentError("tiles of another version of Krita than 2 to 5; save it as PSD or ORA")
    count = int(_line(stream).split()[-1] or 0)
    height, width = shape
    canvas = np.zeros((height, width, pixel), np.uint8)
    if len(default) == pixel:
        canvas[:] = np.frombuffer(default, np.uint8)
    seen = set()
    for _ in range(count):
        words = _line(stream).split(",")
        if len(words) != 4 or words[2] != "LZF":
            raise UnreadDocumentError("a broken document (a tile without its place); save it again")
        left, top, size = (int(words[number]) for number in (0, 1, 3))
        if not 0 < size <= 2 * pixel * SIDES[0] * SIDES[1] or (left, top) in seen:
            raise UnreadDocumentError("a broken document (a tile of impossible size, or twice); save it again")
        data = stream.read(size)
        if len(data) < size:
            raise UnreadDocumentError("truncated: not all tiles are there; copy or download it again")
        x, y = left + at[0], top + at[1]
        if x < width and y < height and x > -SIDES[0] and y > -SIDES[1]:
            seen.add((left, top))
            there = canvas[max(0, y) : y + SIDES[1], max(0, x) : x + SIDES[0]]
            tile = _tile(data, pixel)[max(0, -y) :, max(0, -x) :]
            there[:] = tile[: there.shape[0], : there.shape[1]]
    return canvas.view(space.sample)


def to_raster(samples: NDArray[Any], space: Space, profile: bytes) -> Raster:
    """Samples of a space brought to 8 bits."""
    colors = np.dstack([_to_8_bits(samples[..., channel]) for channel in space.colors])
    alpha = _to_8_bits(samples[..., -1])
    if len(space.colors) == 1:
        return Raster(colors[..., 0], "L", alpha, profile=profile)
    return Raster(colors, "RGB", alpha, profile=profile)


def _tile(data: bytes, pixel: int) -> Pixels:
    """(64, 64, bytes of a pixel)."""
    size = pixel * SIDES[0] * SIDES[1]
    if data[0] != PACKED:
        if len(data) != size + 1:
            raise UnreadDocumentError("a broken document (a tile of another size); save it again")
        return np.frombuffer(data, np.uint8, offset=1).reshape(SIDES[1], SIDES[0], pixel)
    try:
        planes = np.frombuffer(lzf.unpack(data[1:], size), np.uint8)
    except ValueError as error:
        raise UnreadDocumentError(f"a broken document (a tile: {error}); save it again") from error
    return planes.reshape(pixel, SIDES[1], SIDES[0]).transpose(1, 2, 0)


def _to_8_bits(plane: NDArray[Any]) -> Pixels:
    if plane.dtype.itemsize == 1:
        return np.asarray(plane, np.uint8)
    out = np.empty(plane.shape, np.uint8)
    for top in range(0, len(plane), 256):
        part = plane[top : top + 256]
        if plane.dtype.kind == "f":
            out[top : top + 256] = np.rint(255 * np.nan_to_num(part.astype(np.float32)).clip(0, 1))
        else:
            out[top : top + 256] = (part.astype(np.uint32) * 255 + 32767) // 65535
    return out


def _line(stream: IO[bytes]) -> str:
    line = stream.readline(LONGEST)
    if not line.endswith(b"\n"):
        raise UnreadDocumentError("truncated: not all tiles are there; copy or download it again")
    return line[:-1].decode("latin-1")
