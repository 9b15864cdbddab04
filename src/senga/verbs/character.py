"""The verbs of characters."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.palette import Count
from senga.verbs.targets import Force

character_app = typer.Typer(no_args_is_help=True, help="Make and show character files.")

CharacterFile = Annotated[Path, typer.Argument(help="Character file, .toml.")]


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
    from senga.color.files.characterfile import character_from, write_character
    from senga.storage import refuse_existing

    refuse_existing(out, force=force)
    character = character_from(picture, name, count, borrow=reference)
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
