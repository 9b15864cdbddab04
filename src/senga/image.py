"""Picture files in and out: what any program may have saved becomes 8-bit sRGB; the image library is used here and in
`senga.imagefiles` alone.

Every defect of a file is one `ImageError` that names the file and the reason. Pictures are written by `senga.storage`,
whole or not at all.
"""

import io
import logging
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from senga import storage
from senga.errors import ImageError
from senga.imagefiles.decoding import (
    MAX_PIXELS,
    decode,
    decode_mended,
    reason_of,
    refuse_slim,
)
from senga.imagefiles.decoding import READS as READS
from senga.imagefiles.decoding import format_of as format_of
from senga.imagefiles.decoding import frames as frames
from senga.imagefiles.decoding import header_shape as header_shape
from senga.imagefiles.layered.reading import Reading, opener_of
from senga.imagefiles.layered.tree import Png, Raster, UnreadDocumentError
from senga.imagefiles.layered.tree import every as every_layer
from senga.imagefiles.profiles import INCH, RESOLUTION, UNIT, dpi_of, straight, take_profile, to_srgb, upright
from senga.imagefiles.quiet import quiet
from senga.imagefiles.tags import Tags
from senga.storage import shown

log = logging.getLogger("senga.image")

Pixels = NDArray[np.uint8]


WRITES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
"""File endings that are written, and their formats."""

OPAQUE = ("JPEG", "BMP")
"""Formats of `WRITES` that hold nothing transparent."""

SIDES = {"JPEG": 65_500, "WEBP": 16_383}
"""Largest side that a format of `WRITES` holds, px, where that is less than a picture may have."""


STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_BYTES = 273, 278, 279
"""TIFF tags: StripOffsets, RowsPerStrip, StripByteCounts."""

RUNS: dict[str, Any] = {"compress_level": 1, "compress_type": zlib.Z_RLE}
"""How a PNG is written in which bytes differ from their neighbors in runs."""

BANDS, BAND, NEARLY = 8, 4, 1.1
"""Bands of so many rows tell how a PNG is best written; and how much larger it may be if that is quicker. Ours."""


PAPER = 200
"""Gray level from which a place counts as paper when it is asked whether alpha is ink or a cut-out."""


@dataclass(frozen=True)
class Drawing:
    """A line drawing as it was read.

    Attributes:
        lines: (H, W) uint8, 0 = ink, 255 = paper: what the networks see.
        layer: (H, W, 3) uint8 RGB on white paper: the person's own ink, to be multiplied on top.
        alpha: (H, W) uint8 of a cut-out drawing, to be kept; None if there is none, or if alpha was the ink itself
            (ink on nothing has no paper of its own, so all of it is paper).
        own: (H, W, 4) uint8, the pixels as they came, if any of them is transparent; None: `layer` is what came.
        tags: what its file said beside the pixels, and its results say too.
        hints: (H, W, 4) uint8, the hints that its file has as a layer; None if there are none.
    """

    lines: Pixels
    layer: Pixels
    alpha: Pixels | None = None
    own: Pixels | None = None
    tags: Tags = Tags()
    hints: Pixels | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in px."""
        return self.lines.shape[0], self.lines.shape[1]


def read(path: str | Path) -> Pixels:
    """Picture (H, W, 3) uint8 sRGB, on white where the file is transparent.

    Args:
        path: a file; "-" reads stdin. Of files with several pictures the first is read, with a notice.

    Raises:
        ImageError: missing, empty, broken, truncated, too large, or not a picture.
    """
    return flatten(read_rgba(path))


def read_rgba(path: str | Path) -> Pixels:
    """Picture (H, W, 4) uint8 sRGB with alpha, straight (not premultiplied). Raises as `read`."""
    return read_bytes(read_content(path), "stdin" if str(path) == "-" else str(path))


def read_bytes(content: bytes, name: str, most: int | None = None, frame: int | None = None) -> Pixels:
    """Picture (H, W, 4) uint8 sRGB with alpha, as `read_rgba`, of a file's content.

    Args:
        content: the file. name: used in errors.
        most: largest picture that is decoded, px, if less than `MAX_PIXELS`; larger ones are refused by what they say
            of themselves, before they take memory.
        frame: which of the file's pictures, of `frames`; None: the first, with a notice where there are more.

    Raises:
        ImageError: empty, broken, truncated, too large, or not a picture.
    """
    return read_tagged(content, name, most, frame)[0]


def read_tagged(
    content: bytes, name: str, most: int | None = None, frame: int | None = None, layer: str | None = None
) -> tuple[Pixels, Tags]:
    """Picture as `read_bytes`, and what its file says beside the pixels; arguments and errors as there.

    Args:
        layer: of a document of a painting program, this layer or group; None: what the document shows.

    Raises:
        ImageError: also a file without layers if one is named.
    """
    name = shown(name)
    if not content:
        raise ImageError(f"{name}: empty file")
    if not has_layers(content):
        _refuse_layer(name, layer)
        return _read(decode_mended(content, name, most, frame), name)
    with _document(content, name, most) as (document, tags):
        pixels = document.visible() if layer is None else document.named(layer)
    return pixels, tags()


def read_line_art(
    content: bytes, name: str, most: int | None = None, frame: int | None = None, layer: str | None = None
) -> tuple[Pixels, Tags]:
    """As `read_tagged`; of a document the layer that is named like line art, if there is one and no other is asked for.

    Without it, and of every other file, what shows.
    """
    if layer is not None or not has_layers(content):
        return read_tagged(content, name, most, frame, layer)
    with _document(content, shown(name), most) as (document, tags):
        pixels = document.lines()
    return pixels, tags()


def read_hints(content: bytes, name: str, layer: str | None = None) -> Pixels:
    """Hints (H, W, 4) uint8 of a file's content; of a document its layer of hints, or the one that is named.

    Raises:
        ImageError: as `read_bytes`; or a document without such a layer.
    """
    if layer is not None or not has_layers(content):
        return read_tagged(content, name, layer=layer)[0]
    with _document(content, shown(name), None) as (document, _):
        found = document.hints()
    if found is None:
        raise ImageError(f"{shown(name)}: has no layer 'hints'; --hint-layer names another one")
    return found


def has_layers(content: bytes) -> bool:
    """Whether a file's content is a document with layers that is read: PSD, PSB, ORA or KRA."""
    return opener_of(content) is not None


def line_layers(content: bytes, name: str, most: int | None = None) -> tuple[list[tuple[str, bool]], str | None]:
    """Layers and groups of a document that can be its lines, the highest first, and which one `read_line_art` takes.

    Returns:
        (path, whether it is visible) of each that has pixels and a path of its own, and the path of the one that is
        taken; None for what the document shows. Nothing of any other file.

    Raises:
        ImageError: as `read_bytes`.
    """
    if not has_layers(content):
        return [], None
    with _document(content, shown(name), most) as (document, _):
        every = [(one.told, one.shown) for one in every_layer(document.document.layers) if not one.node.unread]
        taken = document.taken()
        document.notes.clear()  # they were told when it was read
    paths = [path.casefold() for path, _ in every]
    return [one for one in every if paths.count(one[0].casefold()) == 1], taken


def _refuse_layer(name: str, layer: str | None) -> None:
    if layer is not None:
        raise ImageError(f"{name}: has no layers, and so no '{layer}'; give a PSD, PSB, ORA or KRA, or name no layer")


@contextmanager
def _document(content: bytes, name: str, most: int | None) -> Iterator[tuple[Reading, Callable[[], Tags]]]:
    """A document to be read, and what answers with its tags afterwards; its notes are told at the end.

    Raises:
        ImageError: it cannot be read.
    """
    most = min(most or MAX_PIXELS, MAX_PIXELS)
    seen: list[Tags] = []
    within = f"{name} (a picture within it)"

    def convert(source: Raster | Png) -> Pixels:
        image = _raster_image(source) if isinstance(source, Raster) else _png_image(source, within, most)
        pixels, tags = _read(image, within)
        seen.append(tags)
        return pixels

    try:
        with quiet():
            document = Reading.opened(content, convert, most)
            refuse_slim(document.document.shape[::-1], name)
            yield document, lambda: _tags_of(document, seen)
    except UnreadDocumentError as error:
        raise ImageError(f"{name}: {error}") from error
    except MemoryError as error:
        raise ImageError(f"{name}: needs more memory than there is; make it smaller") from error
    for note in document.notes:
        log.warning("%s: %s", name, note)


def _tags_of(document: Reading, seen: list[Tags]) -> Tags:
    dpi = document.document.dpi or next((tags.dpi for tags in seen if tags.dpi), None)
    return Tags(dpi, next((tags.profile for tags in seen if tags.profile), b""))


def _raster_image(raster: Raster) -> Image.Image:
    """Pixels of a document in its own color model, or RGBA in sRGB if they have alpha."""
    image = Image.fromarray(np.ascontiguousarray(raster.colors), raster.model)
    image.info["icc_profile"] = raster.profile
    if raster.alpha is None:
        return image
    profile = take_profile(image)
    colors = np.array(to_srgb(image))
    if raster.matted:
        for top in range(0, len(colors), 256):
            part = slice(top, top + 256)
            colors[part, :, :3] = straight(colors[part, :, :3], raster.alpha[part], paper=255)
    colors[..., 3] = raster.alpha
    image = Image.fromarray(colors)
    image.info["icc_profile"] = profile
    return image


def _png_image(part: Png, name: str, most: int) -> Image.Image:
    """A picture within a document."""
    image = decode_mended(part.content, name, most)
    if part.profile and not image.info.get("icc_profile"):
        image.info["icc_profile"] = part.profile
    return image


def read_picture_bytes(content: bytes, name: str, frame: int | None = None) -> tuple[Pixels, Tags]:
    """Picture (H, W, 3) uint8 sRGB of a file's content, on white where it is transparent, and its tags.

    Arguments and errors as `read_bytes`.

    What is plain RGB or gray in the file never becomes RGBA: of a large page that is as much memory again.
    """
    name = shown(name)
    if not content:
        raise ImageError(f"{name}: empty file")
    pixels, tags = _read(decode_mended(content, name, None, frame), name, plain=True)
    return np.repeat(pixels[..., None], 3, 2) if pixels.ndim == 2 else flatten(pixels), tags


def _read(image: Image.Image, name: str, *, plain: bool = False) -> tuple[Pixels, Tags]:
    """(H, W, 4) uint8 sRGB; of an opaque picture (H, W) or (H, W, 3), if it may be `plain`; and its tags."""
    try:
        dpi = dpi_of(image)
        image = upright(image)
        tags = Tags(dpi, take_profile(image))
        known = plain and image.mode in ("L", "RGB") and not {"icc_profile", "transparency"} & image.info.keys()
        return np.asarray(image if known else to_srgb(image)), tags
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageError(f"{name}: broken or truncated picture: {reason_of(error)}; save it again") from error


def read_drawing(path: str | Path, *, line_layer: str | None = None) -> Drawing:
    """Line drawing; transparent places are paper. `line_layer` as by `read_drawing_bytes`; raises as `read`."""
    name = "stdin" if str(path) == "-" else str(path)
    return read_drawing_bytes(read_content(path), name, line_layer=line_layer)


def read_drawing_bytes(
    content: bytes,
    name: str,
    frame: int | None = None,
    most: int | None = None,
    *,
    line_layer: str | None = None,
    hint_layer: str | None = None,
    with_hints: bool = False,
) -> Drawing:
    """Line drawing of a file's content; arguments and errors as `read_bytes`.

    Args:
        line_layer: of a document of a painting program, the layer or group of the lines, by its name or its path
            ("figure/ink"); None: the one layer that is named like line art, or else what the document shows.
        hint_layer: the layer of hints.
        with_hints: without a `hint_layer`, the layer that senga's own files name "hints", if there is one.
    """
    name = shown(name)
    if not content:
        raise ImageError(f"{name}: empty file")
    if not has_layers(content):
        _refuse_layer(name, line_layer)
        _refuse_layer(name, hint_layer)
        return to_drawing(*_read(decode_mended(content, name, most, frame), name, plain=True))
    with _document(content, name, most) as (document, tags):
        pixels = document.lines() if line_layer is None else document.named(line_layer)
        hints = document.hints() if hint_layer is None and with_hints else None
        hints = document.named(hint_layer) if hint_layer is not None else hints
    opaque = pixels[..., 3].min() == 255
    drawing = to_drawing(np.ascontiguousarray(pixels[..., :3]) if opaque else pixels, tags())
    return replace(drawing, hints=hints)


def to_drawing(pixels: Drawing | Pixels, tags: Tags = Tags()) -> Drawing:
    """Line drawing from pixels in memory; one that is a drawing already is itself.

    Args:
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8. tags: of the file that they came from.
    """
    if isinstance(pixels, Drawing):
        return pixels
    _check(pixels, "a drawing")
    if pixels.ndim == 2:
        return Drawing(pixels, np.asarray(Image.fromarray(pixels).convert("RGB")), tags=tags)
    layer = flatten(pixels)
    alpha = own = None
    if pixels.shape[2] == 4 and pixels[..., 3].min() < 255:
        own = pixels
        # A cut-out figure has opaque paper inside; ink on nothing has almost none.
        opaque = pixels[..., 3] >= 128
        paper = opaque & (pixels[..., :3].min(2) >= PAPER)
        if paper.sum() >= 0.2 * max(1, opaque.sum()):
            alpha = pixels[..., 3]
    return Drawing(gray(layer), layer, alpha, own, tags)


def _check(pixels: Pixels, what: str) -> None:
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (3, 4)):
        raise ImageError(f"{what} is (H, W), (H, W, 3) or (H, W, 4) uint8, not {pixels.shape} {pixels.dtype}")
    if 0 in pixels.shape:
        raise ImageError(f"{what} has at least one pixel, not {pixels.shape}")


def gray(picture: Pixels) -> Pixels:
    """Gray (H, W) uint8 of (H, W, 3) RGB, BT.601."""
    return np.asarray(Image.fromarray(picture).convert("L"))


def histogram(plane: Pixels) -> NDArray[np.int64]:
    """(256,) int64, how many pixels of a plane (H, W) uint8 have each value."""
    return np.array(Image.fromarray(plane).histogram(), np.int64)


def flatten(pixels: Pixels) -> Pixels:
    """(H, W, 3) RGB of RGB or RGBA, laid on white."""
    if pixels.shape[2] == 3:
        return pixels
    if pixels[..., 3].min() == 255:
        return np.ascontiguousarray(pixels[..., :3])
    # alpha = 255 must give the color back exactly, alpha = 0 exactly white.
    alpha = pixels[..., 3:].astype(np.uint16)
    mixed = pixels[..., :3].astype(np.uint16) * alpha + 255 * (255 - alpha)
    return ((mixed + 127) // 255).astype(np.uint8)


def resize(pixels: Pixels, shape: tuple[int, int], *, smooth: bool = True) -> Pixels:
    """Pixels (H, W) or (H, W, C) uint8 at another (height, width), antialiased when made smaller.

    Args:
        pixels: 1, 3 or 4 channels.
        shape: wanted (height, width).
        smooth: Lanczos down, bicubic up; else nearest.
    """
    height, width = shape
    if pixels.shape[:2] == (height, width):
        return pixels
    method = Image.Resampling.NEAREST
    if smooth:
        smaller = height * width < pixels.shape[0] * pixels.shape[1]
        method = Image.Resampling.LANCZOS if smaller else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(pixels).resize((width, height), method))


def resize_plane(plane: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.float32]:
    """One plane (h, w) float32 at another (height, width), bilinear."""
    height, width = shape
    resized = Image.fromarray(plane).resize((width, height), Image.Resampling.BILINEAR)
    return np.array(resized, dtype=np.float32)


def write(path: str | Path, pixels: Pixels, *, force: bool = False, tags: Tags = Tags()) -> None:
    """Writes a picture or line art, whole or not at all.

    Args:
        path: file ending in one of `WRITES`; "-" writes PNG to stdout.
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8. JPEG and BMP lay RGBA on white.
        force: overwrite an existing file. tags: resolution and color profile; BMP holds no profile.

    Raises:
        ImageError: unknown ending, existing file without `force`, or a place that cannot be written.
    """
    if str(path) == "-":
        if sys.stdout is None:
            raise ImageError("stdout: closed; give a file")
        sys.stdout.buffer.write(encode(pixels, "PNG", tags=tags))
        return
    target = Path(path)
    kind = WRITES.get(target.suffix.lower())
    if kind is None:
        raise ImageError(f"{shown(target)}: unknown ending '{shown(target.suffix)}'; known: {', '.join(WRITES)}")
    try:
        content = encode(pixels, kind, tags=tags)
    except ImageError as error:
        raise ImageError(f"{shown(target)}: {error}") from error
    storage.write_new(target, content, force=force, error=ImageError)


def encode(pixels: Pixels, kind: str, *, fast: bool = False, quality: int | None = None, tags: Tags = Tags()) -> bytes:
    """File content of `pixels` in a format of `WRITES`; JPEG quality 95 in full color (4:4:4), WebP lossless.

    Args:
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8.
        kind: "PNG", "WEBP" and so on.
        fast: PNG and WebP: as quick as can be instead of as small, still lossless. Of a colored 512x512 drawing WebP
            then takes 7 ms for 124 kB, PNG 11 ms for 176 kB; else 109 ms for 104 kB, and 12 ms for 162 kB.
        quality: JPEG and WebP: lossy, 1 to 100, as small as can be.
        tags: resolution and color profile, as far as the format holds them.

    Raises:
        ImageError: not pixels, or more of them than the format can hold (WebP: 16383 px a side).
    """
    _check(pixels, "a picture")
    if kind in OPAQUE and pixels.ndim == 3:
        pixels = flatten(pixels)
    out = io.BytesIO()
    options: dict[str, dict[str, Any]] = {
        # Colored lines on white are what halved color would blur.
        "JPEG": {"quality": 95, "subsampling": 0},
        "WEBP": {"lossless": True, "exact": True},  # exact: colors under alpha 0 too
        "TIFF": {"compression": "tiff_deflate"},
    }
    if fast:
        options["PNG"] = {"compress_level": 1}
        options["WEBP"] |= {"method": 0, "quality": 0}
    elif kind == "PNG" and _by_runs(pixels):
        options["PNG"] = RUNS
    if quality is not None:
        options |= {"JPEG": {"quality": quality, "optimize": True}, "WEBP": {"quality": quality, "method": 6}}
    try:
        Image.fromarray(pixels).save(out, kind, **options.get(kind, {}), **_tagging(kind, pixels, tags))
    except (OSError, ValueError, MemoryError) as error:
        size = f"{pixels.shape[1]}x{pixels.shape[0]} px"
        raise ImageError(f"{size} cannot be saved as {kind}: {reason_of(error)}; try PNG") from error
    return out.getvalue()


def _tagging(kind: str, pixels: Pixels, tags: Tags) -> dict[str, Any]:
    """Tags as the image library takes them for a format."""
    given: dict[str, Any] = {}
    profile = tags.profile_for(gray=pixels.ndim == 2 and kind != "WEBP")  # WebP knows no gray
    if profile and kind != "BMP":
        given["icc_profile"] = profile
    if tags.dpi and kind == "WEBP":
        exif = Image.Exif()
        exif[RESOLUTION[0]], exif[RESOLUTION[1]], exif[UNIT] = *tags.dpi, INCH
        given["exif"] = exif.tobytes()
    elif tags.dpi:
        given["dpi"] = tags.dpi
    return given


def _by_runs(pixels: Pixels) -> bool:
    """Whether runs alone make a PNG nearly as small as repetitions do, which takes four times as long to find.

    In soft colors they do; in screentones they do not at all. Bands of rows tell it.
    """
    high = len(pixels)
    if high < 8 * BANDS * BAND:
        return False
    some = np.concatenate([pixels[i * high // BANDS :][:BAND] for i in range(BANDS)])
    sizes = []
    for options in ({}, RUNS):
        out = io.BytesIO()
        Image.fromarray(some).save(out, "PNG", **options)
        sizes.append(out.tell())
    return sizes[1] <= NEARLY * sizes[0]


def encode_numbers(numbers: NDArray[np.uint16]) -> bytes:
    """Numbers (H, W) uint16, such as those of regions, as PNG of 16-bit gray."""
    out = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(numbers)).save(out, "PNG")
    return out.getvalue()


def decode_numbers(content: bytes, name: str) -> NDArray[np.uint16]:
    """Numbers (H, W) uint16 of an `encode_numbers` file; `name` is used in errors.

    Raises:
        ImageError: broken, or not a PNG of 16-bit gray.
    """
    opened = decode(io.BytesIO(content), shown(name))
    if opened.mode != "I;16":
        raise ImageError(f"{shown(name)}: wanted a PNG of 16-bit gray, found {opened.mode}")
    return np.asarray(opened, np.uint16)


def packbits(plane: Pixels) -> tuple[NDArray[np.uint16], memoryview]:
    """The rows of a plane (H, W) uint8 in PackBits, each packed for itself.

    The image library knows PackBits as a compression of TIFF, at C speed: one row a strip.

    Returns:
        (H,) how many bytes each row takes, and all rows, one after another.

    Raises:
        ImageError: an image library that was built without libtiff.
    """
    out = io.BytesIO()
    try:
        Image.fromarray(np.ascontiguousarray(plane)).save(
            out, "TIFF", compression="packbits", tiffinfo={ROWS_PER_STRIP: 1}
        )
    except OSError as error:
        raise ImageError(f"PackBits need Pillow with libtiff: {reason_of(error)}; try .ora") from error
    with quiet():
        tags: Any = getattr(Image.open(out, formats=("TIFF",)), "tag_v2")  # noqa: B009
    counts = np.array(tags[STRIP_BYTES])
    start = tags[STRIP_OFFSETS][0]
    return counts.astype(np.uint16), out.getbuffer()[start : start + int(counts.sum())]


def thumbnail(pixels: Pixels, side: int) -> Pixels:
    """A picture (H, W, 3) or (H, W, 4) uint8 made so small that no side is over `side` px; never made larger."""
    height, width = pixels.shape[:2]
    shrink = min(1.0, side / max(height, width))
    shape = (max(1, round(height * shrink)), max(1, round(width * shrink)))
    # Large pictures are boxed together first: to filter every pixel of a page for a stamp would take seconds.
    small = Image.fromarray(pixels).resize(shape[::-1], Image.Resampling.LANCZOS, reducing_gap=2.0)
    return np.asarray(small)


def read_content(path: str | Path) -> bytes:
    """Content of a file; "-" is stdin.

    Raises:
        ImageError: missing, a folder, or not to be read.
    """
    if str(path) == "-":
        return storage.read_stdin()
    name = shown(path)
    try:
        return Path(path).read_bytes()
    except FileNotFoundError as error:
        raise ImageError(f"{name}: no such file") from error
    except IsADirectoryError as error:
        raise ImageError(f"{name}: is a folder, not a picture") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        raise ImageError(f"{name}: cannot be read: {reason_of(error)}") from error
