"""What verbs share that write a result for each source: their options, the run, what is told."""

import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.errors import SengaError
from senga.verbs.progress import progress_bar

if TYPE_CHECKING:
    from senga.jobs.tasks import Outcome
    from senga.jobs.work import Work

Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Threads = Annotated[int | None, typer.Option(help="Processor threads of each process; default: its share.", min=1)]
Model = Annotated[Path | None, typer.Option(help="Model file; default: the one that ships with senga.")]
Workers = Annotated[int | None, typer.Option(help="Processes; default: one, for 8 pictures and more all cores.", min=1)]
Engine = Annotated[str, typer.Option(help="local: this machine; ray: the cluster that RAY_ADDRESS names.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped; what is done is proven.")]
OnError = Annotated[str, typer.Option(help="What a picture that fails does to the others: skip or stop.")]
Report = Annotated[Path | None, typer.Option(help="Also write what became of each picture here, as JSON.")]
Unpack = Annotated[bool, typer.Option("--unpack", help="Pages of archives as loose files, not as an archive again.")]


@dataclass(frozen=True)
class Run:
    """How a verb's work is carried out; the fields are options, as their helps say."""

    force: bool = False
    workers: int | None = None
    engine: str = "local"
    resume: bool = False
    on_error: str = "skip"
    report: Path | None = None
    unpack: bool = False


def carry_out(
    verb: str,
    work: "Work",
    sources: Sequence[str],
    out: str,
    run: Run = Run(),
    *,
    more: Iterable[str] = (),
    taken: Iterable[str] = (),
) -> None:
    """Does a verb's work for each source; a failure is told, and ends the process with 2 when all others are done.

    Args:
        verb: for the report. work: what is done.
        sources: files, folders, patterns, archives, URLs; "-" is stdin.
        out: file, folder, archive or URL; "-" is stdout.
        run: how.
        more: endings that the verb writes, `taken` those that it reads, besides those of pictures.

    Raises:
        SengaError: what is refused before any work.
    """
    from senga.inputs.archives import is_archive
    from senga.inputs.item import find_items
    from senga.jobs import engine
    from senga.jobs.report import write_report
    from senga.jobs.targets import FEW, plan
    from senga.workers.worker import find_engine

    stop = stops(run.on_error)
    if run.report is not None:
        refuse_existing(run.report, run.force)
    items = find_items(sources, taken)
    one = len(sources) == 1 and len(items) == 1 and items[0].file == sources[0]
    single = one and not is_archive(sources[0])
    planned = plan(
        items, out, names=work.names, more=more, force=run.force, resume=run.resume, unpack=run.unpack, single=single
    )
    many = len(planned.tasks) >= FEW
    with progress_bar("pictures", shown=many) as bar:
        task = bar.add_task("", total=len(planned.tasks))
        begun, worked = time.monotonic(), [0]

        def tell(outcome: "Outcome", total: int) -> None:
            worked[0] += outcome.status != "kept"
            speed = worked[0] / max(time.monotonic() - begun, 1e-6)
            bar.update(task, advance=1, description=f"{speed:.1f} pictures/s" if worked[0] else "")
            if outcome.status == "failed":
                typer.echo(f"senga: {outcome.reason}", err=True)
                return
            for file in outcome.files:
                if file != "-" and not outcome.task.pack:
                    typer.echo(file)

        summary = engine.run(
            planned,
            work,
            engine=find_engine(run.engine),
            workers=run.workers,
            resume=run.resume,
            force=run.force,
            on_error="stop" if stop else "skip",
            tell=tell,
        )
    for file in summary.packed:
        typer.echo(file)
    for file, reason in summary.unpacked:
        typer.echo(f"senga: {file}: not made: {reason}; --resume makes it when they are mended", err=True)
    if run.report is not None:
        write_report(run.report, verb, summary, force=run.force)
    if summary.failed:
        sys.exit(2)


def stops(on_error: str) -> bool:
    """Whether `--on-error` says to stop.

    Raises:
        SengaError: it says neither that nor to skip.
    """
    if on_error not in ("skip", "stop"):
        raise SengaError(f"--on-error {on_error}: give skip or stop")
    return on_error == "stop"


def refuse_existing(file: str | Path, force: bool) -> None:
    """Raises where a file would be overwritten without `force`; "-" is stdout."""
    if str(file) != "-" and not force and Path(file).exists():
        raise SengaError(f"{file}: exists; give another name, or --force to overwrite it")


def check_svg(svg: bool, out: str) -> None:
    """Refuses an SVG beside what goes to stdout."""
    if svg and out == "-":
        raise SengaError("--svg writes a file beside the result; give -o a file, not stdout")
