"""Flats as SVG, by a tracer: one filled shape for each place of one color."""

import math
import re

import numpy as np

from senga import image

MOST = 4_000_000
"""Largest layer that is traced at its own size, px; larger ones are traced smaller, the file keeps their size. Ours."""


def flats_to_svg(layer: image.Pixels) -> str:
    """Filled shapes on a transparent ground, in the drawing's own pixel coordinates, to lie under its lines.

    Shapes overlap their neighbors a little from below, so that no light shines through between two.

    Args:
        layer: (H, W, 4) uint8 RGBA flat color layer, alpha 0 or 255.
    """
    import vtracer

    height, width = layer.shape[:2]
    step = max(1, math.ceil(math.sqrt(height * width / MOST)))
    small = np.ascontiguousarray(layer[step // 2 :: step, step // 2 :: step] if step > 1 else layer)
    shapes: list[str] = []
    if small[..., 3].any():
        traced = vtracer.convert_raw_image_to_svg(
            image.encode(small, "PNG"),
            img_format="png",
            colormode="color",
            hierarchical="stacked",
            mode="spline",
            filter_speckle=0,
            color_precision=8,
            layer_difference=0,
            corner_threshold=70,
            length_threshold=4.0,
            splice_threshold=45,
            path_precision=1,
        )
        shapes = re.findall(r"<path [^>]*/>", traced)
    start = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    body = "\n".join(shapes)
    return f'{start}\n<g transform="scale({step})">\n{body}\n</g>\n</svg>\n'
