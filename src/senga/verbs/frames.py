"""The verb `frames`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.errors import SengaError
from senga.verbs.progress import progress_bar
from senga.verbs.targets import Force, Model, Report, Threads, refuse_existing

if TYPE_CHECKING:
    from senga.inputs.item import Item


def frames(
    drawings: Annotated[list[str], typer.Argument(help="Frames in order: files, a folder, a pattern or an archive.")],
    out: Annotated[str, typer.Option("-o", "--out", help="Folder of the colored frames.")],
    key: Annotated[str | None, typer.Option(help="One frame, colored by a person: its colors go on.")] = None,
    at: Annotated[
        str | None, typer.Option(help="Name of the frame that the key is of; default: the key's own, or the first.")
    ] = None,
    reference: Annotated[str | None, typer.Option(help="Colored picture whose colors new regions borrow.")] = None,
    tint: Annotated[
        float, typer.Option(help="How much lines take the color of what they outline, 0 to 1.", min=0, max=1)
    ] = 0.0,
    flat: Annotated[bool, typer.Option("--flat", help="One color each region, without shading.")] = False,
    light: Annotated[
        float, typer.Option(help="Strength of light and shade, 0 (flat colors) to 1.5.", min=0, max=1.5)
    ] = 1.0,
    model: Model = None,
    threads: Threads = None,
    report: Report = None,
    force: Force = False,
) -> None:
    """Color the frames of an animation in steady colors, from one colored key frame or a reference."""
    import json

    from senga import image, storage
    from senga.color.colorizer import Colorizer
    from senga.color.frames import Painted, color_frames
    from senga.color.request import Request
    from senga.inputs.item import find_items
    from senga.jobs.targets import plan

    if report is not None:
        refuse_existing(report, force)
    if storage.is_remote(out):
        raise SengaError(f"{out}: frames are written to a folder here; give a path")
    items = find_items(drawings)
    planned = plan(items, out, force=force, unpack=True, single=False)
    painter = Colorizer.open(model, threads=threads)
    colored = image.read(key) if key else None
    borrowed = image.read(reference) if reference else None
    named = None if borrowed is None else "reference"
    asked = Request(reference=named, tint=tint, mode="flat" if flat else "paint", light=light)
    first = _key_frame(items, key, at)
    rows: list[dict[str, object]] = []

    def drawn(order: "list[Item]") -> Iterator[image.Drawing]:
        for item in order:
            yield item.drawing()

    def kept(number: int, one: Painted) -> None:
        target = Path(planned.tasks[number].target)
        target.parent.mkdir(parents=True, exist_ok=True)
        image.write(target, one.picture, force=force)
        typer.echo(str(target))
        found, flicker = (None if v != v else round(v, 4) for v in (one.found, one.flicker))
        rows.append({"frame": items[number].place, "file": str(target), "found": found, "flicker": flicker})

    with progress_bar("frames") as bar:
        task = bar.add_task("", total=len(items))
        # From the key frame to the end, and from it to the beginning.
        for start, step in ((first, 1), (first, -1)):
            order = list(range(start, len(items) if step > 0 else -1, step))
            if step < 0 and len(order) < 2:
                continue
            in_order = drawn([items[i] for i in order])
            painted = color_frames(in_order, painter, asked, key=colored, reference=borrowed)
            for number, one in zip(order, painted, strict=True):
                if step < 0 and number == first:
                    continue
                kept(number, one)
                bar.update(task, advance=1)
    told = [r["flicker"] for r in rows if isinstance(r["flicker"], float)]
    mean = sum(told) / len(told) if told else None
    if mean is not None:
        typer.echo(f"{len(rows)} frames; flicker of matched regions, mean Delta E 2000: {mean:.2f}", err=True)
    if report is not None:
        content = {"verb": "frames", "frames": len(rows), "flicker": mean, "files": rows}
        image.write_bytes(report, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(), force=force)


def _key_frame(items: "list[Item]", key: str | None, at: str | None) -> int:
    """The number of the frame that the key is of."""
    if key is None:
        if at is not None:
            raise SengaError("--at goes with --key")
        return 0
    wanted = at or Path(key).name
    for part in ("name", "stem"):
        for number, item in enumerate(items):
            if getattr(Path(item.name), part) == getattr(Path(wanted), part):
                return number
    if at is not None:
        raise SengaError(f"--at {at}: none of the frames has that name; the first is {items[0].name}")
    return 0
