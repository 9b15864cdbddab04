"""The verb `card`: what a model file says of itself."""

import csv
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.errors import ModelError
from senga.model.shipped import OPEN, WEIGHTS

if TYPE_CHECKING:
    from senga.model.card import Card

Shown = Annotated[
    str,
    typer.Argument(
        help="Model file, or a shipped one: painter (colors), shader, closer, inker (lines); open/painter and so on: "
        "those of openly licensed pictures alone."
    ),
]


def card(
    model: Shown = "painter",
    as_json: Annotated[bool, typer.Option("--json", help="The whole card as JSON, scores and recipe too.")] = False,
    pictures: Annotated[
        bool,
        typer.Option("--pictures", help="Of a shipped file: what it was trained on, as CSV: source, terms, digest."),
    ] = False,
) -> None:
    """What a model file says of itself: what it takes, what it was trained on, and every run that led to it."""
    from senga.model.session import Session

    file = find_model(model)
    if pictures:
        list_pictures(file)
        return
    found = Session.open(file).card
    if as_json:
        typer.echo(json.dumps(json.loads(found.to_json()), indent=2, ensure_ascii=False))
        return
    for line in describe(found, file):
        typer.echo(line)


def list_pictures(file: Path) -> None:
    """Prints the training pictures of a shipped file.

    Raises:
        ModelError: not a shipped one.
    """
    from senga.model.training_pictures import COLUMNS, training_pictures

    if WEIGHTS not in file.parents:
        raise ModelError(f"{file}: only of the files that ship the training pictures are known")
    rows = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    rows.writeheader()
    rows.writerows(training_pictures(only_open=file.parent.name == OPEN))


def find_model(model: str) -> Path:
    """The file of a model, given as a file or by the name under which it ships."""
    # The eye has no card: it looks at references for models of pixels.
    shipped = {
        f.relative_to(WEIGHTS).with_suffix("").as_posix(): f
        for f in WEIGHTS.rglob("*")
        if f.suffix in (".onnx", ".zip") and f.stem != "eye"
    }
    return Path(model) if Path(model).exists() else shipped.get(model, Path(model))


def describe(card: "Card", file: Path) -> list[str]:
    """Lines that tell a card to a person."""
    from senga.model.history import describe as tell_history
    from senga.model.history import runs_of

    takes = f"; takes {', '.join(card.conditions)}" if card.conditions else ""
    lines = [
        f"{file.name}: {card.name}, task '{card.task}', {card.parameters / 1e6:.1f} M parameters{takes}",
        f"trained: {card.trained}, data {card.pairs or 'not stated'}",
        f"data: {card.data}",
        f"terms of the data: {card.license_data}",
        f"terms of the weights: {card.license_weights}",
    ]
    if card.scores:
        lines.append("scores: " + ", ".join(f"{name} {value:g}" for name, value in card.scores.items()))
    lines.append("history:")
    return [*lines, *(f"  {line}" for line in tell_history(runs_of(card, str(file))))]
