"""The verb `color`."""

from typing import Annotated

import typer

from senga.verbs.targets import Force, Model, Threads, find_targets, for_each


def color(
    drawings: Annotated[list[str], typer.Argument(help="Line drawings; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, or folder for several drawings; '-': stdout.")],
    hints: Annotated[str | None, typer.Option(help="Hints: colors painted on a transparent layer.")] = None,
    model: Model = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Color line drawings; the drawing's own lines come back untouched on top."""
    from senga import image
    from senga.color.colorizer import Colorizer
    from senga.color.hints import Hints

    targets = find_targets(drawings, out, force)
    painter = Colorizer.open(model, threads=threads)

    def paint(source: str, target: str) -> None:
        drawing = image.read_drawing(source)
        given = Hints.read(hints, drawing.shape) if hints else None
        image.write(target, painter.page(drawing).paint(given), force=force)

    for_each(targets, paint)
