"""What a build did, and which pictures it had to leave out."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from senga import __version__, storage
from senga.inputs.passed import Passed

SKIPPED = "skipped.jsonl"
"""Name of the list in the pair set's folder."""


class Skipped(NamedTuple):
    """A picture that gave no pair, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class BuildReport:
    """What a build did.

    Attributes:
        pairs, pictures: in the set, earlier runs' too.
        added: pairs that this run made.
        skipped: pictures without a pair, by name.
        passed: what lay among the pictures and is none.
    """

    pairs: int
    pictures: int
    added: int
    skipped: tuple[Skipped, ...]
    passed: Passed = field(default_factory=Passed)


def as_skipped_line(skipped: Skipped) -> bytes:
    """A line of the list."""
    return json.dumps(skipped._asdict(), ensure_ascii=False).encode() + b"\n"


def write_build_report(file: Path, built: BuildReport, seconds: float, speed: float, *, force: bool = False) -> None:
    """Writes what a build did as JSON.

    Args:
        file: .json. built: what it did. seconds: in all. speed: pictures a second. force: overwrite it.

    Raises:
        SengaError: existing file without `force`, or a place that cannot be written.
    """
    counts = {"pairs": built.pairs, "pictures": built.pictures, "added": built.added, "failed": len(built.skipped)}
    content = {
        "senga": __version__,
        "verb": "pairs build",
        "seconds": round(seconds, 3),
        "pictures_per_second": round(speed, 3),
        "counts": counts,
        "passed_over": built.passed.record(),
        "failed": [one._asdict() for one in built.skipped],
    }
    storage.write_new(file, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode(), force=force)
