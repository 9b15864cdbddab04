"""Pictures become a pair set; a build that was stopped goes on where it was.

A picture's pairs enter the manifest once their files are whole. When all are done the manifest is sorted, so that the
set is the same, byte for byte, however often the build was stopped and however many workers it had.
"""

import dataclasses
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from senga import storage
from senga.errors import PairSetError
from senga.inputs.largest import most_needed
from senga.inputs.passed import Passed
from senga.pairs.cut import Cutting, need
from senga.pairs.pairset import DROPPED, MANIFEST, as_line, read_manifest, write_manifest
from senga.pairs.plan import BuildPlan, check_plan, keep_plan
from senga.pairs.shardbuild import build_shards
from senga.pairs.skipped import SKIPPED, BuildReport, Skipped, as_skipped_line
from senga.pairs.sources import Source, find_sources
from senga.workers.engines import Engine, results_of
from senga.workers.memory import SPARED, affordable, free_memory
from senga.workers.processes import cores

__all__ = ["BuildPlan", "BuildReport", "Skipped", "build_pairs"]

UNFINISHED = ".unfinished"
"""Lies in the folder while the manifest is being appended to: its last picture may then lack pairs."""


def build_pairs(
    pictures: str | Path | Sequence[str | Path],
    out: str | Path,
    plan: BuildPlan = BuildPlan(),
    *,
    engine: Engine = "local",
    workers: int | None = None,
    max_ram: int | None = None,
    stop: bool = False,
    report: Callable[[int, int, int], None] | None = None,
) -> BuildReport:
    """Builds a pair set, or goes on with one.

    Pictures whose names are in the manifest, or in the list of dropped ones, are left alone; skipped ones are tried
    again. A picture that cannot be used is skipped, and stops nothing.

    Args:
        pictures: a folder, read with its sub-folders; or several of folders, archives, patterns and URLs.
        out: folder of the pair set, made if missing; with shards it may be a URL.
        plan: see `BuildPlan`; a folder keeps the plan it was begun with.
        engine: whose workers do it.
        workers: at a time; with the local engine 1 works in this process, None takes one a core.
        max_ram: bytes that all workers together stay under: fewer work at a time, and a picture that needs more alone
            is skipped; None: no bound, but where `workers` is None too as many as there is free memory for.
        stop: end at the first picture that cannot be used.
        report: called with (pictures done, pictures in all, pictures skipped), first and after each picture or shard.

    Raises:
        PairSetError: no pictures, none that could be used, one that could not with `stop`, a table or plan that does
            not fit.
        SengaError: a place that cannot be written.
    """
    named = [pictures] if isinstance(pictures, str | Path) else list(pictures)
    check_plan(plan)
    if storage.is_remote(out) and not plan.shard:
        raise PairSetError(f"{out}: loose files go to a folder here; give --shards for sets by URL")
    passed = Passed()
    sources = find_sources(named, out, plan, passed)
    tell = report or (lambda done, total, skipped: None)
    each = max_ram
    if engine == "local":
        workers, each = _fitting(sources, plan, workers, max_ram)
    if plan.shard:
        built = build_shards(sources, str(out), plan, engine=engine, workers=workers, each=each, stop=stop, report=tell)
    else:
        built = _build_folder(sources, Path(out), plan, engine, workers, each, stop, tell)
    if len(built.skipped) == len(sources):
        first = min(built.skipped)
        raise PairSetError(
            f"{', '.join(map(str, named))}: none of its {len(sources)} pictures can be used; "
            f"the first is {first.file}: {first.reason}"
        )
    return dataclasses.replace(built, passed=passed)


def _fitting(
    sources: Sequence[Source], plan: BuildPlan, workers: int | None, max_ram: int | None
) -> tuple[int | None, int | None]:
    """How many workers there is memory for, and bytes of each; as they were given where nothing bounds them."""
    free = free_memory() if max_ram is None and workers is None else None
    most = max_ram if free is None else SPARED * free
    if most is None:
        return workers, None
    largest = most_needed([source.item for source in sources], partial(need, plan=plan))
    count = affordable(max(1, min(workers or cores(), len(sources))), largest, most)
    return count, None if max_ram is None else max_ram // count


def _build_folder(
    sources: Sequence[Source],
    out: Path,
    plan: BuildPlan,
    engine: Engine,
    workers: int | None,
    each: int | None,
    stop: bool,
    report: Callable[[int, int, int], None],
) -> BuildReport:
    _open(out, plan)
    done = _done(out)
    todo = [source for source in sources if source.name not in done]
    skipped: list[Skipped] = []
    added, start = 0, len(sources) - len(todo)
    report(start, len(sources), 0)
    if todo or (out / UNFINISHED).exists():
        (out / UNFINISHED).touch()
        # Closed here and now when the caller's report raises, or workers would go on behind a traceback.
        with (
            (out / MANIFEST).open("ab") as manifest,
            (out / SKIPPED).open("wb") as left_out,
            closing(results_of(engine)(Cutting(plan, out, each), todo, workers)) as cuts,
        ):
            for i, made in enumerate(cuts, start + 1):
                if made.reason:
                    skipped.append(Skipped(made.source, made.reason))
                    left_out.write(as_skipped_line(skipped[-1]))
                    left_out.flush()
                manifest.write("".join(as_line(pair) + "\n" for pair in made.pairs).encode())
                manifest.flush()
                added += len(made.pairs)
                report(i, len(sources), len(skipped))
                if stop and made.reason:
                    raise PairSetError(f"{made.source}: {made.reason}; the build was stopped by --on-error stop")
        _finish(out, skipped)
    pairs = read_manifest(out / MANIFEST)
    return BuildReport(len(pairs), len({pair.source for pair in pairs}), added, tuple(sorted(skipped)))


def _open(out: Path, plan: BuildPlan) -> None:
    """Makes the pair set's folder ready, and clears away what a killed run left half-written."""
    try:
        for name in ("color", "line") if plan.method != "none" else ("color",):
            (out / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PairSetError(f"{out}: cannot be made: {error.strerror or error}") from error
    keep_plan(plan, str(out))
    for place in (out, out / "color", out / "line"):
        storage.clear(place)
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
            storage.write_new(manifest, whole, force=True)
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
        storage.write_new(out / SKIPPED, b"".join(as_skipped_line(one) for one in sorted(skipped)), force=True)
    else:
        (out / SKIPPED).unlink(missing_ok=True)
    (out / UNFINISHED).unlink()
