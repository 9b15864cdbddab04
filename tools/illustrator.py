"""How well marks obey: a scripted illustrator colors real drawings, and what each mark changes elsewhere is measured.

    python tools/illustrator.py LINES --out build/illustrator --seed 1

Twelve drawings of `examples/` and twelve of the folder LINES, spread over its names. On each, eight strokes are laid
one after another, in regions drawn by size, and then two fills, one of the ground and one of the largest region that
has no hint; all by a fixed seed. A stroke goes along the middle of its region, with a pen a third as wide as that, and
every second one slips over the outline with its last fifth.

After each mark it is measured which share of the drawing's paper changed by more than Delta E 5 (CIE 2000) though it
lies outside what was meant. Meant is counted in three ways, and all are told:

    region   the region in which the stroke was planned, against marks that reach their region
    bold     the same, but the judge divides by a ball twice as large and a gap of 4: what open lines let out counts
    object   against marks that reach as they do by default: the region, and regions that took exactly the mark's color,
             or had about the color that the region had

For fills it is counted how many regions that have a hint of their own get another color. The ten worst strokes are
written as pictures: before, after, what changed (red: beyond the object).
"""

import argparse
import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from senga import Colorizer, image
from senga.color.colorizer import Page
from senga.color.fill_regions import Areas
from senga.color.flats import said
from senga.color.marks import Mark, Reach
from senga.color.places import depth
from senga.color.regions import BALL, USUAL
from senga.color.render import Rendering, render
from senga.color.request import Request
from senga.errors import SettingError
from senga.metrics import color_difference, lab

COUNT, STROKES = 12, 8
CHANGED, ALIKE = 5.0, 10.0
"""Delta E over which a pixel changed, and under which two regions had one color."""

LARGE, SIDE = 0.002, 640
"""Share of the drawing from which on a region gets strokes; largest side of a drawing, px."""

WAYS = ("region", "bold", "object")

REACHED: tuple[Reach, Reach] = ("region", "object")

WORST = 10
COLORS = ("#7a5230", "#fbdcc8", "#3f6fb0", "#d8506a", "#f0d060", "#5da05a", "#8a5fb5", "#e08a3c", "#ffffff", "#2fb0a8")

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Laid:
    """A mark and what came of it.

    Attributes:
        drawing: its name. mark: the last of the marks. slips: whether it was led over an outline.
        region, bold, object: share of the paper that changed beyond what was meant, as they are told above.
        taken: regions with hints of their own that got another color.
        picture: before, after and what changed, as marks reach by default.
    """

    drawing: str
    mark: Mark
    slips: bool
    region: float
    bold: float
    object: float
    taken: int
    picture: image.Pixels


def main() -> None:
    """Draws, measures, prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--out", type=Path, default=Path("build/illustrator"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=COUNT, help="drawings of each kind")
    given = parser.parse_args()
    examples = sorted(p for p in Path("examples").glob("*.png") if not p.stem.endswith("-hints"))
    colorizer = Colorizer.open(threads=1)
    laid: list[Laid] = []
    print("| drawing | beyond, of the worst stroke: region | bold | object | fills that take |")
    print("|---|---|---|---|---|")
    for number, (file, half) in enumerate(chosen(examples, given.lines, given.count)):
        found = draw(file, half, colorizer, given.seed + number)
        laid += found
        strokes = [one for one in found if one.mark.kind == "stroke"]
        worst = " | ".join(f"{max(getattr(one, name) for one in strokes):.2%}" for name in WAYS)
        taken = sum(one.taken > 0 for one in found if one.mark.kind == "fill")
        print(f"| {file.stem}{half} | {worst} | {taken} |", flush=True)
    summarize(laid)
    given.out.mkdir(parents=True, exist_ok=True)
    strokes = sorted((one for one in laid if one.mark.kind == "stroke"), key=lambda one: -one.object)
    for place, one in enumerate(strokes[:WORST], 1):
        file = given.out / f"worst-{place:02}.png"
        image.write(file, one.picture, force=True)
        print(f"{file}: {one.drawing}, {one.object:.2%} beyond the object, {one.region:.2%} beyond the region")


def summarize(laid: Sequence[Laid]) -> None:
    """The table's last lines."""
    for slips in (False, True, None):
        some = [one for one in laid if one.mark.kind == "stroke" and slips in (None, one.slips)]
        kind = {False: "strokes inside", True: "strokes that slip", None: "all strokes"}[slips]
        for name in WAYS:
            shares = np.array([getattr(one, name) for one in some])
            kept = (shares <= 0.01).mean()
            ninth = np.quantile(shares, 0.9)
            print(f"{kind}, {name}: {kept:.1%} of {len(some)} change at most 1 % beyond; nine in ten {ninth:.2%}")
    fills = [one for one in laid if one.mark.kind == "fill"]
    print(f"fills that change a region with a hint of its own: {sum(one.taken > 0 for one in fills)} of {len(fills)}")


def chosen(examples: Sequence[Path], folder: Path, count: int) -> list[tuple[Path, str]]:
    """Files, and which part of each: of few examples some are drawn on twice, the second time mirrored."""
    ours = [(file, "") for file in examples][:count]
    ours += [(file, ", mirrored") for file in examples][: count - len(ours)]
    theirs = sorted(folder.glob("*.png"))
    if len(theirs) < count:
        raise SettingError(f"{folder}: {len(theirs)} drawings; needed are {count}")
    step = len(theirs) / count
    return [*ours, *((theirs[int(i * step)], "") for i in range(count))]


def draw(file: Path, half: str, colorizer: Colorizer, seed: int) -> list[Laid]:
    """All marks on one drawing."""
    drawing = image.read_drawing(file)
    shape = drawing.shape
    if max(shape) > SIDE:
        scale = SIDE / max(shape)
        drawing = image.to_drawing(image.resize(drawing.lines, (round(shape[0] * scale), round(shape[1] * scale))))
    if half:
        drawing = image.to_drawing(np.ascontiguousarray(drawing.lines[:, ::-1]))
    page = colorizer.page(drawing)
    random = np.random.default_rng(seed)
    marks = planned(page.areas, random)
    ball = 2 * BALL * max(1.0, float(np.sqrt(drawing.lines.size / USUAL)))
    judge, name = Areas(drawing.lines, ball, 4.0), f"{file.stem}{half}"
    return [measured(page, judge, marks[: i + 1], name, slips=i % 2 == 1) for i in range(len(marks))]


def planned(areas: Areas, random: np.random.Generator) -> list[Mark]:
    """Eight strokes and two fills."""
    regions = areas.regions
    inside = np.flatnonzero((regions.paper_sizes >= LARGE * regions.labels.size) & (regions.framed < 0.15))
    many = min(STROKES, len(inside))
    weights = np.sqrt(regions.paper_sizes[inside])
    picked = random.choice(inside, many, replace=False, p=weights / weights.sum())
    again = random.choice(inside, STROKES - many) if many < STROKES else np.zeros(0, np.int64)
    marks = [stroke(areas, int(n), COLORS[i], random, slips=i % 2 == 1) for i, n in enumerate([*picked, *again])]
    ground = int(regions.framed.argmax())
    bare = [n for n in np.argsort(-regions.paper_sizes).tolist() if n not in {ground, *picked.tolist()}]
    for number, color in zip((ground, bare[0] if bare else ground), COLORS[STROKES:], strict=True):
        marks.append(Mark.fill(middle(areas, number)[:2], color))
    return marks


def middle(areas: Areas, number: int) -> tuple[float, float, float]:
    """The point (x, y) of a region that lies deepest in it, and how deep, px."""
    box = areas.box(number)
    deep = depth((areas.regions.labels[box] == number) & areas.regions.paper[box])
    y, x = divmod(int(deep.argmax()), deep.shape[1])
    return float(x + box[1].start), float(y + box[0].start), float(deep.max())


def stroke(areas: Areas, number: int, color: str, random: np.random.Generator, *, slips: bool) -> Mark:
    """A stroke through a region's middle, as long as the region lets it be that way; if it slips, a quarter more."""
    x, y, deep = middle(areas, number)
    height, width = areas.regions.shape
    best: tuple[float, float, float] = (0.0, 0.0, 0.0)
    for angle in np.pi * (np.arange(12) + random.random()) / 12:
        ends = []
        for sign in (-1, 1):
            away = 0.0
            while True:
                px, py = round(x + sign * (away + 1) * np.cos(angle)), round(y + sign * (away + 1) * np.sin(angle))
                there = 0 <= px < width and 0 <= py < height
                if not there or areas.regions.labels[py, px] != number or not areas.regions.paper[py, px]:
                    break
                away += 1
            ends.append(0.8 * away)
        if sum(ends) > best[1] + best[2]:
            best = (float(angle), ends[0], ends[1])
    angle, back, on = best
    whole = back + on
    if slips:
        on = on / 0.8 + 0.25 * whole  # to the outline and over it
    points = [(x + t * np.cos(angle), y + t * np.sin(angle)) for t in np.linspace(-back, on, 12)]
    return Mark.stroke([(float(a), float(b)) for a, b in points], color, max(2.0, 2 * deep / 3))


def measured(page: Page, judge: Areas, marks: Sequence[Mark], name: str, *, slips: bool) -> Laid:
    """What the last of some marks did to the drawing as it was before."""
    paper = page.areas.regions.paper
    region = meant(page.areas, marks[-1])
    near, default = (Request(marks=tuple(marks), reach=reach) for reach in REACHED)
    changed = differing(*(one.color for one in both(page, near))) & paper
    bold = meant(judge, marks[-1])
    own, bolder = (float((changed & ~there).sum() / paper.sum()) for there in (region, region & bold))
    before, after = both(page, default)
    changed = differing(before.color, after.color) & paper
    whole = same_object(page.areas, before, after, region)
    seen = np.where((changed & ~whole)[..., None], np.array([220, 0, 0], np.uint8), np.uint8(255))
    seen[whole & changed] = (150, 200, 150)
    pictures = [one.picture(page.drawing)[..., :3] for one in (before, after)]
    pictures.append((seen * (page.drawing.lines[..., None] / 255)).astype(np.uint8))
    beyond = float((changed & ~whole).sum() / paper.sum())
    slipped = slips and marks[-1].kind == "stroke"
    taken = took(page, default, before, after)
    return Laid(name, marks[-1], slipped, own, bolder, beyond, taken, np.concatenate(pictures, 1))


def both(page: Page, request: Request) -> tuple[Rendering, Rendering]:
    """Without the last mark and with it."""
    (before,), (after,) = (
        render(page, one) for one in (dataclasses.replace(request, marks=request.marks[:-1]), request)
    )
    return before, after


def meant(areas: Areas, mark: Mark) -> Mask:
    """The region that a mark was planned for: a stroke's is under its middle third, however it slips."""
    points = mark.points if mark.kind == "fill" else mark.points[3:7]
    numbers = [n for p in points if (n := areas.number_at(p)) is not None]
    if not numbers:
        return np.zeros(areas.lines.shape, bool)
    number = np.bincount(numbers).argmax()
    found: Mask = areas.regions.labels == number
    return found


def same_object(areas: Areas, before: Rendering, after: Rendering, region: Mask) -> Mask:
    """The region, and those that took exactly its new color or had about its color before."""
    labels = areas.regions.labels
    places = np.array([np.flatnonzero(labels.reshape(-1) == n)[0] for n in range(areas.regions.count)])
    was, now = (one.flat.reshape(-1, 3)[places] for one in (before, after))
    own = int(labels[region][0]) if region.any() else 0
    alike = np.asarray(color_difference(lab(was[None])[0], lab(was[own][None, None])[0])) < ALIKE
    same = (now == now[own]).all(1)
    found: Mask = (alike | same)[labels] | region
    return found


def took(page: Page, ask: Request, before: Rendering, after: Rendering) -> int:
    """Regions that had a hint of their own, and are no longer of that color after a fill elsewhere."""
    if ask.marks[-1].kind != "fill":
        return 0
    earlier = dataclasses.replace(ask, marks=ask.marks[:-1]).hints(page.drawing.lines, areas=page.areas)
    if earlier is None:
        return 0
    count = 0
    for groups in said(page.areas.regions, earlier).values():
        for _, at in groups:
            old, new = (one.flat.reshape(-1, 3)[at] for one in (before, after))
            count += int((old != new).any(1).mean() > 0.01)
    return count


def differing(one: image.Pixels, other: image.Pixels) -> Mask:
    """Where two pictures differ by more than `CHANGED`."""
    found: Mask = np.asarray(color_difference(lab(one), lab(other))) > CHANGED
    return found


if __name__ == "__main__":
    main()
