"""The verb `weights`: the shipped model files, and how they come out of recipes."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.errors import SengaError
from senga.verbs.targets import Force
from senga.verbs.train import need_train_extra

if TYPE_CHECKING:
    from senga.learn.chain import Chain, Stage

weights_app = typer.Typer(no_args_is_help=True, help="The shipped model files, made from recipes alone.")


@weights_app.command("list")
def weights_list() -> None:
    """The shipped model files that come out of recipes, and the recipes of each."""
    from senga.learn.chain import read_chain, shipped_chains

    for file in shipped_chains():
        chain, _ = read_chain(file)
        recipes = ", then ".join(step.recipe for step in chain.steps)
        typer.echo(f"{file.stem:13} {chain.file:12} {chain.about} Recipes: {recipes}.")


@weights_app.command("build")
def weights_build(
    name: Annotated[
        str, typer.Argument(help="A shipped model, as painter; 'all'; a set, as open; or a file of the same form.")
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Model file, of all their folder; default: here, as it ships.")
    ] = None,
    cache: Annotated[Path | None, typer.Option(help="Folder of a cache, for courses; see 'senga cache'.")] = None,
    pairs: Annotated[Path | None, typer.Option(help="Folder of a pair set, for other recipes.")] = None,
    runs: Annotated[Path, typer.Option(help="Folder of the runs, of each model a folder.")] = Path("runs/build"),
    steps: Annotated[
        int | None, typer.Option(help="Steps of each run, in place of the recipes' own, for a rehearsal.", min=1)
    ] = None,
    threads: Annotated[int | None, typer.Option(help="Processor threads of courses; default: all.", min=1)] = None,
    device: Annotated[str, typer.Option(help="Of courses: cpu or cuda.")] = "cpu",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    force: Force = False,
) -> None:
    """Train the recipes of a shipped model file one after another, and export it; run again, it goes on."""
    need_train_extra()
    from senga.learn.chain import ALL, chains_of, stages_of
    from senga.model.shipped import SETS

    wanted = []
    for chain, file in chains_of(name):
        wanted.append((chain, stages_of(chain, file, runs / chain.name, steps)))
    places = [_place(out, chain, several=name in (ALL, *SETS)) for chain, _ in wanted]
    if dry_run:
        for (chain, stages), place in zip(wanted, places, strict=True):
            for line in describe(chain, stages, place):
                typer.echo(line)
        return
    taken = [place for place in places if place.exists()]
    if taken and not force:
        raise SengaError(f"{taken[0]}: exists; pass --force to overwrite it")
    from senga.learn.chain_build import Means, build_chain, check_means

    means = Means(cache, pairs, threads, device)
    for _, stages in wanted:
        check_means(stages, means)
    for (chain, stages), place in zip(wanted, places, strict=True):
        card = build_chain(chain, stages, place, means, force=force, tell=typer.echo)
        if card is None:
            raise typer.Exit(1)
        typer.echo(f"{place}: {card.name}, {card.parameters / 1e6:.1f} M parameters, {place.stat().st_size:,} bytes")


def describe(chain: "Chain", stages: "list[Stage]", out: Path) -> list[str]:
    """Lines that tell what building a model file takes, and how far it is."""
    from senga.learn.chain_build import is_done
    from senga.learn.course_recipes import CourseRecipe

    lines = [f"{chain.name}: {len(stages)} run{'s' if len(stages) > 1 else ''}, then {out}"]
    for number, stage in enumerate(stages, 1):
        recipe = stage.recipe
        if isinstance(recipe, CourseRecipe):
            length = f"course, {recipe.course.pictures:,} pictures of a cache"
        else:
            training = recipe.training
            length = f"{training.steps:,} steps" if training.steps else f"{training.epochs} passes"
            length += f" of {training.batch} examples of a pair set"
        start = f"from the weights in {stage.start}" if stage.start else "from random weights"
        state = "is trained" if is_done(stage) else "goes on" if stage.folder.is_dir() else "to be trained"
        lines.append(f"  {number}. {recipe.name}: {length}, {start}, in {stage.folder}: {state}")
    return [*lines, f"  {len(stages) + 1}. export, large weights in {chain.export.bits} bits"]


def _place(out: Path | None, chain: "Chain", *, several: bool) -> Path:
    if out is None:
        return Path(chain.file)
    return out / chain.file if several or out.is_dir() else out
