"""Layers of a document: found by their ids, and where an answer goes. Asks Krita's nodes alone."""

from __future__ import annotations

import json

STATE = "senga/state"
"""Type of the annotation in which a document keeps what was chosen; only .kra files keep it."""

NAME = "senga"
"""Name of an answer's group."""


def id_of(node) -> str:
    """A node's unique id, which its file keeps."""
    return node.uniqueId().toString()


def every_node(parent):
    """Each layer below a node with its depth, the lowest first; masks are left out."""
    for node in parent.childNodes():
        if node.type().endswith("layer"):
            yield node, 0
            for inner, depth in every_node(node):
                yield inner, depth + 1


def node_of(document, wanted: str):
    """The layer of an id; None if there is none."""
    if not wanted:
        return None
    for node, _ in every_node(document.rootNode()):
        if id_of(node) == wanted:
            return node
    return None


def shown(node) -> bool:
    """Whether a layer and all groups around it are visible."""
    while node is not None and node.parentNode() is not None:
        if not node.visible():
            return False
        node = node.parentNode()
    return True


def inside(node, group) -> bool:
    """Whether a layer is a group or lies in it."""
    while node is not None:
        if id_of(node) == id_of(group):
            return True
        node = node.parentNode()
    return False


def answers(document) -> list:
    """The groups that hold answers, the lowest first: by the document's note, or by what they are called."""
    noted = read_state(document).get("group", "")
    found = []
    for node, _ in every_node(document.rootNode()):
        if node.type() != "grouplayer":
            continue
        named = node.name() == NAME and any(n.name() == "flat" for n in node.childNodes())
        if named or id_of(node) == noted:
            found.append(node)
    return found


def answer_of(document):
    """The group that holds the answer; None if there is none yet."""
    found = answers(document)
    noted = read_state(document).get("group", "")
    return next((n for n in found if id_of(n) == noted), found[-1] if found else None)


def place_for(lines, opaque: bool):
    """Where an answer goes: (parent, the node it goes above, whether it is multiplied over the lines).

    Under the lines. A line layer with its paper in it would hide the answer, and below the lowest layer Krita puts
    nothing in one step: there the answer lies above, multiplied, which shows the same.
    """
    parent = lines.parentNode()
    if opaque and lines.blendingMode() != "multiply":
        return parent, lines, True
    anchor = lines
    while True:
        parent = anchor.parentNode()
        siblings = parent.childNodes()
        at = next(i for i, node in enumerate(siblings) if id_of(node) == id_of(anchor))
        if at > 0:
            return parent, siblings[at - 1], False
        if parent.parentNode() is None:
            return lines.parentNode(), lines, True
        anchor = parent


def ids_of(document) -> set:
    """The ids of all layers of a document."""
    return {id_of(node) for node, _ in every_node(document.rootNode())}


def is_multiplied_over(document, lines) -> bool:
    """Whether the answer lies above the lines: hints belong above it then."""
    group = answer_of(document)
    if group is None or id_of(group.parentNode()) != id_of(lines.parentNode()):
        return False
    order = [id_of(node) for node in lines.parentNode().childNodes()]
    return order.index(id_of(group)) > order.index(id_of(lines))


def read_state(document) -> dict:
    """What the document's note says; {} if it has none."""
    try:
        found = json.loads(bytes(document.annotation(STATE)).decode("utf-8"))
    except (ValueError, UnicodeDecodeError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def write_state(document, **more) -> None:
    """Notes something more in the document; the same note is not written again."""
    state = read_state(document)
    if all(state.get(name) == value for name, value in more.items()):
        return
    state.update(more)
    document.setAnnotation(STATE, NAME, json.dumps(state, sort_keys=True).encode("utf-8"))
