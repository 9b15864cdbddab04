"""Makes sheets of the shader's work, to look at at 100 %, and measures it on validation pictures.

Run from the checkout:

    .venv/bin/python tools/shader_strips.py val CACHE OUT        lines | true flats | 0.5 | 1 | 1.5 | truth; numbers
    .venv/bin/python tools/shader_strips.py drawings OUT FILE... lines | made flats | 0.5 | 1 | 1.5
    .venv/bin/python tools/shader_strips.py pattern CACHE OUT    how much the answer repeats with 2 and 4 px

`--model FILE` takes another model file than the one that ships, `--light NAME=NUMBER` changes a number of `Lighting`.
Never commit a sheet of pictures that are not free.
"""

import argparse
import dataclasses
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.compositing import composite, tinted
from senga.color.regions import find_regions
from senga.color.shader import PAPER, Lighting, Shader
from senga.color.shading import Shading
from senga.learn.data.cache import Cache
from senga.learn.data.lights import make_lit
from senga.learn.shader_lesson import edges, psnr

STRENGTHS = (0.5, 1.0, 1.5)
DARK = 40
"""Level of plain dark ink."""

Pixels = NDArray[np.uint8]


def painted(shading: Shading, lines: Pixels, strength: float) -> Pixels:
    """A drawing in color, its lines wholly tinted."""
    layer = np.repeat(lines[..., None], 3, 2)
    return tinted(composite(shading.color(strength), layer), shading.ink, layer, 1.0)


def row(shading: Shading, lines: Pixels, truth: Pixels | None = None) -> Pixels:
    """A row of a sheet."""
    cells = [np.repeat(lines[..., None], 3, 2), composite(shading.flats.layer, np.repeat(lines[..., None], 3, 2))]
    cells += [painted(shading, lines, s) for s in STRENGTHS]
    return np.concatenate([*cells, truth] if truth is not None else cells, 1)


def table_of(flat: Pixels, labels: NDArray[np.integer]) -> Pixels:
    """The color of each region, (count, 3) uint8, of a layer of flats."""
    colors = np.zeros((int(labels.max()) + 1, 3), np.uint8)
    colors[labels] = flat
    return colors


def stack(rows: list[Pixels]) -> Pixels:
    """Rows of unequal width under each other."""
    wide = max(r.shape[1] for r in rows)
    return np.concatenate([np.pad(r, ((0, 4), (0, wide - r.shape[1]), (0, 0)), constant_values=128) for r in rows])


def validate(shader: Shader, lighting: Lighting, cache: Cache, out: Path, count: int, shown: int) -> None:
    """Numbers over validation pictures of the first pair set, and sheets of some."""
    rows: list[Pixels] = []
    found: list[dict[str, float]] = []
    for number in cache.of("val", 0)[:count]:
        kept = cache.read(number)
        lines, labels = kept.lines[0], kept.labels[0].astype(np.int32)
        lit = make_lit(kept.color, lines, labels)
        flat = np.rint(lit.flat * 255).astype(np.uint8)
        true_light = dataclasses.replace(lighting, **dict(zip(names(), map(float, lit.light), strict=True)))
        layer = np.repeat(lines[..., None], 3, 2)
        look, colors = shader.look(lines, labels), table_of(flat, labels)
        shading, told = shader.shade(look, colors, lighting), shader.shade(look, colors, true_light)
        on = lines >= PAPER
        black = composite(flat, layer)
        plain = tinted(black, np.full_like(flat, DARK), layer, 1.0)
        scores = {"black lines": score(black, lit.color), "dark ink": score(plain, lit.color)}
        scores["paper, flats"] = score(flat, lit.color, on)
        for strength in (0.0, 0.5, 1.0):
            scores[f"shader {strength:g}"] = score(painted(shading, lines, strength), lit.color)
            scores[f"paper, {strength:g}"] = score(shading.color(strength), lit.color, on)
            part = shading.color(strength).astype(np.float32) / 255
            scores[f"edges, {strength:g}"] = edges(part, lit) / edges(lit.color, lit)
        scores["true light, shader 1"] = score(painted(told, lines, 1.0), lit.color)
        scores["true light, paper, 1"] = score(told.color(1.0), lit.color, on)
        found.append(scores)
        if len(rows) < shown:
            rows.append(row(shading, lines, kept.color))
    for key in found[0]:
        print(f"{key:24} {np.mean([f[key] for f in found]):7.3f}")
    for i in range(0, len(rows), 4):
        image.write(out / f"val-{i // 4}.png", stack(rows[i : i + 4]), force=True)


def score(made: Pixels, truth: NDArray[np.float32], where: NDArray[np.bool_] | None = None) -> float:
    """PSNR in dB."""
    return psnr(made.astype(np.float32) / 255, truth, where)


def names() -> list[str]:
    """Numbers of `Lighting`, in their order."""
    return [f.name for f in dataclasses.fields(Lighting)]


def draw(shader: Shader, lighting: Lighting, files: list[Path], out: Path, most: int) -> None:
    """Sheets of drawings in made flats: light colors, the largest region almost white."""
    for file in files:
        lines = image.read_drawing(file).lines
        side = most / max(lines.shape)
        if side < 1:
            lines = image.resize(lines, (round(lines.shape[0] * side), round(lines.shape[1] * side)))
        labels = find_regions(lines).labels
        random = np.random.default_rng(len(file.name))
        base = np.array(
            [[250, 222, 205], [90, 110, 170], [200, 90, 90], [240, 240, 245], [110, 80, 70], [150, 190, 140]]
        )
        count = int(labels.max()) + 1
        colors = np.clip(base[random.integers(0, len(base), count)] + random.integers(-15, 16, (count, 3)), 0, 255)
        colors[np.bincount(labels.reshape(-1)).argmax()] = 255
        began = time.perf_counter()
        shading = shader.shade(shader.look(lines, labels), colors.astype(np.uint8), lighting)
        asked = time.perf_counter()
        shading.color()
        print(f"{file.name}: {lines.shape}, shade {asked - began:.2f} s, color {time.perf_counter() - asked:.2f} s")
        image.write(out / f"{file.stem}.png", row(shading, lines), force=True)


def pattern(shader: Shader, lighting: Lighting, cache: Cache, count: int) -> None:
    """How far the mean of the change at one place of a 2x2 or 4x4 grid is from another's, in levels of 255."""
    grids = {2: np.zeros((2, 2)), 4: np.zeros((4, 4))}
    numbers = cache.of("val", 0)[:count]
    for number in numbers:
        kept = cache.read(number)
        lines, labels = kept.lines[0], kept.labels[0].astype(np.int32)
        lit = make_lit(kept.color, lines, labels)
        flat = np.rint(lit.flat * 255).astype(np.uint8)
        color = shader.shade(shader.look(lines, labels), table_of(flat, labels), lighting).color()
        change = color.astype(np.float64).mean(2) - flat.mean(2)
        for side, grid in grids.items():
            h, w = (s // side * side for s in change.shape)
            grid += change[:h, :w].reshape(h // side, side, w // side, side).mean((0, 2)) / len(numbers)
    for side, grid in grids.items():
        print(f"grid of {side}: {grid.max() - grid.min():.3f} levels")


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["val", "drawings", "pattern"])
    parser.add_argument("places", nargs="+", type=Path)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--light", action="append", default=[], metavar="NAME=NUMBER")
    parser.add_argument("--count", type=int, default=48)
    parser.add_argument("--shown", type=int, default=12)
    parser.add_argument("--most", type=int, default=100_000, help="longest side of drawings, px")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    shader = Shader.open(given.model, threads=given.threads)
    lighting = dataclasses.replace(Lighting(), **{k: float(v) for k, v in (pair.split("=") for pair in given.light)})
    if given.what == "drawings":
        out, *files = given.places
        out.mkdir(parents=True, exist_ok=True)
        draw(shader, lighting, files, out, given.most)
        return
    cache, out = Cache.open(given.places[0]), given.places[-1]
    if given.what == "pattern":
        pattern(shader, lighting, cache, given.count)
        return
    out.mkdir(parents=True, exist_ok=True)
    validate(shader, lighting, cache, out, given.count, given.shown)


if __name__ == "__main__":
    main()
