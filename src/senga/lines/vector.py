"""Line art as SVG, by a tracer."""

import re

import numpy as np
from numpy.typing import NDArray

from senga import image

_FINE = 3  # traced so many times enlarged, or soft borders would become steps


def to_svg(lines: NDArray[np.uint8]) -> str:
    """Filled black outlines on a transparent ground, in the drawing's own pixel coordinates.

    Args:
        lines: (H, W) uint8, 0 = ink.
    """
    import vtracer

    h, w = lines.shape
    fine = image.resize(lines, (h * _FINE, w * _FINE)) < 128
    start = f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}">'
    shapes: list[str] = []
    if fine.any():
        pixels = np.where(fine, 0, 255).astype(np.uint8)
        traced = vtracer.convert_raw_image_to_svg(
            image.encode(pixels, "PNG"),
            img_format="png",
            colormode="binary",
            mode="spline",
            filter_speckle=2,
            corner_threshold=70,
            length_threshold=4.0,
            splice_threshold=45,
            path_precision=2,
        )
        shapes = re.findall(r"<path [^>]*/>", traced)
    body = "\n".join(shapes)
    return f'{start}\n<g transform="scale({1 / _FINE:.9f})">\n{body}\n</g>\n</svg>\n'
