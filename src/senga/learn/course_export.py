"""A course's run to a model file."""

import datetime
import json
from collections.abc import Callable
from pathlib import Path

from safetensors import safe_open
from torch import nn

from senga.errors import TrainingError
from senga.learn import checkpoint, run_history
from senga.learn.closer_export import export_closer
from senga.learn.courses import in_words
from senga.learn.export import Origin
from senga.learn.networks.closer import Closer
from senga.learn.networks.painter import Painter
from senga.learn.networks.shader import Shader
from senga.learn.painter_export import export_painter
from senga.learn.shader_export import export_shader
from senga.learn.standing import SCORES, last_row
from senga.model.card import Card
from senga.model.history import as_rows

EXPORTERS: dict[str, tuple[Callable[..., nn.Module], Callable[..., Card]]] = {
    "paint": (Painter, export_painter),
    "shade": (Shader, export_shader),
    "close": (Closer, export_closer),
}
"""The network of each task, and what writes it as a model file; arguments as `export_shader`."""


def is_course(run: Path) -> bool:
    """Whether a run's folder is of a course, and not of a recipe of `senga.learn.train`."""
    return "settings" in _said(run)


def export_course(
    run: Path,
    out: Path,
    *,
    data: str | None,
    license_data: str,
    license_weights: str,
    hardware: str,
    started: str | None = None,
    bits: int | None = None,
    area: int | None = None,
    force: bool = False,
) -> Card:
    """Writes the averaged weights of a run as a model file: those judged last, or before that those saved last.

    Args:
        run: folder of the run. out: the file. force: overwrite it.
        data, license_data, license_weights, hardware: words for the card; `data` None, no hardware: what the run
            itself says.
        bits, area: as the task's exporter takes them; None: its own.
        started: what the run started from, where it does not know: see `run_history.said_to_start`.

    Raises:
        TrainingError: no weights there yet, or those of another network; a task that this senga does not know; file
            and network disagree.
    """
    said = _said(run)
    settings = json.loads(said.get("settings", "{}"))
    task = settings.get("task")
    if task not in EXPORTERS:
        raise TrainingError(f"{run}: a course of the task '{task}'; known: {', '.join(EXPORTERS)}")
    make, write = EXPORTERS[task]
    network = make(**settings["network"])
    _load(run, network)
    scores = {k: float(v) for k, v in (last_row(run / SCORES) or {}).items() if k not in ("step", "seen")}
    seen, minutes = int(said["seen"]), float(said["minutes"])
    runs = run_history.runs_in(said, str(run))
    runs = runs if started is None else run_history.said_to_start(runs, started)
    origin = Origin(
        pairs=said.get("cache", ""),
        data=said.get("data", "not stated") if data is None else data,
        license_data=license_data,
        license_weights=license_weights,
        trained=f"{datetime.date.today().isoformat()}, {hardware or runs[-1].hardware or 'not stated'}",
        steps=int(said.get("step", seen // int(settings["course"]["batch"]))),  # older runs do not say
        scores=scores,
        minutes=minutes,
        pictures=seen,
        history=as_rows(runs),
    )
    given = {name: value for name, value in (("bits", bits), ("area", area)) if value is not None}
    return write(network, settings, origin, out, **given, force=force)


def _said(run: Path) -> dict[str, str]:
    """What stands beside a run's weights."""
    file = run / checkpoint.WEIGHTS
    if file.is_file():
        with safe_open(file, "numpy") as opened:
            return dict(opened.metadata() or {})
    state = checkpoint.load(run)
    if state is None or "seen" not in state:
        return {}
    words = in_words(json.loads(state["recipe"]), state["step"], state["seen"], state["minutes"])
    return words | {k: state[k] for k in (run_history.HISTORY,) if k in state}


def _load(run: Path, network: nn.Module) -> None:
    file = run / checkpoint.WEIGHTS
    if file.is_file():
        checkpoint.load_weights(file, network)
        return
    state = checkpoint.load(run)
    assert state is not None
    network.load_state_dict(state["average"])
