"""Errors that a person can mend, under one root.

The command line turns every `SengaError` into one line on stderr and exit code 2; any other exception
that reaches the person is a defect in senga.
"""

import re
from collections.abc import Callable


class SengaError(Exception):
    """Something the caller can mend; the message names the file or place and the mend."""


class SettingError(SengaError):
    """Settings that do not go together, or one that cannot be.

    One rule guards a caller of the library and the command line, and each reads its own names of the settings.

    >>> error = SettingError("{reference_strength} {given}: give a share", given=2)
    >>> print(error)
    'reference_strength' 2: give a share
    >>> print(error.as_options())
    --reference-strength 2: give a share
    """

    def __init__(self, text: str, **values: object) -> None:
        """A message whose names in braces are settings, but for those of `values`, which stand for what is given."""
        self.text, self.values = text, values
        super().__init__(self._said(lambda name: f"'{name}'"))

    def as_options(self) -> str:
        """The message as the command line says it: a setting `a_b` is its option `--a-b`."""
        return self._said(lambda name: f"--{name.replace('_', '-')}")

    def _said(self, named: Callable[[str], str]) -> str:
        def word(match: re.Match[str]) -> str:
            name = match[1]
            return str(self.values[name]) if name in self.values else named(name)

        return re.sub(r"\{(\w+)\}", word, self.text)


class ImageError(SengaError):
    """A picture file that cannot be read or written."""


class HintError(SengaError):
    """Hints that do not fit the drawing, or a color that cannot be read."""


class PaletteError(SengaError):
    """A palette or character file that cannot be read or written."""


class ProjectError(SengaError):
    """A project file that cannot be read or written."""


class RecipeError(SengaError):
    """A recipe with a missing, unknown or ill-typed entry."""


class ModelError(SengaError):
    """A model file that is missing, broken, or does not do what is asked of it."""


class PairSetError(SengaError):
    """A pair set that is missing, broken, or too small for what is asked of it."""


class TrainingError(SengaError):
    """A training run that cannot start, go on, or be exported."""
