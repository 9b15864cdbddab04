"""Line art for colorizers: the pair set's own, or drawn while training as a recipe says."""

import torch
from torch import Generator, Tensor

from senga.learn.data.learned_lines import Inked
from senga.learn.data.line_augmentation import draw
from senga.recipe import Lines


class Pen:
    """Draws a recipe's lines."""

    def __init__(self, lines: Lines, device: torch.device) -> None:
        self.lines, self.device = lines, device
        self.inked = Inked(device) if lines.kind == "learned" or lines.learned else None

    def draw(self, color: Tensor, seeded: Generator) -> Tensor:
        """Line art (N, 1, H, W) in [0, 1], 1 = paper, of color (N, 3, H, W) in [0, 1]."""
        if self.inked and self.lines.kind == "learned":
            return self.inked.draw(color, seeded)
        line = draw(color, self.lines.kind, seeded)
        if self.inked:
            drawn = torch.rand(len(color), generator=seeded, device=color.device) < self.lines.learned
            if drawn.any():
                line[drawn] = self.inked.draw(color[drawn], seeded)
        return line
