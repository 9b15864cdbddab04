"""A small Krita for tests of the plugin's logic: documents, nodes and bytes, and how many undo steps were made.

It does what the real one was seen to do (tests/test_krita.py holds the plugin to that one): `addChildNode` without a
node puts on top, `addChildNode`, `remove` and `setBlendingMode` are a step each, pixels and notes are none.
"""

import itertools
from typing import Any

_numbers = itertools.count(1)


class Id:
    def __init__(self) -> None:
        self._text = f"{{{next(_numbers):08x}}}"

    def toString(self) -> str:  # noqa: N802
        return self._text


class Node:
    def __init__(self, document: "Document", name: str, kind: str) -> None:
        self.document = document
        self._name, self._kind = name, kind
        self._id = Id()
        self._parent: Node | None = None
        self._children: list[Node] = []
        self._mode, self._visible, self._opacity = "normal", True, 255
        self._data = bytes(4 * document.width() * document.height())

    def name(self) -> str:
        return self._name

    def type(self) -> str:
        return self._kind

    def uniqueId(self) -> Id:  # noqa: N802
        return self._id

    def parentNode(self) -> "Node | None":  # noqa: N802
        return self._parent

    def childNodes(self) -> "list[Node]":  # noqa: N802
        return list(self._children)

    def addChildNode(self, child: "Node", above: "Node | None") -> bool:  # noqa: N802
        at = len(self._children) if above is None else self._children.index(above) + 1
        self._children.insert(at, child)
        child._parent = self
        self.document.steps += 1
        return True

    def remove(self) -> bool:
        assert self._parent is not None
        self._parent._children.remove(self)
        self._parent = None
        self.document.steps += 1
        return True

    def duplicate(self) -> "Node":
        copy = Node(self.document, self._name, self._kind)
        copy._mode, copy._visible, copy._opacity, copy._data = self._mode, self._visible, self._opacity, self._data
        for child in self._children:
            inner = child.duplicate()
            inner._parent = copy
            copy._children.append(inner)
        return copy

    def blendingMode(self) -> str:  # noqa: N802
        return self._mode

    def setBlendingMode(self, mode: str) -> None:  # noqa: N802
        self._mode = mode
        self.document.steps += 1

    def visible(self) -> bool:
        return self._visible

    def setVisible(self, visible: bool) -> None:  # noqa: N802
        self._visible = visible

    def opacity(self) -> int:
        return self._opacity

    def setOpacity(self, opacity: int) -> None:  # noqa: N802
        self._opacity = opacity

    def pixelData(self, x: int, y: int, width: int, height: int) -> bytes:  # noqa: N802
        return self._data

    def setPixelData(self, data: bytes, x: int, y: int, width: int, height: int) -> bool:  # noqa: N802
        assert len(data) == 4 * width * height
        self._data = data
        return True

    def animated(self) -> bool:
        return False


class Document:
    def __init__(
        self, width: int = 4, height: int = 3, model: str = "RGBA", depth: str = "U8", profile: str = ""
    ) -> None:
        self.size = width, height
        self.colors = model, depth, profile or "sRGB-elle-V2-srgbtrc.icc"
        self.steps = 0
        self.refreshed = 0
        self.notes: dict[str, bytes] = {}
        self._root = Node(self, "root", "grouplayer")

    def width(self) -> int:
        return self.size[0]

    def height(self) -> int:
        return self.size[1]

    def colorModel(self) -> str:  # noqa: N802
        return self.colors[0]

    def colorDepth(self) -> str:  # noqa: N802
        return self.colors[1]

    def colorProfile(self) -> str:  # noqa: N802
        return self.colors[2]

    def rootNode(self) -> Node:  # noqa: N802
        return self._root

    def createNode(self, name: str, kind: str) -> Node:  # noqa: N802
        return Node(self, name, kind)

    def createGroupLayer(self, name: str) -> Node:  # noqa: N802
        return Node(self, name, "grouplayer")

    def annotation(self, kind: str) -> bytes:
        return self.notes.get(kind, b"")

    def setAnnotation(self, kind: str, about: str, content: bytes) -> None:  # noqa: N802
        self.notes[kind] = content

    def refreshProjection(self) -> None:  # noqa: N802
        self.refreshed += 1

    def waitForDone(self) -> None:  # noqa: N802
        pass

    def close(self) -> None:
        pass

    def add(self, name: str, parent: Node | None = None, kind: str = "paintlayer") -> Node:
        """A layer on top of the others, as a person makes it."""
        node = Node(self, name, kind)
        (parent or self._root).addChildNode(node, None)
        return node

    def names(self, parent: Node | None = None) -> list[str]:
        """Names of the layers in a group, the lowest first."""
        return [n.name() for n in (parent or self._root).childNodes()]


class App:
    """Krita itself: settings and documents."""

    def __init__(self) -> None:
        self.settings: dict[tuple[str, str], str] = {}
        self.palettes: dict[str, Any] = {}

    def createDocument(  # noqa: N802
        self, width: int, height: int, name: str, model: str, depth: str, profile: str, dpi: float
    ) -> Document:
        return Document(width, height, model, depth, profile)

    def readSetting(self, group: str, name: str, default: str) -> str:  # noqa: N802
        return self.settings.get((group, name), default)

    def writeSetting(self, group: str, name: str, value: str) -> None:  # noqa: N802
        self.settings[(group, name)] = value

    def resources(self, kind: str) -> dict[str, Any]:
        assert kind == "palette"
        return self.palettes
