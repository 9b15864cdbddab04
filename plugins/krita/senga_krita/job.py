"""Work beside the window: a thread, its end told in the window's own."""

from __future__ import annotations

import sys
import traceback

from PyQt5.QtCore import QThread, pyqtSignal

from .words import LineError


class Job(QThread):
    """One piece of work.

    Signals:
        told: while it works, whatever it tells. done: what came out. failed: one line.
    """

    told = pyqtSignal(object)
    done = pyqtSignal(object)
    failed = pyqtSignal(str)

    def __init__(self, work, parent=None) -> None:
        """Work to be begun by `start`: `work(tell)`."""
        super().__init__(parent)
        self._work = work

    def run(self) -> None:
        """In the thread; only Qt calls it."""
        try:
            found = self._work(self.told.emit)
        except LineError as line:
            self.failed.emit(str(line))
        except Exception as error:  # a defect is told, and does not end Krita
            traceback.print_exc(file=sys.stderr)
            self.failed.emit(f"{type(error).__name__}: {error}")
        else:
            self.done.emit(found)
