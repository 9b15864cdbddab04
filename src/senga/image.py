"""Picture files in and out: what any program may have saved becomes 8-bit sRGB; the only user of the image library.

Every defect of a file is one `ImageError` that names the file and the reason. Pictures are written by `senga.storage`,
whole or not at all.
"""

import io
import logging
import sys
import warnings
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import IO, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError, features

from senga import storage
from senga.errors import ImageError
from senga.imagefiles import jpeg, png, tiff, truncation
from senga.imagefiles.kinds import kind_of
from senga.imagefiles.layered.reading import Reading, opener_of
from senga.imagefiles.layered.tree import Png, Raster, UnreadDocumentError
from senga.imagefiles.tags import PROFILE as LARGEST_PROFILE
from senga.imagefiles.tags import SRGB, Tags, bounded_dpi
from senga.storage import shown

log = logging.getLogger("senga.image")

Pixels = NDArray[np.uint8]

_LATER = {"AVIF": "avif", "JPEG2000": "jpg_2000"}

READS = (
    *("PNG", "JPEG", "WEBP", "TIFF", "BMP", "DIB", "GIF"),
    *(kind for kind, feature in _LATER.items() if features.check(feature)),
)
"""File formats that are read; AVIF and JPEG 2000 where the image library was built with them."""

SEVERAL = ("TIFF", "GIF", "PNG", "WEBP", "AVIF")
"""Formats of which one file can hold several pictures. A JPEG's further pictures are views for a camera's own use."""

MOST_FRAMES = 10_000
"""Most pictures of one file. Ours: a few bytes a frame can claim millions."""

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

MAX_PIXELS = 160_000_000
"""Largest picture that is opened, px: over four A4 pages at 600 dpi. A few bytes can claim more than memory holds."""

SLIM, LENGTH = 256, 4096
"""Pictures more than so many times as long as they are wide are refused, if they are longer than so many px: no strip
of panels is like that, and what is done for each row of them takes minutes. Ours."""

BITS, PHOTOMETRIC, PLANAR = 258, 262, 284
"""TIFF tags: BitsPerSample, PhotometricInterpretation, PlanarConfiguration."""

RESOLUTION, UNIT, INCH, CENTIMETER = (282, 283), 296, 2, 3
"""EXIF tags: XResolution and YResolution, ResolutionUnit; and units."""

ORIENTATION, TURNED = 274, (5, 6, 7, 8)
"""EXIF tag Orientation, and its values that swap across and down."""

STRIP_OFFSETS, ROWS_PER_STRIP, STRIP_BYTES = 273, 278, 279
"""TIFF tags: StripOffsets, RowsPerStrip, StripByteCounts."""

RUNS: dict[str, Any] = {"compress_level": 1, "compress_type": zlib.Z_RLE}
"""How a PNG is written in which bytes differ from their neighbors in runs."""

BANDS, BAND, NEARLY = 8, 4, 1.1
"""Bands of so many rows tell how a PNG is best written; and how much larger it may be if that is quicker. Ours."""

LEAD = 1024
"""A picture's first bytes are looked for among so many: bad transfers put line ends and headers before them. Ours."""

SAME = 2
"""A profile by which no color changes by more, of 255, is sRGB by another name. Ours."""

PAPER = 200
"""Gray level from which a place counts as paper when it is asked whether alpha is ink or a cut-out."""


class TooLargeError(ImageError):
    """A picture of more pixels than are read, whatever else is wrong with it."""


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
        return _read(_decode_mended(content, name, most, frame), name)
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
        with _quiet():
            document = Reading.opened(content, convert, most)
            _refuse_slim(document.document.shape[::-1], name)
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
    profile = _take_profile(image)
    colors = np.array(_to_srgb(image))
    if raster.matted:
        for top in range(0, len(colors), 256):
            part = slice(top, top + 256)
            colors[part, :, :3] = _divided(colors[part, :, :3], raster.alpha[part], paper=255)
    colors[..., 3] = raster.alpha
    image = Image.fromarray(colors)
    image.info["icc_profile"] = profile
    return image


def _png_image(part: Png, name: str, most: int) -> Image.Image:
    """A picture within a document."""
    image = _decode_mended(part.content, name, most)
    if part.profile and not image.info.get("icc_profile"):
        image.info["icc_profile"] = part.profile
    return image


def frames(file: IO[bytes], name: str) -> tuple[int, ...]:
    """Which pictures of a file a person takes for its pages or frames, by their places in it; (0,) of most files.

    Left out are what is no page: previews and masks of a TIFF, the still picture that an animated PNG has for
    programs that play none. A file that cannot be read has one, whose defect is told when it is read.

    Args:
        file: open file. name: used in errors.

    Raises:
        ImageError: more than `MOST_FRAMES`.
    """
    if tiff.is_tiff(file.read(4)):
        return _pages(file, shown(name))
    file.seek(0)
    with _quiet():
        try:
            return _frames(Image.open(file, formats=READS), shown(name))
        except ImageError:
            raise
        except Exception:  # readers raise errors of many kinds on broken data
            return _frames_mended(file, shown(name))


def _frames_mended(file: IO[bytes], name: str) -> tuple[int, ...]:
    """As `frames`, of a file that could not be opened: an animated PNG with something odd beside its frames."""
    try:
        file.seek(0)
        if file.read(len(png.SIGNATURE)) != png.SIGNATURE:
            return (0,)
        again = png.mended(png.SIGNATURE + file.read())
        return _frames(Image.open(io.BytesIO(again), formats=READS), name)
    except ImageError:
        raise
    except Exception:  # as above
        return (0,)


def _frames(image: Image.Image, name: str) -> tuple[int, ...]:
    """As `frames`, of an opened file that is no TIFF."""
    if image.format not in SEVERAL:
        return (0,)
    count = getattr(image, "n_frames", 1)
    first = 1 if image.info.get("default_image") and count > 1 else 0
    return _few(range(first, min(count, MOST_FRAMES + 1)), name)


def _pages(file: IO[bytes], name: str) -> tuple[int, ...]:
    """As `frames`, of a TIFF: whatever their kinds, which the image library may not know."""
    found, broken = tiff.pages(file, MOST_FRAMES + 1)
    if broken and found:
        log.warning("%s: broken after picture %d; what follows is left out", name, found[-1] + 1)
    return _few(found, name)


def _few(found: Sequence[int], name: str) -> tuple[int, ...]:
    if len(found) > MOST_FRAMES:
        raise ImageError(f"{name}: holds more than {MOST_FRAMES:,} pictures; save it in parts")
    return tuple(found) or (0,)


def read_picture_bytes(content: bytes, name: str, frame: int | None = None) -> tuple[Pixels, Tags]:
    """Picture (H, W, 3) uint8 sRGB of a file's content, on white where it is transparent, and its tags.

    Arguments and errors as `read_bytes`.

    What is plain RGB or gray in the file never becomes RGBA: of a large page that is as much memory again.
    """
    name = shown(name)
    if not content:
        raise ImageError(f"{name}: empty file")
    pixels, tags = _read(_decode_mended(content, name, None, frame), name, plain=True)
    return np.repeat(pixels[..., None], 3, 2) if pixels.ndim == 2 else flatten(pixels), tags


def _read(image: Image.Image, name: str, *, plain: bool = False) -> tuple[Pixels, Tags]:
    """(H, W, 4) uint8 sRGB; of an opaque picture (H, W) or (H, W, 3), if it may be `plain`; and its tags."""
    try:
        dpi = _dpi(image)
        image = _upright(image)
        tags = Tags(dpi, _take_profile(image))
        known = plain and image.mode in ("L", "RGB") and not {"icc_profile", "transparency"} & image.info.keys()
        return np.asarray(image if known else _to_srgb(image)), tags
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageError(f"{name}: broken or truncated picture: {_reason(error)}; save it again") from error


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
        return to_drawing(*_read(_decode_mended(content, name, most, frame), name, plain=True))
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
        raise ImageError(f"{size} cannot be saved as {kind}: {_reason(error)}; try PNG") from error
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
        raise ImageError(f"PackBits need Pillow with libtiff: {_reason(error)}; try .ora") from error
    with _quiet():
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
        raise ImageError(f"{name}: cannot be read: {_reason(error)}") from error


def header_shape(file: IO[bytes]) -> tuple[int, int] | None:
    """(height, width) that a picture says it has, as it is shown, without decoding it; None of what is no picture."""
    with _quiet():
        try:
            opened = Image.open(file, formats=READS)
            turned = opened.getexif().get(ORIENTATION, 1) in TURNED
        except Exception:  # readers raise errors of many kinds on broken data
            return None
    return (opened.width, opened.height) if turned else (opened.height, opened.width)


def decode(file: IO[bytes] | Image.Image, name: str, most: int | None = None, frame: int | None = None) -> Image.Image:
    """Decoded picture of a file, of at most `most` px; `name` is used in errors, `frame` as by `read_bytes`."""
    most = min(most or MAX_PIXELS, MAX_PIXELS)
    with _quiet():
        try:
            image = file if isinstance(file, Image.Image) else Image.open(file, formats=READS)
            if frame is None:
                _tell_of_more(image, name)
            elif frame != image.tell():
                image.seek(frame)
        except UnidentifiedImageError as error:
            _refuse_cut_off(file, name, error)
            raise ImageError(
                f"{name}: not a picture that senga reads; save it as PNG, JPEG, WebP, TIFF, BMP or GIF of 1 to 16 bits"
            ) from error
        except Image.DecompressionBombError as error:
            raise TooLargeError(f"{name}: too large: more than {most / 10**6:g} megapixels; make it smaller") from error
        except Exception as error:  # readers raise errors of many kinds on broken data
            _refuse_cut_off(file, name, error)
            raise ImageError(f"{name}: broken picture: {_reason(error)}; save it again") from error
        if image.width * image.height > most:
            raise TooLargeError(
                f"{name}: too large: {image.width}x{image.height} px, more than {most / 10**6:g} megapixels; "
                "make it smaller"
            )
        _refuse_slim(image.size, name)
        _refuse_misread(image, name)
        try:
            image.load()
        except Exception as error:  # decoders raise errors of many kinds on broken data
            _refuse_cut_off(file, name, error)
            raise ImageError(f"{name}: broken or truncated picture: {_reason(error)}; save it again") from error
        _refuse_cut_off(file, name)
    return image


def _decoded(content: bytes, name: str, most: int | None, frame: int | None) -> Image.Image:
    """As `decode`, of a file's content."""
    if frame is None or tiff.is_tiff(content):
        return decode(io.BytesIO(content), name, most, frame)
    with _ONE_AT_A_TIME:
        # Frames of an animation are made out of those before them: it stays open from one to the next.
        return decode(_animation(content), name, most, frame).copy()


_ONE_AT_A_TIME = Lock()


@lru_cache(maxsize=1)
def _animation(content: bytes) -> IO[bytes] | Image.Image:
    """An opened file, or its content where it cannot be opened: `decode` says why."""
    with _quiet():
        try:
            return Image.open(io.BytesIO(content), formats=READS)
        except Exception:  # readers raise errors of many kinds on broken data
            return io.BytesIO(content)


def _tell_of_more(image: Image.Image, name: str) -> None:
    """A notice of further pictures where one is read."""
    try:
        if image.format not in SEVERAL or not getattr(image, "is_animated", False):
            return
        file: Any = getattr(image, "fp", None)
        several = image.format != "TIFF" or len(tiff.pages(file, MOST_FRAMES)[0]) > 1
    except Exception:  # defects are told when the pixels are read
        return
    if several:
        log.warning("%s: holds several pictures; the first is taken, the others are left out", name)


def _decode_mended(content: bytes, name: str, most: int | None = None, frame: int | None = None) -> Image.Image:
    """As `decode`, of a file's content; what is damaged beside the picture, or no library's kind, is no reason to fail.

    Raises:
        ImageError: the picture itself cannot be read.
    """
    if tiff.is_tiff(content):
        try:  # the place of a page counts previews
            content = tiff.without_preview(content) if frame is None else tiff.from_page(content, frame)
        except tiff.UnreadTiffError as error:
            raise ImageError(f"{name}: {error}") from error
        frame = None if frame is None else 0
    try:
        image = _decoded(content, name, most, frame)
    except TooLargeError:
        raise
    except ImageError as error:
        found = _salvaged(content, name, most, frame, error)
        if found is None:
            raise _told(error, content, name) from error
        image = found
    if content.startswith(png.SIGNATURE):  # the library refuses large profiles, and takes damaged ones in wrong places
        image.info["icc_profile"] = png.profile(content)
    return image


def _salvaged(content: bytes, name: str, most: int | None, frame: int | None, error: ImageError) -> Image.Image | None:
    """The picture of a file that the library refused with an error; None: there is nothing to be done.

    Of a TIFF the first one, which `_decode_mended` has made of the wanted one.
    """
    start = _lead(content)
    content = content[start:]
    again: bytes | None = None
    if content.startswith(png.SIGNATURE):
        again = png.mended(content)
        told = truncation.missing(content if again is None else again)
        if told:  # its pixels are damaged or missing, whatever stands beside them
            raise ImageError(f"{name}: {told}; copy or download it again") from error
        if frame is None and again is not None and png.lost_frames(content, again):
            log.warning("%s: a damaged animation; its first picture is taken, the others are left out", name)
    elif content.startswith(jpeg.SIGNATURE):
        again = jpeg.mended(content)
    elif tiff.is_tiff(content):
        try:
            return _join_samples(tiff.take_apart(content, min(most or MAX_PIXELS, MAX_PIXELS)), name)
        except ImageError:
            return None
        except tiff.UnreadTiffError as unread:
            if "not a picture" in str(error):
                raise ImageError(f"{name}: {unread}") from unread
            return None
    for one in (content if start else None, again):
        if one is not None:
            with suppress(ImageError):
                return decode(io.BytesIO(one), name, most, frame)
    return _without_end(content, name, most) if content.startswith(jpeg.SIGNATURE) else None


def _lead(content: bytes) -> int:
    """How much text, as a bad transfer leaves it, stands before a picture; a picture within another file is none."""
    start = max(0, *(content[:LEAD].find(mark) for mark in (png.SIGNATURE, jpeg.SIGNATURE)))
    text = content[:start].removeprefix(b"\xef\xbb\xbf")
    return 0 if kind_of(content) or not all(32 <= byte < 127 or byte in b"\r\n\t" for byte in text) else start


def _without_end(content: bytes, name: str, most: int | None) -> Image.Image | None:
    """The picture of a JPEG file of which nothing but the end mark is missing; else None.

    Whatever is put in the place of what is missing then makes no difference to any pixel.
    """
    if jpeg.restarts(content) or content.endswith(bytes(8)):
        return None  # the decoder fills what is missing by itself, and the same whatever stands there
    try:
        tried = [decode(io.BytesIO(content + filling * 64 + jpeg.END), name, most) for filling in jpeg.FILLINGS]
    except ImageError:
        return None
    first, *others = map(np.asarray, tried)
    return tried[0] if all(np.array_equal(first, other) for other in others) else None


def _told(error: ImageError, content: bytes, name: str) -> ImageError:
    """The same error, saying what the file is where it is known to be something else."""
    kind = kind_of(content, name)
    if not kind or "not a picture" not in str(error):
        return error
    known = "PSD, ORA or PNG" if kind.startswith("a document") else "PNG, JPEG, WebP, TIFF, BMP or GIF"
    return ImageError(f"{name}: not a picture that senga reads: {kind}; save it as {known}")


def _join_samples(samples: tiff.Samples, name: str) -> Image.Image:
    """The picture of a TIFF that was taken apart: 8 bits, in its own color model, or RGBA in sRGB if it has alpha."""
    planes = [np.asarray(decode(io.BytesIO(plane), name)) for plane in samples.planes]
    whole = tiff.join(samples, planes)
    if samples.floating:
        whole = whole.view(np.float16)
    if samples.photometric == tiff.LAB:
        colors = _lab_to_8_bit(whole[..., :3])
    else:
        colors = _to_8_bit(whole[..., : samples.colors])  # all at once: floating colors have one scale
    model = {1: "L", 3: "LAB" if samples.photometric == tiff.LAB else "RGB", 4: "CMYK"}[samples.colors]
    if samples.photometric == 0:
        colors = 255 - colors
    image = Image.fromarray(np.ascontiguousarray(colors[..., 0] if samples.colors == 1 else colors), model)
    image.info["icc_profile"] = samples.profile
    if samples.alpha is not None:
        alpha = _to_8_bit(whole[..., samples.alpha])
        profile = _take_profile(image)
        image = _to_srgb(image)
        shown = np.array(image)[..., :3]
        if samples.multiplied:
            shown = _divided(shown, alpha, paper=255 if samples.photometric in (0, 5) else 0)
        image = Image.fromarray(np.dstack([shown, alpha]))
        image.info["icc_profile"] = profile
    if samples.orientation in range(2, 9):
        exif = Image.Exif()
        exif[ORIENTATION] = samples.orientation
        image.info["exif"] = exif.tobytes()
    image.info["dpi"] = samples.dpi
    return image


def _lab_to_8_bit(lab: NDArray[Any]) -> Pixels:
    """L, a and b (H, W, 3) of a TIFF in 8 bits; a and b are signed, and the image library takes them so."""
    if lab.dtype.itemsize == 1:
        return lab.view(np.uint8)
    light = np.rint(lab[..., :1].view(np.uint16) * (255 / 65535)).astype(np.uint8)
    beside = np.rint(np.ascontiguousarray(lab[..., 1:]).view(np.int16) / 256).clip(-128, 127).astype(np.int8)
    return np.concatenate([light, beside.view(np.uint8)], 2)


def _divided(shown: Pixels, alpha: Pixels, *, paper: int) -> Pixels:
    """Straight colors of premultiplied ones (H, W, 3), which fade to `paper` where alpha is less."""
    cover = np.maximum(alpha, 1)[..., None].astype(np.float32) / 255
    straight = paper + (shown.astype(np.float32) - paper) / cover
    rounded: Pixels = np.rint(straight.clip(0, 255)).astype(np.uint8)
    return rounded


def format_of(content: bytes) -> str | None:
    """The format of a file's content, as `READS` has it; None: of none of these."""
    with _quiet():
        try:
            found = Image.open(io.BytesIO(content), formats=READS).format
        except Exception:  # readers raise errors of many kinds on broken data
            return None
    return "JPEG" if found == "MPO" else found


def _refuse_cut_off(file: IO[bytes] | Image.Image, name: str, error: Exception | None = None) -> None:
    """Raises for a file that ends before its end, whether the library complained of it or read what there was."""
    if isinstance(file, Image.Image):  # an animation that is open: what is missing shows at its frame
        return
    file.seek(0)
    told = truncation.missing(file.read())
    if told:
        raise ImageError(f"{name}: {told}; copy or download it again") from error


def _refuse_slim(size: tuple[int, int], name: str) -> None:
    """Raises for proportions that no drawing has; `size` is (width, height)."""
    if max(size) > max(LENGTH, SLIM * min(size)):
        raise ImageError(
            f"{name}: {size[0]}x{size[1]} px: more than {SLIM} times as long as wide; cut it into shorter pictures"
        )


def _refuse_misread(image: Image.Image, name: str) -> None:
    """Raises for what the library opens without complaint and then reads as other colors; `tiff` takes it apart."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(PLANAR) == 2 and max(tags.get(BITS, (1,))) > 8:
        raise ImageError(f"{name}: a TIFF with 16-bit planes one after another; save it with interleaved channels")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warnings about large or odd files: what matters is raised as an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _dpi(image: Image.Image) -> tuple[float, float] | None:
    """Resolution of a picture as it stands upright; of WebP, and of JPEG without its own, what EXIF says."""
    found = image.info.get("dpi")
    with _quiet():
        try:
            exif = image.getexif()
            if found is None and exif.get(UNIT) in (INCH, CENTIMETER):
                scale = 2.54 if exif[UNIT] == CENTIMETER else 1
                found = [float(exif[tag]) * scale for tag in RESOLUTION]
            turned = exif.get(ORIENTATION) in TURNED
        except Exception:  # EXIF is decoration: no reason to refuse the picture
            turned = False
    dpi = bounded_dpi(found)
    return dpi[::-1] if dpi and turned else dpi


def _upright(image: Image.Image) -> Image.Image:
    """Turned as the EXIF orientation says; a broken EXIF block turns nothing."""
    with _quiet():
        try:
            ImageOps.exif_transpose(image, in_place=True)
        except Exception:  # EXIF is decoration: no reason to refuse the picture
            return image
    return image


def _to_srgb(image: Image.Image) -> Image.Image:
    """RGBA in sRGB, from any mode."""
    profile = image.info.get("icc_profile")
    clear = image.info.get("transparency")
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        deep = np.asarray(image)
        if getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == 0:  # 0 = white, which the library minds up to 8 bits only
            deep = 65535 - deep
        image = Image.fromarray(_to_8_bit(deep))
        if isinstance(clear, int):
            image.putalpha(Image.fromarray(np.where(deep == clear, 0, 255).astype(np.uint8)))
    elif image.mode == "RGB" and isinstance(clear, tuple) and max(clear) > 255:
        # 16-bit colors arrive as 8 bits, and the transparent one as 16.
        image.info["transparency"] = tuple(v >> 8 for v in clear)
    if image.mode == "P":
        image = image.convert("RGB" if clear is None else "RGBA")
    if "transparency" in image.info:
        image = image.convert("LA" if image.mode in ("1", "L") else "RGBA")
    elif image.mode in ("PA", "La", "RGBa"):
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    # Gray stays gray, CMYK stays CMYK: profiles are of the file's own color model.
    plain = {"LA": "L", "1": "L", "RGBA": "RGB", "RGBX": "RGB", "HSV": "RGB", "YCbCr": "RGB", "LAB": "RGB"}
    base = image.convert(plain[image.mode]) if image.mode in plain else image
    rgb = _through_profile(base, profile) if profile else base.convert("RGB")
    if alpha is not None:
        rgb.putalpha(alpha)
    return rgb.convert("RGBA")


def _take_profile(image: Image.Image) -> bytes:
    """The profile for results; it is left with the picture only if its pixels are to be converted by it.

    One that means sRGB is handed on as it is, and its pixels are not touched. One that is broken, or of another color
    model than the picture, says nothing of its colors.
    """
    profile = image.info.get("icc_profile")
    if not profile:
        return b""
    model = {"L": "L", "LA": "L", "1": "L", "I": "L", "F": "L", "CMYK": "CMYK", "LAB": ""}
    meant = _meaning(profile, model.get(image.mode.split(";")[0], "RGB")) if isinstance(profile, bytes) else None
    if meant != "other":
        del image.info["icc_profile"]
    if meant is None:
        return b""
    return profile if meant == "srgb" and len(profile) < LARGEST_PROFILE else SRGB


@lru_cache(maxsize=16)
def _meaning(profile: bytes, model: str) -> Literal["srgb", "other"] | None:
    """What a profile says of pixels of a color model ("RGB", "L", "CMYK"); None: nothing."""
    steps = np.arange(0, 256, 15, dtype=np.uint8)
    patches = np.stack(np.meshgrid(steps, steps, steps), -1).reshape(1, -1, 3) if model == "RGB" else steps[None]
    if model not in ("RGB", "L"):
        patches = np.repeat(patches[..., None], 4, 2)
    try:
        given = Image.fromarray(np.ascontiguousarray(patches), model)
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(given, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except Exception:  # a broken profile may be anything; no reason to refuse the picture
        return None
    if converted is None:
        return None
    if model == "CMYK":
        return "other"
    shown = patches if model == "RGB" else np.repeat(patches[..., None], 3, 2)
    return "srgb" if np.abs(np.asarray(converted).astype(int) - shown).max() <= SAME else "other"


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Picture in sRGB by its ICC profile, which is one of its own color model."""
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    converted = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    return image.convert("RGB") if converted is None else converted


def _to_8_bit(values: NDArray[Any]) -> Pixels:
    """8 bits from deep values of any shape: 16-bit integers, floating 0-1 (0-255 or 0-65535 if any is greater)."""
    if values.dtype == np.uint8:
        return values
    floating = values.dtype.kind == "f"
    with np.errstate(invalid="ignore"):  # a broken file may hold any bits
        plane = np.nan_to_num(values.astype(np.float64))
    most = plane.max(initial=0)
    if not floating and (plane.min(initial=0) < 0 or most > 65535):
        raise ValueError("gray of 32 bits, not 8 or 16")
    scale = 1 / 257
    if floating and most <= 255:
        scale = 255 if most <= 1 else 1
    return np.clip(np.rint(plane * scale), 0, 255).astype(np.uint8)


def _reason(error: BaseException) -> str:
    """The first line of an error, or its kind."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0]
