"""The verb `compare`: protocols told apart by what they compare on, and measures that any pictures will do for."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.errors import SengaError
from senga.verbs.progress import progress_bar
from senga.verbs.targets import Force, Threads

if TYPE_CHECKING:
    from senga.compare.assessment import Assessment, Measure
    from senga.compare.subjects import Subjects

FROZEN_METHODS = ("learned", "xdog")
"""Line sources of a frozen split, and of what --measure measures, unless others are named."""


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
    if task not in ("colorize", "lines"):
        raise SengaError(f"unknown task '{task}'; known: colorize, lines")
    if (pairs is None) == (frozen is None):
        raise SengaError("give either --pairs SET or --frozen FOLDER")
    only_here: dict[str, object] = {"--painted": painted, "--vgg": vgg, "--candidates": candidates}
    only_here |= {"--report": None if measure else report, "--keep": keep}
    for option, given in only_here.items():
        if given and frozen is None:
            raise SengaError(f"{option} goes with --frozen" + (" or --measure" if option == "--report" else ""))
    if measure and (task == "lines" or freeze or strip):
        raise SengaError("--measure goes with --task colorize, without --freeze and --strip")
    if drawn and task != "lines":
        raise SengaError("--drawn goes with --task lines")
    if task == "lines" and (frozen or freeze):
        raise SengaError("--frozen and --freeze go with --task colorize")
    if frozen:
        if freeze or strip:
            raise SengaError(f"{'--freeze' if freeze else '--strip'} goes with --pairs")
        text = _judge(
            models or [],
            frozen,
            painted or [],
            method or [],
            kind,
            most,
            threads,
            vgg,
            candidates,
            report,
            show,
            keep,
            force,
            measure or [],
        )
    elif measure and pairs:
        text = _assess(models or [], pairs, split, method or FROZEN_METHODS, measure, most, threads, report, force)
    elif freeze and pairs:
        text = _freeze(pairs, split, freeze, method or FROZEN_METHODS, most, threads, force)
    elif pairs:
        if not models and not drawn:
            raise SengaError("nothing to compare: name model files, or 'shipped'")
        if method and len(method) > 1:
            raise SengaError("several --method go with --measure, --freeze and --frozen")
        if task == "lines":
            text = _lines(models or [], pairs, split, drawn or [], most, threads, strip, force)
        else:
            text = _patches(models or [], pairs, split, (method or ["xdog"])[0], most, threads, strip, force)
    typer.echo(text)


def _patches(
    models: Sequence[str],
    pairs: Path,
    split: str,
    method: str,
    most: int,
    threads: int | None,
    strip: Path | None,
    force: bool,
) -> str:
    from senga.compare import color
    from senga.pairs.pairset import PairSet

    with _reported() as done:
        found = color.compare_models(
            models,
            PairSet.open(pairs),
            split,
            most=most,
            method=method,
            threads=threads,
            strip=strip,
            force=force,
            report=done,
        )
    return color.table(found)


def _assess(
    models: Sequence[str],
    pairs: Path,
    split: str,
    methods: Sequence[str],
    measures: Sequence[str],
    most: int,
    threads: int | None,
    report: Path | None,
    force: bool,
) -> str:
    from senga.compare import sections
    from senga.compare.assessment import find_measures
    from senga.compare.report import check_folder, write_assessment
    from senga.compare.subjects import from_pairs
    from senga.pairs.pairset import PairSet

    known = find_measures(measures)
    if not models:
        raise SengaError("nothing to compare: name model files, or 'shipped'")
    if report:
        check_folder(report, force=force)
    found = _assessed(models, from_pairs(PairSet.open(pairs), split, methods, most, threads), known, threads)
    if report:
        write_assessment(report, found, force=force)
    return f"{sections.about(found)}\n\n{sections.as_markdown(found)}"


def _assessed(
    models: Sequence[str], subjects: "Subjects", measures: "Sequence[Measure]", threads: int | None
) -> "Assessment":
    from senga.compare.assessment import assess
    from senga.compare.models import open_models

    opened = open_models(models, threads)
    with _reported() as done:
        return assess(opened, subjects, measures, threads=threads, report=done)


def _lines(
    methods: Sequence[str],
    pairs: Path,
    split: str,
    drawn: Sequence[str],
    most: int,
    threads: int | None,
    strip: Path | None,
    force: bool,
) -> str:
    from senga.compare import lines
    from senga.pairs.pairset import PairSet

    folders = dict(_named("--drawn", text) for text in drawn)
    with _reported() as done:
        found = lines.compare_lines(
            methods,
            PairSet.open(pairs),
            split,
            drawn=folders,
            most=most,
            threads=threads,
            strip=strip,
            force=force,
            report=done,
        )
    return lines.table(found)


def _freeze(
    pairs: Path, split: str, folder: Path, methods: Sequence[str], most: int, threads: int | None, force: bool
) -> str:
    from senga.compare.frozen_split import HINTS, TRUTH, freeze
    from senga.pairs.pairset import PairSet

    with _reported() as done:
        made = freeze(
            PairSet.open(pairs), split, folder, methods=methods, most=most, threads=threads, force=force, report=done
        )
    return (
        f"{folder}: {len(made.about.names)} pictures, lines by {', '.join(made.about.methods)}; for hints run "
        f"tools/peers/hint_auc.py hints {folder / TRUTH} {folder / HINTS} in the environment of hintauc"
    )


def _judge(
    models: Sequence[str],
    folder: Path,
    painted: Sequence[str],
    methods: Sequence[str],
    kind: str,
    most: int,
    threads: int | None,
    vgg: Path | None,
    candidates: int,
    report: Path | None,
    show: int,
    keep: Path | None,
    force: bool,
    measures: Sequence[str],
) -> str:
    from senga.compare import sections
    from senga.compare.assessment import find_measures
    from senga.compare.evaluate import folder_painter, judge, model_painter
    from senga.compare.frozen_split import Frozen
    from senga.compare.regions import find_kind
    from senga.compare.report import as_markdown, check_folder, write_report
    from senga.compare.subjects import from_frozen
    from senga.model.features import Features

    further = find_measures(measures)
    if further and not models:
        raise SengaError("--measure measures model files; name some, or 'shipped'")

    if report:
        check_folder(report, force=force)
    if candidates == 1:
        raise SengaError("--candidates 1: one answer alone does not differ from others; give 2 or more")
    if not models and not painted:
        raise SengaError("nothing to judge: name model files, 'shipped', or --painted NAME=FOLDER")
    frozen = Frozen.open(folder)
    painters = [model_painter(text, threads, frozen.truth) for text in models]
    painters += [folder_painter(*_named("--painted", text)) for text in painted]
    with _reported() as done:
        judgment = judge(
            painters,
            frozen,
            methods=methods,
            kind=find_kind(kind),
            most=most,
            vgg=Features.open(vgg, threads=threads) if vgg else None,
            candidates=candidates,
            show=show if report else 0,
            keep=keep,
            force=force,
            report=done,
        )
    assessment = _assessed(models, from_frozen(frozen, methods, most), further, threads) if further else None
    more = f"\n\n{sections.as_markdown(assessment)}" if assessment else ""
    if report:
        write_report(report, judgment, frozen, assessment, force=force)
        return f"{report / 'report.html'}\n{as_markdown(judgment, frozen, summary=True)}{more}"
    return as_markdown(judgment, frozen) + more


def _named(option: str, text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not equals or not name or not folder:
        raise SengaError(f"{option} {text}: wanted NAME=FOLDER")
    return name, Path(folder)


@contextmanager
def _reported() -> Iterator[Callable[[int, int], None]]:
    with progress_bar("pictures") as bar:
        shown = bar.add_task("", total=None)

        def report(done: int, total: int) -> None:
            bar.update(shown, completed=done, total=total)

        yield report
