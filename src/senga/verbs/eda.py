"""The verb `eda`."""

from pathlib import Path
from typing import Annotated

import typer

from senga.verbs.progress import progress_bar
from senga.verbs.targets import Force


def eda(
    folder: Annotated[Path, typer.Argument(help="Folder of a pair set.")],
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The page; default: FOLDER/eda.html.")] = None,
    samples: Annotated[int, typer.Option(help="Pairs on the sample sheet.", min=0)] = 24,
    seed: Annotated[int, typer.Option(help="Of the choice of samples.")] = 0,
    workers: Annotated[int | None, typer.Option(help="Processes; default: one a core.", min=1)] = None,
    force: Force = False,
) -> None:
    """Show what is in a pair set as one HTML page: sizes, colors, how much line there is, duplicates, samples."""
    from senga import storage
    from senga.pairs.pairset import PairSet
    from senga.pairs.survey import survey
    from senga.pairs.surveypage import survey_page

    target = out or folder / "eda.html"
    pairs = PairSet.open(folder)
    storage.refuse_existing(target, force=force)
    with progress_bar("pairs") as bar:
        task = bar.add_task("", total=len(pairs.pairs))
        found = survey(pairs, workers=workers, report=lambda done, total: bar.update(task, completed=done))
    storage.write_new(target, survey_page(found, samples, seed).encode(), force=force)
    typer.echo(f"{target}: {len(found.looks)} pairs, {len(found.twins)} alike, {len(found.unreadable)} unreadable")
