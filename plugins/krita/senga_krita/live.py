"""The live mode: what is painted is answered a moment later, in the layers that are there."""

from __future__ import annotations

import time

from PyQt5.QtCore import QTimer

from . import places, reading
from .studio import seconds_since
from .words import LineError, say


class Live:
    """Answers anew, as long as the docker's box is ticked."""

    def __init__(self, docker) -> None:
        """Not on yet. `docker`: whose panel it is, see `attach`."""
        self._docker = docker
        self._digest = ""
        self._again = False
        self._later = QTimer(docker)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._after_stroke)

    def attach(self, panel) -> None:
        """Listens to a new panel."""
        self._panel = panel
        panel.live.toggled.connect(self._toggled)

    @property
    def on(self) -> bool:
        """Whether it is ticked."""
        return self._panel.live.isChecked()

    @property
    def waiting(self) -> bool:
        """Whether it waits for what may be painted next."""
        return self._later.isActive()

    def stirred(self) -> None:
        """Something was done: it is looked at a moment after the last of it."""
        if self.on:
            self._later.start(self._docker.settings["delay"])

    def soon(self) -> None:
        """Something may have changed: it is looked at a moment later."""
        if self.on and not self._later.isActive():
            self._later.start(self._docker.settings["delay"])

    def go_on(self) -> None:
        """The work that was under way is over: what was painted meanwhile is looked at."""
        if self._again:
            self._again = False
            self.soon()

    def forget(self) -> None:
        """Another document: what was answered says nothing of it."""
        self._digest = ""

    def answered(self, document) -> None:
        """What a document shows has just been answered."""
        if self.on and document is not None:
            self._digest = self._docker.studio.digest(document)

    def _toggled(self, on: bool) -> None:
        self._docker.watch.attach(self._docker.app.activeWindow())
        self._docker.watch.poll(on)
        self._digest = ""
        if on:
            if not self._docker.layers.hint_count():
                self._panel.tell(say("live needs hints"))
            self.soon()

    def _after_stroke(self) -> None:
        """Answers anew if a hint or a line has changed."""
        docker = self._docker
        document = docker.app.activeDocument()
        if not self.on or document is None or docker.asker is None:
            return
        if docker.working.busy:
            self._again = True
            return
        layers = reading.layers_of(document)
        digest = docker.studio.digest(document, layers)
        if digest == self._digest:
            return
        self._digest = digest
        if places.answer_of(document) is None:
            docker.ask("color")
            return
        self._repaint(document, layers)

    def _repaint(self, document, layers) -> None:
        docker, start = self._docker, time.perf_counter()
        palette, reference = docker.colors.palette(), docker.colors.reference()
        try:
            with docker.working.reading():
                question = docker.studio.question(document, "color", palette, reference, layers=layers)
        except LineError as line:
            docker.refuse(line)
            return
        self._panel.tell(say("working"))
        # Even colors are there at once; light and shade follow.
        docker.working.begin(
            lambda tell: docker.asker.flats_then_layers(question, tell),
            lambda found: self._repainted(document, question, found, start, last=True),
            lambda found: self._repainted(document, question, found, start, last=False),
        )

    def _repainted(self, document, question, layers, start: float, last: bool) -> None:
        docker = self._docker
        try:
            if not docker.studio.repaint(document, question, layers):
                if last:
                    docker.activate(document, docker.studio.lay(document, question, layers))
                return
        except LineError as line:
            docker.refuse(line)
            self._panel.live.setChecked(False)
            return
        self._panel.tell(say("done", seconds=seconds_since(start)))
