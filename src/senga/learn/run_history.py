"""What a run of training writes down of itself, and takes over from the weights that it starts from."""

import dataclasses
import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open

from senga import storage
from senga.errors import SengaError, TrainingError
from senga.learn.checkpoint import WEIGHTS
from senga.model.card import KEY, Card
from senga.model.history import (
    NOTHING,
    TrainingRun,
    as_rows,
    digest_of,
    from_rows,
    grown,
    runs_of,
)
from senga.model.runtime import processor
from senga.model.session import CARD

STEM = Path(WEIGHTS).stem

HISTORY = "history"
"""Name of the entry of checkpoints and of weights' metadata that holds the runs, the present one last."""


def begin(
    recipe: Mapping[str, Any],
    data: str,
    device: str,
    start: Path | None,
    saved: Sequence[Mapping[str, Any]] | None,
    *,
    count: int = 1,
) -> tuple[TrainingRun, ...]:
    """The life of a run's weights until now, the run itself last, of no length yet.

    Args:
        recipe: as a table, every default written out. data: fingerprint of the pair set, key of the cache.
        device: "cpu", "cuda". start: weights that a new run starts from.
        saved: what the run's checkpoint says, if it goes on: what came before is taken from there, not from `start`.
        count: of processes, each on a device of its own.

    Raises:
        TrainingError: the history in `start` cannot be read.
    """
    mine = TrainingRun(
        str(recipe["name"]), digest_of(recipe), hardware=hardware(device, count), data=data, started=NOTHING
    )
    if saved is not None:
        return gone_on(saved, mine)
    if start is None:
        return (mine,)
    # The files of all runs bear one name: that of the run tells them apart.
    name = f"{start.resolve().parent.name}/{start.name}" if start.stem.startswith(STEM) else start.name
    return (*history_of(start), dataclasses.replace(mine, started=name, started_digest=digest_of_file(start)))


def gone_on(saved: Sequence[Mapping[str, Any]], mine: TrainingRun) -> tuple[TrainingRun, ...]:
    """The life that a checkpoint tells, its last run now with `mine`'s recipe, hardware and data.

    Args:
        saved: rows of the checkpoint; empty: of an older form, which does not tell.
    """
    if not saved:
        return (dataclasses.replace(mine, started=None),)
    *before, last = from_rows(saved, "checkpoint")
    changed = last.changed
    if last.digest and last.digest != mine.digest and last.pictures:
        changed = (*changed, (last.digest, last.pictures))
    machines = [*filter(None, last.hardware.split("; ")), mine.hardware]
    joined = "; ".join(dict.fromkeys(machines))
    return (
        *before,
        dataclasses.replace(last, digest=mine.digest, changed=changed, hardware=joined, data=mine.data or last.data),
    )


def history_of(file: Path) -> tuple[TrainingRun, ...]:
    """The life of the weights in a file of weights or a model file; empty where it says nothing.

    Raises:
        TrainingError: the file, or what it says, cannot be read.
    """
    try:
        if file.suffix in (".zip", ".onnx"):
            card = _card(file)
            return runs_of(card, str(file)) if card else ()
        with safe_open(file, "numpy") as opened:
            return runs_in(dict(opened.metadata() or {}), str(file))
    except SengaError:
        raise
    except Exception as error:  # readers raise errors of many kinds on broken files
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise TrainingError(f"{file}: cannot be read ({reason})") from error


def runs_in(about: Mapping[str, str], place: str) -> tuple[TrainingRun, ...]:
    """The runs that stand beside weights; of older ones the last alone, from what else stands there."""
    if HISTORY in about:
        return from_rows(json.loads(about[HISTORY]), place)
    name = about.get("recipe", "")
    table = json.loads(about["settings"]) if "settings" in about else json.loads(name) if name.startswith("{") else None
    if not name or name == "{}":
        return ()
    return (
        TrainingRun(
            table["name"] if table else name,
            digest_of(table) if table else "",
            int(about.get("step") or about.get("steps") or 0),
            int(about.get("seen", 0)),
            float(about.get("minutes", 0)),
            data=about.get("cache") or about.get("pairs", ""),
        ),
    )


def in_text(runs: Sequence[TrainingRun], *, steps: int, pictures: int, minutes: float) -> str:
    """Runs as the JSON that stands beside weights, the last one having come so far."""
    return json.dumps(as_rows(grown(runs, steps=steps, pictures=pictures, minutes=minutes)))


def said_to_start(runs: Sequence[TrainingRun], start: str) -> tuple[TrainingRun, ...]:
    """A life whose first run does not know what it started from, as a person says it.

    Args:
        start: a file of weights or a model file, or "nothing": random weights.

    Raises:
        TrainingError: the run knows it, or the file says nothing of itself.
    """
    first, *rest = runs
    if first.started is not None:
        known = "random weights" if first.started == NOTHING else first.started
        raise TrainingError(f"the run of '{first.recipe}' says itself what it started from: {known}")
    if start == "nothing":
        return (dataclasses.replace(first, started=NOTHING), *rest)
    file = Path(start)
    before = history_of(file)
    return (*before, dataclasses.replace(first, started=file.name, started_digest=digest_of_file(file)), *rest)


def digest_of_file(file: Path) -> str:
    """The first 16 hex digits of a file's SHA-256."""
    return storage.digest(str(file))[:16]


def hardware(device: str, count: int = 1) -> str:
    """What a run computes on, in words: the GPUs' name, or the processor's with how many threads are used."""
    times = f"{count} x " if count > 1 else ""
    if device.startswith("cuda"):
        return times + torch.cuda.get_device_name(device)
    if device != "cpu":
        return times + device
    threads = torch.get_num_threads()
    return f"{times}{threads} thread{'s' if threads > 1 else ''} of {processor()}"


def _card(file: Path) -> Card | None:
    """A model file's card, read without a runtime; None where it has none."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as parts:
            return Card.from_json(parts.read(CARD).decode(errors="replace"), str(file))
    import onnx

    texts = [p.value for p in onnx.load(str(file)).metadata_props if p.key == KEY]
    return Card.from_json(texts[0], str(file)) if texts else None
