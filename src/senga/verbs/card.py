"""The verb `card`: what a model file says of itself."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from senga.model.shipped import WEIGHTS

if TYPE_CHECKING:
    from senga.model.card import Card

Shown = Annotated[
    str, typer.Argument(help="Model file, or a shipped one: painter (colors), shader, closer, inker (lines).")
]


def card(
    model: Shown = "painter",
    as_json: Annotated[bool, typer.Option("--json", help="The whole card as JSON, scores and recipe too.")] = False,
) -> None:
    """What a model file says of itself: what it takes, what it was trained on, and every run that led to it."""
    from senga.model.session import Session

    file = find_model(model)
    found = Session.open(file).card
    if as_json:
        typer.echo(json.dumps(json.loads(found.to_json()), indent=2, ensure_ascii=False))
        return
    for line in describe(found, file):
        typer.echo(line)


def find_model(model: str) -> Path:
    """The file of a model, given as a file or by the name under which it ships."""
    # The eye has no card: it looks at references for models of pixels.
    shipped = {f.stem: f for f in WEIGHTS.iterdir() if f.suffix in (".onnx", ".zip") and f.stem != "eye"}
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
