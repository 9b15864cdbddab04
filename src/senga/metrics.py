"""What is measured on finished pictures; all take (H, W, 3) uint8 RGB."""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]


def psnr(picture: Pixels, truth: Pixels) -> float:
    """Peak signal-to-noise ratio over all pixels and channels, dB; 99 where the pictures are equal."""
    error = np.mean((picture.astype(np.float64) - truth) ** 2)
    return 99.0 if error == 0 else float(10 * np.log10(255**2 / error))


def colorfulness(picture: Pixels) -> float:
    """How colorful a picture is, about 0 to 110.

    Source: Hasler and Süsstrunk 2003, "Measuring colourfulness in natural images".
    """
    r, g, b = (picture[..., i].astype(np.float64) for i in range(3))
    rg, yb = r - g, (r + g) / 2 - b
    return float(np.hypot(rg.std(), yb.std()) + 0.3 * np.hypot(rg.mean(), yb.mean()))
