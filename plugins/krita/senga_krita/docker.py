"""The docker: what an artist sees of senga beside the canvas."""

from __future__ import annotations

import time
from pathlib import Path

from krita import DockWidget, Krita, Palette
from PyQt5.QtCore import QSize, Qt, QTimer
from PyQt5.QtGui import QColor, QIcon, QPainter, QPixmap
from PyQt5.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)  # fmt: skip

from . import installation, palettes, places, reading, words
from .answer import SRGB
from .asking import Asker
from .engine import Engine
from .job import Job
from .settings import Settings
from .settingspage import SettingsPage
from .studio import Chosen, Studio, seconds_since
from .watching import Watch
from .words import LineError, say

FOLDER = Path(__file__).resolve().parent

LEAST = 270
"""Least height of the docker, px: down to the line that says what is going on. Ours."""

TRIES = 25
"""How often, every 60 ms, it is seen to that a layer is the active one. Ours."""

MOMENT = 30
"""Milliseconds until Krita's history takes the next step. Ours."""

opened = []
"""Dockers of all windows, for the actions of the menu."""


class SengaDocker(DockWidget):
    """Lines, hints, buttons, palette, reference, and one line that says what is going on."""

    def __init__(self) -> None:
        super().__init__()
        self.app = Krita.instance()
        self.settings = Settings(self.app)
        words.set_language(self.settings["language"])
        self.setWindowTitle("senga")
        self.job = None
        self.page = None
        self._filling = False
        self._reference_file: tuple[str, bytes] | None = None
        self._live_digest = ""
        self._live_again = False
        self._shown: tuple = ()
        self._wanted = None
        self._tries = 0
        self.watch = Watch(self)
        self.watch.stirred.connect(self._stirred)
        self.watch.looked.connect(self._live_soon)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._after_stroke)
        self._middle = QTimer(self)
        self._middle.setSingleShot(True)
        self._middle.timeout.connect(self._undone)
        self._glance = QTimer(self)
        self._glance.setSingleShot(True)
        self._glance.setInterval(400)
        self._glance.timeout.connect(self.refresh)
        self._find_engine()
        self._build()
        opened.append(self)
        self.destroyed.connect(lambda: opened.remove(self) if self in opened else None)

    # Krita's own calls.

    def canvasChanged(self, canvas) -> None:  # noqa: N802 - Krita's name
        """Another document, or none."""
        self.watch.attach(self.app.activeWindow())
        self._live_digest = ""
        self.refresh()

    # The engine.

    def _find_engine(self) -> None:
        self.found = installation.find(FOLDER, self.settings["python"])
        self.asker = Asker(Engine(self.found)) if self.found is not None else None
        self.studio = Studio(self.app, self.settings, self.asker)

    def close_engine(self) -> None:
        """Ends the server; Krita is closing, or another installation was chosen."""
        if self.asker is not None:
            self.asker.close()

    def set_up(self) -> None:
        """Makes an environment from the wheel beside the plugin."""
        if self.job is not None:
            return
        self._say(say("setting up", step="…"))
        self._begin(
            lambda tell: installation.make(FOLDER, installation.own_place(), tell),
            lambda _: self._set_up_done(),
            lambda step: self._say(say("setting up", step=step)),
        )

    def _set_up_done(self) -> None:
        self.settings["python"] = ""
        self._restart()
        self._say(say("set up done") if self.found else say("not found"))

    def _restart(self) -> None:
        self.close_engine()
        self._find_engine()
        self._set_up_button.setVisible(self.found is None)

    # Widgets.

    def _build(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(6, 6, 6, 6)
        column.setSpacing(6)
        column.addLayout(self._layer_rows())
        column.addLayout(self._button_rows())
        column.addLayout(self._state_rows())
        self.ideas = QListWidget()
        self.ideas.setViewMode(QListWidget.IconMode)
        self.ideas.setIconSize(QSize(112, 112))
        self.ideas.setResizeMode(QListWidget.Adjust)
        self.ideas.setMovement(QListWidget.Static)
        self.ideas.setMinimumHeight(132)
        self.ideas.itemClicked.connect(self._idea_chosen)
        self.ideas.hide()
        column.addWidget(self.ideas)
        column.addLayout(self._choice_rows())
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        scroll.setMinimumHeight(LEAST)
        self.setWidget(scroll)
        self._fill_palettes()
        self._fill_references([])
        self._say(say("ready") if self.found else say("not found"))

    def _layer_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        self.lines = QComboBox()
        self.lines.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.lines.activated.connect(self._lines_chosen)
        self.again = _tool("view-refresh", "⟳", say("again"), self.refresh)
        self.hints = QListWidget()
        self.hints.setFixedHeight(58)
        self.hints.itemChanged.connect(self._hints_chosen)
        self.add_hints = _tool("list-add", "+", say("new hints"), self.new_hints)
        grid.addWidget(QLabel(say("lines layer")), 0, 0)
        grid.addWidget(self.lines, 0, 1)
        grid.addWidget(self.again, 0, 2)
        grid.addWidget(QLabel(say("hint layers")), 1, 0, Qt.AlignTop)
        grid.addWidget(self.hints, 1, 1)
        grid.addWidget(self.add_hints, 1, 2, Qt.AlignTop)
        return grid

    def _button_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setSpacing(4)
        self.buttons = {}
        for name, word, row, column, span in (
            ("color", "color", 0, 0, 3),
            ("flats", "flats", 0, 3, 3),
            ("ideas", "ideas", 1, 0, 3),
            ("clean", "clean", 1, 3, 3),
            ("lines", "from picture", 2, 0, 4),
        ):
            button = QPushButton(say(word))
            button.setObjectName(f"senga_{name}")
            button.setToolTip(say(f"{word} tip"))
            button.setSizePolicy(QSizePolicy.Ignored, QSizePolicy.Fixed)
            button.clicked.connect(lambda _=False, kind=name: self.ask(kind))
            grid.addWidget(button, row, column, 1, span)
            self.buttons[name] = button
        for name in ("color", "flats"):
            self.buttons[name].setMinimumHeight(34)
        font = self.buttons["color"].font()
        font.setBold(True)
        self.buttons["color"].setFont(font)
        self.live = QCheckBox(say("live"))
        self.live.setObjectName("senga_live")
        self.live.setToolTip(say("live tip"))
        self.live.toggled.connect(self._live_toggled)
        grid.addWidget(self.live, 2, 4, 1, 2)
        return grid

    def _choice_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        self.palette_box = QComboBox()
        self.palette_box.setIconSize(QSize(96, 14))
        self.palette_box.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.reference_box = QComboBox()
        self.reference_box.setSizeAdjustPolicy(QComboBox.AdjustToMinimumContentsLengthWithIcon)
        self.reference_box.activated.connect(self._reference_chosen)
        for row, (word, box) in enumerate((("palette", self.palette_box), ("reference", self.reference_box))):
            grid.addWidget(QLabel(say(word)), row, 0)
            grid.addWidget(box, row, 1)
        return grid

    def _state_rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        self.bar = QProgressBar()
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.bar.setMaximumHeight(6)
        self.bar.hide()
        self._set_up_button = QPushButton(say("set up"))
        self._set_up_button.setObjectName("senga_set_up")
        self._set_up_button.clicked.connect(self.set_up)
        self._set_up_button.setVisible(self.found is None)
        self.state = QLabel()
        self.state.setObjectName("senga_state")
        self.state.setWordWrap(True)
        self.state.setTextInteractionFlags(Qt.TextSelectableByMouse)
        self.cancel = _tool("dialog-cancel", "✕", say("cancel"), self._cancel)
        self.cancel.hide()
        gear = _tool("configure", "⚙", say("settings"), self.open_settings)
        gear.setObjectName("senga_settings")
        last = QHBoxLayout()
        last.addWidget(self.state, 1)
        last.addWidget(self.cancel, 0, Qt.AlignTop)
        last.addWidget(gear, 0, Qt.AlignTop)
        self._convert_button = QPushButton(say("convert"))
        self._convert_button.setObjectName("senga_convert")
        self._convert_button.clicked.connect(self._convert)
        self._convert_button.hide()
        rows.addWidget(self._set_up_button)
        rows.addWidget(self._convert_button)
        rows.addWidget(self.bar)
        rows.addLayout(last)
        return rows

    def _convert(self) -> None:
        """Gives a gray document colors; Krita's own conversion, which it can undo."""
        document = self.app.activeDocument()
        if document is not None:
            document.setColorSpace("RGBA", "U8", SRGB)
            document.waitForDone()
            document.refreshProjection()
        self._say(say("ready"))

    def open_settings(self) -> None:
        """The settings page."""
        self.page = SettingsPage(self.settings, self.found.python if self.found else "", self.set_up, self)
        self.page.accepted.connect(self._settings_kept)
        self.page.open()

    def _settings_kept(self) -> None:
        words.set_language(self.settings["language"])
        self._restart()
        self._build()
        self._shown = ()
        self.refresh()

    # What is shown of the document.

    def refresh(self) -> None:
        """Shows the layers of the document that is open."""
        document = self.app.activeDocument()
        layers = [] if document is None else reading.layers_of(document)
        chosen = None if document is None else Chosen(document)
        shown = (tuple((one.id, one.name, one.depth) for one in layers), chosen and (chosen.lines, str(chosen.hints)))
        found = self.studio.line_layer(document, layers, chosen) if document is not None else None
        shown = (*shown, found and found.id)
        if shown == self._shown:
            return
        self._shown = shown
        self._filling = True
        self.lines.clear()
        auto = None if chosen is None else self.studio.line_layer(document, layers, _automatic(chosen))
        self.lines.addItem(say("found", name=auto.name) if auto else say("found none"), "")
        for one in reversed(layers):
            self.lines.addItem("  " * one.depth + one.name, one.id)
        self.lines.setCurrentIndex(max(0, self.lines.findData(chosen.lines if chosen else "")))
        self.hints.clear()
        ticked = {one.id for one in self.studio.hint_layers(layers, found, chosen)} if chosen else set()
        for one in reversed(layers):
            full = one.look is not None and one.look.clear < 0.02 and one.id not in ticked
            if full or (found is not None and one.id == found.id):
                continue  # hints are painted on what is else transparent
            item = QListWidgetItem("  " * one.depth + one.name)
            item.setData(Qt.UserRole, one.id)
            item.setFlags(Qt.ItemIsEnabled | Qt.ItemIsUserCheckable)
            item.setCheckState(Qt.Checked if one.id in ticked else Qt.Unchecked)
            self.hints.addItem(item)
        self._fill_references(layers)
        self._filling = False

    def _lines_chosen(self, _: int) -> None:
        document = self.app.activeDocument()
        if document is not None and not self._filling:
            chosen = Chosen(document)
            chosen.lines = self.lines.currentData() or ""
            chosen.keep(document)
            self.refresh()

    def _hints_chosen(self, item: QListWidgetItem) -> None:
        document = self.app.activeDocument()
        if document is not None and not self._filling:
            chosen = Chosen(document)
            chosen.hints[item.data(Qt.UserRole)] = item.checkState() == Qt.Checked
            chosen.keep(document)
            self._live_soon()

    def new_hints(self) -> None:
        """A new hint layer, the active one."""
        document = self.app.activeDocument()
        try:
            self._activate(document, self.studio.new_hints(document))
        except LineError as line:
            self._refuse(line)
        self.refresh()

    def _activate(self, document, node) -> None:
        """Makes a layer the active one, as soon as Krita knows it; it makes a new one active itself, a moment later."""
        active = document.activeNode()
        before = "" if active is None else places.id_of(active)
        self._wanted = None if node is None else (document, node, before)
        self._tries = 0
        self._activate_wanted()

    def _activate_wanted(self) -> None:
        if self._wanted is None:
            return
        document, node, before = self._wanted
        active, group = document.activeNode(), places.answer_of(document)
        if active is None or places.id_of(active) == before or (group is not None and places.inside(active, group)):
            document.setActiveNode(node)
        elif places.id_of(active) != places.id_of(node):
            self._wanted = None  # a person has chosen another one meanwhile
        self._tries += 1
        if self._tries < TRIES:
            QTimer.singleShot(60, self._activate_wanted)

    def _fill_palettes(self) -> None:
        self.palette_box.clear()
        self.palette_box.addItem(say("none"), "")
        for name in palettes.names(self.app):
            self.palette_box.addItem(name, name)
        self.palette_box.currentIndexChanged.connect(self._palette_chosen)

    def _palette_chosen(self, index: int) -> None:
        if index > 0:
            self.palette_box.setItemIcon(index, QIcon(_strip(self.palette_colors())))

    def palette_colors(self) -> list[str]:
        """The colors of the palette that is chosen."""
        name = self.palette_box.currentData()
        return palettes.colors_of(self.app, name, Palette) if name else []

    def _fill_references(self, layers) -> None:
        wanted = self.reference_box.currentData()
        self.reference_box.clear()
        self.reference_box.addItem(say("none"), "")
        self.reference_box.addItem(say("file"), "file")
        if self._reference_file is not None:
            self.reference_box.addItem(self._reference_file[0], "given")
        for one in reversed(layers):
            self.reference_box.addItem(say("layer", name=one.name), one.id)
        self.reference_box.setCurrentIndex(max(0, self.reference_box.findData(wanted)))

    def _reference_chosen(self, _: int) -> None:
        if self.reference_box.currentData() != "file":
            return
        name, _ = QFileDialog.getOpenFileName(
            self, say("reference"), "", "Pictures (*.png *.jpg *.jpeg *.webp *.tif *.tiff *.bmp *.gif)"
        )
        self.take_reference(name)

    def take_reference(self, name: str) -> None:
        """Takes a picture file as the reference; "" takes none."""
        self._reference_file = None
        if name:
            try:
                content = Path(name).read_bytes()
            except OSError:
                content = b""
            if QPixmap().loadFromData(content):
                self._reference_file = (Path(name).name, content)
            else:
                self._say(say("bad file", name=Path(name).name))
        document = self.app.activeDocument()
        self._fill_references([] if document is None else reading.layers_of(document))
        self.reference_box.setCurrentIndex(max(0, self.reference_box.findData("given")))

    def reference(self):
        """The reference that is chosen: content of a file, id of a layer, or None."""
        chosen = self.reference_box.currentData()
        if chosen == "given" and self._reference_file is not None:
            return self._reference_file[1]
        return chosen if chosen not in ("", "file", "given", None) else None

    # Asking.

    def ask(self, kind: str, seed: int = 0, palette=None) -> None:
        """Asks for "color", "flats", "ideas", "clean" or "lines"; what comes is laid when it is there."""
        if self.job is not None:
            return
        if self.asker is None:
            self._say(say("not found"))
            return
        document = self.app.activeDocument()
        start = time.perf_counter()
        try:
            colors = self.palette_colors() if palette is None else palette
            question = self.studio.question(document, kind, colors, self.reference(), seed)
            active = "" if kind not in ("clean", "lines") else places.id_of(document.activeNode())
        except LineError as line:
            self._refuse(line)
            return
        self._say(say("working" if self.asker.engine.pid else "starting"))
        if kind == "ideas":
            self.ideas.clear()
            self._begin(
                lambda tell: [tell(one) for one in self.asker.ideas(question)], self._ideas_done, self._idea_came
            )
        elif kind in ("clean", "lines"):
            lay = lambda layer: self.studio.lay_lines(document, question, layer, active)  # noqa: E731
            self._begin(lambda _: self.asker.ink(question), lambda layer: self._laid(lay, layer, start))
        else:
            lay = lambda layers: self._activate(document, self.studio.lay(document, question, layers))  # noqa: E731
            self._begin(lambda _: self.asker.layers(question), lambda layers: self._laid(lay, layers, start))

    def _laid(self, lay, found, start: float) -> None:
        try:
            lay(found)
        except LineError as line:
            self._refuse(line)
            return
        self._say(" ".join([say("done", seconds=seconds_since(start)), *self.studio.notes]))
        self.refresh()
        document = self.app.activeDocument()
        if self.live.isChecked() and document is not None:
            self._live_digest = self.studio.digest(document)

    def _idea_came(self, idea) -> None:
        seed, palette, png = idea
        picture = QPixmap()
        picture.loadFromData(png)
        item = QListWidgetItem(QIcon(picture), "")
        item.setData(Qt.UserRole, (seed, tuple(palette)))
        self.ideas.addItem(item)
        self.ideas.show()

    def _ideas_done(self, _: object) -> None:
        self._say(say("choose idea"))

    def _idea_chosen(self, item: QListWidgetItem) -> None:
        seed, palette = item.data(Qt.UserRole)
        self.ask("color", seed, palette)

    def _begin(self, work, done, told=None) -> None:
        """Work in a thread; `done(found)` and `told(part)` in this one."""
        job = Job(work, self)
        self.job = job
        if told is not None:
            job.told.connect(told)
        job.done.connect(lambda found: self._ended(job, lambda: done(found)))
        job.failed.connect(lambda text: self._ended(job, lambda: self._failed(text)))
        for button in self.buttons.values():
            button.setEnabled(False)
        self.bar.show()
        self.cancel.show()
        job.start()

    def _ended(self, job: Job, then) -> None:
        """What comes after the work; until it is laid nothing else begins, though Krita takes events meanwhile."""
        job.wait()
        try:
            then()
        finally:
            self.job = None
            for button in self.buttons.values():
                button.setEnabled(True)
            self.bar.hide()
            self.cancel.hide()
        if self._live_again:
            self._live_again = False
            self._live_soon()

    def _failed(self, text: str) -> None:
        self._say(text)

    def _cancel(self) -> None:
        if self.asker is not None:
            self.asker.cancel()

    def _say(self, text: str) -> None:
        self._convert_button.hide()
        self.state.setText(text)

    def _refuse(self, line: LineError) -> None:
        """Says why not, with a button that mends it where there is one."""
        self._say(str(line))
        self._convert_button.setVisible(line.name == "no colors")

    # Live.

    def _live_toggled(self, on: bool) -> None:
        self.watch.attach(self.app.activeWindow())
        self.watch.poll(on)
        self._live_digest = ""
        if on:
            if not self._hint_count():
                self._say(say("live needs hints"))
            self._live_soon()

    def _hint_count(self) -> int:
        """How many hint layers are ticked."""
        return sum(self.hints.item(at).checkState() == Qt.Checked for at in range(self.hints.count()))

    def _stirred(self) -> None:
        """Something was done, or taken back: in any document of the window."""
        self._middle.start(0)
        self._glance.start()
        if self.live.isChecked():
            self._later.start(self.settings["delay"])

    def _undone(self) -> None:
        if self.job is not None or self.studio.undone(self.app.activeDocument()):
            self._middle.start(MOMENT)

    def _live_soon(self) -> None:
        if self.live.isChecked() and not self._later.isActive():
            self._later.start(self.settings["delay"])

    def _after_stroke(self) -> None:
        """Answers anew if a hint or a line has changed."""
        document = self.app.activeDocument()
        if not self.live.isChecked() or document is None or self.asker is None:
            return
        if self.job is not None:
            self._live_again = True
            return
        layers = reading.layers_of(document)
        digest = self.studio.digest(document, layers)
        if digest == self._live_digest:
            return
        self._live_digest = digest
        if places.answer_of(document) is None:
            self.ask("color")
            return
        start = time.perf_counter()
        try:
            question = self.studio.question(document, "color", self.palette_colors(), self.reference(), layers=layers)
        except LineError as line:
            self._refuse(line)
            return
        self._say(say("working"))
        # Even colors are there at once; light and shade follow.
        self._begin(
            lambda tell: self.asker.flats_then_layers(question, tell),
            lambda layers: self._repainted(document, question, layers, start, last=True),
            lambda layers: self._repainted(document, question, layers, start, last=False),
        )

    def _repainted(self, document, question, layers, start: float, last: bool) -> None:
        try:
            if not self.studio.repaint(document, question, layers):
                if last:
                    self._activate(document, self.studio.lay(document, question, layers))
                return
        except LineError as line:
            self._refuse(line)
            self.live.setChecked(False)
            return
        self._say(say("done", seconds=seconds_since(start)))


def _automatic(chosen: Chosen) -> Chosen:
    """The same choice with the line layer left to be found."""
    found = Chosen.__new__(Chosen)
    found.lines, found.hints = "", chosen.hints
    return found


def _tool(icon: str, text: str, tip: str, pressed) -> QToolButton:
    """A small button with one of Krita's icons, or else with a sign."""
    button = QToolButton()
    picture = Krita.instance().icon(icon)
    if picture is None or picture.isNull():
        button.setText(text)
    else:
        button.setIcon(picture)
    button.setToolTip(tip)
    button.setAutoRaise(True)
    button.clicked.connect(lambda _=False: pressed())
    return button


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
