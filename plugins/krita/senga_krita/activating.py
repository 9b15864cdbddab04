"""Which layer a person paints on: Krita makes a new one the active one by itself, a moment later."""

from __future__ import annotations

from PyQt5.QtCore import QTimer

from . import places

TRIES = 25
"""How often, every 60 ms, it is seen to that a layer is the active one. Ours."""


class Activating:
    """One layer that is wanted as the active one."""

    def __init__(self) -> None:
        self._wanted = None
        self._tries = 0

    def want(self, document, node) -> None:
        """Makes a layer the active one, as soon as Krita knows it; None: none is wanted any more."""
        active = document.activeNode()
        before = "" if active is None else places.id_of(active)
        self._wanted = None if node is None else (document, node, before)
        self._tries = 0
        self._try()

    def _try(self) -> None:
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
            QTimer.singleShot(60, self._try)
