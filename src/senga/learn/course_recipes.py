"""Recipes of courses: experiments that `senga.learn.courses` trains from a cache, one strict TOML file each.

Every task has its own sections, which are the settings of its own samples and network; `senga.learn.lessons` makes
the lesson of each. Where `[[stages]]` stand, they say how large the views are, one after another.
"""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from senga.errors import RecipeError
from senga.learn.curriculum import Course, Stage
from senga.learn.data.reveals import Reveals
from senga.learn.data.samples import Views
from senga.recipefile import build, find_recipe, read_table


@dataclass(frozen=True, kw_only=True)
class CourseRecipe:
    """What the recipe of every course says.

    Attributes:
        course: how long and how.
    """

    name: str
    about: str
    source: str = "ours"
    course: Course


@dataclass(frozen=True)
class PainterSize:
    """Arguments of `senga.learn.networks.painter.Painter`."""

    width: int = 64
    deep: int = 2
    tokens: int = 192
    layers: int = 4
    bins: int = 256


@dataclass(frozen=True, kw_only=True)
class PaintRecipe(CourseRecipe):
    """The painter's: which color each region has.

    Attributes:
        stages: what is shown when, in their order; none: `views` all along.
        views: how samples are cut from pictures. reveals: what is told of their colors.
    """

    task: Literal["paint"] = "paint"
    stages: tuple[Stage, ...] = ()
    views: Views = Views()
    reveals: Reveals = Reveals()
    network: PainterSize = PainterSize()


TASKS: dict[str, type[CourseRecipe]] = {"paint": PaintRecipe}
"""Kind of recipe of each task."""


def is_course(table: Mapping[str, Any]) -> bool:
    """Whether a recipe's entries are those of a course."""
    return "course" in table or table.get("task") in TASKS


def read_course(path: str | Path) -> CourseRecipe:
    """Recipe of a course from a TOML file.

    Args:
        path: a file, or the name of a recipe that ships with senga.

    Raises:
        RecipeError: no such recipe, not a course's, or an entry that is missing, unknown, of the wrong type, or out
            of range.
    """
    file = find_recipe(path)
    return course_from_table(read_table(file), str(file))


def course_from_table(table: Mapping[str, Any], place: str = "recipe") -> CourseRecipe:
    """Recipe of a course from nested plain data; `place` names it in errors."""
    task = table.get("task")
    if not isinstance(task, str) or task not in TASKS:
        raise RecipeError(f"{place}, [task]: wanted one of {', '.join(TASKS)} for a course, found {task!r}")
    if table.get("stages") and isinstance(table.get("views"), dict):
        for name in ("size", "native"):
            if name in table["views"]:
                raise RecipeError(f"{place}, [views]: '{name}' is said by each of the stages")
    recipe = build(TASKS[task], table, place)
    check(recipe, place)
    return recipe


def as_table(recipe: CourseRecipe) -> dict[str, Any]:
    """The recipe as nested plain data, every default written out."""
    return dataclasses.asdict(recipe)


def check(recipe: CourseRecipe, place: str) -> None:
    """Refuses numbers out of range; `place` names the recipe.

    Raises:
        RecipeError: with the section and the mend.
    """
    course = recipe.course
    positive: dict[str, float] = {f"course.{n}": getattr(course, n) for n in ("pictures", "batch", "rate", "save")}
    positive |= {"course.evaluate": course.evaluate}
    positive |= {f"network.{n}": v for n, v in _numbers(getattr(recipe, "network", None)).items()}
    for name, value in positive.items():
        if not 0 < value < math.inf:  # nan too is refused
            raise RecipeError(f"{place}, [{name}]: must be greater than 0, found {value}")
    for name, value in _numbers(course).items():
        if not 0 <= value < math.inf:
            raise RecipeError(f"{place}, [course.{name}]: must not be negative, found {value}")
    shares = {"course.cooldown": course.cooldown, "course.average": course.average, "course.beta2": course.beta2}
    shares |= {f"reveals.{n}": v for n, v in _numbers(getattr(recipe, "reveals", None)).items()}
    for name, value in shares.items():
        if not 0 <= value <= 1 or (value == 1 and name in ("course.average", "course.beta2")):
            raise RecipeError(f"{place}, [{name}]: must be a share up to 1 (average, beta2: under 1), found {value}")
    if isinstance(recipe, PaintRecipe):
        check_views(recipe.views, recipe.stages, place)
        for name, multiple in (("width", 16), ("tokens", 48)):  # whole heads of attention
            if getattr(recipe.network, name) % multiple:
                raise RecipeError(f"{place}, [network.{name}]: must be a multiple of {multiple}")


def check_views(views: Views, stages: Sequence[Stage], place: str) -> None:
    """Refuses views and stages that cannot be; as `check`."""
    if not 1 <= views.whole < math.inf:
        raise RecipeError(f"{place}, [views.whole]: must be 1 (all of a picture) or more, found {views.whole}")
    shares = {f"views.{n}": getattr(views, n) for n in ("native", "filtered", "cap", "accidents")}
    sizes = {"views.size": views.size}
    for i, stage in enumerate(stages, 1):
        shares |= {f"stages.{i}.upto": stage.upto, f"stages.{i}.native": stage.native}
        sizes |= {f"stages.{i}.size": stage.size}
    for name, value in shares.items():
        if not 0 <= value <= 1 or (value == 0 and name == "views.cap"):
            raise RecipeError(f"{place}, [{name}]: must be a share up to 1, found {value}")
    for name, size in sizes.items():
        if size < 16 or size % 16:
            raise RecipeError(f"{place}, [{name}]: must be a multiple of 16, found {size}")
    ends = [stage.upto for stage in stages]
    if ends and (ends[-1] != 1 or any(a >= b for a, b in pairwise(ends))):
        raise RecipeError(f"{place}, [stages]: 'upto' has to rise from stage to stage and end with 1, found {ends}")


def shortened(recipe: CourseRecipe, pictures: int | None = None, batch: int | None = None) -> CourseRecipe:
    """The recipe over fewer pictures, or with smaller steps, for a rehearsal."""
    course = recipe.course
    course = dataclasses.replace(course, pictures=pictures or course.pictures, batch=batch or course.batch)
    return dataclasses.replace(recipe, course=course)


def _numbers(section: Any) -> dict[str, float]:
    """Numbers of a section, by name; nothing of a section that is not there."""
    if section is None:
        return {}
    fields = dataclasses.asdict(section)
    return {n: v for n, v in fields.items() if isinstance(v, int | float) and not isinstance(v, bool)}
