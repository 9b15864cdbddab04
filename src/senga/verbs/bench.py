"""The verb `bench`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.targets import Model


def bench(
    model: Model = None,
    backend: Annotated[
        str | None,
        typer.Option(
            help="Also time cuda, directml, coreml, openvino or auto, and how far its answer is from the processor's; "
            "default: openvino where it is installed."
        ),
    ] = None,
    threads: Annotated[int, typer.Option(help="Processor threads.", min=1)] = 2,
    runs: Annotated[int, typer.Option(help="Timed runs of each.", min=1)] = 7,
    yardstick: Annotated[bool, typer.Option(help="Also time the PaintsChainer U-Net (needs the train extra).")] = True,
    train: Annotated[
        bool, typer.Option("--train", help="Time training in place of coloring: samples and steps (needs torch).")
    ] = False,
    cache: Annotated[Path | None, typer.Option(help="--train: of a cache's pictures; default: of made ones.")] = None,
) -> None:
    """Time and memory of coloring and of drawing lines here, beside a matrix product and the PaintsChainer U-Net."""
    from senga.bench import report

    for line in report(
        model, backend=backend, threads=threads, runs=runs, yardstick=yardstick, train=train, cache=cache
    ):
        typer.echo(line)
