"""Work beside the window, one piece at a time; the panel shows that it is under way."""

from __future__ import annotations

from contextlib import contextmanager

from PyQt5.QtCore import QObject, pyqtSignal

from .job import Job


class Working(QObject):
    """Begins jobs, and ends them.

    Signals:
        free: a piece of work is over and laid, another can begin.
    """

    free = pyqtSignal()

    def __init__(self, docker) -> None:
        super().__init__(docker)
        self._docker = docker
        self._reading = False
        self.job = None

    @property
    def busy(self) -> bool:
        """Whether nothing else may begin."""
        return self.job is not None or self._reading

    @contextmanager
    def reading(self):
        """While a document is read nothing begins.

        To convert a layer Krita takes events: a second reading would wait for the first, and the first for it.
        """
        self._reading = True
        try:
            yield
        finally:
            self._reading = False
            self.free.emit()

    def begin(self, work, done, told=None) -> None:
        """Work in a thread; `done(found)` and `told(part)` in this one."""
        job = Job(work, self._docker)
        self.job = job
        if told is not None:
            job.told.connect(told)
        job.done.connect(lambda found: self._ended(job, lambda: done(found)))
        job.failed.connect(lambda text: self._ended(job, lambda: self._docker.panel.tell(text)))
        self._docker.panel.show_work(True)
        job.start()

    def _ended(self, job: Job, then) -> None:
        """What comes after the work; until it is laid nothing else begins, though Krita takes events meanwhile."""
        job.wait()
        try:
            then()
        finally:
            self.job = None
            self._docker.panel.show_work(False)
        self.free.emit()
