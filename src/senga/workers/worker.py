"""What workers do, wherever they are."""

from collections.abc import Generator, Iterable
from typing import Generic, Literal, Protocol, TypeVar

from senga import extras
from senga.errors import SengaError

Job = TypeVar("Job")
Answer = TypeVar("Answer")

Engine = Literal["local", "ray"]
ENGINES: tuple[Engine, ...] = ("local", "ray")


class Worker(Generic[Job, Answer]):
    """A kind of work, with all that it needs to know; it and its jobs and answers travel between processes.

    A job may be done twice: its process, or the machine, may have ended before its result was reported.
    """

    def open(self) -> None:
        """Opens what is slow to open, once a process."""

    def do(self, job: Job) -> Answer:
        """Does a job. What it raises ends the whole run."""
        raise NotImplementedError

    def again(self, job: Job) -> Job:
        """A job as it is begun a second time, when its results may lie there already."""
        return job

    def lost(self, job: Job, reason: str) -> Answer:
        """The answer to a job on which process after process was ended."""
        raise NotImplementedError


class Answers(Protocol):
    """How an engine is called: answers come as they are ready."""

    def __call__(
        self, worker: Worker[Job, Answer], jobs: Iterable[Job], workers: int | None
    ) -> Generator[Answer, None, None]:
        """See `senga.workers.processes.answers`."""
        ...


def find_engine(text: str) -> Engine:
    """The engine of that name.

    Raises:
        SengaError: there is none, or its package is missing.
    """
    for engine in ENGINES:
        if engine == text:
            if engine == "ray":
                extras.require("cluster", "ray", who="--engine ray needs more packages")
            return engine
    raise SengaError(f"--engine {text}: give {' or '.join(ENGINES)}")


def answers_of(engine: Engine) -> Answers:
    """How an engine is called; the cluster's is loaded only when it is asked for. Raises as `find_engine`."""
    if find_engine(engine) == "ray":
        from senga.workers import ray

        return ray.answers
    from senga.workers import processes

    return processes.answers


LOST = "a worker process was ended on it, perhaps for want of memory; try fewer --workers"
