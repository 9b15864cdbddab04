"""The verb `recipes`: what ships, and experiments run one after the other."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.targets import Engine
from senga.verbs.train import Batch, Devices, Largest, Memory, Nodes, need_train_extra, train_with_progress

recipes_app = typer.Typer(no_args_is_help=True, help="The experiments that ship.")


@recipes_app.command("list")
def recipes_list() -> None:
    """The recipes inside the package."""
    from senga.learn.course_recipes import read_course
    from senga.recipefile import read_recipe, shipped_courses, shipped_recipes

    about = {file.stem: read_course(file).about for file in shipped_courses()}
    about |= {file.stem: read_recipe(file).about for file in shipped_recipes()}
    width = max(map(len, about))
    for name in sorted(about):  # variants come after what they vary
        typer.echo(f"{name:{width}}  {about[name]}")


@recipes_app.command("show")
def recipes_show(name: Annotated[str, typer.Argument(help="Name or file.")]) -> None:
    """A recipe, as TOML."""
    from senga.learn.course_recipes import course_from_table, is_course
    from senga.recipefile import find_recipe, from_table, read_table

    file = find_recipe(name)
    table = read_table(file)
    (course_from_table if is_course(table) else from_table)(table, str(file))
    typer.echo(file.read_text(encoding="utf-8"), nl=False)


@recipes_app.command("run")
def recipes_run(
    names: Annotated[list[str], typer.Argument(help="Names or files; those that they start from run first.")],
    pairs: Annotated[Path, typer.Option(help="Folder of a pair set.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder of the runs, one folder each.")] = Path("runs"),
    steps: Annotated[int | None, typer.Option(help="Steps of each, in place of the recipe's.", min=1)] = None,
    batch: Batch = None,
    largest: Largest = None,
    budget: Annotated[
        float | None,
        typer.Option(help="Minutes of each after which it ends at the latest.", min=0.01, metavar="MINUTES"),
    ] = None,
    memory: Memory = None,
    devices: Devices = 1,
    nodes: Nodes = 1,
    engine: Engine = "local",
    data: Annotated[str, typer.Option(help="What the training data were, for the cards.")] = "not stated",
    license_data: Annotated[str, typer.Option(help="Terms of the training data.")] = "not stated",
    license_weights: Annotated[str, typer.Option(help="Terms of the weights.")] = "not stated",
    hardware: Annotated[str, typer.Option(help="What they were trained on.")] = "not stated",
) -> None:
    """Train recipes one after the other and make a model file of each; run again, it goes on where it stopped."""
    from senga.learn.recipe_order import in_order

    wanted = in_order(names)
    need_train_extra()
    from senga.learn import checkpoint
    from senga.learn.data.store import Shelf
    from senga.learn.export_run import export_run
    from senga.pairs.pairset import PairSet
    from senga.recipe import scaled_down
    from senga.recipe_rules import check

    pair_set = PairSet.open(pairs)
    smaller = [scaled_down(recipe, steps, batch, largest) for recipe in wanted]
    for recipe in smaller:
        check(recipe, recipe.name)
    shelf = Shelf()
    for recipe in smaller:
        run, model = out / recipe.name, out / f"{recipe.name}.onnx"
        if model.exists():
            typer.echo(f"{model}: is there")
            continue
        start = out / recipe.training.after / checkpoint.WEIGHTS if recipe.training.after else None
        leads = train_with_progress(
            recipe,
            pair_set,
            run,
            start=start,
            devices=devices,
            nodes=nodes,
            engine=engine,
            budget=budget,
            memory=memory,
            shelf=shelf,
        )
        if not leads or recipe.generator.encoder != "eye":
            continue  # no model file carries another encoder
        export_run(
            run,
            model,
            data=data,
            license_data=license_data,
            license_weights=license_weights,
            hardware=hardware,
            pairs=pairs,
        )
        typer.echo(str(model))
