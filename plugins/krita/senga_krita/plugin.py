"""What Krita is told of when it loads the plugin: a docker, the actions of its keys, an end for the server."""

from __future__ import annotations

import signal

from krita import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita
from PyQt5.QtCore import QTimer

from . import docker, words
from .settings import GROUP

ACTIONS = {
    "senga_color": ("color", lambda it: it.ask("color")),
    "senga_flats": ("flats", lambda it: it.ask("flats")),
    "senga_ideas": ("ideas", lambda it: it.ask("ideas")),
    "senga_clean": ("clean", lambda it: it.ask("clean")),
    "senga_lines": ("from picture", lambda it: it.ask("lines")),
    "senga_hints": ("new hints", lambda it: it.new_hints()),
    "senga_live": ("live", lambda it: it.panel.live.toggle()),
}
"""What each action does to the docker of the window; their keys are in senga_krita.action."""


class SengaExtension(Extension):
    """The actions."""

    def setup(self) -> None:
        """Krita has begun."""

    def createActions(self, window) -> None:  # noqa: N802 - Krita's name
        """Those of a new window."""
        for name, (word, do) in ACTIONS.items():
            action = window.createAction(name, f"senga: {words.say(word)}", "tools/scripts/senga")
            action.triggered.connect(lambda _=False, do=do: _here(do))


def _here(do) -> None:
    """Does something to the docker of the window that is active."""
    window = Krita.instance().activeWindow()
    for one in docker.opened:
        if len(docker.opened) == 1 or (window is not None and one.window() == window.qwindow()):
            do(one)
            return


def _arrange() -> None:
    """The first time of all, the docker shares the place of Krita's tool options: by itself it would be squeezed."""
    app = Krita.instance()
    if app.readSetting(GROUP, "arranged", ""):
        return
    dockers = {one.objectName(): one for one in app.dockers()}
    own, tools = dockers.get("senga"), dockers.get("sharedtooldocker")
    window = app.activeWindow()
    if own is None or tools is None or window is None:
        return
    window.qwindow().tabifyDockWidget(tools, own)
    own.setVisible(True)
    own.raise_()
    app.writeSetting(GROUP, "arranged", "yes")


def _close() -> None:
    for one in docker.opened:
        one.close_engine()


def _outlive_broken_pipes() -> None:
    """Writing to a server that is gone, or has closed an idle connection, is an error for Python to tell.

    Krita's own Python leaves the signal of it as it is, and that ends Krita, with all that was not saved.
    """
    pipe = getattr(signal, "SIGPIPE", None)  # Windows has none
    if pipe is not None and signal.getsignal(pipe) == signal.SIG_DFL:
        signal.signal(pipe, signal.SIG_IGN)


def register(krita) -> None:
    """Tells Krita of all."""
    _outlive_broken_pipes()
    app = krita.Krita.instance()
    app.addExtension(SengaExtension(app))
    app.addDockWidgetFactory(DockWidgetFactory("senga", DockWidgetFactoryBase.DockRight, docker.SengaDocker))
    notifier = app.notifier()
    notifier.setActive(True)
    notifier.applicationClosing.connect(_close)
    notifier.windowCreated.connect(lambda: QTimer.singleShot(0, _arrange))
