"""Errors that a person can mend, under one root.

The command line turns every `SengaError` into one line on stderr and exit code 2; any other exception
that reaches the person is a defect in senga.
"""


class SengaError(Exception):
    """Something the caller can mend; the message names the file or place and the mend."""


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
