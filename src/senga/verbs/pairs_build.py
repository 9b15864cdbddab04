"""The verb `pairs build`."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.errors import SengaError
from senga.verbs.progress import progress_bar
from senga.verbs.targets import Engine, Force, MaxRam, OnError, Report, as_bytes

if TYPE_CHECKING:
    from senga.pairs.skipped import BuildReport


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
    max_ram: MaxRam = None,
    engine: Engine = "local",
    on_error: OnError = "skip",
    report: Report = None,
    force: Force = False,
) -> None:
    """Make a pair set from pictures: crops, line art, splits and a manifest."""
    from senga.jobs.engine import find_stop
    from senga.pairs.build import BuildPlan, build_pairs
    from senga.pairs.skipped import write_build_report
    from senga.storage import refuse_existing
    from senga.workers.engines import find_engine

    plan = BuildPlan.drawing(
        method,
        _assignments(set_ or []),
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
    stop = find_stop(on_error)
    if report is not None:
        refuse_existing(report, force=force)
    pace = _Pace()
    bound = as_bytes(max_ram)
    with progress_bar("pictures") as bar:
        task = bar.add_task("", total=None)

        def tell(done: int, total: int, skipped: int) -> None:
            pace.see(done)
            bar.update(task, completed=done, total=total, description=pace.text)

        built = build_pairs(
            pictures,
            out,
            plan,
            engine=find_engine(engine),
            workers=workers,
            max_ram=bound,
            stop=stop,
            report=tell,
        )
    _tell_built(out, built, pace)
    if report is not None:
        write_build_report(report, built, pace.seconds, pace.speed, force=force)
    if built.skipped:
        sys.exit(2)


class _Pace:
    """Pictures a second since the first report, of which the pictures of an earlier build are part."""

    def __init__(self) -> None:
        self.begun: tuple[float, int] | None = None
        self.now = (0.0, 0)

    def see(self, done: int) -> None:
        self.now = (time.monotonic(), done)
        self.begun = self.begun or self.now

    @property
    def seconds(self) -> float:
        return self.now[0] - self.begun[0] if self.begun else 0.0

    @property
    def speed(self) -> float:
        return (self.now[1] - self.begun[1]) / max(self.seconds, 1e-6) if self.begun else 0.0

    @property
    def text(self) -> str:
        return f"{self.speed:.1f} pictures/s" if self.speed > 0 else ""


def _tell_built(out: str, built: "BuildReport", pace: _Pace) -> None:
    """The first skipped pictures by name; all of them are in the set."""
    about = f"{out}: {built.pairs} pairs of {built.pictures} pictures, {len(built.skipped)} skipped"
    typer.echo(", ".join(filter(None, (about, pace.text))))
    for file, reason in built.skipped[:20]:
        typer.echo(f"  skipped {file}: {reason}", err=True)
    if len(built.skipped) > 20:
        typer.echo(f"  and {len(built.skipped) - 20} more, see {out}/skipped.jsonl", err=True)
    if line := built.passed.line(packing=False):
        typer.echo(f"senga: {line}", err=True)


def _assignments(texts: Sequence[str]) -> dict[str, float]:
    values = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            values[name.strip()] = float(value)
        except ValueError as error:
            raise SengaError(f"--set {text}: wanted name=number") from error
    return values
