"""A course's run to a model file."""

import datetime
import json
from pathlib import Path

from safetensors import safe_open

from senga.errors import TrainingError
from senga.learn import checkpoint
from senga.learn.export import Origin
from senga.learn.networks.painter import Painter
from senga.learn.painter_export import export_painter
from senga.learn.standing import SCORES, last_row
from senga.model.card import Card


def is_course(run: Path) -> bool:
    """Whether a run's folder is of a course, and not of a recipe of `senga.learn.train`."""
    return "settings" in _said(run)


def export_course(
    run: Path,
    out: Path,
    *,
    data: str,
    license_data: str,
    license_weights: str,
    hardware: str,
    force: bool = False,
) -> Card:
    """Writes the averaged weights of a run as a model file.

    Args:
        run: folder of the run. out: the file. Else as `Origin`.

    Raises:
        TrainingError: no weights there yet, or a course of a kind that is not exported so.
    """
    said = _said(run)
    settings = json.loads(said.get("settings", "{}"))
    if settings.get("task") != "paint":
        raise TrainingError(f"{run}: a course of the task '{settings.get('task')}', which this does not export")
    size = settings["network"]
    painter = Painter(**{name: size[name] for name in ("width", "deep", "tokens", "layers", "bins")})
    checkpoint.load_weights(run / checkpoint.WEIGHTS, painter)
    scores = {k: float(v) for k, v in (last_row(run / SCORES) or {}).items() if k not in ("step", "seen")}
    seen, minutes = int(said["seen"]), float(said["minutes"])
    origin = Origin(
        pairs=said.get("cache", ""),
        data=data,
        license_data=license_data,
        license_weights=license_weights,
        trained=f"{datetime.date.today().isoformat()}, {hardware}",
        steps=seen // int(settings["course"]["batch"]),
        scores=scores,
        minutes=minutes,
    )
    own = {"recipe": said["recipe"], "pictures": seen, "minutes": minutes}
    return export_painter(painter, settings, origin, out, pictures=seen, history=[own], force=force)


def _said(run: Path) -> dict[str, str]:
    file = run / checkpoint.WEIGHTS
    if not file.is_file():
        return {}
    with safe_open(file, "numpy") as opened:
        return dict(opened.metadata() or {})
