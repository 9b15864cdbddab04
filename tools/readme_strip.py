"""Makes the README's sheet, and the hint files beside the sample drawings.

Run from the checkout: `.venv/bin/python tools/readme_strip.py`. A column a drawing: as drawn, colored without hints, by
a palette, hints on the drawing, colored with them, and with them and colored lines.
"""

from pathlib import Path

import numpy as np
from PIL import Image

import senga
from senga import image

ROOT = Path(__file__).parent.parent
CELL = 300

# Dots as (x, y, color); places in shares of width and height, so that a drawing may be replaced by a larger one.
DOTS: dict[str, list[tuple[float, float, str]]] = {
    "girl": [
        (0.05, 0.05, "#f4efe6"),
        (0.93, 0.06, "#f4efe6"),
        (0.06, 0.75, "#f4efe6"),
        (0.95, 0.75, "#f4efe6"),
        (0.37, 0.12, "#3c2a4d"),
        (0.34, 0.26, "#3c2a4d"),
        (0.745, 0.28, "#3c2a4d"),
        (0.12, 0.45, "#3c2a4d"),
        (0.87, 0.42, "#3c2a4d"),
        (0.53, 0.27, "#fbdcc8"),
        (0.42, 0.45, "#9fc7e8"),
        (0.5, 0.75, "#9fc7e8"),
        (0.25, 0.85, "#9fc7e8"),
        (0.75, 0.85, "#9fc7e8"),
        (0.27, 0.46, "#9fc7e8"),
        (0.74, 0.46, "#9fc7e8"),
        (0.45, 0.655, "#f2f2f6"),
    ],
    "dress": [
        (0.05, 0.05, "#fbf6ea"),
        (0.9, 0.3, "#fbf6ea"),
        (0.08, 0.4, "#fbf6ea"),
        (0.36, 0.06, "#c8763a"),
        (0.4, 0.19, "#fde0cc"),
        (0.3, 0.5, "#fde0cc"),
        (0.28, 0.37, "#d8506a"),
        (0.56, 0.36, "#d8506a"),
        (0.3, 0.75, "#d8506a"),
        (0.6, 0.8, "#d8506a"),
        (0.85, 0.8, "#d8506a"),
        (0.15, 0.85, "#d8506a"),
        (0.42, 0.44, "#f0d060"),
        (0.3, 0.95, "#d8506a"),
        (0.5, 0.95, "#d8506a"),
        (0.55, 0.88, "#d8506a"),
        (0.85, 0.93, "#d8506a"),
        (0.45, 0.7, "#d8506a"),
        (0.22, 0.54, "#fde0cc"),
        (0.52, 0.66, "#f3c8d0"),
        (0.55, 0.8, "#f3c8d0"),
    ],
    "cat": [
        (0.95, 0.1, "#dfe9e4"),
        (0.05, 0.95, "#dfe9e4"),
        (0.25, 0.62, "#e8a860"),
        (0.75, 0.45, "#e8a860"),
        (0.5, 0.3, "#e8a860"),
    ],
    "dragon": [
        (0.9, 0.9, "#e6eef5"),
        (0.95, 0.05, "#e6eef5"),
        (0.4, 0.05, "#e6eef5"),
        (0.3, 0.55, "#5da05a"),
        (0.6, 0.55, "#5da05a"),
        (0.85, 0.5, "#5da05a"),
    ],
    "dove": [
        (0.95, 0.95, "#8fb8dd"),
        (0.05, 0.05, "#8fb8dd"),
        (0.95, 0.1, "#8fb8dd"),
        (0.35, 0.1, "#8fb8dd"),
        (0.1, 0.7, "#8fb8dd"),
        (0.55, 0.7, "#f6f6f2"),
        (0.6, 0.3, "#f6f6f2"),
    ],
    "hand": [
        (0.05, 0.05, "#f2d9d0"),
        (0.92, 0.06, "#f2d9d0"),
        (0.06, 0.6, "#f2d9d0"),
        (0.45, 0.9, "#3f6fb0"),
        (0.25, 0.9, "#3f6fb0"),
        (0.62, 0.9, "#3f6fb0"),
        (0.3, 0.75, "#3f6fb0"),
        (0.43, 0.42, "#f4c9a8"),
        (0.84, 0.5, "#f4c9a8"),
        (0.94, 0.9, "#f4c9a8"),
    ],
    "flowers": [
        (0.02, 0.02, "#e9f2fb"),
        (0.97, 0.05, "#e9f2fb"),
        (0.62, 0.6, "#fbd6bf"),
        (0.45, 0.62, "#fbd6bf"),
        (0.18, 0.33, "#7a5230"),
        (0.28, 0.36, "#7a5230"),
        (0.42, 0.37, "#7a5230"),
        (0.55, 0.37, "#7a5230"),
        (0.85, 0.8, "#7a5230"),
        (0.62, 0.75, "#fbd6bf"),
        (0.92, 0.57, "#fbd6bf"),
        (0.83, 0.35, "#7a5230"),
    ],
    "cook": [
        (0.05, 0.05, "#f5ead8"),
        (0.9, 0.3, "#f5ead8"),
        (0.06, 0.9, "#f5ead8"),
        (0.46, 0.55, "#6ad0e4"),
        (0.36, 0.12, "#ffffff"),
        (0.46, 0.25, "#ffffff"),
        (0.66, 0.78, "#b98a5a"),
    ],
}


PALETTE = ("#f7efe2", "#fbdcc8", "#8c3b2e", "#2d4a7a", "#e2b04a", "#3a2a2a")


def make() -> None:
    """Writes docs/strip.webp and examples/NAME-hints.png."""
    painter = senga.Colorizer.open()
    columns = []
    for name, dots in DOTS.items():
        drawing = senga.read_drawing(ROOT / "examples" / f"{name}.png")
        height, width = drawing.shape
        hints = senga.Hints.blank(drawing.shape)
        for x, y, color in dots:
            hints = hints.dot((x * width, y * height), color, radius=max(2, width / 70))
        hints.write(ROOT / "examples" / f"{name}-hints.png", force=True)
        page = painter.page(drawing)
        shown = np.where(hints.mask[..., None], hints.color, drawing.layer).astype(np.uint8)
        rows = [drawing.layer, page.paint(), page.paint(palette=PALETTE)]
        rows += [shown, page.paint(hints), page.paint(hints, tint=1.0)]
        columns.append(np.vstack([square(picture) for picture in rows]))
    Image.fromarray(np.hstack(columns)).save(ROOT / "docs" / "strip.webp", quality=86, method=6)


def square(picture: image.Pixels) -> image.Pixels:
    """The picture in the middle of a light square."""
    scale = (CELL - 8) / max(picture.shape[:2])
    small = image.resize(picture, (round(picture.shape[0] * scale), round(picture.shape[1] * scale)))
    cell = np.full((CELL, CELL, 3), 236, np.uint8)
    top, left = (CELL - small.shape[0]) // 2, (CELL - small.shape[1]) // 2
    cell[top : top + small.shape[0], left : left + small.shape[1]] = small
    return cell


if __name__ == "__main__":
    make()
