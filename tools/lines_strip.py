"""Makes the sheet of line extractors: python tools/lines_strip.py OUT MODELS PICTURE...

MODELS is a folder with lines-autoencoder.onnx and lines-unet.onnx. Each picture gets two rows: drawn at 256 px and
shown whole, drawn at 512 px and shown as its middle, pixel for pixel. Columns: picture, dilation difference, Canny,
XDoG, autoencoder, U-Net, the shipped extractor as it draws by itself, and at one width of 2 px.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

import senga
from senga import image

CELL = 256


def columns(picture: np.ndarray, models: Path) -> list[np.ndarray]:
    published = [senga.Inker.open(models / f"{name}.onnx") for name in ("lines-autoencoder", "lines-unet")]
    classic = [senga.extract_lines(picture, m) for m in ("dilate", "canny", "xdog")]
    ours = [senga.extract_lines(picture), senga.extract_lines(picture, thickness=2.0)]
    return [picture, *classic, *(p.draw(picture) for p in published), *ours]


def cell(drawn: np.ndarray) -> np.ndarray:
    """The middle of what is larger, on gray where it is smaller."""
    square = np.full((CELL, CELL, 3), 128, np.uint8)
    shown = np.repeat(drawn[..., None], 3, 2) if drawn.ndim == 2 else drawn
    top, left = (max(0, (s - CELL) // 2) for s in shown.shape[:2])
    shown = shown[top : top + CELL, left : left + CELL]
    square[: shown.shape[0], : shown.shape[1]] = shown
    return square


def main(out: str, models: str, *pictures: str) -> None:
    rows = []
    for name in pictures:
        whole = image.read(name)
        for side in (256, 512):
            scale = side / max(whole.shape[:2])
            sized = image.resize(whole, (round(whole.shape[0] * scale), round(whole.shape[1] * scale)))
            rows.append(np.hstack([cell(c) for c in columns(sized, Path(models))]))
    Image.fromarray(np.vstack(rows)).save(out, quality=80, method=6)


if __name__ == "__main__":
    main(*sys.argv[1:])
