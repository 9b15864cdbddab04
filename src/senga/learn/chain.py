"""How a shipped model file comes out of recipes: a chain of runs, each from nothing or from one before, and an export.

A chain is one strict TOML file. It is run again as a whole by `senga.learn.chain_build`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senga.errors import RecipeError
from senga.learn.course_recipes import CourseRecipe, course_from_table, is_course, shortened
from senga.model.shipped import SETS
from senga.recipe import Recipe, scaled_down
from senga.recipefile import build, find_recipe, from_table, read_table

FOLDER = Path(__file__).parents[1] / "recipes" / "shipped"

ALL = "all"
"""Every model file of the usual set."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A run of the chain.

    Attributes:
        recipe: name of a shipped one, or a file beside the chain's.
        start: recipe of the step before it whose weights it starts from; "": random weights.
        length: pictures of a course, steps of another recipe, in place of the recipe's own; 0: these.
    """

    recipe: str
    start: str = ""
    length: int = 0


@dataclass(frozen=True, kw_only=True)
class Export:
    """How the last run's weights become a model file.

    Attributes:
        bits: of large weights, 16 or 8. area: that pictures are seen at, px; 0: the task's own.
        data, license_data, license_weights: words for the card; no data: what the run says.
    """

    bits: int = 16
    area: int = 0
    data: str = ""
    license_data: str = "not stated"
    license_weights: str = "not stated"


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A shipped model file: its runs in their order, and the export. `file`: its name. `set`: what it is part of."""

    name: str
    about: str
    file: str
    set: str = ""
    steps: tuple[Step, ...]
    export: Export = Export()


@dataclass(frozen=True)
class Stage:
    """A step with its recipe read: what runs in `folder`, from the weights in `start`'s if that is not None."""

    recipe: CourseRecipe | Recipe
    folder: Path
    start: Path | None


def shipped_chains() -> list[Path]:
    """Chain files inside the package, by name."""
    return sorted(FOLDER.glob("*.toml"), key=lambda file: file.stem)


def chains_of(name: str) -> list[tuple[Chain, Path]]:
    """The chains, with their files, of `ALL`, of a further set of shipped models, or of one model; as `read_chain`."""
    if name not in (ALL, *SETS):
        return [read_chain(name)]
    chains = [read_chain(file) for file in shipped_chains()]
    return [(chain, file) for chain, file in chains if chain.set == ("" if name == ALL else name)]


def read_chain(path: str | Path) -> tuple[Chain, Path]:
    """A chain from a TOML file, and the file.

    Args:
        path: a file, or the name of a shipped model.

    Raises:
        RecipeError: no such chain, not TOML, an entry that is unknown, missing or of the wrong type, or steps that
            do not follow from each other.
    """
    shipped = {file.stem: file for file in shipped_chains()}
    file = Path(path) if Path(path).is_file() else shipped.get(str(path))
    if file is None:
        known = ", ".join([*shipped, ALL, *SETS])
        raise RecipeError(f"{path}: no such model's recipes; known: {known}, or a file")
    chain = build(Chain, read_table(file), str(file))
    _check(chain, str(file))
    return chain, file


def stages_of(chain: Chain, file: Path, runs: Path, steps: int | None = None) -> list[Stage]:
    """The chain's runs, their recipes read.

    Args:
        file: of the chain; recipes that are files lie beside it. runs: folder of their folders.
        steps: of each run, in place of the recipe's own, for a rehearsal.

    Raises:
        RecipeError: a recipe that is not there or not right; bits that the last one's kind of file has not.
    """
    folders: dict[str, Path] = {}
    stages = []
    for number, step in enumerate(chain.steps, 1):
        beside = file.parent / step.recipe
        place = find_recipe(beside if beside.is_file() else step.recipe)
        recipe = _read(read_table(place), str(place), steps, step.length)
        folder = runs / f"{number}-{place.stem}"
        stages.append(Stage(recipe, folder, folders[step.start] if step.start else None))
        folders[step.recipe] = folder
    last = stages[-1].recipe
    if isinstance(last, Recipe) and (chain.export.area or (chain.export.bits != 16 and last.task != "lines")):
        raise RecipeError(
            f"{file}, [export]: bits 8 and 'area' are of courses, bits 8 of line extractors too; "
            f"'{chain.steps[-1].recipe}' is neither"
        )
    return stages


def _read(table: dict[str, Any], place: str, steps: int | None, length: int) -> CourseRecipe | Recipe:
    if not is_course(table):
        recipe = from_table(table, place)
        wanted = steps or length
        return scaled_down(recipe, wanted) if wanted else recipe
    course = course_from_table(table, place)
    pictures = steps * course.course.batch if steps else length
    return shortened(course, pictures=pictures) if pictures else course


def _check(chain: Chain, place: str) -> None:
    if not chain.steps:
        raise RecipeError(f"{place}, [steps]: there are none; give one [[steps]] with a recipe at least")
    before: set[str] = set()
    for number, step in enumerate(chain.steps, 1):
        if step.start and step.start not in before:
            known = ", ".join(sorted(before)) or "none"
            raise RecipeError(f"{place}, [steps.{number}.start]: '{step.start}' is no step before it; known: {known}")
        if step.recipe in before:
            raise RecipeError(f"{place}, [steps.{number}.recipe]: '{step.recipe}' is there twice")
        before.add(step.recipe)
    if chain.export.bits not in (8, 16):
        raise RecipeError(f"{place}, [export.bits]: wanted 16 or 8, found {chain.export.bits}")
    if Path(chain.file).name != chain.file or Path(chain.file).suffix not in (".zip", ".onnx"):
        raise RecipeError(f"{place}, [file]: wanted a name that ends in .onnx or .zip, found {chain.file!r}")
