"""What the docker's buttons ask for, and what is done with what comes."""

from __future__ import annotations

import time

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QIcon, QPixmap
from PyQt5.QtWidgets import QListWidgetItem

from . import places
from .studio import seconds_since
from .words import LineError, say


class Pressing:
    """Color, flats, ideas, clean and lines, each asked for and laid."""

    def __init__(self, docker) -> None:
        """Nothing pressed yet. `docker`: whose panel it is, see `attach`."""
        self._docker = docker

    def attach(self, panel) -> None:
        """Listens to a new panel."""
        self._panel = panel
        for name, button in panel.buttons.items():
            button.clicked.connect(lambda _=False, kind=name: self.ask(kind))
        panel.ideas.itemClicked.connect(self._idea_chosen)

    def ask(self, kind: str, seed: int = 0, palette=None) -> None:
        """Asks for "color", "flats", "ideas", "clean" or "lines"; what comes is laid when it is there."""
        docker = self._docker
        if docker.working.busy:
            return
        if docker.asker is None:
            self._panel.tell(say("not found"))
            return
        document = docker.app.activeDocument()
        start = time.perf_counter()
        try:
            colors = docker.colors.palette() if palette is None else palette
            with docker.working.reading():
                question = docker.studio.question(document, kind, colors, docker.colors.reference(), seed)
            active = "" if kind not in ("clean", "lines") else places.id_of(document.activeNode())
        except LineError as line:
            docker.refuse(line)
            return
        self._panel.tell(say("working" if docker.asker.engine.pid else "starting"))
        self._begin(document, question, active, start)

    def _begin(self, document, question, active: str, start: float) -> None:
        docker = self._docker
        if question.kind == "ideas":
            self._panel.ideas.clear()
            docker.working.begin(
                lambda tell: [tell(one) for one in docker.asker.ideas(question)], self._ideas_done, self._idea_came
            )
        elif question.kind in ("clean", "lines"):
            lay = lambda layer: docker.studio.lay_lines(document, question, layer, active)  # noqa: E731
            docker.working.begin(lambda _: docker.asker.ink(question), lambda layer: self._laid(lay, layer, start))
        else:
            lay = lambda found: docker.activate(document, docker.studio.lay(document, question, found))  # noqa: E731
            docker.working.begin(lambda _: docker.asker.layers(question), lambda found: self._laid(lay, found, start))

    def _laid(self, lay, found, start: float) -> None:
        docker = self._docker
        try:
            lay(found)
        except LineError as line:
            docker.refuse(line)
            return
        self._panel.tell(" ".join([say("done", seconds=seconds_since(start)), *docker.studio.notes]))
        docker.refresh()
        docker.live.answered(docker.app.activeDocument())

    def _idea_came(self, idea) -> None:
        seed, palette, content = idea
        picture = QPixmap()
        picture.loadFromData(content)
        item = QListWidgetItem(QIcon(picture), "")
        item.setData(Qt.UserRole, (seed, tuple(palette)))
        self._panel.ideas.addItem(item)
        self._panel.ideas.show()

    def _ideas_done(self, _: object) -> None:
        self._panel.tell(say("choose idea"))

    def _idea_chosen(self, item: QListWidgetItem) -> None:
        seed, palette = item.data(Qt.UserRole)
        self.ask("color", seed, palette)
