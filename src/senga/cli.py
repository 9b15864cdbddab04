"""The command line: registers the verbs. Their heavy imports stand inside them, so that help comes at once."""

import errno
import io
import sys

import typer

from senga import notices
from senga.errors import SengaError, SettingError
from senga.threads import multiply_on_one_thread
from senga.verbs.bench import bench
from senga.verbs.cache import cache
from senga.verbs.card import card
from senga.verbs.character import character_app
from senga.verbs.clean import clean
from senga.verbs.color import color
from senga.verbs.compare import compare
from senga.verbs.eda import eda
from senga.verbs.export import export
from senga.verbs.flats import flats
from senga.verbs.frames import frames
from senga.verbs.krita import krita_app
from senga.verbs.lines import lines
from senga.verbs.pairs_build import pairs_build
from senga.verbs.pairs_check import pairs_check
from senga.verbs.pairs_pack import pairs_pack
from senga.verbs.palette import palette_app
from senga.verbs.project import project_app
from senga.verbs.recipes import recipes_app
from senga.verbs.runs import runs_app
from senga.verbs.serve import serve
from senga.verbs.train import train
from senga.verbs.version import version
from senga.verbs.weights import weights_app

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Line art of anime and manga, both ways: pictures to lines, lines to color.",
)
pairs_app = typer.Typer(no_args_is_help=True, help="Build, check and pack pair sets.")
app.callback(invoke_without_command=True)(version)
app.add_typer(palette_app, name="palette")
app.add_typer(character_app, name="character")
app.add_typer(project_app, name="project")
app.add_typer(krita_app, name="krita")
app.add_typer(pairs_app, name="pairs")
app.add_typer(recipes_app, name="recipes")
app.add_typer(runs_app, name="runs")
app.add_typer(weights_app, name="weights")
for verb in (cache, color, compare, eda, flats, frames, serve, train, export, lines, clean, card, bench):
    app.command()(verb)
pairs_app.command("pack")(pairs_pack)
pairs_app.command("build")(pairs_build)
pairs_app.command("check")(pairs_check)


def main() -> None:
    """The `senga` command."""
    notices.show()
    multiply_on_one_thread()
    _print_any_name()
    try:
        app()
    except SengaError as error:
        # The library refuses settings by their names, the command line by those of its options.
        said = error.as_options() if isinstance(error, SettingError) else error
        typer.echo(f"senga: {said}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("senga: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG):
            raise
        # What the library writes to, it names: this is what was printed.
        typer.echo(f"senga: stdout cannot be written to: {error.strerror}; send it elsewhere", err=True)
        sys.exit(2)


def _print_any_name() -> None:
    """What a terminal or a file that is written to cannot hold is written as an escape and ends nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors="backslashreplace")
