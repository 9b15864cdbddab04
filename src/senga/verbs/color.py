"""The verb `color`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.errors import SengaError
from senga.verbs.targets import Engine, Force, Model, OnError, Report, Resume, Run, Threads, Unpack, Workers, carry_out

if TYPE_CHECKING:
    from senga.color.request import Reach


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
    seed: Annotated[
        int | None, typer.Option(help="Of what is drawn at random: another one, other colors; default: 0.", min=0)
    ] = None,
    light: Annotated[
        float | None,
        typer.Option(help="Strength of light and shade, 0 (flat colors) to 1.5; default: 1.", min=0, max=1.5),
    ] = None,
    reach: Annotated[
        str | None,
        typer.Option(help="How far a hint reaches: its region, what belongs to it (object, the default), or far."),
    ] = None,
    model: Model = None,
    backend: Annotated[str, typer.Option(help="What runs the model: onnxruntime or openvino.")] = "onnxruntime",
    threads: Threads = None,
    workers: Workers = None,
    engine: Engine = "local",
    resume: Resume = False,
    on_error: OnError = "skip",
    report: Report = None,
    unpack: Unpack = False,
    colored: Annotated[
        str, typer.Option(help="Pages that are colored already: redo colors them, copy takes them over, skip does not.")
    ] = "redo",
    max_ram: Annotated[
        int | None,
        typer.Option(help="Memory to stay under, MB; with too little, colors of large pages may cross thin lines."),
    ] = None,
    force: Force = False,
) -> None:
    """Color line drawings; the drawing's own lines come back untouched on top."""
    from senga import image
    from senga.color.character import Character
    from senga.color.files.characterfile import read_character
    from senga.color.files.layerfile import LAYERED
    from senga.color.files.project import ENDING, is_project
    from senga.color.layers import NAMES
    from senga.color.palette import hex_of, read_palette
    from senga.color.request import Request
    from senga.jobs.coloring import ColorDrawings

    drawings = drawings or []
    if from_picture is not None:
        plain = {"drawings": drawings, "--candidates": candidates, "--layer": layer, "--character": character}
        for name, set_ in plain.items():
            if set_:
                raise SengaError(f"--from-picture makes one picture of one: leave out {name}")
        if Path(out).suffix.lower() in LAYERED:
            raise SengaError(f"--from-picture makes pictures; {out} has layers")
    elif not drawings:
        raise SengaError("give drawings, or a colored picture by --from-picture")
    if candidates is None and sheet:
        raise SengaError("--sheet goes with --candidates")
    layered = Path(out).suffix.lower() in LAYERED and not Path(out).is_dir()
    if layered and len(drawings) != 1:
        raise SengaError(f"{out}: has the layers of one drawing; write several one by one")
    if layer is not None and (layer not in NAMES or layered):
        wrong = f"{out} has all layers" if layered else f"unknown layer '{layer}'; known: {', '.join(NAMES)}"
        raise SengaError(f"--layer: {wrong}")
    if candidates is not None and (layer is not None or layered):
        kept = "--layer is" if layer is not None else f"{out}: layers are"
        raise SengaError(f"{kept} of one answer; leave out --candidates, or write pictures")
    own: dict[str, object] = {"hints": hints, "palette": palette, "character": character, "reference": reference}
    own |= {"reference-strength": reference_strength, "tint": tint or None, "light": light, "reach": reach}
    for source in filter(is_project, drawings):
        for option, given in own.items():
            if given is not None and given != []:
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
        light=1.0 if light is None else light,
        reach=find_reach(reach or "object"),
        candidates=candidates or 1,
        seed=seed or 0,
    )
    if max_ram is not None and (layered or layer is not None):
        raise SengaError("--max-ram goes with pictures: layers are held all at once")
    if colored not in ("redo", "copy", "skip"):
        raise SengaError(f"--colored {colored}: give redo, copy or skip")
    if colored != "redo" and (candidates is not None or layered or layer is not None):
        raise SengaError("--colored goes with plain pictures: not with candidates and layers")
    work = ColorDrawings(
        threads,
        request=asked,
        pictured=from_picture is not None,
        several=candidates is not None,
        sheet=sheet,
        seed=seed,
        hints=hints,
        character=character,
        reference=reference,
        layer=layer,
        model=model,
        backend=backend,
        colored=colored,
        max_ram=None if max_ram is None else max_ram * 1_000_000,
    )
    carry_out(
        "color",
        work,
        drawings if from_picture is None else [from_picture],
        out,
        Run(force, workers, engine, resume, on_error, report, unpack),
        more=LAYERED,
        taken=(ENDING,),
    )


def find_reach(text: str) -> "Reach":
    """A reach by its name.

    Raises:
        SengaError: no such reach.
    """
    from senga.color.request import REACHES

    for reach in REACHES:
        if reach == text:
            return reach
    raise SengaError(f"unknown --reach '{text}'; known: {', '.join(REACHES)}")
