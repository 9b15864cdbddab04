"""The painter as a model file in stages, proven equal to the network before it is written."""

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from senga import storage
from senga.color.tokens import KNOWN, make_tokens
from senga.learn import colorist_export
from senga.learn.calibration import painter_examples
from senga.learn.eight_bit_convolutions import compute_in_eight_bits
from senga.learn.export import (
    TOLERANCE,
    Origin,
    course_card,
    drawn_example,
    forget_traces,
    keep_weights,
    opened,
    prove,
    rounded,
    traced,
)
from senga.learn.networks.painter import Painter
from senga.model.card import Card
from senga.model.session import Session

AREA = 384 * 384
"""Area that a drawing is seen at, px. Ours, by eye: faces of whole figures are known there, and hair has one color. On
validation, of small pictures, 240 px square is as good."""

ROUNDING = 0.04
"""Greatest error of what regions say that convolutions of eight bits may bring, as a share of its size. Ours: shipped
weights have a quarter of it, and no score of validation changes."""

Arrays = dict[str, NDArray[np.float32]]


class _Read(nn.Module):
    def __init__(self, painter: Painter) -> None:
        super().__init__()
        self.painter = painter

    def forward(self, planes: Tensor, shares: Tensor) -> tuple[Tensor, Tensor]:
        regions = self.painter.pool(self.painter.read(planes), shares)
        return regions, self.painter.bins + 0


class _Think(nn.Module):
    def __init__(self, painter: Painter) -> None:
        super().__init__()
        self.painter = painter

    def forward(
        self, regions: Tensor, geometry: Tensor, known: Tensor, palette: Tensor, offered: Tensor
    ) -> tuple[Tensor, Tensor]:
        there = torch.ones_like(regions[:, :, 0])
        answer = self.painter.think(regions, geometry, known, there, palette, offered)
        return answer.logits, answer.moved


INPUTS = {"read": ("planes", "shares"), "think": ("regions", "geometry", "known", "palette", "offered")}
OUTPUTS = {"read": ("regions", "bins"), "think": ("logits", "moved")}


def export_painter(
    painter: Painter,
    recipe: dict[str, Any],
    origin: Origin,
    out: Path,
    *,
    bits: int = 8,
    area: int = AREA,
    force: bool = False,
) -> Card:
    """Writes a painter as a model file with its card.

    Args:
        painter: trained. recipe: as the card shows it. origin, out, force: as `export.export`.
        bits: of large weights, 16 or 8. area: that drawings are seen at, px.

    Raises:
        TrainingError: file and network differ by more than `TOLERANCE` anywhere.
    """
    painter = rounded(painter, bits)
    known = run_network(painter, example(5 * 16, 7 * 16, 1))
    graphs = {}
    for name, module in (("read", _Read(painter)), ("think", _Think(painter))):
        # Two drawings' worth of tokens: the exporter takes one for a number that never changes.
        twice = 2 if name == "think" else 1
        given = tuple(torch.from_numpy(np.repeat(known[i], twice, 0)) for i in INPUTS[name])
        model = traced(module, given, list(INPUTS[name]), list(OUTPUTS[name]), _free(name))
        forget_traces(model)
        graphs[name] = model
    keep_weights(list(graphs.values()), painter, "painter.", bits)
    card = course_card("painter", "colorize", painter, painter.spec, recipe, origin, area)
    content = _packed(graphs, card)
    prove(content, out, lambda session: difference(painter, session), TOLERANCE)
    if bits == 8:
        with opened(content) as session:
            drawings = painter_examples(session)
        compute_in_eight_bits(graphs["read"], drawings)
        content = _packed(graphs, card)
        prove(content, out, lambda session: rounding(painter, session, drawings), ROUNDING)
    storage.write_new(out, content, force=force)
    return card


def _packed(graphs: dict[str, onnx.ModelProto], card: Card) -> bytes:
    return colorist_export.pack({name: g.SerializeToString() for name, g in graphs.items()}, card.to_json())


@torch.no_grad()
def rounding(painter: Painter, session: Session, drawings: list[Arrays]) -> float:
    """How far a file's features of regions are from the network's, a share of their size, at worst of some drawings."""
    worst = 0.0
    for given in drawings:
        wanted = _Read(painter)(*(torch.from_numpy(given[name]) for name in INPUTS["read"]))[0].numpy()
        off = session.stage("read", given)["regions"] - wanted
        worst = max(worst, float(np.sqrt(np.square(off).mean() / np.square(wanted).mean())))
    return worst


def difference(painter: Painter, session: Session) -> float:
    """Greatest difference of a chance or a moved color, over made drawings of several sizes, some of them hinted."""
    worst = 0.0
    for seed, (rows, columns) in enumerate(((1, 1), (2, 3), (5, 4), (6, 6))):
        given = example(16 * rows, 16 * columns, seed)
        wanted, got = run_network(painter, given), dict(given)
        for name in painter.spec.stages:
            got |= session.stage(name, got)
        for name in ("logits", "moved"):
            one, two = (torch.from_numpy(a[name]) for a in (wanted, got))
            if name == "logits":
                one, two = one.softmax(2), two.softmax(2)
            worst = max(worst, float((one - two).abs().max()))
    return worst


def example(height: int, width: int, seed: int) -> Arrays:
    """A made drawing of rings, its regions in squares, some of them hinted on odd seeds, a palette on some."""
    random = np.random.default_rng(seed)
    line = np.rint(drawn_example(1, height, width, seed)[0, 0] * 255).astype(np.uint8)
    squares = (np.arange(height) // 12)[:, None] * 100 + np.arange(width) // 12
    tokens = make_tokens(line, np.unique(squares, return_inverse=True)[1].reshape(height, width), 64)
    known = np.zeros((1, tokens.count, KNOWN), np.float32)
    if seed > 2:
        known[0, 2::3, :3], known[0, 2::3, 5] = random.normal(0, 0.2, (len(known[0, 2::3]), 3)), 1
    if seed % 2:
        known[0, ::3, :3], known[0, ::3, 3] = random.normal(0, 0.2, (len(known[0, ::3]), 3)), 1
        known[0, 1::3, :3], known[0, 1::3, 4] = random.normal(0, 0.2, (len(known[0, 1::3]), 3)), 1
    palette = random.normal(0, 0.2, (1, 3, 3)).astype(np.float32)
    offered = np.full((1, 3), seed % 3 > 0, np.float32)
    given = {"planes": tokens.planes[None], "shares": tokens.shares[None], "geometry": tokens.geometry[None]}
    return given | {"known": known, "palette": palette, "offered": offered}


@torch.no_grad()
def run_network(painter: Painter, given: Arrays) -> Arrays:
    """All that the stages answer with, by the network itself, beside what was given."""
    known = {k: torch.from_numpy(v) for k, v in given.items()}
    for name, module in (("read", _Read(painter)), ("think", _Think(painter))):
        known |= dict(zip(OUTPUTS[name], module(*(known[i] for i in INPUTS[name])), strict=True))
    return {k: v.numpy() for k, v in known.items()}


def _free(name: str) -> Any:
    """Which sizes are free: rows and columns of 16 px, regions, palette colors, answers at once."""
    rows, columns = (torch.export.Dim(n, min=1, max=1024) for n in ("rows", "columns"))
    many, regions, colors = (
        torch.export.Dim(n, min=1, max=m) for n, m in (("answers", 64), ("regions", 4096), ("colors", 256))
    )
    if name == "read":
        return ({2: 16 * rows, 3: 16 * columns}, {1: regions, 2: 4 * rows, 3: 4 * columns})
    tokens = {0: many, 1: regions}
    return (tokens, tokens, tokens, {0: many, 1: colors}, {0: many, 1: colors})
