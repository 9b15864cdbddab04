"""Refusals of what a model does not take."""

from collections.abc import Mapping

from senga.errors import ModelError
from senga.model.card import Card


def check_conditions(card: Card, name: str, wanted: Mapping[str, object]) -> None:
    """Refuses conditions that a model does not take.

    Args:
        card: of the model. name: what to call it in the refusal.
        wanted: conditions by the card's names for them, true where one is given.

    Raises:
        ModelError: one is given that the model does not take.
    """
    for condition, given in wanted.items():
        if given and condition not in card.conditions:
            takes = ", ".join(card.conditions) or "line art only"
            raise ModelError(f"{name}: does not take a {condition}; it takes: {takes}")


def check_candidates(card: Card, name: str, count: int) -> None:
    """Refuses more than one answer of a model that takes no palettes.

    Args:
        card: of the model. name: what to call it in the refusal. count: answers that are wanted.

    Raises:
        ModelError: it has one answer only.
    """
    if count > 1 and "palette" not in card.conditions:
        raise ModelError(f"{name}: takes no palettes, so it has one answer only; leave out candidates")
