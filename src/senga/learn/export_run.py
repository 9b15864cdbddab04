"""From a run's folder to a model file."""

import csv
import dataclasses
import datetime
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import safe_open

from senga.errors import TrainingError
from senga.learn import checkpoint, run_history
from senga.learn.export import Origin, export
from senga.learn.networks.generators import make_generator
from senga.model.card import Card
from senga.model.history import as_rows
from senga.pairs.pairset import PairSet
from senga.recipe import Recipe
from senga.recipefile import from_saved_table


def export_run(
    run: Path,
    out: Path,
    *,
    data: str,
    license_data: str,
    license_weights: str,
    hardware: str,
    started: str | None = None,
    pairs: Path | None = None,
    at_use: Mapping[str, float] | None = None,
    bits: int = 16,
    force: bool = False,
) -> Card:
    """Model file of a run: its finished weights, or the average in its last checkpoint.

    Args:
        run: the run's folder. out: the model file.
        data, license_data, license_weights, hardware: words for the card; no hardware: what the run itself says.
        started: what the run started from, where it does not know: see `run_history.said_to_start`.
        pairs: pair set of the run, for a run that was not finished.
        at_use: values for names of `recipe.AT_USE`, in place of the recipe's; training does not depend on them.
        bits: of large weights, as `export` takes it. force: overwrite `out`.

    Raises:
        TrainingError: nothing trained there, or file and network disagree.
    """
    finished = run / checkpoint.WEIGHTS
    state = checkpoint.load(run)
    if state is None and not finished.exists():
        raise TrainingError(f"{run}: no run here; train one with 'senga train'")
    if finished.exists():
        with safe_open(finished, "pt") as file:
            about = file.metadata() or {}
        recipe = _recipe(about.get("recipe", ""), finished)
        generator = make_generator(recipe)
        checkpoint.load_weights(finished, generator)
        fingerprint, steps = about.get("pairs", ""), int(about.get("steps", 0))
        minutes = float(about.get("minutes", 0))
    else:
        assert state is not None
        recipe = _recipe(state["recipe"], run / checkpoint.CHECKPOINT)
        generator = make_generator(recipe)
        generator.load_state_dict(state["average"] if recipe.training.average else state["generator"])
        fingerprint, steps = PairSet.open(pairs).fingerprint() if pairs else "", state["step"]
        minutes = state.get("spent", 0.0)
        about = {"recipe": state["recipe"], "steps": str(steps), "minutes": f"{minutes:.1f}", "pairs": fingerprint}
        about |= {k: state[k] for k in (run_history.HISTORY,) if k in state}
    runs = run_history.runs_in(about, str(run))
    runs = runs if started is None else run_history.said_to_start(runs, started)
    origin = Origin(
        pairs=fingerprint or runs[-1].data,
        data=data,
        license_data=license_data,
        license_weights=license_weights,
        trained=f"{datetime.date.today().isoformat()}, {hardware or runs[-1].hardware or 'not stated'}",
        steps=steps,
        scores=_scores(run / "scores.csv", steps),
        minutes=round(minutes, 1),
        pictures=runs[-1].pictures,
        history=as_rows(runs),
    )
    changed: dict[str, Any] = dict(at_use or {})
    recipe = dataclasses.replace(recipe, generator=dataclasses.replace(recipe.generator, **changed))
    return export(recipe, generator, origin, out, bits=bits, force=force)


def _recipe(text: str, place: Path) -> Recipe:
    try:
        table = json.loads(text)
    except ValueError as error:
        raise TrainingError(f"{place}: says nothing of its recipe; train it again") from error
    return from_saved_table(table, str(place))


def _scores(file: Path, steps: int) -> dict[str, float]:
    """The run's own validation scores at its last step."""
    if not file.exists():
        return {}
    with file.open(newline="") as lines:
        rows = [r for r in csv.DictReader(lines) if int(float(r["step"])) == steps]
    scores: dict[str, float] = {}
    for row in rows:
        measured = {k: float(v) for k, v in row.items() if k not in ("step", "hints")}
        budget = f" at {float(row['hints']):.0f} hints" if "hints" in row else ""
        scores |= {f"{name.replace('_', ' ')}{budget}": round(value, 3) for name, value in measured.items()}
    return scores
