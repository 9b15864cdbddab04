"""Pixels that the image library has read, as senga has them: upright, 8-bit sRGB, by the profile of their file."""

import io
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from senga.imagefiles.quiet import quiet
from senga.imagefiles.tags import PROFILE as LARGEST_PROFILE
from senga.imagefiles.tags import SRGB, bounded_dpi

Pixels = NDArray[np.uint8]

RESOLUTION, UNIT, INCH, CENTIMETER = (282, 283), 296, 2, 3
"""EXIF tags: XResolution and YResolution, ResolutionUnit; and units."""


ORIENTATION, TURNED = 274, (5, 6, 7, 8)
"""EXIF tag Orientation, and its values that swap across and down."""


PHOTOMETRIC = 262
"""TIFF tag PhotometricInterpretation."""


SAME = 2
"""A profile by which no color changes by more, of 255, is sRGB by another name. Ours."""


def dpi_of(image: Image.Image) -> tuple[float, float] | None:
    """Resolution of a picture as it stands upright; of WebP, and of JPEG without its own, what EXIF says."""
    found = image.info.get("dpi")
    with quiet():
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


def upright(image: Image.Image) -> Image.Image:
    """Turned as the EXIF orientation says; a broken EXIF block turns nothing."""
    with quiet():
        try:
            ImageOps.exif_transpose(image, in_place=True)
        except Exception:  # EXIF is decoration: no reason to refuse the picture
            return image
    return image


def to_srgb(image: Image.Image) -> Image.Image:
    """RGBA in sRGB, from any mode."""
    profile = image.info.get("icc_profile")
    clear = image.info.get("transparency")
    if image.mode.startswith("I;16") or image.mode in ("I", "F"):
        deep = np.asarray(image)
        if getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == 0:  # 0 = white, which the library minds up to 8 bits only
            deep = 65535 - deep
        image = Image.fromarray(to_8_bit(deep))
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


def take_profile(image: Image.Image) -> bytes:
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


def to_8_bit(values: NDArray[Any]) -> Pixels:
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


def straight(shown: Pixels, alpha: Pixels, *, paper: int) -> Pixels:
    """Straight colors of premultiplied ones (H, W, 3), which fade to `paper` where alpha is less."""
    cover = np.maximum(alpha, 1)[..., None].astype(np.float32) / 255
    straight = paper + (shown.astype(np.float32) - paper) / cover
    rounded: Pixels = np.rint(straight.clip(0, 255)).astype(np.uint8)
    return rounded
