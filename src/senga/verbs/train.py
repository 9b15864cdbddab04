"""The verbs `train` and `export`."""

import math
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga import extras
from senga.errors import SengaError
from senga.verbs.courses import train_from_cache
from senga.verbs.progress import progress_bar
from senga.verbs.targets import Engine, Force

if TYPE_CHECKING:
    from senga.learn.data.store import Shelf
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
    start: Annotated[Path | None, typer.Option(help="Weights (safetensors) to start a new run from.")] = None,
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
    from senga.learn.course_recipes import is_course
    from senga.pairs.pairset import PairSet
    from senga.recipe import scaled_down
    from senga.recipe_rules import check
    from senga.recipefile import find_recipe, read_recipe, read_table

    if is_course(read_table(find_recipe(recipe))):
        if pairs or steps or largest or memory or devices > 1 or nodes > 1 or engine != "local":
            raise SengaError(
                f"{recipe} is a course: it takes --cache, --pictures, --batch, --threads, --device, --start, --budget"
            )
        train_from_cache(
            recipe,
            cache,
            run,
            start=start,
            pictures=pictures,
            batch=batch,
            threads=threads,
            device=device,
            budget=budget,
        )
        return
    if cache or pictures or threads or device != "cpu":
        raise SengaError(f"{recipe} trains from a pair set: --cache, --pictures, --threads and --device are of courses")
    if pairs is None:
        raise SengaError(f"{recipe}: give --pairs, the folder of a pair set")
    experiment = scaled_down(read_recipe(recipe), steps, batch, largest)
    check(experiment, recipe)
    pair_set = PairSet.open(pairs)
    need_train_extra()
    folder = run or Path("runs") / experiment.name
    if train_with_progress(
        experiment,
        pair_set,
        folder,
        start=start,
        devices=devices,
        nodes=nodes,
        engine=engine,
        budget=budget,
        memory=memory,
    ):
        typer.echo(f"'senga export {folder} -o model.onnx' makes a model file")


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run, trained or still training.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Model file: .onnx, or .zip for a painter.")],
    data: Annotated[
        str | None, typer.Option(help="What the training data were; default: what the run says, if it does.")
    ] = None,
    license_data: Annotated[str, typer.Option(help="Terms of the training data.")] = "not stated",
    license_weights: Annotated[str, typer.Option(help="Terms of the weights.")] = "not stated",
    hardware: Annotated[str, typer.Option(help="What it was trained on.")] = "not stated",
    pairs: Annotated[Path | None, typer.Option(help="The run's pair set, for its fingerprint.")] = None,
    temperature: Annotated[
        float | None, typer.Option(help="In place of the recipe's; lower is surer.", min=0.05)
    ] = None,
    vividness: Annotated[float | None, typer.Option(help="In place of the recipe's; more is more colorful.")] = None,
    sharpness: Annotated[
        float | None, typer.Option(help="In place of the recipe's; more takes fewer colors of a palette a region.")
    ] = None,
    decision: Annotated[
        float | None, typer.Option(help="In place of the recipe's; the same for colors that nobody told.", min=0)
    ] = None,
    boldness: Annotated[
        float | None, typer.Option(help="In place of the recipe's; more favors colorful colors where nothing is told.")
    ] = None,
    evenness: Annotated[
        float | None, typer.Option(help="In place of the recipe's; 1 paints unhinted regions evenly.", min=0, max=1)
    ] = None,
    filling: Annotated[
        float | None, typer.Option(help="In place of the recipe's; more lets a hint fill its closed area.", min=0)
    ] = None,
    force: Force = False,
) -> None:
    """Make a model file of a run; refused if file and network disagree."""
    need_train_extra()
    from senga.learn.course_export import export_course, is_course
    from senga.learn.export_run import export_run

    words = {"license_data": license_data, "license_weights": license_weights, "hardware": hardware}
    if is_course(run):
        made = export_course(run, out, data=data, **words, force=force)
        typer.echo(f"{out}: {made.name}, {made.parameters / 1e6:.1f} M parameters, {out.stat().st_size / 1e6:.1f} MB")
        return
    at_use = {"temperature": temperature, "vividness": vividness, "sharpness": sharpness}
    at_use |= {"decision": decision, "boldness": boldness, "evenness": evenness, "filling": filling}
    card = export_run(
        run,
        out,
        data=data or "not stated",
        **words,
        pairs=pairs,
        at_use={name: value for name, value in at_use.items() if value is not None},
        force=force,
    )
    typer.echo(f"{out}: {card.name}, {card.parameters / 1e6:.1f} M parameters, {out.stat().st_size / 1e6:.1f} MB")


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
    with progress_bar("steps") as bar:
        task = bar.add_task("", total=None)
        told = [0.0]

        def report(stage: Stage) -> None:
            losses = ", ".join(f"{name} {value:.4f}" for name, value in stage.losses.items())
            text = f"{losses}, {stage.speed:.1f} pictures/s"
            bar.update(task, completed=stage.step, total=stage.steps, description=text)
            told[0] += 1
            if not bar.console.is_terminal and told[0] % 6 == 1:  # about a line a minute in a log
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
    from senga.workers.worker import find_engine

    if find_engine(engine) == "ray":
        from senga.learn.cluster import train_on_cluster

        return train_on_cluster
    from senga.learn.train import train

    return partial(train, shelf=shelf)


def need_train_extra() -> None:
    """Refuses where the train extra is missing.

    Raises:
        SengaError: with the command that installs it.
    """
    extras.require("train", "torch", "lightning_fabric", "onnxscript", "safetensors")
