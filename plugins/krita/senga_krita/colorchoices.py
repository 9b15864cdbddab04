"""Whose colors an answer takes: one of Krita's palettes, and a reference, a layer or a file."""

from __future__ import annotations

from pathlib import Path

from krita import Palette
from PyQt5.QtCore import Qt
from PyQt5.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt5.QtWidgets import QFileDialog

from . import palettes, reading
from .words import say


class ColorChoices:
    """What is chosen in the docker's two boxes of colors."""

    def __init__(self, docker) -> None:
        """Nothing chosen. `docker`: whose panel it is, see `attach`."""
        self._docker = docker
        self._file: tuple[str, bytes] | None = None

    def attach(self, panel) -> None:
        """Fills the boxes of a new panel, and listens to them."""
        self._panel = panel
        panel.palette_box.addItem(say("none"), "")
        for name in palettes.names(self._docker.app):
            panel.palette_box.addItem(name, name)
        panel.palette_box.currentIndexChanged.connect(self._palette_chosen)
        panel.reference_box.activated.connect(self._reference_chosen)
        self.show_layers([])

    def palette(self) -> list[str]:
        """The colors of the palette that is chosen."""
        name = self._panel.palette_box.currentData()
        return palettes.colors_of(self._docker.app, name, Palette) if name else []

    def reference(self):
        """The reference that is chosen: content of a file, id of a layer, or None."""
        chosen = self._panel.reference_box.currentData()
        if chosen == "given" and self._file is not None:
            return self._file[1]
        return chosen if chosen not in ("", "file", "given", None) else None

    def show_layers(self, layers) -> None:
        """Shows the layers that can be a reference; what was chosen stays chosen."""
        box = self._panel.reference_box
        wanted = box.currentData()
        box.clear()
        box.addItem(say("none"), "")
        box.addItem(say("file"), "file")
        if self._file is not None:
            box.addItem(self._file[0], "given")
        for one in reversed(layers):
            box.addItem(say("layer", name=one.name), one.id)
        box.setCurrentIndex(max(0, box.findData(wanted)))

    def take_reference(self, name: str) -> None:
        """Takes a picture file as the reference; "" takes none."""
        self._file = None
        if name:
            try:
                content = Path(name).read_bytes()
            except OSError:
                content = b""
            if QPixmap().loadFromData(content):
                self._file = (Path(name).name, content)
            else:
                self._panel.tell(say("bad file", name=Path(name).name))
        document = self._docker.app.activeDocument()
        self.show_layers([] if document is None else reading.layers_of(document))
        box = self._panel.reference_box
        box.setCurrentIndex(max(0, box.findData("given")))

    def _palette_chosen(self, index: int) -> None:
        if index > 0:
            self._panel.palette_box.setItemIcon(index, QIcon(_strip(self.palette())))

    def _reference_chosen(self, _: int) -> None:
        if self._panel.reference_box.currentData() != "file":
            return
        name, _ = QFileDialog.getOpenFileName(
            self._docker, say("reference"), "", "Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.gif)"
        )
        self.take_reference(name)


def _strip(colors: list[str]) -> QPixmap:
    """A palette's colors in a row."""
    strip = QPixmap(96, 14)
    strip.fill(Qt.transparent)
    painter = QPainter(strip)
    shown = colors[:24] or ["#808080"]
    for at, color in enumerate(shown):
        left, right = round(96 * at / len(shown)), round(96 * (at + 1) / len(shown))
        painter.fillRect(left, 0, right - left, 14, QColor(color))
    painter.end()
    return strip
