"""The verb `compare`: protocols told apart by what they compare on, and measures that any pictures will do for."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from senga.errors import SengaError
from senga.verbs.progress import progress_bar
from senga.verbs.targets import Force, Threads


def compare(
    models: Annotated[
        list[str] | None,
        typer.Argument(
            help="Model files, 'shipped', NAME=FILE, '+tint' or '+reference' (the truth) behind; for lines also "
            "methods, as xdog:sigma=1.2.",
            show_default=False,
        ),
    ] = None,
    pairs: Annotated[Path | None, typer.Option(help="Folder of a pair set.")] = None,
    task: Annotated[str, typer.Option(help="colorize or lines.")] = "colorize",
    split: Annotated[str, typer.Option(help="With --pairs: val or test.")] = "val",
    most: Annotated[int, typer.Option(help="At most so many pictures.", min=1)] = 200,
    method: Annotated[
        list[str] | None,
        typer.Option(
            help="colorize: how lines are drawn; repeatable with --measure, --freeze and --frozen, 'given': the pairs'."
        ),
    ] = None,
    measure: Annotated[
        list[str] | None,
        typer.Option(
            help="colorize: dots (PSNR by few dots), regions (color accuracy), spread (of one dot, and its harm), "
            "mosaic (upright patterns where it should be even), frechet (Fréchet VGG distance), or all; repeatable.",
        ),
    ] = None,
    drawn: Annotated[
        list[str] | None, typer.Option(help="lines: NAME=FOLDER of line art drawn elsewhere; repeatable.")
    ] = None,
    freeze: Annotated[
        Path | None, typer.Option(help="Write truths and lines of --pairs into this folder, for every program.")
    ] = None,
    frozen: Annotated[
        Path | None, typer.Option(help="Judge by hints of regions on this frozen split instead of --pairs.")
    ] = None,
    painted: Annotated[
        list[str] | None,
        typer.Option(help="--frozen: NAME=FOLDER painted elsewhere, METHOD/RATIO/NAME.png; repeatable."),
    ] = None,
    kind: Annotated[str, typer.Option(help="--frozen: scribble or dot.")] = "scribble",
    vgg: Annotated[Path | None, typer.Option(help="--frozen: feature network for the VGG distance, .onnx.")] = None,
    candidates: Annotated[
        int, typer.Option(help="--frozen: also how far so many candidates without hints lie apart; 0: none.", min=0)
    ] = 0,
    report: Annotated[
        Path | None, typer.Option(help="--frozen, --measure: folder for report.html, report.md, scores.")
    ] = None,
    show: Annotated[int, typer.Option(help="--report: so many pictures are shown.", min=0)] = 8,
    keep: Annotated[
        Path | None, typer.Option(help="--frozen: folder for all paintings, MODEL/METHOD/RATIO/NAME.png.")
    ] = None,
    threads: Threads = None,
    strip: Annotated[Path | None, typer.Option(help="--pairs: also write a sheet of pictures here.")] = None,
    force: Force = False,
) -> None:
    """Score colorizers at equal hints, or ways of drawing lines against true line art."""
    from senga.compare.comparison import Comparison

    wanted = Comparison(
        models=tuple(models or ()),
        pairs=pairs,
        frozen=frozen,
        task=task,
        split=split,
        most=most,
        method=tuple(method or ()),
        measure=tuple(measure or ()),
        drawn=_folders("--drawn", drawn),
        freeze=freeze,
        painted=_folders("--painted", painted),
        kind=kind,
        vgg=vgg,
        candidates=candidates,
        report=report,
        show=show,
        keep=keep,
        threads=threads,
        strip=strip,
        force=force,
    )
    with progress_bar("pictures") as bar:
        shown = bar.add_task("", total=None)
        text = wanted.run(lambda done, total: bar.update(shown, completed=done, total=total))
    typer.echo(text)


def _folders(option: str, texts: Sequence[str] | None) -> dict[str, Path]:
    found = {}
    for text in texts or ():
        name, equals, folder = text.partition("=")
        if not equals or not name or not folder:
            raise SengaError(f"{option} {text}: wanted NAME=FOLDER")
        if name in found:
            raise SengaError(f"{option} {text}: another folder has that name; give each its own")
        found[name] = Path(folder)
    return found
