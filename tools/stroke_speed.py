"""How soon a server answers a painter, and what 200 strokes leave in memory.

    python tools/stroke_speed.py [DRAWING] [--strokes 30] [--soak 200] [--threads 1] [--window 1600x1000] [--seed 0]

Starts a server of its own and asks over the painting channel as the page does, one request after another: strokes and
fills at places drawn by chance, each finished stroke after two messages while it grows, all marks sent again each time.
DRAWING is brought to 512 px and, smoothly, to 12 MP; without one, one is made. Printed are p50 and p95 in seconds, from
the message to the whole answer; of 12 MP what a window asks for that shows all of the drawing, and one at 100 %, which
gets all of it. Then the server's resident memory, every 25 strokes at 512 px and every 5 of 30 at 12 MP. Needs
`senga[web]` and websockets.
"""

import argparse
import asyncio
import json
import random
import re
import struct
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import websockets

from senga import image
from senga.bench import made_drawing

COLORS = ("#d02030", "#20a040", "#2030d0", "#f0d060", "#804020", "#ffffff")
LARGE = 12_000_000  # px
SIDES = (512, 768, 1024, 1536, 2048, 3072)  # of answers that the page asks for, px


@dataclass
class Painter:
    """One drawing on the painting channel.

    Attributes:
        shape: (height, width) px. seq, marks: of the last message.
    """

    socket: websockets.ClientConnection
    shape: tuple[int, int]
    chance: random.Random
    seq: int = 0
    marks: list[dict[str, Any]] = field(default_factory=list)

    async def ask(self, marks: list[dict[str, Any]], **more: Any) -> tuple[float, dict[str, Any]]:
        """Seconds until the answer to these marks was there, and its header."""
        self.seq += 1
        message = {"seq": self.seq, "request": {"marks": marks, "mode": more.pop("mode", "paint")}, "side": 0, **more}
        start = time.perf_counter()
        await self.socket.send(json.dumps(message))
        while True:
            answer = await asyncio.wait_for(self.socket.recv(), 120)
            if isinstance(answer, str):
                raise RuntimeError(answer)
            (length,) = struct.unpack("<I", answer[:4])
            header = json.loads(answer[4 : 4 + length])
            if header["seq"] == self.seq:
                return time.perf_counter() - start, {**header, "bytes": len(answer)}

    def place(self) -> list[float]:
        """A place by chance, px."""
        height, width = self.shape
        return [round(self.chance.uniform(0.1, 0.9) * side, 1) for side in (width, height)]

    async def stroke(self, **more: Any) -> float:
        """Seconds from a finished stroke to its colors; it grew before."""
        x, y = self.place()
        step = max(self.shape) / 64
        points = [[round(x + i * step / 4, 1), round(y + i * step / 9, 1)] for i in range(12)]
        mark = {"kind": "stroke", "color": COLORS[self.seq % len(COLORS)], "width": round(max(self.shape) / 60, 1)}
        for count in (4, 8):
            await self.ask([*self.marks, mark | {"points": points[:count]}], **more)
        self.marks.append(mark | {"points": points})
        return (await self.ask(self.marks, **more))[0]

    async def fill(self, **more: Any) -> float:
        """Seconds from a fill to its colors."""
        self.marks.append({"kind": "fill", "color": COLORS[self.seq % len(COLORS)], "points": [self.place()]})
        return (await self.ask(self.marks, **more))[0]


def fitting(shape: tuple[int, int], window: tuple[int, int]) -> int:
    """The side that the page asks for when all of a drawing is in a window of (width, height) px."""
    height, width = shape
    wanted = max(shape) * min((window[0] - 48) / width, (window[1] - 106) / height)
    side = next((s for s in SIDES if s >= wanted), max(shape))
    return 0 if side >= max(shape) else side


def told(name: str, seconds: list[float]) -> None:
    """Prints a line of spans."""
    p50, p95 = np.percentile(seconds, [50, 95])
    print(f"{name:<44} p50 {p50:6.3f} s  p95 {p95:6.3f} s  n {len(seconds)}", flush=True)


def resident(process: int) -> float:
    """Resident memory of a process, MB."""
    return float(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0]) / 1000


async def with_drawing(
    address: str, lines: image.Pixels, seed: int, work: Callable[[Painter], Awaitable[None]]
) -> None:
    """Uploads a drawing, waits for its first colors, and does a work with its painter."""
    async with httpx.AsyncClient(base_url=address, timeout=120) as client:
        start = time.perf_counter()
        id = (await client.post("/api/v1/drawings", content=image.encode(lines, "PNG"))).json()["id"]
        channel = f"ws{address.removeprefix('http')}/api/v1/drawings/{id}/live"
        async with websockets.connect(channel, max_size=None, ping_timeout=None) as socket:
            painter = Painter(socket, (lines.shape[0], lines.shape[1]), random.Random(seed))
            await painter.ask([], side=512)
            size = f"{lines.shape[1]}x{lines.shape[0]}"
            print(f"\n{size}: from upload to first colors {time.perf_counter() - start:.2f} s")
            await work(painter)
        await client.delete(f"/api/v1/drawings/{id}")


async def small(painter: Painter, given: argparse.Namespace, process: int) -> None:
    told("a stroke", [await painter.stroke() for _ in range(given.strokes)])
    told("a fill", [await painter.fill() for _ in range(max(1, given.strokes // 3))])
    painter.marks.clear()
    told("a stroke, flat", [await painter.stroke(mode="flat") for _ in range(max(1, given.strokes // 3))])
    painter.marks.clear()
    seen = [resident(process)]
    for _ in range(0, given.soak, 25):
        for _ in range(25):
            await painter.stroke()
        seen.append(resident(process))
    print(f"memory over {25 * (len(seen) - 1)} strokes, MB: {' '.join(f'{m:.0f}' for m in seen)}")


async def large(painter: Painter, given: argparse.Namespace, process: int) -> None:
    wide, high = (int(n) for n in given.window.split("x"))
    side = fitting(painter.shape, (wide, high))
    few = max(3, given.strokes // 2)
    told(f"a stroke, all in the window ({side} px)", [await painter.stroke(side=side) for _ in range(few)])
    told("a fill, all in the window", [await painter.fill(side=side) for _ in range(few // 2)])
    told("a fill, flat, all in the window", [await painter.fill(side=side, mode="flat") for _ in range(few // 2)])
    painter.marks.clear()
    told("a stroke, whole at 100 %", [await painter.stroke() for _ in range(few)])
    told("a fill, flat, whole at 100 %", [await painter.fill(mode="flat") for _ in range(few // 2)])
    painter.marks.clear()
    seen = [resident(process)]
    for _ in range(6):
        for _ in range(5):
            await painter.stroke()
        seen.append(resident(process))
    print(f"memory over {5 * (len(seen) - 1)} strokes, MB: {' '.join(f'{m:.0f}' for m in seen)}")


async def measure(address: str, process: int, given: argparse.Namespace) -> None:
    lines = made_drawing(1024, 1024) if given.drawing is None else image.read_drawing(given.drawing).lines
    height, width = lines.shape

    def sized(share: float) -> image.Pixels:
        return image.resize(lines, (round(height * share), round(width * share)))

    if "small" in given.what:
        await with_drawing(address, sized(512 / max(lines.shape)), given.seed, lambda p: small(p, given, process))
    if "large" in given.what:
        await with_drawing(address, sized((LARGE / lines.size) ** 0.5), given.seed, lambda p: large(p, given, process))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("drawing", nargs="?")
    parser.add_argument("--strokes", type=int, default=30)
    parser.add_argument("--soak", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--window", default="1600x1000")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--what", nargs="+", choices=["small", "large"], default=["small", "large"])
    given = parser.parse_args()
    command = [sys.executable, "-c", "from senga.cli import main; main()", "serve", "--port", "0", "--no-browser"]
    with subprocess.Popen([*command, "--threads", str(given.threads)], stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = next((m for line in server.stdout if (m := re.search(r"http://\S+", line))), None)
            assert found is not None, "the server did not start"
            asyncio.run(measure(found.group().rstrip("/"), server.pid, given))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
