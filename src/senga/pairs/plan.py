"""What a pair set is to be built of: the plan, its check, and its record in `plan.json`."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from senga import storage
from senga.errors import PairSetError, SettingError
from senga.lines import extract
from senga.pairs.pairset import MANIFEST

METHODS = ("none", "given", *extract.METHODS)
PLAN = "plan.json"


@dataclass(frozen=True)
class BuildPlan:
    """How pictures become pairs.

    Attributes:
        method: what draws the line art, one of `METHODS`; "mix" draws a method for each picture, "given" takes line art
            from `lines_folder`, "none" leaves it out, for training that draws its own.
        parameters: of a drawing method; None means its defaults.
        crop: side of the square crops, px; 0 takes the whole picture.
        crops: random crops a picture, at places that differ; not used when `crop` is 0.
        rotations: add every crop turned by 90, 180 and 270 degrees.
        val, test: shares of the groups in these splits.
        seed: of the splits and of the crops' places.
        table: CSV with the column file (relative to the folder of pictures) and any of split, group, source
            (where the picture came from: the pair's origin); other columns are left alone.
        lines_folder: line art under the same relative name as the picture, in any format.
        shard: pictures a shard, for sets of more files than a folder bears; 0 makes loose files.
    """

    method: str = "xdog"
    parameters: extract.Parameters | None = None
    crop: int = 0
    crops: int = 1
    rotations: bool = False
    val: float = 0.02
    test: float = 0.04
    seed: int = 0
    table: Path | None = None
    lines_folder: Path | None = None
    shard: int = 0

    @staticmethod
    def drawing(method: str, parameters: Mapping[str, float], **settings: Any) -> "BuildPlan":
        """A plan by a method and its parameters by name, in the place of made ones; `settings` are the other fields.

        Raises:
            SettingError: parameters of a method that draws nothing. SengaError: as `extract.make_parameters`.
        """
        if method not in ("none", "given"):
            return BuildPlan(method=method, parameters=extract.make_parameters(method, dict(parameters)), **settings)
        if parameters:
            raise SettingError("{set} goes with methods that draw, not with '{given}'", given=method)
        return BuildPlan(method=method, **settings)

    def drawn_by(self) -> dict[str, float]:
        """Parameters of the drawing method by name, defaults filled in; empty if nothing is drawn."""
        if self.method not in extract.METHODS:
            return {}
        return asdict(self.parameters or extract.make_parameters(self.method, {}))


def check_plan(plan: BuildPlan) -> None:
    """Refuses a plan that cannot be followed.

    Raises:
        PairSetError: an entry out of its range, or entries that contradict each other.
        SengaError: a parameter of the drawing method out of its range.
    """
    if plan.method not in METHODS:
        raise PairSetError(f"unknown method '{plan.method}'; known: {', '.join(METHODS)}")
    if plan.parameters is not None and type(plan.parameters) is not extract.KINDS.get(plan.method):
        raise PairSetError(f"method '{plan.method}' does not take the parameters {plan.parameters}")
    if plan.parameters is not None:
        extract.make_parameters(plan.method, plan.drawn_by())
    if (plan.method == "given") != (plan.lines_folder is not None):
        raise PairSetError("method 'given' and a folder of line art go together: give both or neither")
    if plan.crop < 0 or plan.crops < 1:
        raise PairSetError(f"wanted crop >= 0 px and crops >= 1, found {plan.crop} and {plan.crops}")
    if plan.shard < 0:
        raise PairSetError(f"wanted shard >= 0 pictures, found {plan.shard}")
    if plan.val < 0 or plan.test < 0 or plan.val + plan.test > 1:
        raise PairSetError(f"wanted shares val and test of 0 to 1 together, found {plan.val} and {plan.test}")


def keep_plan(plan: BuildPlan, out: str) -> None:
    """Writes the plan into a new pair set's folder, or compares it with the one that is there.

    Raises:
        PairSetError: the folder was built by another plan, or holds a pair set without a plan.
    """
    record, file = plan_record(plan), storage.join(out, PLAN)
    if not storage.exists(file):
        if storage.exists(storage.join(out, MANIFEST)):
            raise PairSetError(f"{out}: holds a pair set without {PLAN}; build into another folder")
        storage.write(file, (json.dumps(record, indent=2) + "\n").encode())
        return
    try:
        kept = json.loads(storage.read(file))
    except (OSError, ValueError, RecursionError) as error:
        raise PairSetError(f"{file}: cannot be read: {error}; build into another folder") from error
    if not isinstance(kept, dict):
        raise PairSetError(f"{file}: not a plan; build into another folder")
    differ = [
        f"{key} is {json.dumps(kept.get(key))} there and {json.dumps(record.get(key))} here"
        for key in sorted(record.keys() | kept.keys())
        if kept.get(key) != record.get(key)
    ]
    if differ:
        raise PairSetError(f"{out}: was built by another plan ({'; '.join(differ)}); build into another folder")


def plan_record(plan: BuildPlan) -> dict[str, Any]:
    """The plan as plain data.

    The table is named by its content and the folder of line art by its last name: a pair set may be given away, and
    moved on a disk.
    """
    record = {**asdict(plan), "parameters": plan.drawn_by()}
    record["table"] = plan.table and hashlib.sha256(_read(plan.table)).hexdigest()
    record["lines_folder"] = plan.lines_folder and plan.lines_folder.resolve().name
    if not plan.shard:
        del record["shard"]  # so that the plans of folders stay as they always were
    return record


def _read(table: Path) -> bytes:
    try:
        return table.read_bytes()
    except OSError as error:
        raise PairSetError(f"{table}: cannot be read: {error.strerror or error}") from error
