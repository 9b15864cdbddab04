"""The verb `runs`: training in the background, and what becomes of it."""

import time
from pathlib import Path
from typing import Annotated

import typer

from senga.errors import SengaError
from senga.verbs.train import Batch, Largest, Memory

runs_app = typer.Typer(no_args_is_help=True, help="Training in the background: start it, look at it, stop it.")


@runs_app.command("start")
def runs_start(
    recipe: Annotated[str, typer.Argument(help="Recipe file, or the name of a shipped one.")],
    cache: Annotated[Path | None, typer.Option(help="Courses: folder of a cache; see 'senga cache'.")] = None,
    pairs: Annotated[Path | None, typer.Option(help="Other recipes: folder of a pair set.")] = None,
    run: Annotated[
        Path | None, typer.Option(help="Folder of the run; default: runs/NAME, of a file its own name.")
    ] = None,
    core: Annotated[int | None, typer.Option(help="Processor core to keep it to; default: any.", min=0)] = None,
    threads: Annotated[int, typer.Option(help="Processor threads.", min=1)] = 1,
    start: Annotated[Path | None, typer.Option(help="Weights or a model file to start a new run from.")] = None,
    steps: Annotated[int | None, typer.Option(help="Steps, in place of the recipe's; not of courses.", min=1)] = None,
    pictures: Annotated[int | None, typer.Option(help="Courses: pictures in all, in place of the recipe's.")] = None,
    batch: Batch = None,
    largest: Largest = None,
    memory: Memory = None,
    renew: Annotated[
        bool, typer.Option("--renew", help="Stop it if it runs, and go on with the code of the present commit.")
    ] = False,
) -> None:
    """Train a recipe in the background; the same command goes on after a stop or a reboot.

    From a git checkout it trains with its own copy of the present commit and environment, so that work on the
    checkout does not disturb it.
    """
    from senga.learn.background import TEXT, start_training
    from senga.learn.training_settings import TrainingSettings

    wanted = TrainingSettings(
        recipe,
        pairs=pairs,
        cache=cache,
        run=run,
        start=start,
        steps=steps,
        batch=batch,
        largest=largest,
        memory=memory,
        pictures=pictures,
    )
    folder, started = start_training(wanted, core=core, threads=threads, renew=renew)
    code = f", commit {started.commit}" if started.commit else ""
    typer.echo(f"{folder}: process {started.process}{code}; what it says goes to {folder / TEXT}")


@runs_app.command("status")
def runs_status(
    runs: Annotated[
        list[Path] | None, typer.Argument(help="Runs: folders, or names of those in runs/; default: all in runs/.")
    ] = None,
) -> None:
    """How far runs are, how fast, when they were last heard of, and their last scores."""
    from senga.learn.background import STARTED
    from senga.learn.run_folders import RUNS, find_run
    from senga.learn.standing import STATUS

    found = [find_run(run) for run in runs or []] or sorted(
        {f.parent for name in (STATUS, STARTED) for f in RUNS.glob(f"*/{name}")}
    )
    if not found:
        raise SengaError("no runs in runs/; name the folder of one")
    for run in found:
        for line in describe(run):
            typer.echo(line)


@runs_app.command("stop")
def runs_stop(
    run: Annotated[Path, typer.Argument(help="A run: its folder, or its name in runs/.")],
    wait: Annotated[float, typer.Option(help="Seconds to wait for it.", min=0)] = 600.0,
) -> None:
    """Ask a run to save and end; the command that started it goes on where it was."""
    from senga.learn.run_folders import find_run
    from senga.learn.standing import is_alive, stop

    run = find_run(run)
    if not is_alive(run):
        raise SengaError(f"{run}: no process trains it")
    stop(run, wait)
    for line in describe(run):
        typer.echo(line)


def describe(run: Path) -> list[str]:
    """Lines that tell how a run is.

    Raises:
        SengaError: there is none.
    """
    from senga.learn import background
    from senga.learn.standing import SCORES, is_alive, last_row, read_standing

    standing, started = read_standing(run), background.read_started(run)
    if standing is None and started is None:
        raise SengaError(f"{run}: no run here; give a run's folder, or start one with 'senga train'")
    commit = f", commit {started.commit}" if started and started.commit else ""
    if standing is None:
        state = "beginning" if is_alive(run) else f"ended: {background.last_line(run / background.TEXT)}"
        return [f"{run}: {state}{commit}"]
    done = standing.seen >= standing.pictures
    state = f"training, process {standing.process}" if is_alive(run) else "done" if done else "not running"
    share = 100 * standing.seen / max(1, standing.pictures)
    lines = [
        f"{run}: {state}{commit}",
        f"  {standing.seen:,} of {standing.pictures:,} pictures ({share:.1f} %), step {standing.step:,}, "
        f"{standing.speed:.1f} a second, {standing.minutes:.0f} minutes in all",
        f"  last heard of {(time.time() - standing.written) / 60:.1f} minutes ago",
    ]
    scores = last_row(run / SCORES)
    if scores:
        shown = ", ".join(f"{k} {v}" for k, v in scores.items() if k not in ("step", "seen"))
        when = f"{int(float(scores['seen'])):,} pictures" if "seen" in scores else f"step {scores.get('step', '?')}"
        lines.append(f"  scores at {when}: {shown}")
    return lines
