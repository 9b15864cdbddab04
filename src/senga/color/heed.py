"""Refusals of what a model does not take."""

from collections.abc import Mapping

from senga.errors import ModelError
from senga.model.card import Card
from senga.model.session import Session


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


def check_candidates(session: Session, count: int) -> None:
    """Refuses more than one answer of a model of pixels that takes no palettes: a painter draws as many as one likes.

    Raises:
        ModelError: it has one answer only.
    """
    if count > 1 and not session.by_regions and "palette" not in session.card.conditions:
        raise ModelError(f"{session.name}: takes no palettes, so it has one answer only; leave out candidates")
