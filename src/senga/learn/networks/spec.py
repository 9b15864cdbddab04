"""What a network takes and answers, declared at its class: who trains, exports or judges it asks this, not its type.

A new network of recipes is a `Network` with a `spec`, an entry in `senga.learn.networks.generators.GENERATORS`, and its
name in `senga.recipe.GeneratorKind`; `senga.recipe_rules` says what recipes may ask of it, in the same words.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Literal

from torch import Tensor, nn

from senga import recipe

COLORS = ("red", "green", "blue")

Condition = Literal["hints", "palette", "reference"]


@dataclass(frozen=True)
class Spec:
    """The traits of a network.

    Attributes:
        answers: names of the planes of its answer, for each task that it does; see `senga.model.card.Card`.
        size_multiple: height and width of what it takes must be multiples of it, px.
        planes: that it takes; 0: as many as the recipe's encoding of hints has, or a picture's three.
        conditions: what it can be given besides line art.
        stages: of its model file, in the order in which they run; none: its model file is one graph.
        bins: it answers with chances over color bins (`Network.bins`), which are fitted to the training pictures.
        learns_from: the reference that it is shown while training: the same picture "elsewhere", cut and disturbed, or
            the "target" itself.
        area: of the drawings that it is used on, px; 0: about as large as its training pictures.
    """

    answers: Mapping[str, tuple[str, ...]]
    size_multiple: int
    planes: int = 0
    conditions: tuple[Condition, ...] = ()
    stages: tuple[str, ...] = ()
    bins: bool = False
    learns_from: Literal["elsewhere", "target"] = "elsewhere"
    area: int = 0

    @property
    def strokes(self) -> bool:
        """Whether it draws ink and center lines, and not gray line art."""
        return "center" in self.answers.get("lines", ())


@dataclass
class Tokens:
    """What a palette and a reference say.

    Attributes:
        palette: (N, P, 4): RGB and 1, or 0 where there is no color.
        reference: (N, R, features + 5): a frozen encoder's answer, mean RGB, and place (y, x) from -1 to 1.
        strength: (N, 1) from 0, no reference, to 1.
    """

    palette: Tensor
    reference: Tensor
    strength: Tensor


@dataclass
class Answer:
    """What a network of recipes says while training.

    Attributes:
        planes: (N, 3, H, W) colors; (N, 1, H, W) line art; or (N, 2, H, W) ink and nearness to a center line.
        logits: (N, Q, h, w) over color bins, (N, 2, H, W) before the inker's sigmoid, or None.
        label: (N, H*W) the cells that the logits stand for, or None.
        guess: (N, 3, h, w) colors of the cells before any hint, or None.
        ink: (N, 3, H, W) colors of the lines themselves, or None.
        guide_gray, guide_color: (N, 1, H, W) gray and (N, 3, H, W) color of the guide decoders, or None.
        style: (N, S) of the references, or None.
    """

    planes: Tensor
    logits: Tensor | None = None
    label: Tensor | None = None
    guess: Tensor | None = None
    ink: Tensor | None = None
    guide_gray: Tensor | None = None
    guide_color: Tensor | None = None
    style: Tensor | None = None


class Network(nn.Module):
    """A network that recipes train from pairs. It takes planes in [0, 1] and answers with planes in [0, 1].

    Attributes:
        spec: its traits. bins: (Q, 3) color bins, of those that have them.
    """

    spec: ClassVar[Spec]
    bins: Tensor

    def answer(self, planes: Tensor, tokens: Tokens | None = None) -> Answer:
        """Its answer to planes (N, P, H, W), with all that losses may need of it."""
        return Answer(self(planes))

    def prepare(self, settings: recipe.Generator) -> None:
        """Takes up what a recipe says of its use, and not of its training (`senga.recipe.AT_USE`)."""
