"""Ranges of numbers in recipes of courses; each refusal is one line that names file, section and key."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

from senga.errors import RecipeError

Numbers = Mapping[str, float]
"""Numbers by their full names in the file, as "course.rate"."""


def numbers(section: Any, name: str) -> dict[str, float]:
    """All numbers of a section of that name; sections within it are left out."""
    fields = dataclasses.asdict(section)
    return {f"{name}.{n}": v for n, v in fields.items() if isinstance(v, int | float) and not isinstance(v, bool)}


def check_positive(values: Numbers, place: str) -> None:
    """Refuses what is not greater than 0; `place` names the file.

    Raises:
        RecipeError: with the key and what was found; so do all checks here.
    """
    for name, value in values.items():
        if not 0 < value < math.inf:  # nan too is refused
            raise RecipeError(f"{place}, [{name}]: must be greater than 0, found {value}")


def check_not_negative(values: Numbers, place: str) -> None:
    """Refuses what is under 0."""
    for name, value in values.items():
        if not 0 <= value < math.inf:
            raise RecipeError(f"{place}, [{name}]: must not be negative, found {value}")


def check_shares(values: Numbers, place: str, *, none: bool = True, whole: bool = True) -> None:
    """Refuses what is no share from 0 to 1; `none` says whether 0 is one, `whole` whether 1 is."""
    for name, value in values.items():
        if not 0 <= value <= 1 or (value == 0 and not none) or (value == 1 and not whole):
            least, most = "" if none else " above 0,", "up to 1" if whole else "under 1"
            raise RecipeError(f"{place}, [{name}]: must be a share{least} {most}, found {value}")


def check_multiples(sizes: Mapping[str, int], multiple: int, place: str) -> None:
    """Refuses what is no multiple of a number, or less than it."""
    for name, size in sizes.items():
        if size < multiple or size % multiple:
            raise RecipeError(f"{place}, [{name}]: must be a multiple of {multiple}, found {size}")
