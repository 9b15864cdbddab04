"""Proves the shape of a build of a million pictures on a small one: generated pictures, shards, a cluster of two nodes.

Run from the checkout: `.venv/bin/python tools/million.py FOLDER [PICTURES] [ENGINE]`. It generates PICTURES (20,000) of
256 px into FOLDER, builds them into shards of 500 by the engine (ray, or local), and tells pictures a second, memory of
the process that leads, sizes, and whether each picture is in the set once. Run again, it proves what is there.
"""

import collections
import json
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from senga import image
from senga.pairs.build import BuildPlan, build_pairs
from senga.workers.engines import ENGINES

SIDE = 256
SHARD = 500


def draw(job: tuple[str, int]) -> None:
    """Discs in flat colors with dark outlines."""
    file, seed = Path(job[0]), job[1]
    if file.exists():
        return
    random = np.random.default_rng(seed)
    y, x = np.ogrid[:SIDE, :SIDE]
    color = np.full((SIDE, SIDE, 3), random.integers(180, 256, 3), np.uint8)
    for _ in range(12):
        cy, cx, r = random.integers(0, SIDE), random.integers(0, SIDE), random.integers(10, 60)
        far = (y - cy) ** 2 + (x - cx) ** 2
        color[far < r * r] = 20
        color[far < (r - 2) ** 2] = random.integers(40, 256, 3)
    image.write(file, color)


def main(folder: Path, count: int, engine_name: str) -> None:
    engine = next(e for e in ENGINES if e == engine_name)
    jobs = [(str(folder / "in" / f"{i // 1000:03}" / f"{i:06}.png"), i) for i in range(count)]
    for i in range(0, count, 1000):
        Path(jobs[i][0]).parent.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with ProcessPoolExecutor() as pool:
        list(pool.map(draw, jobs, chunksize=100))
    print(f"{count} pictures generated in {time.monotonic() - begun:.0f} s", flush=True)
    begun, first = time.monotonic(), [0.0]

    def tell(done: int, total: int, skipped: int) -> None:
        if done and not first[0]:
            first[0] = time.monotonic() - begun
            print(f"first shard after {first[0]:.1f} s", flush=True)

    out = folder / f"set-{engine}"
    plan = BuildPlan("xdog", crop=128, crops=2, shard=SHARD)
    report = build_pairs(folder / "in", out, plan, engine=engine, report=tell)
    took = time.monotonic() - begun
    shards = list((out / "shards").glob("*.tar"))
    rows = [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]
    twice = [s for s, n in collections.Counter((r["source"], tuple(r["box"])) for r in rows).items() if n > 1]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{engine}: {report.pairs} pairs of {report.pictures} pictures in {took:.0f} s: {count / took:.1f} pictures/s"
    )
    print(f"{report.added} pairs added; {len(shards)} shards, {sum(s.stat().st_size for s in shards) / 1e6:.0f} MB")
    print(f"sources {len({r['source'] for r in rows})}, pairs twice {len(twice)}, manifest {len(rows)} rows")
    print(f"peak memory of the process that leads: {peak:.0f} MB; parts left: {len(list(out.rglob('*.part')))}")


if __name__ == "__main__":
    main(
        Path(sys.argv[1]),
        int(sys.argv[2]) if len(sys.argv) > 2 else 20_000,
        sys.argv[3] if len(sys.argv) > 3 else "ray",
    )
