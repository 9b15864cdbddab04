"""The verb `flats`."""

from pathlib import Path
from typing import Annotated, Literal, get_args

import typer

from senga.errors import SengaError
from senga.verbs.targets import Force, Model, Threads, check_svg, find_targets, for_each

Source = Literal["both", "hints", "model"]
SOURCES: tuple[Source, ...] = get_args(Source)


def flats(
    drawings: Annotated[list[str], typer.Argument(help="Line drawings; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, or folder for several drawings; '-': stdout.")],
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
        float | None,
        typer.Option(
            help="Widest gap in a line that is bridged, px; another way to say --ball-radius.", min=0, max=999
        ),
    ] = None,
    layer: Annotated[bool, typer.Option("--layer", help="The flat color layer alone, without the lines.")] = False,
    svg: Annotated[bool, typer.Option("--svg", help="Also write the flats as SVG beside each result.")] = False,
    model: Model = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Lay one flat color into each region of line drawings; gaps in lines are bridged, hints stay inside lines."""
    from senga import image
    from senga.color.colorizer import Colorizer
    from senga.color.flats import flat_colors, lay_flats
    from senga.color.flatsvg import flats_to_svg
    from senga.color.hints import Hints
    from senga.color.palette import read_palette
    from senga.color.regions import find_regions

    wanted = _find_source(source)
    _check_source(wanted, hints, palette, reference, model)
    if gap is not None and ball_radius is not None:
        raise SengaError("--gap and --ball-radius say the same; give one of them")
    radius = ball_radius if gap is None else max(0.5, (gap + 1) / 2)  # the ball's middle is half a px from its rim
    colors = list(dict.fromkeys(c for text in palette or [] for c in read_palette(text))) or None
    borrowed = image.read(reference) if reference else None
    targets = find_targets(drawings, out, force)
    check_svg(targets, svg, force)
    painter = Colorizer.open(model, threads=threads) if wanted != "hints" else None

    def work(name: str, target: str) -> None:
        drawing = image.read_drawing(name)
        laid = Hints.read(hints, drawing.shape) if hints else Hints.blank(drawing.shape)
        regions = find_regions(drawing.lines, radius)
        painted = None
        if painter is not None:
            # Every model can be kept to a palette afterwards; some also heed one.
            heeds = "palette" in painter.session.card.conditions
            page = painter.page(drawing)
            painted = page.color(laid if laid.mask.any() else None, borrowed, colors if heeds else None)
        found = flat_colors(regions, laid, painted, colors)
        image.write(target, found if layer else lay_flats(found, drawing), force=force)
        if svg:
            image.write_bytes(Path(target).with_suffix(".svg"), flats_to_svg(found).encode(), force=force)

    for_each(targets, work)


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
