"""What `senga` answers without a verb."""

from typing import Annotated

import typer

from senga import __version__


def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Line art of anime and manga, both ways: pictures to lines, lines to color."""
    if show:
        typer.echo(f"senga {__version__}")
        raise typer.Exit
