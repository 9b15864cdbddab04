"""What a person chose among the layers of a document."""

from __future__ import annotations

from . import places


class Chosen:
    """What a person chose for a document; kept in its note.

    Attributes:
        lines: id of the line layer; "" is found by itself. hints: whether a layer of an id is one, where it was said.
    """

    def __init__(self, document) -> None:
        state = places.read_state(document)
        self.lines = str(state.get("lines", ""))
        told = state.get("hints", {})
        self.hints = {str(k): bool(v) for k, v in told.items()} if isinstance(told, dict) else {}

    def keep(self, document) -> None:
        """Writes the document's note."""
        places.write_state(document, lines=self.lines, hints=self.hints)
