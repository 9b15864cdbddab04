"""A question to senga and its answer; carried out in a thread that knows no document."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from PyQt5.QtGui import QImage

from . import pixels, png
from .answer import Layer
from .words import LineError

try:
    from .client import Client, ServerError
except ImportError:  # the plugin was copied by hand from a checkout, not installed
    Client = None
    ServerError = OSError

LAID = ("flat", "shade", "light", "color")
"""Layers of an answer that are laid into a document: lines and hints it has itself."""


class Question(NamedTuple):
    """What is asked.

    Attributes:
        kind: "color", "flats", "ideas", "clean" or "lines". width, height: px of the document.
        lines: the picture of the line layer, or of the one to be cleaned or drawn after.
        hints: pictures of the hint layers, the lowest first. faintest: alpha from which a stroke counts, 1 to 255.
        palette: "#rrggbb". reference: a picture, or a file's content; None: none.
        options: of the request. seed: of what is drawn at random. count: ideas.
        multiplies: whether the document multiplies as 8 bit sRGB does.
        selected: a byte a pixel; None: all. old: pictures of the last answer's layers by name, where it is not.
    """

    kind: str
    width: int
    height: int
    lines: Any
    hints: tuple = ()
    faintest: int = 51
    palette: tuple = ()
    reference: Any = None
    options: Any = None
    seed: int = 0
    count: int = 4
    multiplies: bool = True
    selected: Any = None
    old: Any = None


class Asker:
    """Asks the server of an engine; one question at a time."""

    def __init__(self, engine) -> None:
        self.engine = engine
        self._client = None
        self._where = ("", "")
        self._packed: dict[str, bytes] = {}

    def cancel(self) -> None:
        """Ends the question that is under way."""
        if self._client is not None:
            self._client.cancel()

    def close(self) -> None:
        """Ends the server."""
        self.engine.stop()

    def layers(self, question: Question) -> list[Layer]:
        """The answer to "color" or "flats", the lowest layer first, each as large as the document.

        Raises:
            LineError: what went wrong, in one line.
        """
        return self._answer(question, self._beside(question))

    def flats_then_layers(self, question: Question, tell) -> list[Layer]:
        """As `layers`; `tell` hears of the even colors alone as soon as they are there. Raises as `layers`."""
        beside = self._beside(question)  # once: while the window lays the one, nothing here takes its time
        flats = self._answer(question._replace(kind="flats"), beside)
        tell([one for one in flats if one.name == "flat"])
        return self._answer(question, beside)

    def _answer(self, question: Question, beside: dict) -> list[Layer]:
        if question.kind == "flats":
            pictures = {"flat": pixels.from_png(self._told(lambda client: client.flats(**beside)))}
        else:
            pictures = self._pictures(self._told(lambda client: client.layers(only=LAID, **beside)), question)
        return self._laid(pictures, question)

    def ideas(self, question: Question):
        """Several colorings: (seed, palette, PNG) each, as they come. Raises as `layers`."""
        beside = self._beside(question)
        for one in self._told(lambda client: client.candidates(count=question.count, **beside), lazily=True):
            yield one.seed, tuple(one.palette), one.png

    def ink(self, question: Question) -> Layer:
        """The answer to "clean" or "lines": black ink on nothing. Raises as `layers`."""
        picture = self._png(question.lines, flat=True)
        ask = (lambda c: c.clean(picture)) if question.kind == "clean" else (lambda c: c.lines(picture))
        image = pixels.from_png(self._told(ask))
        return Layer("lines", "normal", True, pixels.to_bytes(pixels.ink_of(image)))

    def _pictures(self, found, question: Question) -> dict:
        """Pictures of the layers that the server sent, as large as the document, by name."""
        size = question.width, question.height
        pictures = {}
        for one in found:
            if one.name in LAID:
                image = pixels.from_png(one.png) if one.png else None
                pictures[one.name] = pixels.blank(*size) if image is None else pixels.placed(image, one.x, one.y, *size)
        if "flat" in pictures:
            for name in ("shade", "light"):
                pictures.setdefault(name, pixels.blank(*size))
            if not question.multiplies:
                pictures["color"] = pixels.merged(pictures["flat"], pictures.pop("shade"), pictures.pop("light"))
        return pictures

    def _laid(self, pictures: dict, question: Question) -> list[Layer]:
        if question.selected is not None:
            empty = pixels.blank(question.width, question.height)
            old = question.old or {}
            names = [n for n in LAID if n in pictures or n in old]
            pictures = {n: pixels.mixed(old.get(n, empty), pictures.get(n, empty), question.selected) for n in names}
        blends = {"shade": "multiply", "light": "screen"}
        order = [name for name in LAID if name in pictures]
        layers = [Layer(n, blends.get(n, "normal"), True, pixels.to_bytes(pictures[n])) for n in order]
        if question.hints:
            layers.append(Layer("hints", "normal", False, pixels.to_bytes(pixels.over(list(question.hints)))))
        return layers

    def _beside(self, question: Question) -> dict:
        """The arguments of the client's call."""
        reference = question.reference
        if reference is not None and not isinstance(reference, bytes):
            reference = pixels.to_png(reference)
        return {
            "lines": self._png(question.lines, flat=True),
            "hints": self._hints(question),
            "palette": list(question.palette),
            "reference": reference,
            "seed": question.seed,
            "options": dict(question.options or {}),
        }

    def _hints(self, question: Question) -> bytes | None:
        """PNG of all hints; None where nothing is painted."""
        if not question.hints:
            return None
        counted = pixels.over([pixels.heard(image, question.faintest) for image in question.hints])
        alpha = pixels.to_bytes(counted)[3::4]
        if not any(alpha):
            return None
        if 0 not in alpha:
            raise LineError("hints full")
        return self._png(counted)

    def _png(self, image, flat: bool = False) -> bytes:
        """PNG of a picture, on white paper if `flat`; the last few are kept: between strokes lines stay as they are."""
        key = hashlib.sha1(pixels.to_bytes(image)).hexdigest() + str(flat)
        if key not in self._packed:
            self._packed = dict(list(self._packed.items())[-3:])
            paper = pixels.on_paper(image) if flat else image
            drawn = not flat or paper.format() == QImage.Format_Grayscale8
            self._packed[key] = png.of_drawn(paper) if drawn else pixels.to_png(paper)
        return self._packed[key]

    def _told(self, ask, lazily: bool = False):
        """What `ask(client)` answers; errors become one line."""
        if Client is None:
            raise LineError("no client")
        where = self.engine.address()
        if self._client is None or where != self._where:
            self._client, self._where = Client(where[0], token=where[1]), where
        if lazily:
            return self._each(ask)
        try:
            return ask(self._client)
        except ServerError as error:
            raise self._line(error) from error

    def _each(self, ask):
        try:
            yield from ask(self._client)
        except ServerError as error:
            raise self._line(error) from error

    def _line(self, error) -> Exception:
        if getattr(error, "kind", "") == "Cancelled":
            return LineError("cancelled")
        if getattr(error, "status", 0) == 0 and self.engine.has_ended(1.0):
            self._client = None
            return LineError("server gone")
        return RefusedError(str(error))


class RefusedError(LineError):
    """What the server said, in its own words."""

    def __str__(self) -> str:
        return self.name
