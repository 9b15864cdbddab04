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
from senga.lines.clean import Cleaning, clean, is_line_art
from senga.lines.extract import extract_lines
from senga.lines.learned import Inker, Learned
from senga.lines.vector import to_svg

__version__ = "0.1.0"

__all__ = [
    "Cleaning",
    "Colorizer",
    "Drawing",
    "HintError",
    "Hints",
    "ImageError",
    "Inker",
    "Learned",
    "ModelError",
    "Page",
    "PairSetError",
    "RecipeError",
    "SengaError",
    "TrainingError",
    "__version__",
    "clean",
    "extract_lines",
    "is_line_art",
    "read",
    "read_drawing",
    "to_svg",
    "write",
]
