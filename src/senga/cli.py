"""The verbs: parse, call, report. Heavy imports stand inside the verbs, so that help comes at once."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga import __version__
from senga.errors import SengaError
from senga.verbs.cache import cache
from senga.verbs.card import card
from senga.verbs.color import color
from senga.verbs.compare import compare
from senga.verbs.eda import eda
from senga.verbs.flats import flats
from senga.verbs.frames import frames
from senga.verbs.pack import pairs_pack
from senga.verbs.palette import character_app, palette_app
from senga.verbs.progress import progress_bar
from senga.verbs.project import project_app
from senga.verbs.recipes import recipes_app
from senga.verbs.runs import runs_app
from senga.verbs.serve import serve
from senga.verbs.targets import (
    Engine,
    Force,
    Model,
    OnError,
    Report,
    Resume,
    Run,
    Threads,
    Unpack,
    Workers,
    carry_out,
    check_svg,
    refuse_existing,
    stops,
)
from senga.verbs.train import export, train
from senga.verbs.weights import weights_app

if TYPE_CHECKING:
    pass

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Line art of anime and manga, both ways: pictures to lines, lines to color.",
)
pairs_app = typer.Typer(no_args_is_help=True, help="Build, check and pack pair sets.")
app.add_typer(palette_app, name="palette")
app.add_typer(character_app, name="character")
app.add_typer(project_app, name="project")
app.add_typer(pairs_app, name="pairs")
app.add_typer(recipes_app, name="recipes")
app.add_typer(runs_app, name="runs")
app.add_typer(weights_app, name="weights")
app.command()(cache)
app.command()(card)
app.command()(color)
app.command()(compare)
app.command()(eda)
app.command()(flats)
app.command()(frames)
app.command()(serve)
app.command()(train)
app.command()(export)
pairs_app.command("pack")(pairs_pack)

Binary = Annotated[bool, typer.Option("--binary", help="Full ink or none, without soft borders.")]
Transparent = Annotated[bool, typer.Option("--transparent", help="Black ink on a transparent ground.")]
Svg = Annotated[bool, typer.Option("--svg", help="Also write an SVG beside each result.")]


def main() -> None:
    """The `senga` command."""
    try:
        app()
    except SengaError as error:
        typer.echo(f"senga: {error}", err=True)
        sys.exit(2)
    except KeyboardInterrupt:
        typer.echo("senga: stopped", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


@app.callback(invoke_without_command=True)
def version(show: Annotated[bool, typer.Option("--version", help="Print the version.")] = False) -> None:
    """Line art of anime and manga, both ways: pictures to lines, lines to color."""
    if show:
        typer.echo(f"senga {__version__}")
        raise typer.Exit


@app.command()
def lines(
    pictures: Annotated[list[str], typer.Argument(help="Color pictures, folders, archives; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, folder or archive (.zip, .cbz); '-': stdout.")],
    method: Annotated[str, typer.Option(help="learned, canny, dilate, xdog or mix.")] = "learned",
    thickness: Annotated[
        float | None, typer.Option(help="learned: width of every line, px (as wide as in the picture).")
    ] = None,
    detail: Annotated[
        float | None, typer.Option(help="learned: from 0, outlines alone, to 1, every fold and hair (1).")
    ] = None,
    outline_solids: Annotated[
        bool, typer.Option("--outline-solids", help="learned: draw the outline of solid black instead of filling it.")
    ] = False,
    gap: Annotated[float | None, typer.Option(help="learned: close gaps of lines up to this, px (6).")] = None,
    low: Annotated[float | None, typer.Option(help="canny: lower threshold (100).")] = None,
    high: Annotated[float | None, typer.Option(help="canny: upper threshold (200).")] = None,
    size: Annotated[int | None, typer.Option(help="dilate: window, odd px (5).")] = None,
    gain: Annotated[float | None, typer.Option(help="dilate: gain on the difference (1).")] = None,
    sigma: Annotated[float | None, typer.Option(help="xdog: narrow Gaussian, px (0.7).")] = None,
    k: Annotated[float | None, typer.Option(help="xdog: wide / narrow sigma (1.6).")] = None,
    tau: Annotated[float | None, typer.Option(help="xdog: weight of the wide Gaussian (0.98).")] = None,
    epsilon: Annotated[float | None, typer.Option(help="xdog: gray level where ink begins (0).")] = None,
    phi: Annotated[float | None, typer.Option(help="xdog: steepness of the ink's onset (10).")] = None,
    seed: Annotated[int, typer.Option(help="mix: of what is drawn at random.")] = 0,
    binary: Binary = False,
    transparent: Transparent = False,
    svg: Svg = False,
    model: Annotated[Path | None, typer.Option(help="learned, mix: model file; default: the shipped one.")] = None,
    threads: Threads = None,
    workers: Workers = None,
    engine: Engine = "local",
    resume: Resume = False,
    on_error: OnError = "skip",
    report: Report = None,
    unpack: Unpack = False,
    force: Force = False,
) -> None:
    """Draw line art from color pictures."""
    from senga.jobs.drawing import DrawLines
    from senga.lines import extract

    given: dict[str, float | None] = {"low": low, "high": high, "size": size, "gain": gain, "sigma": sigma}
    given |= {"k": k, "tau": tau, "epsilon": epsilon, "phi": phi}
    given |= {"thickness": thickness, "detail": detail, "gap": gap}
    given |= {"solid": 0.0 if outline_solids else None}
    parameters = extract.make_parameters(method, {name: v for name, v in given.items() if v is not None})
    if model and method not in ("learned", "mix"):
        raise SengaError(f"--model goes with learned and mix, not with '{method}'")
    check_svg(svg, out)
    work = DrawLines(threads, binary, transparent, svg, method=method, parameters=parameters, model=model, seed=seed)
    carry_out(
        "lines",
        work,
        pictures,
        out,
        Run(force, workers, engine, resume, on_error, report, unpack),
    )


@app.command()
def clean(
    drawings: Annotated[list[str], typer.Argument(help="Photos or scans, folders, archives; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, folder or archive (.zip, .cbz); '-': stdout.")],
    ink: Annotated[
        float, typer.Option(help="Where a line begins, from paper (0) to full ink (1); less keeps fainter lines.")
    ] = 0.35,
    speck: Annotated[float, typer.Option(help="Take out loose ink up to this area, px; -1: by the size.")] = -1.0,
    gap: Annotated[float, typer.Option(help="Close gaps of lines up to this, px.")] = 0.0,
    thickness: Annotated[float, typer.Option(help="Redraw every line at this width, px; 0 keeps the widths.")] = 0.0,
    pencil: Annotated[str, typer.Option(help="Blue and other colored pencil: drop or keep.")] = "drop",
    binary: Binary = False,
    transparent: Transparent = False,
    svg: Svg = False,
    threads: Threads = None,
    workers: Workers = None,
    engine: Engine = "local",
    resume: Resume = False,
    on_error: OnError = "skip",
    report: Report = None,
    unpack: Unpack = False,
    force: Force = False,
) -> None:
    """Clean up photos and scans of drawings: even light, white paper, no specks, clear ink."""
    from senga.jobs.drawing import CleanUp
    from senga.lines.clean import Cleaning, check_cleaning

    wanted = Cleaning(ink=ink, speck=speck, gap=gap, thickness=thickness, pencil=pencil)
    check_cleaning(wanted)
    check_svg(svg, out)
    carry_out(
        "clean",
        CleanUp(threads, binary, transparent, svg, cleaning=wanted),
        drawings,
        out,
        Run(force, workers, engine, resume, on_error, report, unpack),
    )


@pairs_app.command("build")
def pairs_build(
    pictures: Annotated[list[str], typer.Argument(help="Folders of color pictures, archives, patterns, URLs.")],
    out: Annotated[str, typer.Argument(help="Folder of the pair set; the same command again goes on.")],
    method: Annotated[str, typer.Option(help="learned, canny, dilate, xdog, mix; given: --lines; none.")] = "learned",
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter of the method, as name=value; repeatable.")
    ] = None,
    lines_folder: Annotated[
        Path | None, typer.Option("--lines", help="given: folder of line art with the pictures' names.")
    ] = None,
    crop: Annotated[int, typer.Option(help="Side of the crops, px; 0 keeps whole pictures.", min=0)] = 0,
    crops: Annotated[int, typer.Option(help="Crops a picture.", min=1)] = 3,
    rotations: Annotated[bool, typer.Option("--rotations", help="Add each crop turned by 90, 180, 270.")] = False,
    table: Annotated[Path | None, typer.Option(help="CSV with columns file and any of split, group, source.")] = None,
    val: Annotated[float, typer.Option(help="Share of validation.", min=0, max=1)] = 0.02,
    test: Annotated[float, typer.Option(help="Share of test.", min=0, max=1)] = 0.04,
    seed: Annotated[int, typer.Option(help="Of crop places and splits.")] = 0,
    shards: Annotated[int, typer.Option(help="Pictures a shard (WebDataset tar); 0: loose files.", min=0)] = 0,
    workers: Annotated[int | None, typer.Option(help="Processes; default: all processors.", min=1)] = None,
    engine: Engine = "local",
    on_error: OnError = "skip",
    report: Report = None,
    force: Force = False,
) -> None:
    """Make a pair set from pictures: crops, line art, splits and a manifest."""
    from senga.lines.extract import make_parameters
    from senga.pairs.build import BuildPlan, build_pairs
    from senga.pairs.skipped import write_build_report
    from senga.workers.worker import find_engine

    parameters = _assignments(set_ or [])
    made = make_parameters(method, parameters) if method not in ("none", "given") else None
    if parameters and made is None:
        raise SengaError(f"--set goes with methods that draw, not with '{method}'")
    plan = BuildPlan(
        method=method,
        parameters=made,
        crop=crop,
        crops=crops,
        rotations=rotations,
        val=val,
        test=test,
        seed=seed,
        table=table,
        lines_folder=lines_folder,
        shard=shards,
    )
    stop = stops(on_error)
    if report is not None:
        refuse_existing(report, force)
    seen: list[tuple[float, int]] = []
    with progress_bar("pictures") as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int, skipped: int) -> None:
            seen.append((time.monotonic(), done))
            speed = (done - seen[0][1]) / max(seen[-1][0] - seen[0][0], 1e-6)
            text = f"{speed:.1f} pictures/s" if done > seen[0][1] else ""
            bar.update(task, completed=done, total=total, description=text)
            del seen[1:-1]

        built = build_pairs(
            pictures,
            out,
            plan,
            engine=find_engine(engine),
            workers=workers,
            stop=stop,
            report=tell,
        )
    (start, before), (end, after) = seen[0], seen[-1]
    speed = (after - before) / max(end - start, 1e-6)
    pace = f", {speed:.1f} pictures/s" if after > before else ""
    typer.echo(f"{out}: {built.pairs} pairs of {built.pictures} pictures, {len(built.skipped)} skipped{pace}")
    for file, reason in built.skipped[:20]:
        typer.echo(f"  skipped {file}: {reason}", err=True)
    if len(built.skipped) > 20:
        typer.echo(f"  and {len(built.skipped) - 20} more, see {out}/skipped.jsonl", err=True)
    if report is not None:
        write_build_report(report, built, end - start, speed, force=force)
    if built.skipped:
        sys.exit(2)


@pairs_app.command("check")
def pairs_check(
    folder: Annotated[Path, typer.Argument(help="Folder of a pair set.")],
    drop: Annotated[bool, typer.Option("--drop", help="Take the pairs that were found out of the manifest.")] = False,
) -> None:
    """Find pairs that would teach nonsense: blank, gray, tinted, lettered, shifted, too small, duplicate."""
    from collections import Counter

    from senga.pairs.check import check_pairs
    from senga.pairs.check import drop as drop_pairs
    from senga.pairs.pairset import PairSet

    pairs = PairSet.open(folder)
    with progress_bar("pairs") as bar:
        task = bar.add_task("", total=len(pairs.pairs))
        findings = check_pairs(pairs, report=lambda done, total: bar.update(task, completed=done))
    for finding in findings:
        typer.echo(f"{finding.color}: {finding.kind}: {finding.text}")
    counts = Counter(f.kind for f in findings)
    said = ", ".join(f"{count} {kind}" for kind, count in counts.most_common()) or "nothing found"
    typer.echo(f"{folder}: {len(pairs.pairs)} pairs: {said}")
    if drop and findings:
        kept = drop_pairs(pairs, findings)
        typer.echo(f"{folder}: {len(pairs.pairs) - len(kept.pairs)} pairs taken out of the manifest; files are kept")


@app.command()
def bench(
    model: Model = None,
    threads: Annotated[int, typer.Option(help="Processor threads.", min=1)] = 2,
    runs: Annotated[int, typer.Option(help="Timed runs of each.", min=1)] = 7,
    yardstick: Annotated[bool, typer.Option(help="Also time the PaintsChainer U-Net (needs the train extra).")] = True,
    train: Annotated[
        bool, typer.Option("--train", help="Time training in place of coloring: samples and steps (needs torch).")
    ] = False,
    cache: Annotated[Path | None, typer.Option(help="--train: of a cache's pictures; default: of made ones.")] = None,
) -> None:
    """Time and memory of coloring and of drawing lines here, beside a matrix product and the PaintsChainer U-Net."""
    from senga.bench import bench_text, training_text

    if train:
        for line in training_text(cache, threads=threads):
            typer.echo(line)
        return
    if cache:
        raise SengaError("--cache goes with --train")
    for line in bench_text(model, threads=threads, runs=runs, yardstick=yardstick):
        typer.echo(line)


def _assignments(texts: Sequence[str]) -> dict[str, float]:
    values = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError as error:
            raise SengaError(f"--set {text}: wanted name=number") from error
    return values
