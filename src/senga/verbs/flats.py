"""The verb `flats`."""

from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from senga.errors import SengaError
from senga.verbs.targets import (
    Engine,
    Force,
    Model,
    OnError,
    Report,
    Resume,
    Run,
    Threads,
    Unpack,
    Workers,
    carry_out,
    check_svg,
)

Source = Literal["both", "hints", "model"]
SOURCES: tuple[Source, ...] = get_args(Source)


def flats(
    drawings: Annotated[list[str], typer.Argument(help="Line drawings, folders, archives; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, folder or archive (.zip, .cbz); '-': stdout.")],
    hints: Annotated[str | None, typer.Option(help="Hints: colors painted on a transparent layer.")] = None,
    palette: Annotated[
        list[str] | None,
        typer.Option(help="Colors for regions without hint: '#7a4a2b,#fff', a swatch file or a picture; repeatable."),
    ] = None,
    reference: Annotated[str | None, typer.Option(help="Colored picture whose colors are borrowed.")] = None,
    source: Annotated[
        str,
        typer.Option(help="Where colors come from: hints, model, or both: hints first, the model for the rest."),
    ] = "both",
    ball_radius: Annotated[
        float | None,
        typer.Option(help="Radius of the trapped ball, px; default: 3, more for large drawings.", min=0.5, max=500),
    ] = None,
    gap: Annotated[
        float,
        typer.Option(
            help="How boldly open lines are closed where a color seems to end, 0 to 8: 0 not at all, 1 as usual.",
        ),
    ] = 1.0,
    layer: Annotated[bool, typer.Option("--layer", help="The flat color layer alone, without the lines.")] = False,
    svg: Annotated[bool, typer.Option("--svg", help="Also write the flats as SVG beside each result.")] = False,
    model: Model = None,
    threads: Threads = None,
    workers: Workers = None,
    engine: Engine = "local",
    resume: Resume = False,
    on_error: OnError = "skip",
    report: Report = None,
    unpack: Unpack = False,
    force: Force = False,
) -> None:
    """Lay one flat color into each region of line drawings; gaps in lines are bridged, hints stay inside lines."""
    from senga.color.closer import check_gap
    from senga.color.palette import read_palette
    from senga.jobs.coloring import LayFlats

    wanted = _find_source(source)
    _check_source(wanted, hints, palette, reference, model)
    check_gap(gap)
    colors = tuple(dict.fromkeys(c for text in palette or [] for c in read_palette(text)))
    check_svg(svg, out)
    work = LayFlats(
        threads,
        model_too=wanted != "hints",
        hints=hints,
        reference=reference,
        colors=colors,
        radius=ball_radius,
        gap=gap,
        layer=layer,
        svg=svg,
        model=model,
    )
    carry_out(
        "flats",
        work,
        drawings,
        out,
        Run(force, workers, engine, resume, on_error, report, unpack),
    )


def _find_source(text: str) -> Source:
    for source in SOURCES:
        if source == text:
            return source
    raise SengaError(f"unknown --source '{text}'; known: {', '.join(SOURCES)}")


def _check_source(
    source: Source, hints: str | None, palette: list[str] | None, reference: str | None, model: Path | None
) -> None:
    """Refuses what would have no effect."""
    if source == "model" and hints:
        raise SengaError("--hints goes with --source both or hints")
    if source != "hints":
        return
    if not hints:
        raise SengaError("--source hints needs --hints")
    for name, given in (("--palette", palette), ("--reference", reference), ("--model", model)):
        if given:
            raise SengaError(f"{name} goes with --source both or model: hints are obeyed as they are")
