"""Line art by the shipped inker, drawn while training: clean lines, as people's are, beside the classic extractors'."""

import torch
from torch import Generator, Tensor

from senga.learn.networks import pretrained
from senga.learn.networks.inker import Inker
from senga.model.shipped import WEIGHTS


class Inked:
    """The shipped inker, frozen."""

    def __init__(self, device: torch.device) -> None:
        inker = pretrained.load(Inker(), WEIGHTS / "inker.onnx").to(device)
        self.inker = inker.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    @torch.no_grad()
    def draw(self, color: Tensor, seeded: Generator) -> Tensor:
        """Line art (N, 1, H, W) in [0, 1], 1 = paper, of color (N, 3, H, W); solid black emptied for a third."""
        ink, center = self.inker(color).float().split(1, 1)
        crisp = ((ink - 0.5) * 1.7 + 0.5).clamp(0, 1)
        strokes = ((center - 0.35) * 4).clamp(0, 1) * crisp
        emptied = torch.rand(len(color), 1, 1, 1, generator=seeded, device=color.device) < 0.35
        lines = torch.where(emptied, strokes, crisp)
        # Pens are gray now and then, and cut hard now and then.
        drawn = torch.rand(len(color), 2, 1, 1, generator=seeded, device=color.device)
        lines = torch.where(drawn[:, :1] < 0.15, (lines > 0.5).to(lines.dtype), lines)
        return 1 - lines * torch.where(drawn[:, 1:] < 0.25, 0.5 + 2 * drawn[:, 1:], torch.ones_like(drawn[:, 1:]))
