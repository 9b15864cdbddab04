"""Which layers are the lines and the hints: shown in the docker, found by themselves or chosen by a person."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QListWidgetItem

from . import reading
from .chosen import Chosen
from .words import LineError, say


class LayerChoices:
    """The docker's box of line layers and its list of hint layers."""

    def __init__(self, docker) -> None:
        """Shows nothing yet. `docker`: whose panel it is, see `attach`."""
        self._docker = docker
        self._filling = False
        self._shown: tuple = ()

    def attach(self, panel) -> None:
        """Listens to a new panel, which is empty."""
        self._panel = panel
        self._shown = ()
        panel.lines.activated.connect(self._lines_chosen)
        panel.hints.itemChanged.connect(self._hints_chosen)

    def refresh(self) -> None:
        """Shows the layers of the document that is open."""
        document, studio = self._docker.app.activeDocument(), self._docker.studio
        layers = [] if document is None else reading.layers_of(document)
        chosen = None if document is None else Chosen(document)
        shown = (tuple((one.id, one.name, one.depth) for one in layers), chosen and (chosen.lines, str(chosen.hints)))
        found = studio.line_layer(document, layers, chosen) if document is not None else None
        shown = (*shown, found and found.id)
        if shown == self._shown:
            return
        self._shown = shown
        self._filling = True
        auto = None if chosen is None else studio.line_layer(document, layers, _automatic(chosen))
        self._show_lines(layers, chosen, auto)
        self._show_hints(layers, found, {one.id for one in studio.hint_layers(layers, found, chosen)} if chosen else ())
        self._docker.colors.show_layers(layers)
        self._filling = False

    def hint_count(self) -> int:
        """How many hint layers are ticked."""
        hints = self._panel.hints
        return sum(hints.item(at).checkState() == Qt.Checked for at in range(hints.count()))

    def new_hints(self) -> None:
        """A new hint layer, the active one."""
        document = self._docker.app.activeDocument()
        try:
            self._docker.activate(document, self._docker.studio.new_hints(document))
        except LineError as line:
            self._docker.refuse(line)
        self.refresh()

    def _show_lines(self, layers, chosen, auto) -> None:
        lines = self._panel.lines
        lines.clear()
        lines.addItem(say("found", name=auto.name) if auto else say("found none"), "")
        for one in reversed(layers):
            lines.addItem("  " * one.depth + one.name, one.id)
        lines.setCurrentIndex(max(0, lines.findData(chosen.lines if chosen else "")))

    def _show_hints(self, layers, found, ticked) -> None:
        self._panel.hints.clear()
        for one in reversed(layers):
            full = one.look is not None and one.look.clear < 0.02 and one.id not in ticked
            if full or (found is not None and one.id == found.id):
                continue  # hints are painted on what is else transparent
            item = QListWidgetItem("  " * one.depth + one.name)
            item.setData(Qt.UserRole, one.id)
            item.setFlags(Qt.ItemIsEnabled | Qt.ItemIsUserCheckable)
            item.setCheckState(Qt.Checked if one.id in ticked else Qt.Unchecked)
            self._panel.hints.addItem(item)

    def _lines_chosen(self, _: int) -> None:
        document = self._docker.app.activeDocument()
        if document is not None and not self._filling:
            chosen = Chosen(document)
            chosen.lines = self._panel.lines.currentData() or ""
            chosen.keep(document)
            self.refresh()

    def _hints_chosen(self, item: QListWidgetItem) -> None:
        document = self._docker.app.activeDocument()
        if document is not None and not self._filling:
            chosen = Chosen(document)
            chosen.hints[item.data(Qt.UserRole)] = item.checkState() == Qt.Checked
            chosen.keep(document)
            self._docker.live.soon()


def _automatic(chosen: Chosen) -> Chosen:
    """The same choice with the line layer left to be found."""
    found = Chosen.__new__(Chosen)
    found.lines, found.hints = "", chosen.hints
    return found
