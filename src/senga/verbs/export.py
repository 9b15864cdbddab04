"""The verb `export`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from senga.verbs.targets import Force
from senga.verbs.train import need_train_extra


def export(
    run: Annotated[Path, typer.Argument(help="Folder of a run, trained or still training.")],
    out: Annotated[Path, typer.Option("-o", "--out", help="Model file: .onnx, or .zip for a painter.")],
    data: Annotated[
        str | None, typer.Option(help="What the training data were; default: what the run says, if it does.")
    ] = None,
    license_data: Annotated[str, typer.Option(help="Terms of the training data.")] = "not stated",
    license_weights: Annotated[str, typer.Option(help="Terms of the weights.")] = "not stated",
    hardware: Annotated[str, typer.Option(help="What it was trained on; default: what the run says.")] = "",
    started_from: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|nothing",
            help="Weights that the run started from, or nothing, for the card: of runs that are too old to know.",
        ),
    ] = None,
    pairs: Annotated[Path | None, typer.Option(help="The run's pair set, for its fingerprint.")] = None,
    temperature: Annotated[
        float | None, typer.Option(help="In place of the recipe's; lower is surer.", min=0.05)
    ] = None,
    vividness: Annotated[float | None, typer.Option(help="In place of the recipe's; more is more colorful.")] = None,
    sharpness: Annotated[
        float | None, typer.Option(help="In place of the recipe's; more takes fewer colors of a palette a region.")
    ] = None,
    decision: Annotated[
        float | None, typer.Option(help="In place of the recipe's; the same where no colors are given.", min=0)
    ] = None,
    boldness: Annotated[
        float | None, typer.Option(help="In place of the recipe's; more favors colorful colors where none are given.")
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

    words: dict[str, Any] = {"license_data": license_data, "license_weights": license_weights, "hardware": hardware}
    if is_course(run):
        made = export_course(run, out, data=data, **words, started=started_from, force=force)
        typer.echo(f"{out}: {made.name}, {made.parameters / 1e6:.1f} M parameters, {out.stat().st_size / 1e6:.1f} MB")
        return
    at_use = {"temperature": temperature, "vividness": vividness, "sharpness": sharpness}
    at_use |= {"decision": decision, "boldness": boldness, "evenness": evenness, "filling": filling}
    card = export_run(
        run,
        out,
        data=data or "not stated",
        **words,
        started=started_from,
        pairs=pairs,
        at_use={name: value for name, value in at_use.items() if value is not None},
        force=force,
    )
    typer.echo(f"{out}: {card.name}, {card.parameters / 1e6:.1f} M parameters, {out.stat().st_size / 1e6:.1f} MB")
