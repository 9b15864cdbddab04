"""What a model file says of itself: all that is needed to use it, and to judge whether one may."""

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_origin

from senga.errors import ModelError

KEY = "senga.card"
"""Name of the metadata entry in the model file that holds the card as JSON."""

FORM = 1
"""Form of the card; a greater number than this needs a newer senga."""


@dataclass(frozen=True)
class Card:
    """The card of a model file.

    Attributes:
        name: of the recipe.
        task: "colorize" (line art in, color out), "lines" (color picture in, line art out), "shade" (line art and
            flat colors in, light and shade out) or "close" (ink in, walls out, at half the size).
        encoding: how hints enter the planes, see `senga.color.encode`.
        low, high: value range of planes and answer.
        size_multiple: height and width must be multiples of it, px.
        area: the picture area it was trained for, px: larger drawings are made smaller for the network ("lines": goes
            in at once; larger pictures go in by tiles; "close": larger drawings are made smaller).
        conditions: what it takes besides lines, of "hints", "palette", "reference".
        recipe: the recipe, every default written out.
        pairs: fingerprint of the pair set it was trained on.
        data: what the training data were, in words. license_data, license_weights: under which terms.
        trained: date and hardware. steps: optimizer steps.
        parameters: how many numbers were trained.
        tolerance: greatest difference from the trained network that export allowed, in the answer's range.
        scores: measured values by name.
        form: form of this card.
        pictures: that training saw, those of weights that it started from not counted; 0: not known.
        history: the runs that led to it, the first one first: recipe, pictures, minutes of each; (): this one alone.
        stages: graphs of a model file in stages, by name; (): those of the first such files.
        minutes: that the training took, weights that it started from not counted; 0: not known.
        answer: planes of the answer: "red", "green", "blue"; "paper" (1 = paper); "ink" (1 = ink) and "center"
            (nearness to a stroke's center line); "wall" (chance that one color ends there);
            or a shader's, see `senga.learn.networks.shader`.
    """

    name: str
    task: str
    encoding: str
    low: float
    high: float
    size_multiple: int
    area: int
    conditions: tuple[str, ...]
    recipe: dict[str, Any]
    pairs: str
    data: str
    license_data: str
    license_weights: str
    trained: str
    steps: int
    parameters: int
    tolerance: float
    scores: dict[str, float] = field(default_factory=dict)
    form: int = FORM
    answer: tuple[str, ...] = ("red", "green", "blue")
    minutes: float = 0.0
    stages: tuple[str, ...] = ()
    pictures: int = 0
    history: tuple[dict[str, Any], ...] = ()

    def check_conditions(self, name: str, wanted: Mapping[str, object]) -> None:
        """Refuses conditions that the model does not take.

        Args:
            name: what to call the model in the refusal.
            wanted: conditions by the card's names for them, true where one is given.

        Raises:
            ModelError: one is given that the model does not take.
        """
        for condition, given in wanted.items():
            if given and condition not in self.conditions:
                takes = ", ".join(self.conditions) or "line art only"
                raise ModelError(f"{name}: does not take a {condition}; it takes: {takes}")

    def _check_kinds(self) -> None:
        """Raises TypeError for a value of another kind than its field's."""
        for entry in dataclasses.fields(self):
            kind: Any = get_origin(entry.type) or entry.type
            value = getattr(self, entry.name)
            inside = value.values() if entry.name == "scores" and isinstance(value, dict) else ()
            if entry.name in ("conditions", "answer", "stages"):
                kind = tuple if all(isinstance(one, str) for one in value) else str
            wanted = (int, float) if kind in (int, float) else kind
            if not isinstance(value, wanted) or not all(isinstance(one, int | float) for one in inside):
                raise TypeError(f"'{entry.name}' is no {getattr(kind, '__name__', kind)}")

    def to_json(self) -> str:
        """The card as one JSON object."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    @staticmethod
    def from_json(text: str, place: str) -> "Card":
        """A card from JSON; `place` names it in errors.

        Raises:
            ModelError: broken, incomplete, or of a newer form.
        """
        try:
            table = json.loads(text)
            if table.get("form", 0) > FORM:
                raise ModelError(f"{place}: made by a newer senga (card form {table['form']}); upgrade senga")
            for name in ("conditions", "answer", "stages", "history"):
                if name in table or name == "conditions":
                    table[name] = tuple(table[name])
            card = Card(**table)
            card._check_kinds()
            return card
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise ModelError(f"{place}: its card is broken ({error}); export the model again") from error
