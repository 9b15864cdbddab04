"""Pictures of the site's gallery: drawings of examples/, and what senga makes of them."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

import senga
from senga import image
from senga.color.palette import read_palette

EXAMPLES = Path(__file__).parent.parent / "examples"
SIDE, QUALITY = 560, 80
PALETTE = "#f6e3d3,#8c3b2e,#2d4a7a,#f2c14e,#ffffff"

Figure = tuple[str, Sequence[image.Pixels]]
"""What is said of pictures that stand side by side, and these."""


def section(name: str, painter: senga.Colorizer) -> list[Figure]:
    """The figures of a section of `docs/site/gallery.md`."""
    return SECTIONS[name](painter)


def save(picture: image.Pixels, file: Path) -> None:
    """Writes a picture as small WebP."""
    shown = Image.fromarray(picture)
    shown.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    file.parent.mkdir(parents=True, exist_ok=True)
    shown.save(file, quality=QUALITY)


def _drawn(name: str) -> image.Drawing:
    return senga.read_drawing(EXAMPLES / f"{name}.png")


def _hints(name: str) -> senga.Hints:
    return senga.Hints.read(EXAMPLES / f"{name}-hints.png", _drawn(name).shape)


def _rgb(drawing: image.Drawing) -> image.Pixels:
    return np.dstack([drawing.lines] * 3)


def _alone(painter: senga.Colorizer) -> list[Figure]:
    names = ("girl", "dress", "flowers", "cook", "dove", "hand")
    return [(name, (_rgb(_drawn(name)), painter.page(_drawn(name)).paint())) for name in names]


def _hinted(painter: senga.Colorizer) -> list[Figure]:
    figures: list[Figure] = []
    for name in ("girl", "dress", "cook", "dove"):
        drawing, hints = _drawn(name), _hints(name)
        over = np.where(hints.mask[..., None], hints.color, _rgb(drawing))
        figures.append((name, (over, painter.page(drawing).paint(hints))))
    return figures


def _by_palette(painter: senga.Colorizer) -> list[Figure]:
    colors = read_palette(PALETTE)
    return [
        (name, (_rgb(_drawn(name)), painter.page(_drawn(name)).paint(palette=colors))) for name in ("girl", "flowers")
    ]


def _ways(painter: senga.Colorizer) -> list[Figure]:
    return [(name, painter.page(_drawn(name)).candidates(3)) for name in ("girl", "cook")]


def _flats(painter: senga.Colorizer) -> list[Figure]:
    figures: list[Figure] = []
    for name in ("girl", "dress"):
        found = senga.flats(_drawn(name), _hints(name), colorizer=painter)
        figures.append((name, (_rgb(_drawn(name)), found)))
    return figures


def _cleaned(painter: senga.Colorizer) -> list[Figure]:
    scan = senga.read(EXAMPLES / "witch.png")
    lines = senga.clean(scan)
    colored = painter.page(lines).paint()
    return [("witch: pencil, cleaned, colored", (scan, np.dstack([lines] * 3), colored))]


SECTIONS: dict[str, Callable[[senga.Colorizer], list[Figure]]] = {
    "alone": _alone,
    "hints": _hinted,
    "palette": _by_palette,
    "ways": _ways,
    "flats": _flats,
    "clean": _cleaned,
}
