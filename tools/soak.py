"""Many painters at once on one server: python tools/soak.py [painters=8] [minutes=10] [side=512] [junk=500].

Starts a server of its own on a free port. Each painter uploads a drawing of SIDE px and paints strokes over its
channel, one at a time, as a page sends them: the stroke grows in a few messages, the last of which has to be answered;
now and then a step is undone, the mode changes, a picture is exported, or the drawing is given up for a new one.
Meanwhile JUNK malformed uploads go in, spread over the time. Printed are errors, times of answers to finished strokes,
and the server's resident memory; growth is counted from the end of the warm-up, the first fifth of the time. The
drawings' own memory is bounded to 200 MB, which the painters fill in the warm-up.
The exit status is 1 where anything failed: an error, a status of 500 or more, or growth over 50 MB.
"""

import asyncio
import json
import random
import re
import struct
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import websockets

from senga import image
from senga.bench import made_drawing

COLORS = ("#d02030", "#20a040", "#2030d0", "#f0d060", "#101018", "#ffffff")
GROWTH = 50.0  # MB
MOST = 80  # strokes of a drawing; then it begins anew, as people do


class Soak:
    def __init__(self, address: str, side: int, until: float) -> None:
        self.address, self.side, self.until = address, side, until
        self.times: list[float] = []
        self.work: list[float] = []
        self.errors: Counter[str] = Counter()
        self.statuses: Counter[int] = Counter()
        self.answers = 0

    @property
    def over(self) -> bool:
        return time.monotonic() > self.until

    async def painter(self, number: int) -> None:
        random_ = random.Random(number)
        async with httpx.AsyncClient(base_url=self.address, timeout=120) as client:
            while not self.over:
                try:
                    await self.drawing(client, random_)
                except Exception as error:
                    self.errors[f"{type(error).__name__}: {str(error)[:90]}"] += 1
                    await asyncio.sleep(0.5)

    async def drawing(self, client: httpx.AsyncClient, random_: random.Random) -> None:
        """One drawing from upload to farewell."""
        lines = np.roll(made_drawing(self.side, self.side), random_.randrange(self.side), 1)
        answer = await client.post("/api/v1/drawings", content=image.encode(lines, "PNG"))
        self.statuses[answer.status_code] += 1
        id = answer.json()["id"]
        marks: list[dict[str, Any]] = []
        seq = 0
        address = f"ws{self.address.removeprefix('http')}/api/v1/drawings/{id}/live"
        async with websockets.connect(address, max_size=None, ping_timeout=60) as socket:
            for step in range(random_.randrange(MOST // 2, MOST)):
                if self.over:
                    break
                if marks and random_.random() < 0.1:
                    marks.pop()
                    growth = []
                else:
                    growth = self.stroke(random_)
                request: dict[str, Any] = {
                    "mode": "flat" if random_.random() < 0.05 else "paint",
                    "tint": random_.choice([0, 0, 0, 0.5]),
                }
                for points in growth[:-1]:
                    seq += 1
                    mark = {"kind": "stroke", "points": points, "color": COLORS[step % 6], "width": 8}
                    await socket.send(json.dumps({"seq": seq, "request": {**request, "marks": [*marks, mark]}}))
                    await asyncio.sleep(0.02)
                if growth:
                    marks.append({"kind": "stroke", "points": growth[-1], "color": COLORS[step % 6], "width": 8})
                seq += 1
                start = time.monotonic()
                await socket.send(json.dumps({"seq": seq, "request": {**request, "marks": marks}}))
                await self.last(socket, seq)
                self.times.append(time.monotonic() - start)
                await asyncio.sleep(random_.uniform(0.1, 0.6))
        request = {"marks": marks}
        for path in ("color?side=128", random_.choice(["export?format=png", "export?format=psd", "candidates"])):
            wanted = {**request, "candidates": 2} if path == "candidates" else request
            answer = await client.post(f"/api/v1/drawings/{id}/{path}", json=wanted)
            self.statuses[answer.status_code] += 1
            if answer.status_code != 200:
                self.errors[f"{path}: {answer.text[:90]}"] += 1
        if random_.random() < 0.5:  # the others are left to the bound of memory
            await client.delete(f"/api/v1/drawings/{id}")

    async def last(self, socket: websockets.ClientConnection, seq: int) -> None:
        """Takes answers until the one to message `seq`."""
        while True:
            message = await asyncio.wait_for(socket.recv(), 90)
            if isinstance(message, str):
                said = json.loads(message)
                self.errors[f"live: {said['kind']}: {said['error'][:90]}"] += 1
                if said["seq"] in (seq, None):
                    return
                continue
            (length,) = struct.unpack("<I", message[:4])
            header = json.loads(message[4 : 4 + length])
            self.answers += 1
            self.work.append(header["seconds"])
            if (header["width"], header["height"]) != (self.side, self.side):
                self.errors["an answer of another size"] += 1
            if header["seq"] == seq:
                return

    def stroke(self, random_: random.Random) -> list[list[list[float]]]:
        """A stroke as it grows: points after 4, 8, 12 of them."""
        x, y = random_.uniform(0, self.side), random_.uniform(0, self.side)
        points = []
        for _ in range(12):
            x, y = x + random_.uniform(-9, 9), y + random_.uniform(-9, 9)
            points.append([round(x, 1), round(y, 1)])
        return [points[:n] for n in (4, 8, 12)]

    async def junk(self, count: int, seconds: float) -> None:
        random_ = random.Random(99)
        whole = [image.encode(made_drawing(64, 48), kind) for kind in ("PNG", "WEBP", "TIFF", "JPEG", "BMP")]
        async with httpx.AsyncClient(base_url=self.address, timeout=120) as client:
            for number in range(count):
                content = bytearray(random_.choice(whole))
                for _ in range(random_.randrange(1, 20)):
                    content[random_.randrange(len(content))] = random_.randrange(256)
                del content[random_.randrange(len(content)) :]
                if number % 5 == 0:
                    content = bytearray(random_.randbytes(random_.randrange(2000)))
                path = random_.choice(
                    [
                        "/api/v1/drawings",
                        "/api/v1/palette",
                        "/api/v1/drawings/x/color",
                        "/api/v1/palette/export?format=ase",
                    ]
                )
                try:
                    answer = await client.post(path, content=bytes(content))
                    self.statuses[answer.status_code] += 1
                    if answer.status_code >= 500:
                        self.errors[f"{answer.status_code} to junk: {answer.text[:90]}"] += 1
                    if answer.status_code == 201:  # what was still a picture
                        await client.delete(f"/api/v1/drawings/{answer.json()['id']}")
                except httpx.HTTPError as error:
                    self.errors[f"junk: {type(error).__name__}"] += 1
                await asyncio.sleep(seconds / count)


def resident(process: int) -> float:
    """Resident memory of a process, MB."""
    return float(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[0]) / 1000


async def soak(painters: int, minutes: float, side: int, junk: int, address: str, process: int) -> int:
    start = time.monotonic()
    seconds = minutes * 60
    run = Soak(address, side, start + seconds)
    tasks = [asyncio.create_task(run.painter(n)) for n in range(painters)]
    tasks.append(asyncio.create_task(run.junk(junk, seconds * 0.9)))
    memory: list[tuple[float, float]] = []
    while not run.over:
        memory.append((time.monotonic() - start, resident(process)))
        if len(memory) % max(1, round(seconds / 20)) == 0:
            wrong = sum(run.errors.values())
            print(f"{memory[-1][0]:5.0f} s {memory[-1][1]:6.0f} MB  {run.answers} answers, {wrong} errors")
        await asyncio.sleep(1)
    await asyncio.gather(*tasks)
    # Memory goes up and down with what is under way: its highest point of the warm-up against that of the end.
    warm = max(m for t, m in memory if t <= seconds / 5)
    late = max(m for t, m in memory if t >= seconds * 4 / 5)
    for name, values in (
        ("answer to a finished stroke", run.times),
        ("of these, work and waiting at the server", run.work),
    ):
        p50, p95, p99 = np.percentile(values or [np.nan], [50, 95, 99])
        print(f"{name}: p50 {p50:.3f} s, p95 {p95:.3f} s, p99 {p99:.3f} s, {len(values)} times")
    print(f"HTTP statuses: {dict(sorted(run.statuses.items()))}")
    print(f"memory: warm {warm:.0f} MB, last fifth {late:.0f} MB, growth {late - warm:+.0f} MB")
    for error, count in run.errors.most_common(20):
        print(f"  {count} x {error}")
    failed = bool(run.errors) or any(s >= 500 for s in run.statuses) or late - warm > GROWTH
    print("failed" if failed else "passed")
    return int(failed)


def main(**given: float) -> int:
    wanted = {"painters": 8, "minutes": 10.0, "side": 512, "junk": 500, "threads": 2, "memory": 200} | given
    code = "from senga.cli import main; main()"
    command = [sys.executable, "-c", code, "serve", "--port", "0", "--no-browser", "--idle-minutes", "2"]
    command += ["--threads", str(int(wanted["threads"])), "--memory", str(wanted["memory"])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            line = server.stdout.readline()
            found = re.search(r"http://\S+", line)
            if found is None:
                print("the server did not start")
                return 1
            print(f"{found[0]}: {wanted}")
            sizes = int(wanted["painters"]), wanted["minutes"], int(wanted["side"]), int(wanted["junk"])
            return asyncio.run(soak(*sizes, found[0].rstrip("/"), server.pid))
        finally:
            server.terminate()


if __name__ == "__main__":
    sys.exit(main(**{name: float(value) for name, value in (text.split("=") for text in sys.argv[1:])}))
