"""The verbs: parse, call, report. Heavy imports stand inside the verbs, so that help comes at once."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from senga import __version__
from senga.errors import SengaError

if TYPE_CHECKING:
    from rich.progress import Progress

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Line art of anime and manga, both ways: pictures to lines, lines to color.",
)
pairs_app = typer.Typer(no_args_is_help=True, help="Build and check pair sets.")
recipes_app = typer.Typer(no_args_is_help=True, help="The experiments that ship with senga.")
app.add_typer(pairs_app, name="pairs")
app.add_typer(recipes_app, name="recipes")

Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Threads = Annotated[int | None, typer.Option(help="Processor threads; default: all.", min=1)]
Model = Annotated[Path | None, typer.Option(help="Model file; default: the one that ships with senga.")]


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
def color(
    drawings: Annotated[list[str], typer.Argument(help="Line drawings; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, or folder for several drawings; '-': stdout.")],
    hints: Annotated[str | None, typer.Option(help="Hints: colors painted on a transparent layer.")] = None,
    model: Model = None,
    threads: Threads = None,
    force: Force = False,
) -> None:
    """Color line drawings; the drawing's own lines come back untouched on top."""
    from senga import image
    from senga.color.colorizer import Colorizer
    from senga.color.hints import Hints

    targets = _targets(drawings, out, force)
    painter = Colorizer.open(model, threads=threads)

    def paint(source: str, target: str) -> None:
        drawing = image.read_drawing(source)
        given = Hints.read(hints, drawing.shape) if hints else None
        image.write(target, painter.page(drawing).paint(given), force=force)

    _each(targets, paint)


@app.command()
def lines(
    pictures: Annotated[list[str], typer.Argument(help="Colour pictures; '-' reads stdin.")],
    out: Annotated[str, typer.Option("-o", "--out", help="File, or folder for several pictures; '-': stdout.")],
    method: Annotated[str, typer.Option(help="canny, dilate or xdog.")] = "xdog",
    low: Annotated[float | None, typer.Option(help="canny: lower threshold (100).")] = None,
    high: Annotated[float | None, typer.Option(help="canny: upper threshold (200).")] = None,
    size: Annotated[int | None, typer.Option(help="dilate: window, odd px (5).")] = None,
    gain: Annotated[float | None, typer.Option(help="dilate: gain on the difference (1).")] = None,
    sigma: Annotated[float | None, typer.Option(help="xdog: narrow Gaussian, px (0.7).")] = None,
    k: Annotated[float | None, typer.Option(help="xdog: wide / narrow sigma (1.6).")] = None,
    tau: Annotated[float | None, typer.Option(help="xdog: weight of the wide Gaussian (0.98).")] = None,
    epsilon: Annotated[float | None, typer.Option(help="xdog: gray level where ink begins (0).")] = None,
    phi: Annotated[float | None, typer.Option(help="xdog: steepness of the ink's onset (10).")] = None,
    force: Force = False,
) -> None:
    """Draw line art from color pictures."""
    from senga import image
    from senga.lines.extract import extract_lines, make_parameters

    given: dict[str, float | None] = {"low": low, "high": high, "size": size, "gain": gain, "sigma": sigma}
    given |= {"k": k, "tau": tau, "epsilon": epsilon, "phi": phi}
    parameters = {name: value for name, value in given.items() if value is not None}
    make_parameters(method, parameters)
    targets = _targets(pictures, out, force)

    def draw(source: str, target: str) -> None:
        image.write(target, extract_lines(image.read(source), method, **parameters), force=force)

    _each(targets, draw)


@pairs_app.command("build")
def pairs_build(
    folder: Annotated[Path, typer.Argument(help="Folder of color pictures, read with its subfolders.")],
    out: Annotated[Path, typer.Argument(help="Folder of the pair set; the same command again goes on.")],
    method: Annotated[str, typer.Option(help="canny, dilate, xdog; given: --lines; none: no line art.")] = "xdog",
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
    workers: Annotated[int | None, typer.Option(help="Processes; default: all processors.", min=1)] = None,
) -> None:
    """Make a pair set from a folder of pictures: crops, line art, splits and a manifest."""
    from senga.lines.extract import make_parameters
    from senga.pairs.build import BuildPlan, build_pairs

    parameters = _assignments(set_ or [])
    made = make_parameters(method, parameters) if method not in ("none", "given") else None
    if parameters and made is None:
        raise SengaError(f"--set goes with canny, dilate and xdog, not with '{method}'")
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
    )
    with _bar("pictures") as bar:
        task = bar.add_task("", total=None)
        report = build_pairs(
            folder,
            out,
            plan,
            workers=workers,
            report=lambda done, total, skipped: bar.update(task, completed=done, total=total),
        )
    typer.echo(f"{out}: {report.pairs} pairs of {report.pictures} pictures, {len(report.skipped)} skipped")
    for file, reason in report.skipped[:20]:
        typer.echo(f"  skipped {file}: {reason}", err=True)
    if len(report.skipped) > 20:
        typer.echo(f"  and {len(report.skipped) - 20} more, see {out}/skipped.jsonl", err=True)


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
    with _bar("pairs") as bar:
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


@recipes_app.command("list")
def recipes_list() -> None:
    """The recipes inside the package."""
    from senga.recipe import read_recipe, shipped_recipes

    for file in shipped_recipes():
        typer.echo(f"{file.stem:24} {read_recipe(file).about}")


@recipes_app.command("show")
def recipes_show(name: Annotated[str, typer.Argument(help="Name or file.")]) -> None:
    """A recipe, as TOML."""
    from senga.recipe import read_recipe, shipped_recipes

    read_recipe(name)
    file = {p.stem: p for p in shipped_recipes()}.get(name, Path(name))
    typer.echo(file.read_text(encoding="utf-8"), nl=False)


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help="Recipe file, or the name of a shipped one.")],
    pairs: Annotated[Path, typer.Option(help="Folder of a pair set.")],
    run: Annotated[Path | None, typer.Option(help="Folder of the run; default: runs/NAME.")] = None,
    start: Annotated[Path | None, typer.Option(help="Weights (safetensors) to start a new run from.")] = None,
    devices: Annotated[int, typer.Option(help="Devices (GPUs) to train on.", min=1)] = 1,
    steps: Annotated[int | None, typer.Option(help="Steps, in place of the recipe's.", min=1)] = None,
) -> None:
    """Train a recipe; the same command goes on with a run that was stopped."""
    import dataclasses

    from senga.pairs.pairset import PairSet
    from senga.recipe import read_recipe

    experiment = read_recipe(recipe)
    if steps:
        training = dataclasses.replace(experiment.training, steps=steps, epochs=0)
        experiment = dataclasses.replace(experiment, training=training)
    pair_set = PairSet.open(pairs)
    folder = run or Path("runs") / experiment.name
    _need_train_extra()
    from senga.learn.train import Progress as Stage
    from senga.learn.train import train as learn

    with _bar("steps") as bar:
        task = bar.add_task("", total=None)
        told = [0.0]

        def report(stage: "Stage") -> None:
            losses = ", ".join(f"{name} {value:.4f}" for name, value in stage.losses.items())
            text = f"{losses}, {stage.speed:.1f} pictures/s"
            bar.update(task, completed=stage.step, total=stage.steps, description=text)
            told[0] += 1
            if not bar.console.is_terminal and told[0] % 6 == 1:  # about a line a minute in a log
                typer.echo(f"step {stage.step} of {stage.steps}: {text}")

        learn(
            experiment,
            pair_set,
            folder,
            start=start,
            devices=devices,
            report=report,
            tell=lambda t: bar.console.print(t),
        )
    typer.echo(f"{folder}: trained; 'senga export {folder} -o model.onnx' makes a model file")


@app.command()
def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run, trained or still training.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Model file, .onnx.")],
    data: Annotated[str, typer.Option(help="What the training data were.")] = "not stated",
    license_data: Annotated[str, typer.Option(help="Terms of the training data.")] = "not stated",
    license_weights: Annotated[str, typer.Option(help="Terms of the weights.")] = "not stated",
    hardware: Annotated[str, typer.Option(help="What it was trained on.")] = "not stated",
    pairs: Annotated[Path | None, typer.Option(help="The run's pair set, for its fingerprint.")] = None,
    temperature: Annotated[
        float | None, typer.Option(help="In place of the recipe's; lower is surer.", min=0.05)
    ] = None,
    vividness: Annotated[float | None, typer.Option(help="In place of the recipe's; more is more colorful.")] = None,
    force: Force = False,
) -> None:
    """Make a model file of a run; refused if file and network disagree."""
    _need_train_extra()
    from senga.learn.finish import export_run

    card = export_run(
        run,
        out,
        data=data,
        license_data=license_data,
        license_weights=license_weights,
        hardware=hardware,
        pairs=pairs,
        temperature=temperature,
        vividness=vividness,
        force=force,
    )
    typer.echo(f"{out}: {card.name}, {card.parameters / 1e6:.1f} M parameters, {out.stat().st_size / 1e6:.1f} MB")


@app.command()
def card(model: Annotated[Path | None, typer.Argument(help="Model file; default: the shipped one.")] = None) -> None:
    """What a model file says of itself."""
    import json

    from senga.color.colorizer import SHIPPED
    from senga.model.session import Session

    typer.echo(json.dumps(json.loads(Session.open(model or SHIPPED).card.to_json()), indent=2, ensure_ascii=False))


@app.command()
def compare(
    models: Annotated[list[Path], typer.Argument(help="Model files; 'shipped' is the one in the package.")],
    pairs: Annotated[Path, typer.Option(help="Folder of a pair set.")],
    split: Annotated[str, typer.Option(help="val or test.")] = "val",
    most: Annotated[int, typer.Option(help="At most so many pairs.", min=1)] = 200,
    method: Annotated[str, typer.Option(help="Line art of pairs without: canny, dilate or xdog.")] = "xdog",
    strip: Annotated[Path | None, typer.Option(help="Also write a sheet of pictures here.")] = None,
    force: Force = False,
) -> None:
    """Score model files on one split at equal hints: PSNR and colorfulness at 0, 1, 4, 16, 64, 256 hints."""
    from senga.compare import compare_models, table
    from senga.pairs.pairset import PairSet

    with _bar("pictures") as bar:
        task = bar.add_task("", total=None)
        results = compare_models(
            models,
            PairSet.open(pairs),
            split,
            most=most,
            method=method,
            strip=strip,
            force=force,
            report=lambda done, total: bar.update(task, completed=done, total=total),
        )
    typer.echo(table(results))


@app.command()
def bench(
    model: Model = None,
    threads: Annotated[int, typer.Option(help="Processor threads.", min=1)] = 2,
    runs: Annotated[int, typer.Option(help="Timed runs of each.", min=1)] = 7,
    yardstick: Annotated[bool, typer.Option(help="Also time the PaintsChainer U-Net (needs the train extra).")] = True,
) -> None:
    """Time and memory of coloring on this machine, beside a matrix product and the PaintsChainer U-Net."""
    from senga.bench import bench_text

    for line in bench_text(model, threads=threads, runs=runs, yardstick=yardstick):
        typer.echo(line)


def _targets(sources: Sequence[str], out: str, force: bool) -> list[tuple[str, str]]:
    """(source, target) for each source; refuses what would overwrite, before any work is done."""
    from senga import image

    single = len(sources) == 1 and not Path(out).is_dir() and Path(out).suffix.lower() in image.WRITES
    if out == "-" or single:
        if len(sources) != 1:
            raise SengaError("-o -: stdout takes one picture; give a folder for several")
        pairs = [(sources[0], out)]
    else:
        if len(sources) == 1 and Path(out).suffix and not Path(out).is_dir():
            raise SengaError(f"{out}: unknown ending '{Path(out).suffix}'; known: {', '.join(image.WRITES)}")
        if Path(out).exists() and not Path(out).is_dir():
            raise SengaError(f"{out}: is a file; several pictures need a folder")
        pairs = [(s, str(Path(out) / f"{'stdin' if s == '-' else Path(s).stem}.png")) for s in sources]
    seen: dict[str, str] = {}
    for source, target in pairs:
        if target in seen:
            raise SengaError(f"{source}: would be written over {seen[target]}'s result {target}; rename one")
        seen[target] = source
        if target != "-" and not force and Path(target).exists():
            raise SengaError(f"{target}: exists; give another name, or --force to overwrite it")
        both = target != "-" and source != "-" and Path(source).exists() and Path(target).exists()
        if both and Path(source).samefile(target):
            raise SengaError(f"{source}: would be overwritten by its own result; give another name")
    if pairs and pairs[0][1] != "-" and not single:
        try:
            Path(out).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SengaError(f"{out}: cannot be made a folder: {error.strerror}") from error
    return pairs


def _each(targets: Sequence[tuple[str, str]], work: Any) -> None:
    """Does `work(source, target)` for each; a failure is told and does not stop the others."""
    failed = 0
    for source, target in targets:
        try:
            work(source, target)
        except SengaError as error:
            failed += 1
            typer.echo(f"senga: {error}", err=True)
        else:
            if target != "-":
                typer.echo(target)
    if failed:
        sys.exit(2)


def _assignments(texts: Sequence[str]) -> dict[str, float]:
    values = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError as error:
            raise SengaError(f"--set {text}: wanted name=number") from error
    return values


@contextmanager
def _bar(unit: str) -> Iterator["Progress"]:
    """A progress bar with speed and time left, on stderr."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn(unit), TextColumn("{task.description}"))
    console = Console(stderr=True)
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console, transient=True) as bar:
        yield bar


def _need_train_extra() -> None:
    """One clear line where the train extra is missing."""
    from importlib.util import find_spec

    missing = [name for name in ("torch", "lightning_fabric", "onnxscript", "safetensors") if find_spec(name) is None]
    if missing:
        raise SengaError(f"{', '.join(missing)} not installed; run: pip install 'senga[train]'")
