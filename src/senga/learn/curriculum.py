"""How long a course is, at which rate, and what is shown when: small pictures first, large ones late."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from senga.learn.data.samples import Views


@dataclass(frozen=True)
class Course:
    """How long, and at which rate.

    Attributes:
        pictures: seen in all, over all parts of the run.
        batch: samples a step.
        rate: of AdamW, reached after `warmup` steps; falls as a cosine to a twentieth over the last `cooldown` share.
        average: decay of the moving average of weights.
        save, evaluate: minutes between checkpoints, and between validations.
        seed: of everything drawn at random.
    """

    pictures: int
    batch: int = 16
    rate: float = 8e-4
    beta2: float = 0.98
    decay: float = 0.02
    warmup: int = 200
    cooldown: float = 0.33
    clip: float = 1.0
    average: float = 0.999
    save: float = 3.0
    evaluate: float = 15.0
    seed: int = 0


@dataclass(frozen=True)
class Stage:
    """A part of a course.

    Attributes:
        upto: share of the course's pictures at which it ends.
        size: side of a view, px. native: share of the views cut at the picture's own size.
    """

    upto: float
    size: int
    native: float = 0.0


def views_at(views: Views, stages: Sequence[Stage], share: float) -> Views:
    """The views of the stage in which a share of a course falls; `views` themselves where there are no stages.

    >>> views_at(Views(), (Stage(0.5, 96), Stage(1.0, 192)), 0.5).size
    192
    """
    if not stages:
        return views
    stage = next((s for s in stages if share < s.upto), stages[-1])
    return dataclasses.replace(views, size=stage.size, native=stage.native)
