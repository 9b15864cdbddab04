"""How soon a stroke shows: from the pen's lifting to the picture with its color, in a real browser and with the server.

    python tools/page_latency.py [--count 30] [--threads 2] [--side 512]

Prints two spans in ms, p50 and p95: until red is seen under the lines (0 where it was seen before the stroke ended, for
strokes are sent while they grow), and until the answer to the whole stroke is drawn. Needs `senga[web,webtest]` and a
Chromium.
"""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
from pages import CHROMIUM, Server, Table, drawing

WATCH = """
    const drawing = app.current, place = given;
    const span = window.span = {end: null, red: null, whole: null};
    const isRed = () => {
        const hex = renderer.colorAt(drawing, place);
        const [r, g, b] = [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
        return r > 120 && r > g + 60 && r > b + 60;
    };
    document.getElementById('sheet').addEventListener('pointerup', () => { span.end = performance.now(); },
        {once: true, capture: true});
    const hear = () => {
        const red = isRed(), whole = span.end !== null && !drawing.busy;
        // Twice: the first frame draws, at the second it is on the screen.
        requestAnimationFrame(() => requestAnimationFrame(() => {
            const now = performance.now();
            if (red) span.red ??= now;
            if (whole) { span.whole ??= now; drawing.removeEventListener('color', hear); }
        }));
    };
    drawing.addEventListener('color', hear);
"""


def measure(table: Table, count: int, side: int) -> list[tuple[float, float]]:
    """Spans (until red, until whole) in ms of `count` strokes, each on the drawing without hints."""
    random = np.random.default_rng(0)
    spans = []
    table.color("#e01020")
    for _ in range(count):
        x, y = side * 0.3 + random.uniform(-0.12, 0.12) * side, side * 0.375 + random.uniform(-0.1, 0.1) * side
        table.run(WATCH, [x, y])
        table.paint([(x - 20, y), (x + 20, y + 5)])
        table.until("return window.span.whole !== null")
        span = table.page.evaluate("window.span")
        red = span["red"] if span["red"] is not None else float("nan")
        spans.append((max(0.0, red - span["end"]), span["whole"] - span["end"]))
        table.page.keyboard.press("Control+z")
        table.colored()
    return spans


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=30)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side", type=int, default=512)
    given = parser.parse_args()
    from playwright.sync_api import sync_playwright

    server = Server(threads=given.threads)
    try:
        address = server.start()
        with sync_playwright() as play:
            browser: Any = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            table = Table.open(browser.new_context(viewport={"width": 1280, "height": 800}), address)
            table.drop(drawing(given.side * 3 // 4, given.side))
            spans = np.array(measure(table, given.count, given.side))
            browser.close()
    finally:
        server.stop()
    for name, column in zip(("red seen", "whole stroke"), spans.T, strict=True):
        found = column[np.isfinite(column)]
        print(f"{name}: p50 {np.percentile(found, 50):.0f} ms, p95 {np.percentile(found, 95):.0f} ms, n {len(found)}")


if __name__ == "__main__":
    main()
