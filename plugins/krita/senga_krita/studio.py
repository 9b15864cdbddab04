"""What the docker does, without its widgets: questions gathered from a document, answers laid into it."""

from __future__ import annotations

import time

from . import answer, pixels, places, reading, refusing
from .asking import Asker, Question
from .chosen import Chosen
from .finding import Layer, hint_layers, is_opaque, line_layer, looked
from .together import Together
from .words import LineError, say


class Studio:
    """Works on one document at a time, in the window's thread; only `Asker` is handed to another."""

    def __init__(self, app, settings, asker: Asker) -> None:
        self.app = app
        self.settings = settings
        self.asker = asker
        self.together = Together()
        self.notes: list[str] = []
        self._marks: tuple[str, dict[str, str]] = ("", {})

    # Choosing.

    def line_layer(self, document, layers: list[Layer], chosen: Chosen) -> Layer | None:
        """The layer of the lines: chosen, or found."""
        if chosen.lines:
            return next((one for one in layers if one.id == chosen.lines), None)
        return line_layer(layers)

    def hint_layers(self, layers: list[Layer], lines: Layer | None, chosen: Chosen) -> list[Layer]:
        """The hint layers, the lowest first: chosen, or found by their names."""
        found = {one.id for one in hint_layers(layers, lines)}
        return [
            one for one in layers if chosen.hints.get(one.id, one.id in found) and (lines is None or one.id != lines.id)
        ]

    # Asking.

    def question(
        self, document, kind: str, palette=(), reference=None, seed: int = 0, source=None, layers=None
    ) -> Question:
        """All that an answer needs, read now.

        Args:
            kind: see `Question`. palette: "#rrggbb". reference: content of a file, id of a layer, or None.
            source: the layer that is cleaned or drawn after; None: the active one.
            layers: what `reading.layers_of` has just said; None: it is asked.

        Raises:
            LineError: what cannot be asked of this document.
        """
        self.notes = []
        why = refusing.refusal(document)
        if why is not None:
            raise why
        if kind in ("clean", "lines"):
            return self._of_source(document, kind, source or document.activeNode())
        layers = reading.layers_of(document) if layers is None else layers
        chosen = Chosen(document)
        lines = self.line_layer(document, layers, chosen)
        if lines is None:
            raise LineError("gone lines" if chosen.lines else "no lines")
        node = places.node_of(document, lines.id)
        picture = reading.read(self.app, document, node)
        if not any(pixels.to_bytes(picture)[3::4]):
            raise LineError("empty lines", name=node.name())
        told = refusing.note(document, node)
        if told is not None:
            self.notes.append(str(told))
        hints = [places.node_of(document, one.id) for one in self.hint_layers(layers, lines, chosen)]
        if isinstance(reference, str):
            other = places.node_of(document, reference)
            reference = None if other is None else reading.read(self.app, document, other)
        selected = reading.selected(document)
        group = places.answer_of(document)
        return Question(
            kind=kind,
            width=document.width(),
            height=document.height(),
            lines=picture,
            hints=tuple(reading.read(self.app, document, one) for one in hints),
            faintest=max(1, round(2.55 * self.settings["faintest"])),
            palette=tuple(palette),
            reference=reference,
            options=self._options(reference is not None),
            seed=seed,
            count=self.settings["count"],
            multiplies=answer.multiplies_alike(document),
            selected=selected,
            old=None if selected is None or group is None else self._old(document, group),
        )

    def _options(self, referring: bool) -> dict:
        options = self.settings.options()
        if referring:
            options.update(reference="reference", reference_strength=self.settings["reference_strength"])
        return options

    def _of_source(self, document, kind: str, node) -> Question:
        if node is None or not node.type().endswith("layer"):
            raise LineError("no layer")
        picture = reading.read(self.app, document, node)
        if not any(pixels.to_bytes(picture)[3::4]):
            raise LineError("empty lines", name=node.name())
        return Question(kind=kind, width=document.width(), height=document.height(), lines=picture)

    def _old(self, document, group) -> dict:
        """Pictures of the last answer's layers, by name."""
        return {n.name(): reading.read(self.app, document, n) for n in group.childNodes() if n.type() == "paintlayer"}

    # Laying.

    def lay(self, document, question: Question, layers):
        """Puts an answer into the document: a group under the lines, in the place of the last one.

        Returns:
            The layer that was the active one: who paints hints goes on painting hints; None if it is gone.

        Raises:
            LineError: the document is not any more what was asked of.
        """
        lines = self._still(document, question)
        opaque = lines is not None and is_opaque(looked(pixels.to_bytes(question.lines.scaled(96, 96))))
        if lines is None:
            raise LineError("gone lines")
        old = places.answer_of(document)
        before = "" if old is None else places.id_of(old)
        painting = document.activeNode()
        answer.put(self.app, document, layers, lines, opaque)
        new = places.read_state(document)["group"]
        if before:
            self.together.note(before, new)
        elif opaque and lines.blendingMode() != "multiply":
            self.notes.append(say("opaque lines"))
        document.refreshProjection()
        self.remember(document)
        return None if painting is None or (old is not None and places.inside(painting, old)) else painting

    def repaint(self, document, question: Question, layers) -> bool:
        """Puts a live answer into the layers that are there, without an undo step; False where there are none.

        Raises:
            LineError: as `lay`; or a person painted on these layers of the answer: they stay.
        """
        self._same(document, question)
        group = places.answer_of(document)
        if group is None:
            return False
        names = {one.name for one in layers}
        if not names <= {node.name() for node in group.childNodes()}:
            return False
        if self.painted_over(document, group, names):
            raise LineError("painted over")
        answer.repaint(self.app, document, group, layers, self._marks[1])
        return True

    def painted_over(self, document, group, names) -> bool:
        """Whether an answer's layers of these names are not what was put there last."""
        id, marks = self._marks
        if id != places.id_of(group):
            self.remember(document)
            return False
        found = answer.marks_of(document, group, names)
        return found != {name: marks.get(name) for name in found}

    def remember(self, document) -> None:
        """Notes what is in the answer's layers."""
        group = places.answer_of(document)
        self._marks = ("", {}) if group is None else (places.id_of(group), answer.marks_of(document, group))

    def lay_lines(self, document, question: Question, layer, above_id: str) -> None:
        """Puts cleaned or drawn lines above the layer that they came of; they are the line layer from then on."""
        self._same(document, question)
        above = places.node_of(document, above_id)
        if above is None:
            raise LineError("no layer")
        node = answer.put_layer(document, say("lines name"), layer.data, above)
        chosen = Chosen(document)
        chosen.lines = places.id_of(node)
        chosen.keep(document)
        document.refreshProjection()

    def new_hints(self, document):
        """A new layer for hints above the lines."""
        if document is None:
            raise LineError("no document")
        layers, chosen = reading.layers_of(document), Chosen(document)
        lines = self.line_layer(document, layers, chosen)
        top = places.node_of(document, lines.id) if lines is not None else document.rootNode().childNodes()[-1]
        hints = self.hint_layers(layers, lines, chosen)
        above = places.node_of(document, hints[-1].id) if hints else top
        if places.is_multiplied_over(document, top):
            above = places.answer_of(document)
        node = answer.put_hint_layer(document, say("hints name"), above)
        chosen.hints[places.id_of(node)] = True
        chosen.keep(document)
        return node

    def _same(self, document, question: Question) -> None:
        """Refuses a document that is not open any more, or not as large as it was."""
        if not any(one == document for one in self.app.documents()):
            raise LineError("gone document")
        if (document.width(), document.height()) != (question.width, question.height):
            raise LineError("changed size")

    def _still(self, document, question: Question):
        """The line layer, in a document that is still open and as large as it was."""
        self._same(document, question)
        layers = reading.layers_of(document)
        found = self.line_layer(document, layers, Chosen(document))
        return None if found is None else places.node_of(document, found.id)

    # Undo.

    def undone(self, document) -> bool:
        """Takes an undo or redo that stopped between two answers further; whether there was one.

        Krita ignores what is asked of its history while it works on it: ask again a moment later.
        """
        if document is None:
            return False
        way = self.together.further(places.ids_of(document).__contains__)
        if way is None:
            return False
        self.app.action("edit_undo" if way == "undo" else "edit_redo").trigger()
        return True

    # Live.

    def digest(self, document, layers=None) -> str:
        """What a live answer depends on: changes when a hint or a line does. `layers`: as of `question`."""
        layers, chosen = reading.layers_of(document) if layers is None else layers, Chosen(document)
        lines = self.line_layer(document, layers, chosen)
        wanted = self.hint_layers(layers, lines, chosen) + ([lines] if lines is not None else [])
        box = (0, 0, document.width(), document.height())
        nodes = [places.node_of(document, one.id) for one in wanted]
        return ",".join(places.id_of(n) + answer.mark_of(n.projectionPixelData(*box)) for n in nodes if n is not None)


def seconds_since(start: float) -> str:
    """Time since `time.perf_counter()` said `start`, for a person."""
    return f"{time.perf_counter() - start:.1f}"
