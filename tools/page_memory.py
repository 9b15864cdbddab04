"""What 200 strokes on a large drawing leave in memory: of the page in a real browser, and of its server.

    python tools/page_memory.py [DRAWING] [--strokes 200] [--every 50] [--size 3000x4000] [--view fit|pixels]

DRAWING, or a made one, is brought to the size and dropped on the page; strokes are drawn by the mouse, one after the
other, at places by chance. Read are, in MB and after garbage was collected: what scripts hold, the colors that the page
keeps for undo, and resident memory of the page's process, of the browser's process for graphics, in which pictures may
lie, and of the server. With `--view pixels` the drawing is seen at 100 %, so that each answer has all of its pixels.
Needs `senga[web,webtest]` and a Chromium.
"""

import argparse
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "web"))
from pages import CHROMIUM, Server, Table

from senga import image
from senga.bench import made_drawing

PATIENCE = 300  # s that an answer may take
COLORS = ("#d02030", "#20a040", "#2030d0", "#f0d060", "#804020", "#8d5aa8")


@dataclass(frozen=True)
class Reading:
    """Memory at one moment, MB."""

    scripts: float
    kept: float
    page: float
    graphics: float
    server: float

    def __str__(self) -> str:
        parts = (f"{name} {value:.0f}" for name, value in vars(self).items())
        return ", ".join(parts)


def resident(process: int) -> float:
    """Resident memory of a process, MB."""
    return float(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0]) / 1000


class Meter:
    """Reads memory of a page, its browser and its server."""

    def __init__(self, browser: Any, table: Table, server: Server) -> None:
        self.table, self.server = table, server
        self.page = table.page.context.new_cdp_session(table.page)
        self.page.send("Performance.enable")
        self.whole = browser.new_browser_cdp_session()

    def read(self) -> Reading:
        """Memory once all is quiet and garbage is gone."""
        self.table.colored(PATIENCE)
        self.table.page.wait_for_timeout(1500)
        self.page.send("HeapProfiler.collectGarbage")
        self.table.page.wait_for_timeout(500)
        scripts = {m["name"]: m["value"] for m in self.page.send("Performance.getMetrics")["metrics"]}["JSHeapUsedSize"]
        found = self.whole.send("SystemInfo.getProcessInfo")["processInfo"]
        of = {kind: sum(resident(p["id"]) for p in found if p["type"] == kind) for kind in ("renderer", "GPU")}
        assert self.server.process is not None
        kept = self.table.run("return app.current.answers.bytes")
        return Reading(scripts / 1e6, kept / 1e6, of["renderer"], of["GPU"], resident(self.server.process.pid))


def stroke(table: Table, number: int, chance: np.random.Generator) -> None:
    """One stroke of the mouse across what is seen, in a color."""
    table.color(COLORS[number % len(COLORS)])
    box = table.page.locator("#sheet").bounding_box()
    x, y = (chance.uniform(0.3, 0.65) * box["width"], chance.uniform(0.2, 0.75) * box["height"])
    table.page.mouse.move(box["x"] + x, box["y"] + y)
    table.page.mouse.down()
    table.page.mouse.move(box["x"] + x + 24, box["y"] + y + 14, steps=4)
    table.page.mouse.up()
    table.colored(PATIENCE)


def soak(table: Table, meter: Meter, strokes: int, every: int) -> list[Reading]:
    """Readings before the first stroke and after each so many."""
    chance = np.random.default_rng(0)
    readings = [meter.read()]
    print(f"  0 strokes: {readings[0]}", flush=True)
    start = time.perf_counter()
    for number in range(1, strokes + 1):
        stroke(table, number, chance)
        if number % every == 0:
            spent = (time.perf_counter() - start) / every
            readings.append(meter.read())
            print(f"{number:3d} strokes: {readings[-1]} ({spent:.2f} s a stroke)", flush=True)
            start = time.perf_counter()
    return readings


def measured(lines: image.Pixels, view: str, strokes: int, every: int, threads: int) -> list[Reading]:
    """Opens line art (H, W) uint8 on a page with a server of its own, and paints."""
    from playwright.sync_api import sync_playwright

    server = Server(threads=threads)
    try:
        address = server.start()
        with sync_playwright() as play:
            browser: Any = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            table = Table.open(browser.new_context(viewport={"width": 1280, "height": 800}), address)
            table.drop(image.encode(lines, "PNG"), wait=False)
            table.colored(PATIENCE)
            if view == "pixels":
                table.page.keyboard.press("1")
                table.until(
                    "return app.current.color.side >= Math.max(app.current.width, app.current.height)", None, PATIENCE
                )
            readings = soak(table, Meter(browser, table, server), strokes, every)
            assert len(table.marks()) == strokes, "not every stroke became a mark"
            assert table.errors == [], table.errors
            browser.close()
    finally:
        server.stop()
    return readings


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drawing", nargs="?")
    parser.add_argument("--strokes", type=int, default=200)
    parser.add_argument("--every", type=int, default=50)
    parser.add_argument("--size", default="3000x4000")
    parser.add_argument("--view", choices=["fit", "pixels"], default="fit")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    width, height = (int(n) for n in given.size.split("x"))
    lines = made_drawing(1024, 1024) if given.drawing is None else image.read_drawing(given.drawing).lines
    measured(image.resize(lines, (height, width)), given.view, given.strokes, given.every, given.threads)


if __name__ == "__main__":
    main()
