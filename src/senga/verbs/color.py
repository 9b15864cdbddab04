"""The verb `color`."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from senga.errors import ImageError, SengaError
from senga.verbs.targets import Force, Model, Threads, find_targets, for_each, numbered


def color(
    drawings: Annotated[list[str], typer.Argument(help="Line drawings, or .senga projects; '-' reads stdin.")],
    out: Annotated[
        str,
        typer.Option(
            "-o", "--out", help="File (.psd and .ora: in layers), or folder for several drawings; '-': stdout."
        ),
    ],
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
    seed: Annotated[int | None, typer.Option(help="Of what is drawn at random for candidates; default: 0.")] = None,
    model: Model = None,
    backend: Annotated[str, typer.Option(help="What runs the model: onnxruntime or openvino.")] = "onnxruntime",
    threads: Threads = None,
    max_ram: Annotated[
        int | None,
        typer.Option(help="Memory to stay under, MB; with too little, colors of large pages may cross thin lines."),
    ] = None,
    force: Force = False,
) -> None:
    """Color line drawings; the drawing's own lines come back untouched on top."""
    from senga import image
    from senga.color.apart import take_apart
    from senga.color.character import Character
    from senga.color.characterfile import read_character
    from senga.color.colorizer import Colorizer, Page
    from senga.color.hints import Hints
    from senga.color.layerfile import LAYERED, write_layers
    from senga.color.layers import NAMES, layer_alone
    from senga.color.palette import hex_of, read_palette
    from senga.color.project import Project, is_project
    from senga.color.request import Request, answer, run
    from senga.color.sheet import contact_sheet

    if candidates is None and (sheet or seed is not None):
        raise SengaError(f"{'--sheet' if sheet else '--seed'} goes with --candidates")
    layered = Path(out).suffix.lower() in LAYERED and not Path(out).is_dir()
    if layered and len(drawings) != 1:
        raise SengaError(f"{out}: has the layers of one drawing; write several one by one")
    if layer is not None and (layer not in NAMES or layered):
        wrong = f"{out} has all layers" if layered else f"unknown layer '{layer}'; known: {', '.join(NAMES)}"
        raise SengaError(f"--layer: {wrong}")
    if candidates is not None and (layer is not None or layered):
        kept = "--layer is" if layer is not None else f"{out}: layers are"
        raise SengaError(f"{kept} of one answer; leave out --candidates, or write pictures")
    own = {"hints": hints, "palette": palette, "character": character, "reference": reference, "tint": tint}
    own["reference-strength"] = reference_strength
    for source in filter(is_project, drawings):
        for option, given in own.items():
            if given:
                raise SengaError(f"{source}: a project says its own colors; leave out --{option}")
    who = read_character(character) if character else Character("nobody")
    given_colors = [c for source in palette or [] for c in read_palette(source)]
    colors = list(dict.fromkeys([*given_colors, *who.palette()]))
    borrowed = image.read(reference) if reference else who.reference_picture()
    strength = who.reference_strength if reference is None else 1.0
    if reference_strength is not None:
        if borrowed is None:
            raise SengaError("--reference-strength goes with --reference, or with a character that has one")
        if not 0 <= reference_strength <= 1:  # nan too is refused
            raise SengaError(f"--reference-strength {reference_strength}: give a share of 0 to 1")
        strength = reference_strength
    asked = Request(
        palette=tuple(hex_of(c) for c in colors),
        reference=None if borrowed is None else "reference",
        reference_strength=strength,
        tint=tint,
        candidates=candidates or 1,
        seed=seed or 0,
    )
    targets = find_targets(drawings, out, force, 0 if sheet else candidates or 0, more=LAYERED)
    if max_ram is not None and (layered or layer is not None):
        raise SengaError("--max-ram goes with pictures: layers are held all at once")
    allowed = None if max_ram is None else max_ram * 1_000_000
    painter = Colorizer.open(model, threads=threads, backend=backend, max_ram=allowed)

    def opened(source: str) -> Project:
        project = Project.read(source)
        if doubt := project.doubt(painter.session):
            typer.echo(f"senga: {source}: {doubt}", err=True)
        kept = project.request
        wanted = dataclasses.replace(kept, candidates=candidates or 1, seed=kept.seed if seed is None else seed)
        return dataclasses.replace(project, request=wanted)

    def laid(source: str, drawing: image.Drawing) -> Hints:
        told = who.hints(drawing.shape, None if source == "-" else Path(source).name)
        return Hints.read(hints, drawing.shape).over(told) if hints else told

    def read_page(source: str, drawing: image.Drawing) -> Page:
        try:
            return painter.page(drawing)
        except ImageError as error:
            raise ImageError(f"{source}: {error}") from error

    def apart(source: str, target: str) -> None:
        if is_project(source):
            project = opened(source)
            page = painter.page(project.open_drawing())
            given = project.request.hints(page.drawing.lines, areas=page.areas)
            layers = take_apart(project.request, page, given, project.open_reference())
        else:
            page = painter.page(image.read_drawing(source))
            layers = take_apart(asked, page, laid(source, page.drawing), borrowed)
        if layer is None:
            write_layers(target, layers, force=force)
        else:
            image.write(target, layer_alone(layers, layer), force=force)

    def paint(source: str, target: str) -> list[str] | None:
        if layered or layer is not None:
            apart(source, target)
            return None
        if is_project(source):
            project = opened(source)
            page = read_page(source, project.open_drawing())
            answers = run(project.request, page, project.open_reference())
        else:
            drawing = image.read_drawing(source)
            answers = answer(asked, read_page(source, drawing), laid(source, drawing), borrowed)
        if candidates is None or sheet:
            image.write(target, contact_sheet(answers) if sheet else answers[0], force=force)
            return None
        files = numbered(target, len(answers))
        for file, picture in zip(files, answers, strict=True):
            image.write(file, picture, force=force)
        return files

    for_each(targets, paint)
