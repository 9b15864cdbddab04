"""A run: every task of a plan, by workers of this machine or of a cluster.

A result is written whole or not at all, and noted in the ledger after it is written. A run that was ended in between
goes on where it was: what the ledger proves is kept, what lies there unproven is made anew and compared.
"""

import dataclasses
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Literal, get_args

from senga.errors import SettingError
from senga.inputs.largest import most_needed
from senga.inputs.passed import Passed
from senga.jobs.ledger import Entry, Ledger
from senga.jobs.packing import pack_all, packed_before
from senga.jobs.targets import FEW, Plan
from senga.jobs.tasks import Doing, Order, Outcome, clear
from senga.jobs.work import Work
from senga.threads import usable_threads
from senga.workers.engines import Engine, results_of
from senga.workers.memory import SPARED, affordable, free_memory

OnError = Literal["skip", "stop"]


@dataclass(frozen=True)
class Summary:
    """A run that came to its end.

    Attributes:
        outcomes: in the tasks' order; with on_error "stop", of the tasks until then. packed: archives that were made.
        unpacked: archives that were not, with the reason. seconds: in all.
        workers: at work at a time; 0 where the cluster decides.
        engine: what they were workers of. passed: what lay among the sources and was not worked on.
    """

    outcomes: tuple[Outcome, ...]
    packed: tuple[str, ...]
    unpacked: tuple[tuple[str, str], ...]
    seconds: float
    workers: int
    engine: Engine = "local"
    passed: Passed = field(default_factory=Passed)

    @property
    def failed(self) -> bool:
        """Whether anything is missing."""
        return bool(self.unpacked) or any(one.status == "failed" for one in self.outcomes)


def run(
    plan: Plan,
    work: Work,
    *,
    engine: Engine = "local",
    workers: int | None = None,
    resume: bool = False,
    force: bool = False,
    on_error: str = "skip",
    tell: Callable[[Outcome, int], None] = lambda outcome, total: None,
) -> Summary:
    """Does all tasks of a plan.

    Args:
        plan: where results go. work: what is done. engine: whose workers do it.
        workers: at a time; None: one, or with `FEW` tasks and more as many as there are processors.
        resume: keep what an earlier run finished. force: overwrite existing files.
        on_error: of `OnError`; "stop" ends the run at the first failure.
        tell: called with each outcome as it comes, and the number of tasks.

    Raises:
        SengaError: what the work needs cannot be opened; the ledger cannot be written; no such engine.
    """
    begun = time.monotonic()
    stops = find_stop(on_error)
    answers = results_of(engine)
    ledger = Ledger(plan.ledger) if plan.ledger else None
    asked = work.fingerprint() if ledger else ""
    work, count = _shared_out(work, engine, workers, plan)
    work.open()
    finished = packed_before(plan, ledger, asked) if ledger and resume else set()
    if resume:
        clear(plan)
    orders, outcomes = [], {}
    for task in plan.tasks:
        if task.pack in finished:
            outcomes[task.target] = Outcome(task, "kept", (task.pack,))
            tell(outcomes[task.target], len(plan.tasks))
            continue
        proofs = ledger.proofs(task.target, asked) if ledger and resume else None
        orders.append(Order(task, force, ledger is not None, resume, proofs))
    stopped, doing = False, Doing(work)
    try:
        # Closed here and now when the run stops, or workers would go on.
        with closing(answers(doing, orders, count)) as made:
            for outcome in made:
                outcomes[outcome.task.target] = outcome
                if ledger and outcome.status == "done":
                    ledger.add(Entry(outcome.task.target, outcome.source, asked, outcome.made))
                tell(outcome, len(plan.tasks))
                if outcome.status == "failed" and stops:
                    stopped = True
                    break
        packed, unpacked = pack_all(plan, outcomes, finished, ledger, asked, force=force, resume=resume)
    finally:
        if ledger:
            ledger.close()
        if doing.repeated:
            clear(plan)
    known = tuple(outcomes[t.target] for t in plan.tasks if t.target in outcomes)
    if stopped:
        unpacked = [(name, "the run was stopped by --on-error stop") for name, _ in unpacked]
    return Summary(known, tuple(packed), tuple(unpacked), time.monotonic() - begun, count or 0, engine, plan.passed)


def find_stop(on_error: str) -> bool:
    """Whether a failure stops the others.

    Raises:
        SettingError: it says neither that nor to skip.
    """
    if on_error not in get_args(OnError):
        raise SettingError("{on_error} {given}: give skip or stop", given=on_error)
    return on_error == "stop"


def _shared_out(work: Work, engine: Engine, workers: int | None, plan: Plan) -> tuple[Work, int | None]:
    """The work with its share of threads and memory, and how many do it at a time; None: the cluster knows its
    processors, and a bound of memory is that of each task.
    """
    tasks = len(plan.tasks)
    if engine != "local":
        # Every task is given one processor.
        return (work if work.threads else dataclasses.replace(work, threads=1)), workers
    count = min(workers or (usable_threads() if tasks >= FEW else 1), max(1, tasks))
    if count > 1:
        # Who names workers and no memory gets them.
        free = free_memory() if work.max_ram is None and workers is None else None
        most = work.max_ram if free is None else SPARED * free
        if most is not None:
            count = affordable(count, most_needed([task.item for task in plan.tasks], work.need), most)
    if work.max_ram is not None:
        work = dataclasses.replace(work, max_ram=work.max_ram // count)
    if work.threads is None and count > 1:
        work = dataclasses.replace(work, threads=max(1, usable_threads() // count))
    return work, count
