"""Pictures become a pair set; a build that was stopped goes on where it was.

A picture's pairs enter the manifest once their files are whole. When all are done the manifest is sorted, so that the
set is the same, byte for byte, however often the build was stopped and however many workers it had.
"""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from senga.errors import PairSetError
from senga.image import write_bytes
from senga.pairs.cut import Job, cut
from senga.pairs.pairset import DROPPED, MANIFEST, as_line, read_manifest, write_manifest
from senga.pairs.plan import BuildPlan, check_plan, keep_plan
from senga.pairs.sources import find_sources
from senga.pairs.work import cores, each

__all__ = ["BuildPlan", "BuildReport", "Skipped", "build_pairs"]

SKIPPED = "skipped.jsonl"

UNFINISHED = ".unfinished"
"""Lies in the folder while the manifest is being appended to: its last picture may then lack pairs."""


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
    """

    pairs: int
    pictures: int
    added: int
    skipped: tuple[Skipped, ...]


def build_pairs(
    folder: str | Path,
    out: str | Path,
    plan: BuildPlan = BuildPlan(),
    *,
    workers: int | None = None,
    report: Callable[[int, int, int], None] | None = None,
) -> BuildReport:
    """Builds a pair set, or goes on with one.

    Pictures whose names are in the manifest, or in the list of dropped ones, are left alone; skipped ones are tried
    again. A picture that cannot be used is skipped, and stops nothing.

    Args:
        folder: pictures, read with its sub-folders.
        out: folder of the pair set; made if missing.
        plan: see `BuildPlan`; a folder keeps the plan it was begun with.
        workers: processes; 1 works in this one, None takes one a core.
        report: called with (pictures done, pictures in all, pictures skipped), first and after each picture.

    Raises:
        PairSetError: no pictures, none that could be used, a table or plan that does not fit.
        ImageError: a place that cannot be written.
    """
    folder, out = Path(folder), Path(out)
    check_plan(plan)
    sources = find_sources(folder, out, plan)
    _open(out, plan)
    done = _done(out)
    todo = [source for source in sources if source.name not in done]
    skipped: list[Skipped] = []
    added, start = 0, len(sources) - len(todo)
    if report is not None:
        report(start, len(sources), 0)
    if todo or (out / UNFINISHED).exists():
        (out / UNFINISHED).touch()
        jobs = (Job(source, plan, out) for source in todo)
        # Closed here and now when the caller's report raises, or workers would go on behind a traceback.
        with (
            (out / MANIFEST).open("ab") as manifest,
            (out / SKIPPED).open("wb") as left_out,
            closing(each(cut, jobs, min(workers or cores(), len(todo)))) as cuts,
        ):
            for i, made in enumerate(cuts, start + 1):
                if made.reason:
                    skipped.append(Skipped(made.source, made.reason))
                    left_out.write(_as_line(skipped[-1]))
                    left_out.flush()
                manifest.write("".join(as_line(pair) + "\n" for pair in made.pairs).encode())
                manifest.flush()
                added += len(made.pairs)
                if report is not None:
                    report(i, len(sources), len(skipped))
        _finish(out, skipped)
    pairs = read_manifest(out / MANIFEST)
    if len(skipped) == len(sources):
        first = min(skipped)
        raise PairSetError(
            f"{folder}: none of its {len(sources)} pictures can be used; the first is {first.file}: {first.reason}"
        )
    return BuildReport(len(pairs), len({pair.source for pair in pairs}), added, tuple(sorted(skipped)))


def _open(out: Path, plan: BuildPlan) -> None:
    """Makes the pair set's folder ready, and clears away what a killed run left half-written."""
    try:
        for name in ("color", "line") if plan.method != "none" else ("color",):
            (out / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PairSetError(f"{out}: cannot be made: {error.strerror or error}") from error
    keep_plan(plan, out)
    for place in (out, out / "color", out / "line"):
        for rest in place.glob(".senga-*.part"):
            rest.unlink()
    if not (out / MANIFEST).exists():
        write_manifest(out, [])


def _done(out: Path) -> set[str]:
    """Names of the pictures that need no more work.

    After a kill the manifest may end in half a line, or its last picture may lack pairs: both are cut off, and that
    picture is made again.
    """
    manifest, dropped = out / MANIFEST, out / DROPPED
    if (out / UNFINISHED).exists():
        content = manifest.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if whole != content:
            write_bytes(manifest, whole, force=True)
        pairs = read_manifest(manifest)
        if pairs:
            write_manifest(out, [pair for pair in pairs if pair.source != pairs[-1].source])
    known = read_manifest(manifest) + (read_manifest(dropped) if dropped.exists() else ())
    return {pair.source for pair in known}


def _finish(out: Path, skipped: list[Skipped]) -> None:
    """Puts the lists in their final order."""
    # A picture's pairs are in order already, and sorting is stable.
    write_manifest(out, sorted(read_manifest(out / MANIFEST), key=lambda pair: pair.source))
    if skipped:
        write_bytes(out / SKIPPED, b"".join(_as_line(one) for one in sorted(skipped)), force=True)
    else:
        (out / SKIPPED).unlink(missing_ok=True)
    (out / UNFINISHED).unlink()


def _as_line(skipped: Skipped) -> bytes:
    return json.dumps(skipped._asdict(), ensure_ascii=False).encode() + b"\n"
