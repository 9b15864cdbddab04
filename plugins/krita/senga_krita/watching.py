"""When something was painted: Krita tells plugins of no stroke, but its undo history is a model that does."""

from __future__ import annotations

from PyQt5.QtCore import QAbstractItemModel, QObject, QTimer, pyqtSignal

POLL = 1000
"""Milliseconds between looks without being told: opacity and visibility take no undo step. Ours."""


class Watch(QObject):
    """Tells that a window's document may have changed.

    Signals:
        stirred: at once, at least twice a stroke. looked: now and then.
    """

    stirred = pyqtSignal()
    looked = pyqtSignal()

    def __init__(self, parent=None) -> None:
        super().__init__(parent)
        self._models: list[QAbstractItemModel] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL)
        self._timer.timeout.connect(self.looked)

    def poll(self, on: bool) -> None:
        """Whether it looks now and then."""
        if on:
            self._timer.start()
        else:
            self._timer.stop()

    def attach(self, window) -> None:
        """Listens to a window of Krita; once for each."""
        if window is None or window.qwindow() is None:
            return
        for model in window.qwindow().findChildren(QAbstractItemModel):
            if model.metaObject().className() == "KisUndoModel" and model not in self._models:
                self._models.append(model)
                model.modelReset.connect(self.stirred)
                model.destroyed.connect(lambda _=None, gone=model: self._models.remove(gone))
