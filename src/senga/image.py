"""Picture files in and out: what any program may have saved becomes 8-bit sRGB; the only user of the image library.

Every defect of a file is one `ImageError` that names the file and the reason. Files are written beside their final
name and then renamed, so that a half-written file never bears it.
"""

import io
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from senga.errors import ImageError

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

MAX_PIXELS = 160_000_000
"""Largest picture that is opened, px: over four A4 pages at 600 dpi. A few bytes can claim far more than a memory holds."""

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
    """

    lines: Pixels
    layer: Pixels
    alpha: Pixels | None = None

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
    image, name = _open(path)
    try:
        image = _upright(image)
        rgba = _to_srgb(image)
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError) as error:
        raise ImageError(f"{name}: broken or truncated picture: {_reason(error)}; save it again") from error
    return np.asarray(rgba)


def read_drawing(path: str | Path) -> Drawing:
    """Line drawing; transparent places are paper. Raises as `read`."""
    return to_drawing(read_rgba(path))


def to_drawing(pixels: Pixels) -> Drawing:
    """Line drawing from pixels in memory.

    Args:
        pixels: (H, W) gray, (H, W, 3) RGB or (H, W, 4) RGBA, uint8.
    """
    if pixels.dtype != np.uint8 or pixels.ndim not in (2, 3) or (pixels.ndim == 3 and pixels.shape[2] not in (3, 4)):
        raise ImageError(f"a drawing is (H, W), (H, W, 3) or (H, W, 4) uint8, not {pixels.shape} {pixels.dtype}")
    if 0 in pixels.shape:
        raise ImageError(f"a drawing has at least one pixel, not {pixels.shape}")
    if pixels.ndim == 2:
        return Drawing(pixels, np.repeat(pixels[..., None], 3, 2))
    layer = flatten(pixels)
    alpha = None
    if pixels.shape[2] == 4 and pixels[..., 3].min() < 255:
        # A cut-out figure has opaque paper inside; ink on nothing has almost none.
        opaque = pixels[..., 3] >= 128
        paper = opaque & (pixels[..., :3].min(2) >= PAPER)
        if paper.sum() >= 0.2 * max(1, opaque.sum()):
            alpha = pixels[..., 3]
    return Drawing(gray(layer), layer, alpha)


def gray(picture: Pixels) -> Pixels:
    """Gray (H, W) uint8 of (H, W, 3) RGB, BT.601."""
    return np.asarray(Image.fromarray(picture).convert("L"))


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
        raise ImageError(f"{target}: unknown ending '{target.suffix}'; known: {', '.join(WRITES)}")
    write_bytes(target, encode(pixels, kind), force=force)


def encode(pixels: Pixels, kind: str) -> bytes:
    """File content of `pixels` in a format of `WRITES`; JPEG quality 95, WebP lossless."""
    if kind in ("JPEG", "BMP") and pixels.ndim == 3:
        pixels = flatten(pixels)
    out = io.BytesIO()
    options: dict[str, object] = {"JPEG": {"quality": 95}, "WEBP": {"lossless": True}, "TIFF": {}}.get(kind, {})
    if kind == "TIFF":
        options = {"compression": "tiff_deflate"}
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def write_bytes(path: Path, content: bytes, *, force: bool = False) -> None:
    """Writes a file whole or not at all, and over an existing one only with `force`."""
    if path.exists() and not force:
        raise ImageError(f"{path}: exists; give another name, or --force to overwrite it")
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise ImageError(f"{path}: cannot be written: {_reason(error)}") from error
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o666 & ~_umask())
        if force:
            os.replace(temporary, path)
        else:
            _rename_new(Path(temporary), path)
    except OSError as error:
        raise ImageError(f"{path}: cannot be written: {_reason(error)}") from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _rename_new(temporary: Path, path: Path) -> None:
    """Renames without ever replacing a file that appeared meanwhile."""
    try:
        os.link(temporary, path)
    except FileExistsError as error:
        raise ImageError(f"{path}: exists; give another name, or --force to overwrite it") from error
    except OSError:  # a file system without hard links
        os.rename(temporary, path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _open(path: str | Path) -> tuple[Image.Image, str]:
    """Opened and fully decoded picture, and the name to use in errors."""
    if str(path) == "-":
        name, content = "stdin", sys.stdin.buffer.read()
    else:
        name = str(path)
        try:
            content = Path(path).read_bytes()
        except FileNotFoundError as error:
            raise ImageError(f"{name}: no such file") from error
        except IsADirectoryError as error:
            raise ImageError(f"{name}: is a folder, not a picture") from error
        except OSError as error:
            raise ImageError(f"{name}: cannot be read: {_reason(error)}") from error
    if not content:
        raise ImageError(f"{name}: empty file")
    return decode(io.BytesIO(content), name), name


def decode(file: IO[bytes], name: str) -> Image.Image:
    """Decoded first picture of an open file; `name` is used in errors."""
    with _quiet():
        try:
            image = Image.open(file, formats=READS)
        except UnidentifiedImageError as error:
            raise ImageError(f"{name}: not a picture that senga reads (PNG, JPEG, WebP, TIFF, BMP, GIF)") from error
        except Image.DecompressionBombError as error:
            raise ImageError(
                f"{name}: too large: more than {MAX_PIXELS // 10**6} megapixels; make it smaller"
            ) from error
        except (OSError, SyntaxError, ValueError, MemoryError) as error:
            raise ImageError(f"{name}: broken picture: {_reason(error)}; save it again") from error
        if image.width * image.height > MAX_PIXELS:
            raise ImageError(
                f"{name}: too large: {image.width}x{image.height} px, more than {MAX_PIXELS // 10**6} megapixels; "
                "make it smaller"
            )
        try:
            image.load()
        except Exception as error:  # decoders raise errors of many kinds on broken data
            raise ImageError(f"{name}: broken or truncated picture: {_reason(error)}; save it again") from error
    return image


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
            return ImageOps.exif_transpose(image)
        except Exception:  # EXIF is decoration: no reason to refuse the picture
            return image


def _to_srgb(image: Image.Image) -> Image.Image:
    """RGBA in sRGB, from any mode."""
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        image = Image.fromarray(_to_8_bit(np.asarray(image)))
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode in ("PA", "LA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    base = image.convert("RGB") if image.mode in ("RGBA", "1", "HSV", "YCbCr", "RGBX", "LAB") else image
    rgb = _through_profile(base, profile) if profile else base.convert("RGB")
    rgba = rgb.convert("RGBA")
    if alpha is not None:
        rgba.putalpha(alpha)
    return rgba


def _through_profile(image: Image.Image, profile: bytes) -> Image.Image:
    """sRGB by the embedded ICC profile; by plain conversion if the profile is broken or of another color model."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, source, target, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image.convert("RGB")
    return converted if converted is not None else image.convert("RGB")


def _to_8_bit(values: NDArray[np.generic]) -> Pixels:
    """8 bits from 16-bit or floating gray; floating values are taken as 0-1, or 0-65535 if any is greater than 255."""
    plane = np.nan_to_num(np.asarray(values, dtype=np.float64))
    if values.dtype.kind == "f" and plane.max(initial=0) <= 1:
        plane = plane * 255
    elif values.dtype != np.uint8 and not (values.dtype.kind == "f" and plane.max(initial=0) <= 255):
        plane = plane / 257
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)


def _reason(error: BaseException) -> str:
    """The first line of an error, or its kind."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text.strip().splitlines() or [type(error).__name__])[0]
