"""What the training loop of `senga.learn.courses` needs of an experiment: a network, samples, losses, a judgment."""

from typing import Any, Protocol, TypeVar

import numpy as np
from torch import Tensor, nn

from senga.image import Pixels

Learner = TypeVar("Learner", bound=nn.Module)
"""The kind of network that a lesson trains, and judges."""


class Lesson(Protocol[Learner]):
    """An experiment that a course trains. All that is random comes from the generator that is handed in."""

    @property
    def network(self) -> Learner:
        """In training."""
        ...

    def batch(self, random: np.random.Generator, count: int) -> Any:
        """`count` samples, on the processor; may run in a thread beside the step before."""
        ...

    def losses(self, batch: Any) -> dict[str, Tensor]:
        """Objectives of a batch, weighted, by name; called under autocast."""
        ...

    def validate(self, network: Learner) -> dict[str, float]:
        """Scores of a network on validation, by name; in evaluation mode, without gradients."""
        ...

    def sheet(self, network: Learner) -> Pixels | None:
        """What the network makes of some validation pictures, (H, W, 3) uint8, to look at; None: nothing."""
        ...

    def advance(self, share: float) -> None:
        """Called before each step with the share of the course's pictures that were seen: views may grow with it."""
        ...

    def renew(self) -> None:
        """Takes up training data that came since; called every few minutes."""
        ...
