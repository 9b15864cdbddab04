"""Errors about settings, in the command line's words."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from senga.errors import SengaError, SettingError

P = ParamSpec("P")
T = TypeVar("T")


def worded(verb: Callable[P, T]) -> Callable[P, T]:
    """The verb; where the library refuses settings by their names, it is refused by those of its options."""

    @wraps(verb)
    def reworded(*arguments: P.args, **options: P.kwargs) -> T:
        try:
            return verb(*arguments, **options)
        except SettingError as error:
            raise SengaError(error.as_options()) from error

    return reworded
