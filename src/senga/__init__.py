"""senga (line art): anime and manga pictures to line art, and line art to color pictures."""

from senga.color.colorizer import Colorizer, Page
from senga.color.hints import Hints
from senga.errors import (
    HintError,
    ImageError,
    ModelError,
    PairSetError,
    RecipeError,
    SengaError,
    TrainingError,
)
from senga.image import Drawing, read, read_drawing, write
from senga.lines.extract import extract_lines

__version__ = "0.1.0"

__all__ = [
    "Colorizer",
    "Drawing",
    "HintError",
    "Hints",
    "ImageError",
    "ModelError",
    "Page",
    "PairSetError",
    "RecipeError",
    "SengaError",
    "TrainingError",
    "__version__",
    "extract_lines",
    "read",
    "read_drawing",
    "write",
]
