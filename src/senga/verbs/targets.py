"""What verbs share that write a result for each source: their options, the run, what is reported."""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.model.shipped import model_file
from senga.verbs.progress import progress_bar

if TYPE_CHECKING:
    from senga.jobs.tasks import Outcome
    from senga.jobs.work import Work


def in_set(name: str) -> Callable[[Path | None], Path | None]:
    """Callback of an option that takes a model file, or the name of a set that ships: then its file `name`."""
    return lambda model: None if model is None else model_file(model, name)


Force = Annotated[bool, typer.Option("--force", help="Overwrite existing files.")]
Threads = Annotated[int | None, typer.Option(help="Processor threads of each process; default: its share.", min=1)]
Model = Annotated[
    Path | None,
    typer.Option(
        help="Model file, or 'open': the one that ships too, trained on openly licensed pictures alone; default: the "
        "one that ships.",
        callback=in_set("painter.zip"),
    ),
]
Backend = Annotated[
    str,
    typer.Option(
        help="What runs the model: onnxruntime (the processor), openvino, cuda, directml, coreml, or auto: a GPU if "
        "there is one."
    ),
]
Workers = Annotated[int | None, typer.Option(help="Processes; default: one, for 8 pictures and more all cores.", min=1)]
Engine = Annotated[str, typer.Option(help="local: this machine; ray: the cluster that RAY_ADDRESS names.")]
Resume = Annotated[bool, typer.Option("--resume", help="Go on with a run that was stopped; what is done is proven.")]
OnError = Annotated[str, typer.Option(help="What a picture that fails does to the others: skip or stop.")]
Report = Annotated[Path | None, typer.Option(help="Also write what became of each picture here, as JSON.")]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="Of results in folders and archives: png (the default), jpg, webp, tif; input: the source's own.",
    ),
]
MaxRam = Annotated[
    int | None,
    typer.Option(help="Memory that all processes together stay under, MB; fewer of them work at a time.", min=1),
]
Unpack = Annotated[bool, typer.Option("--unpack", help="Pages of archives as loose files, not as an archive again.")]


def as_bytes(megabytes: int | None) -> int | None:
    """Bytes of what `MaxRam` says."""
    return None if megabytes is None else megabytes * 1_000_000


def backend_here(backend: str, engine: str = "local") -> str:
    """What a backend comes to on this machine, told here once; of a cluster each machine finds out by itself.

    Raises:
        ModelError: as `choose_backend`.
    """
    from senga.model.providers import is_gpu
    from senga.model.runtime import choose_backend

    return choose_backend(backend) if engine == "local" and is_gpu(backend) else backend


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
    format: str | None = None


def carry_out(verb: str, work: "Work", sources: Sequence[str], out: str, run: Run = Run()) -> None:
    """Does a verb's work for each source; a failure is reported, and ends the process with 2 when all others are done.

    Args:
        verb: for the report. work: what is done. sources, out: as `senga.jobs.prepare.prepare` takes them. run: how.

    Raises:
        SengaError: what is refused before any work.
    """
    from senga.jobs import engine
    from senga.jobs.prepare import prepare
    from senga.jobs.report import write_report
    from senga.jobs.targets import FEW
    from senga.storage import refuse_existing
    from senga.workers.engines import find_engine

    engine.find_stop(run.on_error)
    if run.report is not None:
        refuse_existing(run.report, force=run.force)
    planned = prepare(work, sources, out, force=run.force, resume=run.resume, unpack=run.unpack, format=run.format)
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
            on_error=run.on_error,
            tell=tell,
        )
    for file in summary.packed:
        typer.echo(file)
    for file, reason in summary.unpacked:
        typer.echo(f"senga: {file}: not made: {reason}; --resume makes it when they are mended", err=True)
    if line := planned.passed.line(packing=bool(planned.packs())):
        typer.echo(f"senga: {line}", err=True)
    if run.report is not None:
        write_report(run.report, verb, summary, force=run.force)
    if summary.failed:
        sys.exit(2)
