"""The verbs of project files."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from senga.errors import SengaError
from senga.verbs.light_options import USUAL_SIDE, LightSide, LightSoftness, Shade, ShadeSoftness, ShadeTint
from senga.verbs.line_options import Gap
from senga.verbs.targets import Force, Model

project_app = typer.Typer(no_args_is_help=True, help="Make and show project files, for the page and 'senga color'.")


@project_app.command("new")
def project_new(
    drawing: Annotated[str, typer.Argument(help="Line drawing; '-' reads stdin.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Project file, .senga.")],
    palette: Annotated[
        list[str] | None,
        typer.Option(help="Colors to use: '#7a4a2b,#fff', a swatch file or a picture; repeatable."),
    ] = None,
    reference: Annotated[Path | None, typer.Option(help="Colored picture whose colors are borrowed.")] = None,
    reference_strength: Annotated[float, typer.Option(help="How much is borrowed, 0 to 1.", min=0, max=1)] = 1.0,
    tint: Annotated[
        float, typer.Option(help="How much lines take the color of what they outline, 0 to 1.", min=0, max=1)
    ] = 0.0,
    flat: Annotated[bool, typer.Option("--flat", help="One even color for each area.")] = False,
    light: Annotated[
        float, typer.Option(help="Strength of light and shade, 0 (flat colors) to 1.5.", min=0, max=1.5)
    ] = 1.0,
    shade: Shade = None,
    light_softness: LightSoftness = 0.0,
    shade_softness: ShadeSoftness = 0.0,
    shade_tint: ShadeTint = None,
    light_side: LightSide = USUAL_SIDE,
    reach: Annotated[
        str, typer.Option(help="How far a hint reaches: its region, what belongs to it (object), or far.")
    ] = "object",
    gap: Gap = 1.0,
    seed: Annotated[int, typer.Option(help="Of what is drawn at random: another one, other colors.", min=0)] = 0,
    model: Model = None,
    force: Force = False,
) -> None:
    """Make a project of a drawing, to be painted in the page or with 'senga color'."""
    import dataclasses

    from senga.color.colorizer import SHIPPED
    from senga.color.files.project import Fingerprint, Project
    from senga.color.palette import hex_of, parse_color, read_swatches
    from senga.color.request import Mode, Request
    from senga.jobs.color_settings import find_reach
    from senga.model.session import Session
    from senga.model.shipped import model_file
    from senga.storage import read_stdin, refuse_existing

    refuse_existing(out, force=force)
    swatches = [s for source in palette or [] for s in read_swatches(source)]
    mode: Mode = "flat" if flat else "paint"
    request = Request(
        palette=tuple(dict.fromkeys(hex_of(s.color) for s in swatches)),
        reference=None if reference is None else "reference",
        reference_strength=reference_strength,
        tint=tint,
        mode=mode,
        light=light,
        shade=shade,
        light_softness=light_softness,
        shade_softness=shade_softness,
        shade_tint=None if shade_tint is None else hex_of(parse_color(shade_tint)),
        light_side=light_side,
        reach=find_reach(reach),
        gap=gap,
        seed=seed,
    )
    content = read_stdin() if drawing == "-" else _content(drawing)
    borrowed = None if reference is None else _content(reference)
    name = "stdin" if drawing == "-" else Path(drawing).name
    project = Project.new(content, name, request, borrowed)
    session = Session.open(model_file(model, SHIPPED.name))
    session.need("colorize")
    saved = tuple(dict.fromkeys(swatches))
    dataclasses.replace(project, swatches=saved, model=Fingerprint.of(session)).write(out, force=force)
    typer.echo(out)


@project_app.command("show")
def project_show(file: Annotated[Path, typer.Argument(help="Project file, .senga.")]) -> None:
    """What a project holds."""
    from senga.color.files.project import FORMAT, Project
    from senga.color.palette import hex_of

    project = Project.read(file)
    request = project.request
    height, width = project.open_drawing().shape
    typer.echo(f"drawing {project.name}, {width}x{height} px, {_amount(len(project.drawing))}")
    kinds = Counter(m.kind for m in request.marks)
    points = sum(len(m.points) for m in request.marks)
    said = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    typer.echo(f"marks {len(request.marks)}{f': {said}; {points} points' if said else ''}")
    typer.echo(f"palette {' '.join(request.palette) or 'none'}")
    for swatch in project.swatches:
        typer.echo(f"swatch {hex_of(swatch.color)} {swatch.name}".rstrip())
    if project.reference is not None:
        size = _amount(len(project.reference))
        typer.echo(f"reference {request.reference}, {size}, strength {request.reference_strength:g}")
    typer.echo(f"mode {request.mode}, tint {request.tint:g}, seed {request.seed}")
    light = request.lighting
    tint = f", tint {light.shade_tint}" if light.shade_tint else ""
    typer.echo(
        f"shade {light.shading:g}, softness {light.softness:g} and {light.shade_softness:g}, side {light.side:g}{tint}"
    )
    typer.echo(f"light {request.light:g}, reach {request.reach}, gap {request.gap:g}")
    typer.echo(f"model {project.model or 'not known'}")
    typer.echo(f"format {FORMAT}")


def _content(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
        from senga.color.files.swatches import one_line

        reason = getattr(error, "strerror", None) or error
        raise SengaError(f"{one_line(str(path))}: cannot be read: {reason}") from error


def _amount(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1e3:.1f} kB"
