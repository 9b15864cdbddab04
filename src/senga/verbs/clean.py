"""The verb `clean`."""

from typing import Annotated

import typer

from senga.verbs.line_options import Binary, Invert, LineLayer, Svg, Transparent
from senga.verbs.targets import (
    Engine,
    Force,
    Format,
    MaxRam,
    OnError,
    Report,
    Resume,
    Run,
    Threads,
    Unpack,
    Workers,
    as_bytes,
    carry_out,
)


def clean(
    drawings: Annotated[list[str], typer.Argument(help="Photos or scans, folders, archives; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, folder or archive (.zip, .cbz); '-': stdout.")],
    ink: Annotated[
        float, typer.Option(help="Where a line begins, from paper (0) to full ink (1); less keeps fainter lines.")
    ] = 0.35,
    speck: Annotated[
        float, typer.Option(help="Take out loose ink up to this area, px; 0: none; -1: by the page.")
    ] = -1.0,
    gap: Annotated[float, typer.Option(help="Close gaps of lines up to this, px.")] = 0.0,
    thickness: Annotated[float, typer.Option(help="Redraw every line at this width, px; 0 keeps the widths.")] = 0.0,
    pencil: Annotated[
        str, typer.Option(help="Blue and other colored pencil: drop (unless it is nearly all), or keep.")
    ] = "drop",
    invert: Invert = False,
    line_layer: LineLayer = None,
    binary: Binary = False,
    transparent: Transparent = False,
    svg: Svg = False,
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
    """Clean up photos and scans of drawings: even light, white paper, no specks, clear ink."""
    from senga.jobs.drawing import CleanUp
    from senga.lines.clean import Cleaning

    wanted = Cleaning(ink=ink, speck=speck, gap=gap, thickness=thickness, pencil=pencil, invert=invert)
    work = CleanUp(threads, binary, transparent, svg, cleaning=wanted, line_layer=line_layer, max_ram=as_bytes(max_ram))
    carry_out("clean", work, drawings, out, Run(force, workers, engine, resume, on_error, report, unpack, format))
