"""The colorist's stages as graphs, and the whole of them as a model file, proven equal before it is written."""

import io
import zipfile
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from senga.learn.networks.colorist import Colorist, Cut, Reached, Read, Thought
from senga.learn.networks.spec import Tokens
from senga.model.session import CARD, Session

Arrays = dict[str, NDArray[Any]]

NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "cut": (("line",), ("label", "ways", "choice")),
    "read": (("line", "choice"), ("fine", "cells", "mixing")),
    "think": (("cells", "ways", "palette", "reference", "strength"), ("thought", "guess")),
    "reach": (("label", "ways", "line", "hint", "mask"), ("told", "distance")),
    "paint": (
        ("fine", "mixing", "ways", "thought", "guess", "told", "distance", "hint", "mask"),
        ("color", "ink"),
    ),
}
"""Inputs and outputs of each stage, in the order of its arguments and answers."""

_FULL = ("line", "label", "hint", "mask")
_EIGHTH = ("ways", "choice", "cells", "mixing", "thought", "guess", "told", "distance")


class Stage(nn.Module):
    """One stage, as plain tensors in and out; the pixels' cells travel as (N, H, W)."""

    def __init__(self, network: Colorist, name: str) -> None:
        super().__init__()
        self.network, self.name = network, name

    def forward(self, *given: Tensor) -> tuple[Tensor, ...]:
        """The stage's answers."""
        net = self.network
        if self.name == "cut":
            cut = net.cut(given[0])
            return cut.label.view(given[0].shape[0], *given[0].shape[2:]), cut.ways, cut.choice
        if self.name == "read":
            return tuple(net.read(given[0], given[1]))
        if self.name == "think":
            cells, ways, palette, reference, strength = given
            return tuple(net.think(cells, ways, Tokens(palette, reference, strength)))
        if self.name == "reach":
            label, ways, line, hint, mask = given
            return tuple(net.reach(Cut(label.flatten(1), ways, ways), line, hint, mask))
        fine, mixing, ways, thought, guess, planes, distance, hint, mask = given
        read = Read(fine, thought, mixing)
        return net.paint(read, Thought(thought, guess), ways, Reached(planes, distance), hint, mask)


def example(height: int, width: int, seed: int) -> Arrays:
    """A drawing of rings, with dots of hints on odd seeds, a palette and a reference on some, at the stages' names."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    line = np.ones((1, 1, height, width), np.float32)
    for _ in range(4):
        cy, cx, r = random.random() * height, random.random() * width, random.random() * width / 2 + 2
        line[0, 0, np.abs(np.hypot(y - cy, x - cx) - r) < 1.2] = random.random() * 0.4
    hint, mask = np.zeros((1, 3, height, width), np.float32), np.zeros((1, 1, height, width), np.float32)
    for _ in range(6 if seed % 2 else 0):
        top, left = int(random.random() * height), int(random.random() * width)
        hint[0, :, top : top + 3, left : left + 3] = random.random((3, 1, 1))
        mask[0, :, top : top + 3, left : left + 3] = 1
    palette = np.zeros((1, 3, 4), np.float32)
    if seed % 3:
        palette[0, :, :] = np.concatenate([random.random((3, 3)), np.ones((3, 1))], 1)
    reference = (random.random((1, 64, 261)) * (seed % 4 > 1)).astype(np.float32)
    strength = np.full((1, 1), 0.7 * (seed % 4 > 1), np.float32)
    given = {"line": line, "hint": hint, "mask": mask, "palette": palette}
    return given | {"reference": reference, "strength": strength}


@torch.no_grad()
def run_network(network: Colorist, given: Arrays) -> Arrays:
    """All that the stages answer with, by the network itself."""
    known: dict[str, Any] = {k: torch.from_numpy(v) for k, v in given.items()}
    for name, (inputs, outputs) in NAMES.items():
        known |= dict(zip(outputs, Stage(network, name)(*(known[i] for i in inputs)), strict=True))
    return {k: v.numpy() for k, v in known.items()}


def run_session(session: Session, given: Arrays) -> Arrays:
    """All that the stages answer with, by a model file."""
    known = dict(given)
    for name in NAMES:
        known |= session.stage(name, known)
    return known


def shapes(name: str) -> tuple[Any, ...]:
    """Which sizes of a stage's inputs are free: all follow the drawing's rows and columns of 16 px."""
    rows, columns = (torch.export.Dim(n, min=1, max=1024) for n in ("rows", "columns"))
    colors = torch.export.Dim("colors", min=1, max=256)
    found: list[Any] = []
    for given in NAMES[name][0]:
        if given == "label":
            found.append({1: 16 * rows, 2: 16 * columns})
        elif given in _FULL:
            found.append({2: 16 * rows, 3: 16 * columns})
        elif given in _EIGHTH:
            found.append({2: 2 * rows, 3: 2 * columns})
        elif given == "fine":
            found.append({2: 4 * rows, 3: 4 * columns})
        else:
            found.append({1: colors} if given == "palette" else None)
    return (tuple(found),)


def pack(parts: dict[str, bytes], card: str) -> bytes:
    """The model file of the stages' graphs, by name, and the card; the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as content:
        for name, part in [(CARD, card.encode()), *((f"{n}.onnx", p) for n, p in parts.items())]:
            content.writestr(zipfile.ZipInfo(name), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()
