"""The verb `flats`."""

from typing import Annotated

import typer

from senga.verbs.line_options import ColorBubbles, Gap, HintLayer, Invert, LineLayer
from senga.verbs.targets import (
    Backend,
    Engine,
    Force,
    Format,
    MaxRam,
    Model,
    OnError,
    Report,
    Resume,
    Run,
    Threads,
    Unpack,
    Workers,
    as_bytes,
    backend_here,
    carry_out,
)


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
    gap: Gap = 1.0,
    layer: Annotated[bool, typer.Option("--layer", help="The flat color layer alone, without the lines.")] = False,
    svg: Annotated[bool, typer.Option("--svg", help="Also write the flats as SVG beside each result.")] = False,
    color_bubbles: ColorBubbles = False,
    invert: Invert = False,
    line_layer: LineLayer = None,
    hint_layer: HintLayer = None,
    model: Model = None,
    backend: Backend = "onnxruntime",
    threads: Threads = None,
    workers: Workers = None,
    engine: Engine = "local",
    resume: Resume = False,
    on_error: OnError = "skip",
    report: Report = None,
    unpack: Unpack = False,
    format: Format = None,
    max_ram: MaxRam = None,
    force: Force = False,
) -> None:
    """Lay one flat color into each region of line drawings; gaps in lines are bridged, hints stay inside lines."""
    from senga.color.palette import read_palettes
    from senga.jobs.flats import LayFlats

    work = LayFlats(
        threads,
        source=source,
        hints=hints,
        palette=read_palettes(palette or ()),
        reference=reference,
        ball_radius=ball_radius,
        gap=gap,
        layer=layer,
        svg=svg,
        model=model,
        color_bubbles=color_bubbles,
        invert=invert,
        max_ram=as_bytes(max_ram),
        line_layer=line_layer,
        hint_layer=hint_layer,
        backend=backend_here(backend, engine),
    )
    carry_out("flats", work, drawings, out, Run(force, workers, engine, resume, on_error, report, unpack, format))
