"""A trained closer to a model file, proven equal before it is written."""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from senga.learn.calibration import closer_examples
from senga.learn.export import (
    Origin,
    course_card,
    difference,
    drawn_example,
    free_sizes,
    in_one_graph,
    rounded,
    traced,
    write_rounded,
)
from senga.learn.networks.closer import Closer
from senga.model.card import Card
from senga.model.session import INPUT, OUTPUTS, Session

AREA = 448 * 448
"""Drawing area that a closer is used at, px: shapes are then about as large as where it learned. Ours."""

ROUNDING = 0.02
"""Mean difference of chances that convolutions of eight bits may bring. Ours: shipped weights have half of it."""


def export_closer(
    closer: Closer,
    recipe: dict[str, Any],
    origin: Origin,
    out: Path,
    *,
    bits: int = 8,
    area: int = AREA,
    force: bool = False,
) -> Card:
    """Writes a closer as a model file with its card; it answers with chances.

    Args:
        closer: trained. recipe: as the card shows it. origin, out, force: as `export.export`.
        bits: of large weights, 16 or 8; with 8 its convolutions are computed in eight bits. area: that drawings are
            seen at, px.

    Raises:
        TrainingError: file and network differ by more than `TOLERANCE` anywhere, or by more than `ROUNDING` by eight
            bits.
    """
    closer = rounded(closer, bits)
    chance, planes, multiple = _Chance(closer), closer.spec.planes, closer.spec.size_multiple
    example = torch.from_numpy(drawn_example(planes, multiple * 5, multiple * 7, 1))
    model = traced(chance, (example,), [INPUT], [OUTPUTS["close"]], {INPUT: free_sizes(multiple)})
    card = course_card("closer", "close", closer, closer.spec, recipe, origin, area)
    content = in_one_graph(model, card, closer, "generator.", bits)

    def off(session: Session) -> float:
        return difference(chance, session, planes, multiple)

    write_rounded(model, content, out, off, bits, closer_examples, ROUNDING, force=force)
    return card


class _Chance(nn.Module):
    """The network with chances in the place of logits, its argument named as the model file's input."""

    def __init__(self, generator: Closer) -> None:
        super().__init__()
        self.generator = generator

    def forward(self, planes: Tensor) -> Tensor:
        return torch.sigmoid(self.generator(planes))
