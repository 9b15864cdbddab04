"""The verb `cache`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.progress import progress_bar
from senga.verbs.targets import in_set


def cache(
    sets: Annotated[list[Path], typer.Argument(help="Folders of pair sets.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the cache; the same command again goes on.")],
    seed: Annotated[int, typer.Option(help="Of the order of the pictures, and of their drawings.")] = 0,
    inker: Annotated[
        Path | None,
        typer.Option(
            help="Model file of the line extractor, or 'open'; default: the shipped one.",
            callback=in_set("inker.onnx"),
        ),
    ] = None,
    workers: Annotated[int | None, typer.Option(help="Processes; default: one a core.", min=1)] = None,
) -> None:
    """Make what courses train from: pictures, line art and regions, mapped into memory; test pictures stay out."""
    from senga.learn.data.cache import VARIANTS, Plan, build
    from senga.lines import learned

    with progress_bar("shards", logged=False) as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if not bar.console.is_terminal and (done == total or done % 10 == 0):  # a line now and then in a log
                typer.echo(f"{done} of {total} shards")

        built = build(Plan(tuple(sets), seed, inker or learned.SHIPPED), out, workers=workers, report=tell)
    train, val = len(built.of("train")), len(built.of("val"))
    size = sum(file.stat().st_size for file in out.glob("*.bin"))
    typer.echo(
        f"{out}: {train + val:,} pictures ({train:,} train, {val:,} val), {VARIANTS} drawings each, {size / 1e9:.2f} GB"
    )
    for number, folder in enumerate(sets):
        counts = (len(built.of("train", number)), len(built.of("val", number)))
        typer.echo(f"  {folder}: {counts[0]:,} train, {counts[1]:,} val")
