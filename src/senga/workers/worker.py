"""What workers do, wherever they are."""

from typing import Generic, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

LOST = "a worker process was ended on it, perhaps for want of memory; try fewer --workers"


class Worker(Generic[Job, Result]):
    """A kind of work, with all that it needs to know; it and its jobs and results travel between processes.

    A job may be done twice: its process, or the machine, may have ended before its result was reported.
    """

    def open(self) -> None:
        """Opens what is slow to open, once a process."""

    def do(self, job: Job) -> Result:
        """Does a job. What it raises ends the whole run."""
        raise NotImplementedError

    def again(self, job: Job) -> Job:
        """A job as it is begun a second time, when its results may lie there already."""
        return job

    def lost(self, job: Job, reason: str) -> Result:
        """The result to a job on which process after process was ended."""
        raise NotImplementedError
