"""Lines drawn by the shipped inker while training."""

import torch

from senga.learn.data.learned_lines import Inked
from test_conditioned_batches import seeded


def boxes(n: int = 6) -> torch.Tensor:
    """Pictures (N, 3, 64, 64) of a colored box with a black outline, on white."""
    color = torch.ones(n, 3, 64, 64)
    color[:, :, 14:50, 14:50] = 0.0
    color[:, :, 16:48, 16:48] = torch.tensor([0.9, 0.6, 0.5]).view(1, 3, 1, 1)
    return color


def test_lines_lie_where_the_picture_has_them() -> None:
    lines = Inked(torch.device("cpu")).draw(boxes(), seeded())
    assert lines.shape == (6, 1, 64, 64)
    assert 0 <= lines.min() <= lines.max() <= 1
    border = torch.zeros(64, 64, dtype=torch.bool)
    border[14:50, 14:50] = True
    border[16:48, 16:48] = False
    assert lines[:, 0, border].mean() < 0.6
    assert lines[:, 0, 24:40, 24:40].min() > 0.9
    assert lines[:, 0, :8].min() > 0.9


def test_the_same_seed_draws_the_same_lines_and_pens_differ() -> None:
    inked = Inked(torch.device("cpu"))
    one, again = (inked.draw(boxes(12), seeded(4)) for _ in range(2))
    assert torch.equal(one, again)
    darkest = one.flatten(1).amin(1)
    assert darkest.max() > darkest.min() + 0.1


def test_the_inker_learns_nothing_here() -> None:
    inked = Inked(torch.device("cpu"))
    assert not any(p.requires_grad for p in inked.inker.parameters())
    assert not inked.draw(boxes(2), seeded()).requires_grad
