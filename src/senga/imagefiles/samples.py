"""TIFFs that the image library does not read, which `tiff` takes apart: their samples become one picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from senga.imagefiles import tiff
from senga.imagefiles.profiles import ORIENTATION, straight, take_profile, to_8_bit, to_srgb

Pixels = NDArray[np.uint8]


def join_samples(samples: tiff.Samples, planes: Sequence[NDArray[Any]]) -> Image.Image:
    """The picture of a TIFF that was taken apart: 8 bits, in its own color model, or RGBA in sRGB if it has alpha."""
    whole = tiff.join(samples, list(planes))
    if samples.floating:
        whole = whole.view(np.float16)
    if samples.photometric == tiff.LAB:
        colors = _lab_to_8_bit(whole[..., :3])
    else:
        colors = to_8_bit(whole[..., : samples.colors])  # all at once: floating colors have one scale
    model = {1: "L", 3: "LAB" if samples.photometric == tiff.LAB else "RGB", 4: "CMYK"}[samples.colors]
    if samples.photometric == 0:
        colors = 255 - colors
    image = Image.fromarray(np.ascontiguousarray(colors[..., 0] if samples.colors == 1 else colors), model)
    image.info["icc_profile"] = samples.profile
    if samples.alpha is not None:
        alpha = to_8_bit(whole[..., samples.alpha])
        profile = take_profile(image)
        image = to_srgb(image)
        shown = np.array(image)[..., :3]
        if samples.multiplied:
            shown = straight(shown, alpha, paper=255 if samples.photometric in (0, 5) else 0)
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
