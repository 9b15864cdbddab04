"""The verbs of palettes."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.targets import Force

palette_app = typer.Typer(no_args_is_help=True, help="Show and convert palettes.")

Source = Annotated[
    str, typer.Argument(help="'#7a4a2b,#fff', '122,74,43'; a .gpl, .ase, .aco, .act, .kpl, .pal or .txt; or a picture.")
]
Count = Annotated[int, typer.Option(help="The most colors of a picture.", min=1, max=256)]


@palette_app.command("show")
def palette_show(source: Source, count: Count = 8) -> None:
    """The colors of a palette, with their names."""
    from senga.color.palette import hex_of, read_swatches

    for swatch in read_swatches(source, count):
        typer.echo(f"{hex_of(swatch.color)} {swatch.name}".rstrip())


@palette_app.command("convert")
def palette_convert(
    source: Source,
    out: Annotated[Path, typer.Option("-o", "--out", help="File ending in .gpl, .ase, .aco, .txt or .hex.")],
    count: Count = 8,
    force: Force = False,
) -> None:
    """Write a palette as another kind of file."""
    from senga.color.palette import read_swatches, write_palette
    from senga.storage import refuse_existing

    refuse_existing(out, force=force)
    swatches = read_swatches(source, count)
    write_palette(out, [s.color for s in swatches], [s.name for s in swatches], force=force)
    typer.echo(out)
