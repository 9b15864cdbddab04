"""The life of weights: the runs of training that led to them, the first one first; checkpoints and cards carry it."""

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from senga.errors import ModelError
from senga.model.card import Card

NOTHING = ""
"""What a run started from that began with random weights."""


@dataclass(frozen=True)
class TrainingRun:
    """One run of training; a run that was stopped and went on is one.

    Attributes:
        recipe: its name. digest: of the recipe, see `digest_of`; "": not known.
        steps, pictures, minutes: of this run alone; 0: not known.
        hardware: on which it ran; "": not known. data: fingerprint of the pair set or key of the cache; "": not known.
        started: name of the file whose weights it started from; `NOTHING`: of none; None: not known.
        started_digest: of that file: the first 16 hex digits of its SHA-256.
        changed: digests of recipes that the run followed before its last one, each with the pictures seen until then.
    """

    recipe: str
    digest: str = ""
    steps: int = 0
    pictures: int = 0
    minutes: float = 0.0
    hardware: str = ""
    data: str = ""
    started: str | None = None
    started_digest: str = ""
    changed: tuple[tuple[str, int], ...] = ()


def as_rows(runs: Iterable[TrainingRun]) -> tuple[dict[str, Any], ...]:
    """Runs as plain data, as a card holds them."""
    return tuple(dataclasses.asdict(run) for run in runs)


def from_rows(rows: Sequence[Mapping[str, Any]], place: str) -> tuple[TrainingRun, ...]:
    """Runs from plain data; what older files do not say is not known. `place` names the file in errors.

    Raises:
        ModelError: not a list of runs.
    """
    known = {f.name for f in dataclasses.fields(TrainingRun)}
    try:
        runs = []
        for row in rows:
            given = {name: value for name, value in row.items() if name in known}
            given["changed"] = tuple((str(digest), int(until)) for digest, until in row.get("changed", ()))
            runs.append(TrainingRun(**given))
        return tuple(runs)
    except (TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"{place}: its history is broken ({error}); export or train it again") from error


def runs_of(card: Card, place: str) -> tuple[TrainingRun, ...]:
    """The runs that a model file's card tells of, at least one; `place` names the file in errors.

    Of older cards, which list no runs or say little of them, the last one is what the card itself says.
    """
    *before, last = from_rows(card.history, place) or (TrainingRun(card.name),)
    mine: dict[str, Any] = {
        "digest": digest_of(card.recipe) if card.recipe else "",
        "steps": card.steps,
        "pictures": card.pictures,
        "minutes": card.minutes,
        "hardware": card.trained.partition(", ")[2],  # after the date
        "data": card.pairs,
    }
    unsaid = {name: value for name, value in mine.items() if not getattr(last, name)}
    return (*before, dataclasses.replace(last, **unsaid))


def is_whole(runs: Sequence[TrainingRun]) -> bool:
    """Whether the first run is known to have begun with random weights, so that nothing came before it."""
    return bool(runs) and runs[0].started == NOTHING


def grown(runs: Sequence[TrainingRun], *, steps: int, pictures: int, minutes: float) -> tuple[TrainingRun, ...]:
    """The same life, its last run having come so far."""
    *before, last = runs
    return (*before, dataclasses.replace(last, steps=steps, pictures=pictures, minutes=round(minutes, 1)))


def digest_of(recipe: Mapping[str, Any]) -> str:
    """16 hex digits of a recipe, every default written out; its words on itself do not count."""
    settings = {name: value for name, value in recipe.items() if name not in ("about", "source")}
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def describe(runs: Sequence[TrainingRun]) -> list[str]:
    """Lines that tell a life, the first run first."""
    lines = []
    if not is_whole(runs):
        lines.append("history not known before " + (f"the run of '{runs[0].recipe}'" if runs else "this file"))
    for number, run in enumerate(runs, 1):
        recipe = run.recipe + (f" ({run.digest})" if run.digest else "")
        facts = [f"{run.steps:,} steps"] if run.steps else []
        facts += [f"{run.pictures:,} pictures"] if run.pictures else []
        facts += [f"{run.minutes:,.1f} minutes"] if run.minutes else []
        facts += [f"on {run.hardware}"] if run.hardware else []
        facts += [f"data {run.data}"] if run.data else []
        lines.append(f"{number}. {recipe}: {', '.join(facts) or 'no more is known'}; {_started(run)}")
        for digest, until in run.changed:
            lines.append(f"   until {until:,} pictures by another form of the recipe ({digest})")
    return lines


def _started(run: TrainingRun) -> str:
    if run.started is None:
        return "what it started from is not known"
    if run.started == NOTHING:
        return "from random weights"
    return f"from {run.started}" + (f" ({run.started_digest})" if run.started_digest else "")
