"""The docker: what an artist sees of senga beside the canvas; what its parts do is in files of their own."""

from __future__ import annotations

from pathlib import Path

from krita import DockWidget, Krita
from PyQt5.QtCore import QTimer

from . import installation, words
from .activating import Activating
from .answer import SRGB
from .asking import Asker
from .colorchoices import ColorChoices
from .engine import Engine
from .layerchoices import LayerChoices
from .live import Live
from .panel import Panel
from .pressing import Pressing
from .settings import Settings
from .settingspage import SettingsPage
from .studio import Studio
from .watching import Watch
from .words import LineError, say
from .working import Working

FOLDER = Path(__file__).resolve().parent

MOMENT = 30
"""Milliseconds until Krita's history takes the next step. Ours."""

GLANCE = 400
"""Milliseconds after something was done until the layers are shown anew. Ours."""

opened = []
"""Dockers of all windows, for the actions of the menu."""


class SengaDocker(DockWidget):
    """The parts together, and the engine that they ask.

    Attributes:
        panel: the widgets. layers, colors: what is chosen in them. pressing: its buttons. live: its live mode.
        working: the work under way. studio: what is done to documents. asker: asks the server; None: none was found.
    """

    def __init__(self) -> None:
        super().__init__()
        self.app = Krita.instance()
        self.settings = Settings(self.app)
        words.set_language(self.settings["language"])
        self.setWindowTitle("senga")
        self.page = None
        self.watch = Watch(self)
        self._find_engine()
        self.working = Working(self)
        self.layers, self.colors, self.pressing = LayerChoices(self), ColorChoices(self), Pressing(self)
        self.live = Live(self)
        self._activating = Activating()
        self._middle = _timer(self, self._undone)
        self._glance = _timer(self, self.refresh)
        self.watch.stirred.connect(self._stirred)
        self.watch.looked.connect(self.live.soon)
        self.working.free.connect(self.live.go_on)
        self._build()
        opened.append(self)
        self.destroyed.connect(lambda: opened.remove(self) if self in opened else None)

    # Krita's own calls.

    def canvasChanged(self, canvas) -> None:  # noqa: N802 - Krita's name
        """Another document, or none."""
        self.watch.attach(self.app.activeWindow())
        self.live.forget()
        self.refresh()

    # What the parts and the menu ask of each other.

    def refresh(self) -> None:
        """Shows the layers of the document that is open."""
        self.layers.refresh()

    def ask(self, kind: str) -> None:
        """As if a button was pressed: "color", "flats", "ideas", "clean" or "lines"."""
        self.pressing.ask(kind)

    def new_hints(self) -> None:
        """A new hint layer, the active one."""
        self.layers.new_hints()

    def activate(self, document, node) -> None:
        """Makes a layer the active one, as soon as Krita knows it."""
        self._activating.want(document, node)

    def refuse(self, line: LineError) -> None:
        """Says why not, with a button that mends it where there is one."""
        self.panel.tell(str(line), convert=line.name == "no colors")

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
        if self.working.busy:
            return
        self.panel.tell(say("setting up", step="…"))
        self.working.begin(
            lambda tell: installation.make(FOLDER, installation.own_place(), tell),
            lambda _: self._set_up_done(),
            lambda step: self.panel.tell(say("setting up", step=step)),
        )

    def _set_up_done(self) -> None:
        self.settings["python"] = ""
        self._restart()
        self.panel.tell(say("set up done") if self.found else say("not found"))

    def _restart(self) -> None:
        self.close_engine()
        self._find_engine()
        self.panel.set_up.setVisible(self.found is None)

    # The panel.

    def _build(self) -> None:
        """A panel in the language that is set, in place of the one before."""
        self.panel = panel = Panel()
        for part in (self.layers, self.colors, self.pressing, self.live):
            part.attach(panel)
        for button, pressed in (
            (panel.again, self.refresh), (panel.add_hints, self.new_hints), (panel.set_up, self.set_up),
            (panel.cancel, self._cancel), (panel.settings, self.open_settings), (panel.convert, self._convert),
        ):  # fmt: skip
            button.clicked.connect(lambda _=False, pressed=pressed: pressed())
        panel.set_up.setVisible(self.found is None)
        self.setWidget(panel)
        panel.tell(say("ready") if self.found else say("not found"))

    def open_settings(self) -> None:
        """The settings page."""
        self.page = SettingsPage(self.settings, self.found.python if self.found else "", self.set_up, self)
        self.page.accepted.connect(self._settings_kept)
        self.page.open()

    def _settings_kept(self) -> None:
        words.set_language(self.settings["language"])
        self._restart()
        self._build()
        self.refresh()

    def _convert(self) -> None:
        """Gives a gray document colors; Krita's own conversion, which it can undo."""
        document = self.app.activeDocument()
        if document is not None:
            document.setColorSpace("RGBA", "U8", SRGB)
            document.waitForDone()
            document.refreshProjection()
        self.panel.tell(say("ready"))

    def _cancel(self) -> None:
        if self.asker is not None:
            self.asker.cancel()

    # What Krita's history tells.

    def _stirred(self) -> None:
        """Something was done, or taken back: in any document of the window."""
        self._middle.start(0)
        self._glance.start(GLANCE)
        self.live.stirred()

    def _undone(self) -> None:
        if self.working.busy or self.studio.undone(self.app.activeDocument()):
            self._middle.start(MOMENT)


def _timer(parent, then) -> QTimer:
    """A timer that does something once."""
    timer = QTimer(parent)
    timer.setSingleShot(True)
    timer.timeout.connect(then)
    return timer
