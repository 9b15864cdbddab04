"""Makes the README's picture of the page: `python tools/page_shot.py [OUT]`, `docs/page.webp` if it is not said.

A sample drawing is dropped on the page of `senga serve` and painted with a few short strokes, as a person would. Needs
`senga[web,webtest]` and a Chromium.
"""

import io
import sys
from pathlib import Path
from typing import Any

from PIL import Image

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
from pages import CHROMIUM, Server, Table

import senga

ROOT = Path(__file__).parents[1]
DRAWING = ROOT / "examples" / "dress.png"

# Where each stroke begins, in shares of width and height, and its color.
STROKES = [
    (0.07, 0.10, "#fbf6ea"),
    (0.90, 0.30, "#fbf6ea"),
    (0.40, 0.06, "#8a5234"),
    (0.55, 0.14, "#8a5234"),
    (0.62, 0.27, "#8a5234"),
    (0.42, 0.17, "#fde0cc"),
    (0.25, 0.53, "#fde0cc"),
    (0.52, 0.50, "#fde0cc"),
    (0.28, 0.36, "#7fa6cf"),
    (0.57, 0.37, "#7fa6cf"),
    (0.45, 0.38, "#e9e4ee"),
    (0.40, 0.422, "#5d6f94"),
    (0.29, 0.75, "#d24a66"),
    (0.61, 0.80, "#d24a66"),
    (0.86, 0.82, "#d24a66"),
    (0.46, 0.88, "#f3dce0"),
]


def main(out: str = str(ROOT / "docs" / "page.webp")) -> None:
    from playwright.sync_api import sync_playwright

    height, width = senga.read_drawing(DRAWING).shape[:2]
    server = Server()
    try:
        address = server.start()
        with sync_playwright() as play:
            browser: Any = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            table = Table.open(browser.new_context(viewport={"width": 1280, "height": 800}), address)
            table.drop(DRAWING.read_bytes(), DRAWING.name)
            for x, y, color in STROKES:
                table.color(color)
                table.paint([(x * width, y * height), ((x + 0.03) * width, (y + 0.02) * height)])
            table.page.mouse.move(20, 780)
            table.page.evaluate("document.activeElement.blur()")  # no frame of what keys would go to
            shot = Image.open(io.BytesIO(table.page.screenshot(animations="disabled")))
            shot.convert("RGB").save(out, quality=80, method=6)
            browser.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
