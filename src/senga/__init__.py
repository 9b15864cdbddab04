"""senga (line art): anime and manga pictures to line art, and line art to color pictures."""

from senga.client import Client, ServerError
from senga.color.animation import color_frames
from senga.color.character import Character
from senga.color.colorizer import Colorizer, Page
from senga.color.files.characterfile import read_character
from senga.color.files.project import Project
from senga.color.flat_coloring import find_regions, flats
from senga.color.hints import Hints
from senga.color.laying import lay
from senga.color.maincolors import palette_of
from senga.color.marks import Mark
from senga.color.palette import read_palette
from senga.color.recolor import recolor
from senga.color.render import Rendering, render
from senga.color.request import Request
from senga.color.sheet import contact_sheet
from senga.errors import (
    HintError,
    ImageError,
    ModelError,
    PairSetError,
    PaletteError,
    ProjectError,
    RecipeError,
    SengaError,
    SettingError,
    TrainingError,
)
from senga.image import Drawing, read, read_drawing, write
from senga.lines.clean import Cleaning, clean, is_line_art
from senga.lines.extract import extract_lines
from senga.lines.learned import Inker, Learned
from senga.lines.vector import to_svg

__version__ = "0.1.0"

__all__ = [
    "Character",
    "Cleaning",
    "Client",
    "Colorizer",
    "Drawing",
    "HintError",
    "Hints",
    "ImageError",
    "Inker",
    "Learned",
    "Mark",
    "ModelError",
    "Page",
    "PairSetError",
    "PaletteError",
    "Project",
    "ProjectError",
    "RecipeError",
    "Rendering",
    "Request",
    "SengaError",
    "ServerError",
    "SettingError",
    "TrainingError",
    "__version__",
    "clean",
    "color_frames",
    "contact_sheet",
    "extract_lines",
    "find_regions",
    "flats",
    "is_line_art",
    "lay",
    "palette_of",
    "read",
    "read_character",
    "read_drawing",
    "read_palette",
    "recolor",
    "render",
    "to_svg",
    "write",
]
