"""Picture files in and out: what any program may have saved becomes 8-bit sRGB; the only user of the image library.

Every defect of a file is one `ImageError` that names the file and the reason. Pictures are written by `senga.storage`,
whole or not at all.
"""

import io
import sys
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from senga import storage
from senga.errors import ImageError
from senga.storage import shown

Pixels = NDArray[np.uint8]

READS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP", "DIB", "GIF")
"""File formats that are read."""

WRITES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".bmp": "BMP",
}
"""File endings that are written, and their formats."""

SIDES = {"JPEG": 65_500, "WEBP": 16_383}
"""Largest side that a format of `WRITES` holds, px, where that is less than a picture may have."""

MAX_PIXELS = 160_000_000
"""Largest picture that is opened, px: over four A4 pages at 600 dpi. A few bytes can claim more than memory holds."""

SLIM, LENGTH = 256, 4096
"""Pictures more than so many times as long as they are wide are refused, if they are longer than so many px: no strip
of panels is like that, and what is done for each row of them takes minutes. Ours."""

BITS, PHOTOMETRIC, PLANAR = 258, 262, 284
"""TIFF tags: BitsPerSample, PhotometricInterpretation, PlanarConfiguration."""

ORIENTATION = 274
"""EXIF tag: how a picture is to be turned."""

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
    """

    lines: Pixels
    layer: Pixels
    alpha: Pixels | None = None
    own: Pixels | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) in px."""
        return self.lines.shape[0], self.lines.shape[1]


def read(path: str | Path) -> Pixels:
    """Picture (H, W, 3) uint8 sRGB, on white where the file is transparent.

    Args:
        path: a file; "-" reads stdin. Of files with several pictures the first is read.

    Raises:
        ImageError: missing, empty, broken, truncated, too large, or not a picture.
    """
    return flatten(read_rgba(path))


def read_rgba(path: str | Path) -> Pixels:
    """Picture (H, W, 4) uint8 sRGB with alpha, straight (not premultiplied). Raises as `read`."""
    return read_bytes(read_content(path), "stdin" if str(path) == "-" else str(path))


def read_bytes(content: bytes, name: str, most: int | None = None) -> Pixels:
    """Picture (H, W, 4) uint8 sRGB with alpha, as `read_rgba`, of a file's content.

    Args:
        content: the file. name: used in errors.
        most: largest picture that is decoded, px, if less than `MAX_PIXELS`; larger ones are refused by what they say
            of themselves, before they take memory.

    Raises:
        ImageError: empty, broken, truncated, too large, or not a picture.
    """
    name = shown(name)
    if not content:
        raise ImageError(f"{name}: empty file")
    return _read(decode(io.BytesIO(content), name, most), name)


def read_picture_bytes(content: bytes, name: str) -> Pixels:
    """Picture (H, W, 3) uint8 sRGB of a file's content, on white where it is transparent. Raises as `read_bytes`.

    What is plain RGB or gray in the file never becomes RGBA: of a large page that is as much memory again.
    """
    name = shown(name)
    if not content:
        raise ImageError(f"{name}: empty file")
    pixels = _read(decode(io.BytesIO(content), name), name, plain=True)
    return np.repeat(pixels[..., None], 3, 2) if pixels.ndim == 2 else flatten(pixels)


def _read(image: Image.Image, name: str, *, plain: bool = False) -> Pixels:
    """(H, W, 4) uint8 sRGB; of an opaque picture (H, W) or (H, W, 3), if it may be `plain`."""
    try:
        image = _upright(image)
        known = plain and image.mode in ("L", "RGB") and not {"icc_profile", "transparency"} & image.info.keys()
        return np.asarray(image if known else _to_srgb(image))
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageError(f"{name}: broken or truncated picture: {_reason(error)}; save it again") from error


def read_drawing(path: str | Path) -> Drawing:
    """Line drawing; transparent places are paper. Raises as `read`."""
    return read_drawing_bytes(read_content(path), "stdin" if str(path) == "-" else str(path))


def read_drawing_bytes(content: bytes, name: str) -> Drawing:
    """Line drawing of a file's content; arguments and errors as `read_bytes`."""
    name = shown(name)
    if not content:
        raise ImageError(f"{name}: empty file")
    return to_drawing(_read(decode(io.BytesIO(content), name), name, plain=True))


def to_drawing(pixels: Drawing | Pixels) -> Drawing:
    """Line drawing from pixels in memory; one that is a drawing already is itself.

    Args:
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8.
    """
    if isinstance(pixels, Drawing):
        return pixels
    _check(pixels, "a drawing")
    if pixels.ndim == 2:
        return Drawing(pixels, np.asarray(Image.fromarray(pixels).convert("RGB")))
    layer = flatten(pixels)
    alpha = own = None
    if pixels.shape[2] == 4 and pixels[..., 3].min() < 255:
        own = pixels
        # A cut-out figure has opaque paper inside; ink on nothing has almost none.
        opaque = pixels[..., 3] >= 128
        paper = opaque & (pixels[..., :3].min(2) >= PAPER)
        if paper.sum() >= 0.2 * max(1, opaque.sum()):
            alpha = pixels[..., 3]
    return Drawing(gray(layer), layer, alpha, own)


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


def write(path: str | Path, pixels: Pixels, *, force: bool = False) -> None:
    """Writes a picture or line art, whole or not at all.

    Args:
        path: file ending in one of `WRITES`; "-" writes PNG to stdout.
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8. JPEG and BMP lay RGBA on white.
        force: overwrite an existing file.

    Raises:
        ImageError: unknown ending, existing file without `force`, or a place that cannot be written.
    """
    if str(path) == "-":
        sys.stdout.buffer.write(encode(pixels, "PNG"))
        return
    target = Path(path)
    kind = WRITES.get(target.suffix.lower())
    if kind is None:
        raise ImageError(f"{shown(target)}: unknown ending '{shown(target.suffix)}'; known: {', '.join(WRITES)}")
    try:
        content = encode(pixels, kind)
    except ImageError as error:
        raise ImageError(f"{shown(target)}: {error}") from error
    storage.write_new(target, content, force=force, error=ImageError)


def encode(pixels: Pixels, kind: str, *, fast: bool = False, quality: int | None = None) -> bytes:
    """File content of `pixels` in a format of `WRITES`; JPEG quality 95, WebP lossless.

    Args:
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8.
        kind: "PNG", "WEBP" and so on.
        fast: PNG and WebP: as quick as can be instead of as small, still lossless. Of a colored 512x512 drawing WebP
            then takes 7 ms for 124 kB, PNG 11 ms for 176 kB; else 109 ms for 104 kB, and 12 ms for 162 kB.
        quality: JPEG and WebP: lossy, 1 to 100, as small as can be.

    Raises:
        ImageError: not pixels, or more of them than the format can hold (WebP: 16383 px a side).
    """
    _check(pixels, "a picture")
    if kind in ("JPEG", "BMP") and pixels.ndim == 3:
        pixels = flatten(pixels)
    out = io.BytesIO()
    options: dict[str, dict[str, Any]] = {
        "JPEG": {"quality": 95},
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
        Image.fromarray(pixels).save(out, kind, **options.get(kind, {}))
    except (OSError, ValueError, MemoryError) as error:
        size = f"{pixels.shape[1]}x{pixels.shape[0]} px"
        raise ImageError(f"{size} cannot be saved as {kind}: {_reason(error)}; try PNG") from error
    return out.getvalue()


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
        return sys.stdin.buffer.read()
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
            turned = opened.getexif().get(ORIENTATION, 1) in (5, 6, 7, 8)
        except Exception:  # readers raise errors of many kinds on broken data
            return None
    return (opened.width, opened.height) if turned else (opened.height, opened.width)


def decode(file: IO[bytes], name: str, most: int | None = None) -> Image.Image:
    """Decoded first picture of an open file, of at most `most` px; `name` is used in errors."""
    most = min(most or MAX_PIXELS, MAX_PIXELS)
    with _quiet():
        try:
            image = Image.open(file, formats=READS)
        except UnidentifiedImageError as error:
            raise ImageError(
                f"{name}: not a picture that senga reads; save it as PNG, JPEG, WebP, TIFF, BMP or GIF of 1 to 16 bits"
            ) from error
        except Image.DecompressionBombError as error:
            raise ImageError(f"{name}: too large: more than {most / 10**6:g} megapixels; make it smaller") from error
        except Exception as error:  # readers raise errors of many kinds on broken data
            raise ImageError(f"{name}: broken picture: {_reason(error)}; save it again") from error
        if image.width * image.height > most:
            raise ImageError(
                f"{name}: too large: {image.width}x{image.height} px, more than {most / 10**6:g} megapixels; "
                "make it smaller"
            )
        _refuse_slim(image.size, name)
        _refuse_misread(image, name)
        try:
            image.load()
        except Exception as error:  # decoders raise errors of many kinds on broken data
            raise ImageError(f"{name}: broken or truncated picture: {_reason(error)}; save it again") from error
    return image


def _refuse_slim(size: tuple[int, int], name: str) -> None:
    """Raises for proportions that no drawing has; `size` is (width, height)."""
    if max(size) > max(LENGTH, SLIM * min(size)):
        raise ImageError(
            f"{name}: {size[0]}x{size[1]} px: more than {SLIM} times as long as wide; cut it into shorter pictures"
        )


def _refuse_misread(image: Image.Image, name: str) -> None:
    """Raises for what the library opens without complaint and then reads as other colors."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(PLANAR) == 2 and max(tags.get(BITS, (1,))) > 8:
        raise ImageError(f"{name}: a TIFF with 16-bit planes one after another; save it with interleaved channels")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's warnings about large or odd files: what matters is raised as an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


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


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """Picture in sRGB by its ICC profile; by plain conversion if that is broken or of another color model."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except Exception:  # a broken profile may be anything, even no bytes; no reason to refuse the picture
        converted = None
    return image.convert("RGB") if converted is None else converted


def _to_8_bit(values: NDArray[Any]) -> Pixels:
    """8 bits from deep gray: 16-bit integers, or floating values of 0-1 (0-255 or 0-65535 if any is greater)."""
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
