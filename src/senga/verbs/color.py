"""The verb `color`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.errors import SengaError
from senga.verbs.light_options import USUAL_SIDE, LightSide, LightSoftness, Shade, ShadeSoftness, ShadeTint
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


def color(
    out: Annotated[
        str,
        typer.Option(
            "-o", "--out", help="File (.psd and .ora: in layers), folder or archive (.zip, .cbz); '-': stdout."
        ),
    ],
    drawings: Annotated[
        list[str] | None,
        typer.Argument(help="Line drawings, .senga projects, folders or archives of them; '-' reads stdin."),
    ] = None,
    from_picture: Annotated[
        str | None,
        typer.Option(
            help="A colored picture, or a folder of them, in the place of drawings: hints change its colors and leave "
            "the rest; with a palette, a reference or without hints its lines are drawn and colored anew."
        ),
    ] = None,
    hints: Annotated[str | None, typer.Option(help="Hints: colors painted on a transparent layer.")] = None,
    palette: Annotated[
        list[str] | None,
        typer.Option(help="Colors to use: '#7a4a2b,#fff', a swatch file or a picture; repeatable."),
    ] = None,
    character: Annotated[
        Path | None, typer.Option(help="Character file: colors, hints and a reference for all its drawings.")
    ] = None,
    reference: Annotated[str | None, typer.Option(help="Colored picture whose colors are borrowed.")] = None,
    reference_strength: Annotated[
        float | None, typer.Option(help="How much is borrowed, 0 to 1; default: 1, or the character's.")
    ] = None,
    tint: Annotated[
        float,
        typer.Option(help="How much lines take the color of what they outline, 0 to 1.", min=0, max=1),
    ] = 0.0,
    candidates: Annotated[
        int | None,
        typer.Option(help="So many different answers, written to OUT-1.png, OUT-2.png and so on.", min=1, max=64),
    ] = None,
    sheet: Annotated[bool, typer.Option("--sheet", help="All candidates numbered on one sheet instead.")] = False,
    layer: Annotated[
        str | None,
        typer.Option(help="One layer alone, on nothing: color (without lines), lines, flat, shade, light or hints."),
    ] = None,
    transparent: Annotated[
        bool, typer.Option("--transparent", help="Without the blank paper around what is drawn; also --layer color.")
    ] = False,
    region_layers: Annotated[
        bool, typer.Option("--region-layers", help="In .psd and .ora: a layer for each region, grouped by color.")
    ] = False,
    seed: Annotated[
        int | None, typer.Option(help="Of what is drawn at random: another one, other colors; default: 0.", min=0)
    ] = None,
    light: Annotated[
        float | None,
        typer.Option(help="Strength of light and shade, 0 (flat colors) to 1.5; default: 1.", min=0, max=1.5),
    ] = None,
    shade: Shade = None,
    light_softness: LightSoftness = 0.0,
    shade_softness: ShadeSoftness = 0.0,
    shade_tint: ShadeTint = None,
    light_side: LightSide = USUAL_SIDE,
    reach: Annotated[
        str | None,
        typer.Option(help="How far a hint reaches: its region, what belongs to it (object, the default), or far."),
    ] = None,
    gap: Gap = 1.0,
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
    colored: Annotated[
        str, typer.Option(help="Pages that are colored already: redo colors them, copy takes them over, skip does not.")
    ] = "redo",
    max_ram: MaxRam = None,
    force: Force = False,
) -> None:
    """Color line drawings; the drawing's own lines come back untouched on top."""
    from senga.color.palette import read_palettes
    from senga.jobs.coloring import ColorDrawings

    if from_picture is not None and drawings:
        raise SengaError("--from-picture makes one picture of one: leave out drawings")
    sources = [from_picture] if from_picture is not None else drawings or []
    if not sources:
        raise SengaError("give drawings, or a colored picture by --from-picture")
    work = ColorDrawings(
        threads,
        from_picture=from_picture is not None,
        hints=hints,
        palette=read_palettes(palette or ()),
        character=character,
        reference=reference,
        reference_strength=reference_strength,
        tint=tint,
        light=light,
        shade=shade,
        light_softness=light_softness,
        shade_softness=shade_softness,
        shade_tint=shade_tint,
        light_side=light_side,
        reach=reach,
        gap=gap,
        seed=seed,
        candidates=candidates,
        sheet=sheet,
        layer=layer,
        transparent=transparent,
        region_layers=region_layers,
        model=model,
        color_bubbles=color_bubbles,
        invert=invert,
        line_layer=line_layer,
        hint_layer=hint_layer,
        backend=backend_here(backend, engine),
        colored=colored,
        max_ram=as_bytes(max_ram),
    )
    carry_out("color", work, sources, out, Run(force, workers, engine, resume, on_error, report, unpack, format))
