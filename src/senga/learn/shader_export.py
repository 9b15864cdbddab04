"""A trained shader to a model file, proven equal before it is written."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from senga.learn.export import (
    Origin,
    course_card,
    drawn_example,
    free_sizes,
    in_one_graph,
    rounded,
    traced,
    write_proven,
)
from senga.learn.networks.shader import LIGHT, PLANES, Shader
from senga.model.card import Card
from senga.model.session import INPUT, OUTPUTS, Session

AREA = 320 * 320
"""Drawing area that a shader is used at, px: what is drawn is then as large as in its training. Ours; at 512 px square
it looks the same and takes three times as long."""


def export_shader(
    shader: Shader,
    recipe: dict[str, Any],
    origin: Origin,
    out: Path,
    *,
    bits: int = 16,
    area: int = AREA,
    force: bool = False,
) -> Card:
    """Writes a shader as a model file with its card.

    Args:
        shader: trained. recipe: as the card shows it. origin: what the card says of the making.
        out: the file. area: that drawings are seen at, px. force: overwrite it.
        bits: of large weights: 16, or 8, which leaves a fine grid, a level or two of 255 high, on even ground.

    Raises:
        TrainingError: file and network differ by more than `TOLERANCE` anywhere.
    """
    shader = rounded(shader, bits)
    multiple = shader.spec.size_multiple
    # Odd, unequal sizes: the exporter must not take two equal numbers for one dimension.
    examples = example(multiple * 5, multiple * 7, 1)
    model = traced(
        _Named(shader), examples, [INPUT, "light"], [OUTPUTS["shade"]], {INPUT: free_sizes(multiple), "light": {}}
    )
    card = course_card("shader", "shade", shader, shader.spec, recipe, origin, area)
    content = in_one_graph(model, card, shader, "shader.", bits)
    write_proven(content, out, lambda session: shader_difference(shader, session), force=force)
    return card


def shader_difference(shader: Shader, session: Session) -> float:
    """Greatest difference between network and model file over made drawings of several sizes, in [0, 1]."""
    worst = 0.0
    for seed, (rows, columns) in enumerate(((1, 1), (2, 3), (5, 4), (6, 6))):
        planes, light = example(16 * rows, 16 * columns, seed)
        with torch.no_grad():
            wanted = shader(planes, light).clamp(0, 1).numpy()
        got = session.run(planes.numpy(), {"light": light.numpy()})
        worst = max(worst, float(np.abs(wanted - got).max()) if np.isfinite(got).all() else float("inf"))
    return worst


def example(height: int, width: int, seed: int) -> tuple[Tensor, Tensor]:
    """Planes (1, 8, H, W) of a made drawing in made flats, and light (1, 8)."""
    random = np.random.default_rng(seed)
    lines = drawn_example(1, height, width, seed)[0, 0]
    flat = random.random((3, 2, 2), np.float32).repeat(height // 2, 1).repeat(width // 2, 2)
    edge = np.zeros_like(lines)
    edge[height // 2 - 1], edge[:, width // 2 - 1] = 1, 1
    where = np.linspace(0.2, 0.8, 3 * lines.size, dtype=np.float32).reshape(3, *lines.shape)
    planes = np.concatenate([lines[None], flat, edge[None], where])[None]
    assert planes.shape[1] == PLANES
    return torch.from_numpy(planes), torch.from_numpy(random.normal(0, 0.5, (1, LIGHT)).astype(np.float32))


class _Named(nn.Module):
    """Gives the network's arguments the names that the model file's inputs bear."""

    def __init__(self, shader: Shader) -> None:
        super().__init__()
        self.shader = shader

    def forward(self, planes: Tensor, light: Tensor) -> Tensor:
        answer: Tensor = self.shader(planes, light)
        return answer
