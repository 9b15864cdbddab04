"""The verb `bench`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.errors import SengaError
from senga.verbs.targets import Model


def bench(
    model: Model = None,
    threads: Annotated[int, typer.Option(help="Processor threads.", min=1)] = 2,
    runs: Annotated[int, typer.Option(help="Timed runs of each.", min=1)] = 7,
    yardstick: Annotated[bool, typer.Option(help="Also time the PaintsChainer U-Net (needs the train extra).")] = True,
    train: Annotated[
        bool, typer.Option("--train", help="Time training in place of coloring: samples and steps (needs torch).")
    ] = False,
    cache: Annotated[Path | None, typer.Option(help="--train: of a cache's pictures; default: of made ones.")] = None,
) -> None:
    """Time and memory of coloring and of drawing lines here, beside a matrix product and the PaintsChainer U-Net."""
    from senga.bench import bench_text, training_text

    if train:
        for line in training_text(cache, threads=threads):
            typer.echo(line)
        return
    if cache:
        raise SengaError("--cache goes with --train")
    for line in bench_text(model, threads=threads, runs=runs, yardstick=yardstick):
        typer.echo(line)
