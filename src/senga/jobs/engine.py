"""The local engine: tasks on this machine's processes, each with its share of threads.

A result is written whole or not at all, and noted in the ledger after it is written. A run that was ended in between
goes on where it was: what the ledger proves is kept, what lies there unproven is made anew and compared.
"""

import dataclasses
import multiprocessing
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from senga.errors import SengaError
from senga.jobs import archives
from senga.jobs.ledger import Entry, Ledger, digest, digest_of
from senga.jobs.targets import FEW, STAGE, Plan, Task
from senga.jobs.work import Work
from senga.model.runtime import usable_threads
from senga.pairs.work import start_worker

Status = Literal["done", "kept", "skipped", "failed"]
OnError = Literal["skip", "stop"]

ASIDE = ".senga-aside-"
"""Beginning of the names of folders in which results are made to be compared."""

AHEAD = 2
"""Tasks in flight a worker (ours): enough to keep it busy, few enough to lose little."""


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes:
        task: it. status: "kept" if an earlier run's result was proven, "skipped" if nothing was to be done.
            files: written or kept.
        seconds: of work. reason: of a failure, one line; else "".
        source, made: SHA-256 of the item's content, and of each file; for the ledger.
    """

    task: Task
    status: Status
    files: tuple[str, ...] = ()
    seconds: float = 0.0
    reason: str = ""
    source: str = ""
    made: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Order:
    """A task as it travels to a worker.

    Attributes:
        task: it. force: overwrite existing files. prove: keep digests for the ledger.
        proofs: what the ledger knows of it: (source's digest, digests by file), when a run is resumed.
        resume: what lies there unproven may be a killed run's own.
    """

    task: Task
    force: bool
    prove: bool
    resume: bool
    proofs: tuple[str, dict[str, str]] | None = None


@dataclass(frozen=True)
class Summary:
    """A run that came to its end.

    Attributes:
        outcomes: in the tasks' order; with on_error "stop", of the tasks until then. packed: archives that were made.
        unpacked: archives that were not, with the reason. seconds: in all. workers: processes.
    """

    outcomes: tuple[Outcome, ...]
    packed: tuple[str, ...]
    unpacked: tuple[tuple[str, str], ...]
    seconds: float
    workers: int

    @property
    def failed(self) -> bool:
        """Whether anything is missing."""
        return bool(self.unpacked) or any(one.status == "failed" for one in self.outcomes)


def run(
    plan: Plan,
    work: Work,
    *,
    workers: int | None = None,
    resume: bool = False,
    force: bool = False,
    on_error: OnError = "skip",
    tell: Callable[[Outcome, int], None] = lambda outcome, total: None,
) -> Summary:
    """Does all tasks of a plan.

    Args:
        plan: where results go. work: what is done.
        workers: processes; None: one, or with `FEW` tasks and more as many as there are processors.
        resume: keep what an earlier run finished. force: overwrite existing files.
        on_error: "stop" ends the run at the first failure.
        tell: called with each outcome as it comes, and the number of tasks.

    Raises:
        SengaError: what the work needs cannot be opened; the ledger cannot be written.
    """
    begun = time.monotonic()
    cores = usable_threads()
    count = min(workers or (cores if len(plan.tasks) >= FEW else 1), max(1, len(plan.tasks)))
    if work.threads is None and count > 1:
        work = dataclasses.replace(work, threads=max(1, cores // count))
    work.open()
    ledger = Ledger(plan.ledger) if plan.ledger else None
    asked = work.fingerprint() if ledger else ""
    finished = _packed_before(plan, ledger, asked) if ledger and resume else set()
    if resume:
        _clear(plan)
    orders, outcomes = [], {}
    for task in plan.tasks:
        if task.pack in finished:
            outcomes[task.target] = Outcome(task, "kept", (task.pack,))
            tell(outcomes[task.target], len(plan.tasks))
            continue
        proofs = ledger.proofs(task.target, asked) if ledger and resume else None
        orders.append(Order(task, force, ledger is not None, resume, proofs))
    stopped = False
    try:
        answers = _here(orders, work) if count == 1 else _elsewhere(orders, work, count)
        for outcome in answers:
            outcomes[outcome.task.target] = outcome
            if ledger and outcome.status == "done":
                ledger.add(Entry(outcome.task.target, outcome.source, asked, outcome.made))
            tell(outcome, len(plan.tasks))
            if outcome.status == "failed" and on_error == "stop":
                stopped = True
                answers.close()  # type: ignore[attr-defined]
                break
        packed, unpacked = _pack(plan, outcomes, finished, ledger, asked, force=force, resume=resume)
    finally:
        if ledger:
            ledger.close()
    known = tuple(outcomes[t.target] for t in plan.tasks if t.target in outcomes)
    if stopped:
        unpacked = [(name, "the run was stopped by --on-error stop") for name, _ in unpacked]
    return Summary(known, tuple(packed), tuple(unpacked), time.monotonic() - begun, count)


def do(order: Order, work: Work) -> Outcome:
    """One task; every failure that a person can mend is an outcome too."""
    begun, task = time.monotonic(), order.task
    try:
        source = digest(task.item.content()) if order.prove and task.item.file != "-" else ""
        if order.proofs and order.proofs[0] == source and _stands(order.proofs[1]):
            return Outcome(task, "kept", tuple(order.proofs[1]), time.monotonic() - begun, "", source, order.proofs[1])
        if task.folders:
            Path(task.target).parent.mkdir(parents=True, exist_ok=True)
        there = [f for f in task.files if Path(f).exists()]
        own = order.proofs[1] if order.proofs else {}
        if order.resume and not order.force and any(own.get(f) != digest_of(Path(f)) for f in there):
            files = _compared(task, work)
        else:
            files = work.do(task.item, task.target, force=order.force or (order.resume and bool(there)))
        made = {f: digest_of(Path(f)) for f in files} if order.prove else {}
    except SengaError as error:
        return Outcome(task, "failed", (), time.monotonic() - begun, str(error))
    except OSError as error:
        reason = f"{task.target}: cannot be written: {error.strerror or error}"
        return Outcome(task, "failed", (), time.monotonic() - begun, reason)
    status: Status = "done" if files else "skipped"
    return Outcome(task, status, tuple(files), time.monotonic() - begun, "", source, made)


def _clear(plan: Plan) -> None:
    """Takes away what a killed run left half-written beside its results."""
    for place in {Path(f).parent for task in plan.tasks for f in (task.target, task.pack) if f}:
        for rest in place.glob(".senga-*.part"):
            rest.unlink(missing_ok=True)
        for rest in place.glob(f"{ASIDE}*"):
            shutil.rmtree(rest, ignore_errors=True)


def _stands(made: dict[str, str]) -> bool:
    return bool(made) and all(digest_of(Path(f)) == d for f, d in made.items())


def _compared(task: Task, work: Work) -> list[str]:
    """The results, made aside: what lies there is taken for ours only if it is the same."""
    place = Path(task.target)
    with tempfile.TemporaryDirectory(prefix=ASIDE, dir=place.parent) as aside:
        made = work.do(task.item, str(Path(aside) / place.name), force=False)
        files = []
        for new in map(Path, made):
            file = place.parent / new.relative_to(aside)
            if file.exists() and digest_of(file) != digest_of(new):
                raise SengaError(f"{file}: exists and is not this run's; give another name, or --force to overwrite it")
            if not file.exists():
                new.replace(file)
            files.append(str(file))
    return files


def _here(orders: list[Order], work: Work) -> Iterator[Outcome]:
    for order in orders:
        yield do(order, work)


def _elsewhere(orders: list[Order], work: Work, count: int) -> Iterator[Outcome]:
    """Outcomes of worker processes as they come; what was under way when one was ended is begun again."""
    waiting = deque(orders)
    while waiting:
        pool = _pool(work, count)
        running: dict[Future[Outcome], Order] = {}
        suspects: list[Order] = []
        try:
            while waiting or running:
                while waiting and len(running) < AHEAD * count:
                    order = waiting.popleft()
                    running[pool.submit(_answer, order)] = order
                ready, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in ready:
                    outcome = future.result()
                    del running[future]
                    yield outcome
        except BrokenProcessPool:
            suspects = list(running.values())
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        for order in suspects:
            yield _alone(order, work)


def _alone(order: Order, work: Work) -> Outcome:
    """One task in a process of its own: which of several ended theirs cannot be told otherwise."""
    # Its result may lie there already, and only not have been told.
    again = dataclasses.replace(order, resume=True)
    with _pool(work, 1) as pool:
        try:
            return pool.submit(_answer, again).result()
        except BrokenProcessPool:
            reason = f"{order.task.item.place}: a worker process was ended on it, perhaps for want of memory"
            return Outcome(order.task, "failed", reason=f"{reason}; try fewer --workers")


_work: Work


def _pool(work: Work, count: int) -> ProcessPoolExecutor:
    # Not "fork": a progress bar or an inference runtime may hold threads in this process.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(work,))


def _start(work: Work) -> None:
    global _work
    start_worker()
    _work = work
    work.open()


def _answer(order: Order) -> Outcome:
    return do(order, _work)


def _sources(tasks: list[Task]) -> str:
    """One digest of all sources of an archive; of pages in an archive, of that archive itself."""
    known = []
    for file in dict.fromkeys(t.item.file for t in tasks):
        known.append(digest_of(Path(file)))
    return digest("".join([*known, *(t.inside for t in tasks)]).encode())


def _packed_before(plan: Plan, ledger: Ledger, asked: str) -> set[str]:
    """The archives that an earlier run made of the same sources by the same work, and that are as they were."""
    done = set()
    for pack, tasks in plan.packs().items():
        proofs = ledger.proofs(pack, asked)
        if proofs and proofs[0] == _sources(tasks) and _stands(proofs[1]):
            done.add(pack)
    return done


def _pack(
    plan: Plan,
    outcomes: dict[str, Outcome],
    finished: set[str],
    ledger: Ledger | None,
    asked: str,
    *,
    force: bool,
    resume: bool,
) -> tuple[list[str], list[tuple[str, str]]]:
    packed, unpacked = [], []
    for pack, tasks in plan.packs().items():
        if pack in finished:
            continue
        missing = [t for t in tasks if t.target not in outcomes or outcomes[t.target].status == "failed"]
        if missing:
            unpacked.append((pack, f"{len(missing)} of its {len(tasks)} pages are missing"))
            continue
        stage = Path(pack + STAGE)
        files: list[tuple[str, Path | bytes]] = []
        for task in tasks:
            files += [(Path(f).relative_to(stage).as_posix(), Path(f)) for f in outcomes[task.target].files]
        names = {name for name, _ in files}
        files += [one for one in _others(tasks) if one[0] not in names]
        try:
            own = resume and ledger is not None and ledger.own(pack)
            archives.pack(Path(pack), files, force=force or own)
        except SengaError as error:
            unpacked.append((pack, str(error)))
            continue
        if ledger:
            ledger.add(Entry(pack, _sources(tasks), asked, {pack: digest_of(Path(pack))}))
        packed.append(pack)
        shutil.rmtree(stage, ignore_errors=True)
    return packed, unpacked


def _others(tasks: list[Task]) -> list[tuple[str, Path | bytes]]:
    """What else is in the archives that the pages came from, such as ComicInfo.xml."""
    pages = {(t.item.file, t.item.member) for t in tasks}
    found: list[tuple[str, Path | bytes]] = []
    for file in dict.fromkeys(t.item.archive for t in tasks if t.item.archive):
        if Path(file).suffix.lower() not in archives.ENDINGS:
            continue
        for name in archives.members(Path(file)):
            if (file, name) not in pages and not name.split("/")[-1].startswith("."):
                found.append((name, archives.read_member(Path(file), name)))
    return found
