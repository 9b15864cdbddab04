"""The verb `train`."""

import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga import extras
from senga.verbs.progress import progress_bar
from senga.verbs.targets import Engine

if TYPE_CHECKING:
    from senga.learn.data.store import Shelf
    from senga.learn.training_settings import TrainingSettings
    from senga.pairs.pairset import PairSet
    from senga.recipe import Recipe

Devices = Annotated[int, typer.Option(help="Processes on each node, each with a GPU if there are any.", min=1)]
Nodes = Annotated[
    int, typer.Option(help="Machines; start it on each, with MASTER_ADDR, MASTER_PORT, NODE_RANK set.", min=1)
]

Batch = Annotated[int | None, typer.Option(help="Examples a step, in place of the recipe's.", min=1)]

Largest = Annotated[int | None, typer.Option(help="Largest side of an example, for sets of small pictures.", min=1)]

Memory = Annotated[
    float | None,
    typer.Option(help="Memory for the training pictures held at once; default: all of them.", min=0.001, metavar="GB"),
]


def train(
    recipe: Annotated[str, typer.Argument(help="Recipe file, or the name of a shipped one.")],
    pairs: Annotated[Path | None, typer.Option(help="Folder of a pair set.")] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Courses: folder of a cache, in place of a pair set; see 'senga cache'.")
    ] = None,
    run: Annotated[
        Path | None, typer.Option(help="Folder of the run; default: runs/NAME, of a course's file its own name.")
    ] = None,
    start: Annotated[Path | None, typer.Option(help="Weights or a model file to start a new run from.")] = None,
    devices: Devices = 1,
    nodes: Nodes = 1,
    engine: Engine = "local",
    steps: Annotated[int | None, typer.Option(help="Steps, in place of the recipe's.", min=1)] = None,
    batch: Batch = None,
    largest: Largest = None,
    budget: Annotated[
        float | None, typer.Option(help="Minutes after which it ends at the latest.", min=0.01, metavar="MINUTES")
    ] = None,
    memory: Memory = None,
    pictures: Annotated[int | None, typer.Option(help="Courses: pictures in all, in place of the recipe's.")] = None,
    threads: Annotated[int | None, typer.Option(help="Courses: processor threads; default: all.", min=1)] = None,
    device: Annotated[str, typer.Option(help="Courses: cpu or cuda.")] = "cpu",
) -> None:
    """Train a recipe; the same command goes on with a run that was stopped."""
    from senga.learn.training_settings import TrainingSettings

    wanted = TrainingSettings(
        recipe,
        pairs=pairs,
        cache=cache,
        run=run,
        start=start,
        devices=devices,
        nodes=nodes,
        engine=engine,
        steps=steps,
        batch=batch,
        largest=largest,
        budget=budget,
        memory=memory,
        pictures=pictures,
        threads=threads,
        device=device,
    )
    if wanted.cache is not None:
        _train_course(wanted, wanted.cache)
    elif wanted.pairs is not None:
        _train_experiment(wanted, wanted.pairs)


def _train_course(wanted: "TrainingSettings", cache: Path) -> None:
    course = wanted.course
    need_train_extra("torch", "safetensors")
    from senga.learn.data.cache import Cache
    from senga.learn.lessons import train_course

    train_course(
        course,
        Cache.open(cache),
        wanted.folder,
        start=wanted.start,
        threads=wanted.threads,
        device=wanted.device,
        budget=wanted.minutes,
        tell=typer.echo,
    )


def _train_experiment(wanted: "TrainingSettings", pairs: Path) -> None:
    from senga.pairs.pairset import PairSet

    experiment = wanted.experiment
    pair_set = PairSet.open(pairs)
    need_train_extra()
    if train_with_progress(
        experiment,
        pair_set,
        wanted.folder,
        start=wanted.start,
        devices=wanted.devices,
        nodes=wanted.nodes,
        engine=wanted.engine,
        budget=wanted.budget,
        memory=wanted.memory,
    ):
        typer.echo(f"'senga export {wanted.folder} -o model.onnx' makes a model file")


def train_with_progress(
    recipe: "Recipe",
    pairs: "PairSet",
    run: Path,
    *,
    start: Path | None = None,
    devices: int = 1,
    nodes: int = 1,
    engine: str = "local",
    budget: float | None = None,
    memory: float | None = None,
    shelf: "Shelf | None" = None,
) -> bool:
    """Trains a recipe and tells how far it is; arguments and errors as `senga.learn.train.train`.

    Args:
        engine: "ray" has the workers of a Ray cluster do it; they read for themselves, whatever lies on the shelf.

    Returns:
        Whether this process leads: what comes after is done by that one alone.
    """
    from senga.learn import distributed
    from senga.learn.train import Progress as Stage

    train = _trainer(engine, shelf)
    begun = time.monotonic()
    with progress_bar("steps", logged=False) as bar:
        task = bar.add_task("", total=None)
        reports = [0.0]

        def report(stage: Stage) -> None:
            losses = ", ".join(f"{name} {value:.4f}" for name, value in stage.losses.items())
            text = f"{losses}, {stage.speed:.1f} pictures/s"
            bar.update(task, completed=stage.step, total=stage.steps, description=text)
            reports[0] += 1
            if not bar.console.is_terminal and reports[0] % 6 == 1:  # about a line a minute in a log
                typer.echo(f"step {stage.step} of {stage.steps}: {text}")

        with distributed.one_line_if_lost():
            train(
                recipe,
                pairs,
                run,
                start=start,
                devices=devices,
                nodes=nodes,
                budget=math.inf if budget is None else budget,
                memory=memory,
                report=report,
                tell=lambda t: bar.console.print(t),
            )
    minutes = (time.monotonic() - begun) / 60
    if distributed.leads():
        typer.echo(f"{run}: trained, {minutes:.1f} min this time")
    return distributed.leads()


def _trainer(engine: str, shelf: "Shelf | None") -> Callable[..., object]:
    from senga.workers.engines import find_engine

    if find_engine(engine) == "ray":
        from senga.learn.cluster import train_on_cluster

        return train_on_cluster
    from senga.learn.train import train

    return partial(train, shelf=shelf)


def need_train_extra(*names: str) -> None:
    """Refuses where the train extra is missing; `names` are the packages of it that count, by default all.

    Raises:
        SengaError: with the command that installs it.
    """
    extras.require("train", *(names or ("torch", "lightning_fabric", "onnxscript", "safetensors")))
