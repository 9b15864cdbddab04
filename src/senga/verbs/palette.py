"""The verbs of palettes and characters."""

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from senga.errors import SengaError
from senga.verbs.targets import Force, refuse_existing

palette_app = typer.Typer(no_args_is_help=True, help="Show and convert palettes.")
character_app = typer.Typer(no_args_is_help=True, help="Make and show character files.")

Source = Annotated[str, typer.Argument(help="'#7a4a2b,#fff'; a .gpl, .ase, .aco, .txt or .hex file; or any picture.")]
Count = Annotated[int, typer.Option(help="The most colors of a picture.", min=1, max=256)]
CharacterFile = Annotated[Path, typer.Argument(help="Character file, .toml.")]


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

    refuse_existing(out, force)
    swatches = read_swatches(source, count)
    write_palette(out, [s.color for s in swatches], [s.name for s in swatches], force=force)
    typer.echo(out)


@character_app.command("new")
def character_new(
    picture: Annotated[str, typer.Argument(help="Colored picture of the character, best cut out; '-' reads stdin.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Character file, .toml.")],
    name: Annotated[str, typer.Option(help="The character's name.")],
    count: Count = 8,
    reference: Annotated[bool, typer.Option("--reference", help="Also borrow colors from the picture itself.")] = False,
    force: Force = False,
) -> None:
    """Make a character file of a colored picture; its colors wait there to be given their parts' names."""
    from senga import image
    from senga.color.character import character_of
    from senga.color.files.characterfile import write_character
    from senga.errors import PaletteError

    refuse_existing(out, force)
    if reference and picture == "-":
        raise SengaError("--reference names a file; stdin has no name")
    try:
        character = character_of(image.read_rgba(picture), name, count)
    except PaletteError as error:
        raise PaletteError(f"{picture}: {error}") from error
    if reference:
        character = dataclasses.replace(character, reference=Path(picture))
    write_character(out, character, force=force)
    typer.echo(out)


@character_app.command("show")
def character_show(file: CharacterFile) -> None:
    """What a character file holds."""
    from senga.color.files.characterfile import read_character
    from senga.color.palette import hex_of

    character = read_character(file)
    typer.echo(character.name)
    for part, color in character.colors.items():
        typer.echo(f"{hex_of(color)} {part}")
    for color in character.others:
        typer.echo(hex_of(color))
    if character.reference is not None:
        typer.echo(f"reference {character.reference}, strength {character.reference_strength:g}")
    for seed in character.seeds:
        points = " ".join(f"({x:g}, {y:g})" for x, y in seed.at)
        typer.echo(f"hint {seed.color} at {points}{f', drawings {seed.drawing}' if seed.drawing else ''}")
