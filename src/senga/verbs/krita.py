"""The verbs of the Krita plugin."""

from pathlib import Path
from typing import Annotated

import typer

krita_app = typer.Typer(no_args_is_help=True, help="The plugin that brings senga into Krita.")

Folder = Annotated[
    Path | None, typer.Option("--to", help="Krita's folder of resources; default: where Krita of this machine looks.")
]


@krita_app.command("install")
def krita_install(to: Folder = None) -> None:
    """Put the plugin where Krita looks, and switch it on; an older one there is replaced."""
    from senga.kritaplugin import install, places

    for place in places(to):
        install(place)
        typer.echo(place.plugin)
    typer.echo("start Krita (again): the docker 'senga' is at the right, or under Settings > Dockers", err=True)


@krita_app.command("uninstall")
def krita_uninstall(to: Folder = None) -> None:
    """Take the plugin away again; drawings and settings stay."""
    from senga.kritaplugin import places, uninstall

    for place in places(to):
        if uninstall(place):
            typer.echo(place.plugin)


@krita_app.command("pack")
def krita_pack(
    out: Annotated[Path, typer.Argument(help="File to be made, .zip.")],
    wheel: Annotated[
        Path | None, typer.Option(help="Wheel of senga to go with it, of which the plugin sets itself up.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")] = False,
) -> None:
    """Make a file that Krita itself imports: Tools > Scripts > Import Python Plugin from File."""
    from senga.kritaplugin import pack

    pack(out, wheel, force=force)
    typer.echo(out)
