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
from senga.learn.course_rules import check_multiples, check_not_negative, check_positive, check_shares, numbers
from senga.learn.curriculum import Course, Stage
from senga.learn.data.borders import Look, Openings
from senga.learn.data.lights import Parts
from senga.learn.data.reveals import Reveals
from senga.learn.data.samples import Views
from senga.recipefile import build, find_recipe, read_table


@dataclass(frozen=True, kw_only=True)
class CourseRecipe:
    """What the recipe of every course says.

    Attributes:
        task: a name of `TASKS`.
        course: how long and how.
        network: how large; numbers, all greater than 0.
    """

    name: str
    about: str
    source: str = "ours"
    task: str
    course: Course
    network: Any

    def check(self, place: str) -> None:
        """Refuses numbers out of range; `place` names the recipe.

        Raises:
            RecipeError: with the section and the mend.
        """
        course = self.course
        positive = {f"course.{n}": getattr(course, n) for n in ("pictures", "batch", "rate", "save", "evaluate")}
        check_positive(positive | numbers(self.network, "network"), place)
        check_not_negative(numbers(course, "course"), place)
        check_shares({"course.cooldown": course.cooldown}, place)
        check_shares({"course.average": course.average, "course.beta2": course.beta2}, place, whole=False)


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
        views: how samples are cut from pictures. reveals: what is given of their colors.
    """

    task: Literal["paint"] = "paint"
    stages: tuple[Stage, ...] = ()
    views: Views = Views()
    reveals: Reveals = Reveals()
    network: PainterSize = PainterSize()

    def check(self, place: str) -> None:
        super().check(place)
        check_shares(numbers(self.reveals, "reveals"), place)
        check_views(self.views, self.stages, place)
        for name, multiple in (("width", 16), ("tokens", 48)):  # whole heads of attention
            check_multiples({f"network.{name}": getattr(self.network, name)}, multiple, place)


@dataclass(frozen=True)
class ShaderSize:
    """Arguments of `senga.learn.networks.shader.Shader`."""

    width: int = 48
    deep: int = 128
    fine: int = 24


@dataclass(frozen=True)
class Judge:
    """The judge of patches, see `senga.learn.shader_lesson`.

    Attributes:
        weight: of its judgment; 0: there is none. since: share of the course's pictures after which it comes in.
    """

    weight: float = 0.0
    since: float = 0.7


@dataclass(frozen=True, kw_only=True)
class ShadeRecipe(CourseRecipe):
    """The shader's: how pixels differ from their region's color, and the colors of lines.

    Attributes:
        parts: how samples are cut from pictures. adversary: who judges what is painted.
    """

    task: Literal["shade"] = "shade"
    parts: Parts = Parts()
    adversary: Judge = Judge()
    network: ShaderSize = ShaderSize()

    def check(self, place: str) -> None:
        super().check(place)
        parts = self.parts
        check_multiples({"parts.size": parts.size}, 16, place)
        check_positive({"parts.smallest": parts.smallest}, place)
        if not parts.smallest <= parts.largest < math.inf:
            raise RecipeError(f"{place}, [parts.largest]: must be 'smallest' or more, found {parts.largest}")
        rest = ("filtered", "accidents", "moved", "swapped")
        check_shares({f"parts.{n}": getattr(parts, n) for n in rest}, place)
        # Of pictures that are flat all over, a batch would never come together without some.
        check_shares({"parts.cap": parts.cap, "parts.flat": parts.flat}, place, none=False)
        check_not_negative({"adversary.weight": self.adversary.weight}, place)
        check_shares({"adversary.since": self.adversary.since}, place)


@dataclass(frozen=True)
class CloserSize:
    """Arguments of `senga.learn.networks.closer.Closer`."""

    width: int = 32


@dataclass(frozen=True, kw_only=True)
class CloseRecipe(CourseRecipe):
    """The closer's: where one color ends, also where the lines are open.

    Attributes:
        look: how samples are cut from pictures. openings: how their lines are spoiled.
    """

    task: Literal["close"] = "close"
    look: Look = Look()
    openings: Openings = Openings()
    network: CloserSize = CloserSize()

    def check(self, place: str) -> None:
        super().check(place)
        look = self.look
        check_multiples({"look.size": look.size}, 16, place)
        check_shares({f"look.{n}": getattr(look, n) for n in ("native", "larger", "filtered")}, place)
        check_shares({"look.cap": look.cap}, place, none=False)
        if look.native + look.larger > 1:
            raise RecipeError(f"{place}, [look]: 'native' and 'larger' are shares of the same; together up to 1")
        check_shares(numbers(self.openings, "openings"), place)


TASKS: dict[str, type[CourseRecipe]] = {"paint": PaintRecipe, "shade": ShadeRecipe, "close": CloseRecipe}
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
    recipe = build(TASKS[task], table, place)
    if table.get("stages"):
        for name in ("size", "native"):
            if name in table.get("views", {}):
                raise RecipeError(f"{place}, [views]: '{name}' is said by each of the stages")
    recipe.check(place)
    return recipe


def as_table(recipe: CourseRecipe) -> dict[str, Any]:
    """The recipe as nested plain data, every default written out."""
    return dataclasses.asdict(recipe)


def check_views(views: Views, stages: Sequence[Stage], place: str) -> None:
    """Refuses views and stages that cannot be.

    Raises:
        RecipeError: with the section and the mend.
    """
    if not 1 <= views.whole < math.inf:
        raise RecipeError(f"{place}, [views.whole]: must be 1 (all of a picture) or more, found {views.whole}")
    shares = {f"views.{n}": getattr(views, n) for n in ("native", "filtered", "accidents", "thin")}
    sizes = {"views.size": views.size}
    for i, stage in enumerate(stages, 1):
        shares |= {f"stages.{i}.upto": stage.upto, f"stages.{i}.native": stage.native}
        sizes |= {f"stages.{i}.size": stage.size}
    check_shares(shares, place)
    check_shares({"views.cap": views.cap}, place, none=False)
    check_multiples(sizes, 16, place)
    ends = [stage.upto for stage in stages]
    if ends and (ends[-1] != 1 or any(a >= b for a, b in pairwise(ends))):
        raise RecipeError(f"{place}, [stages]: 'upto' has to rise from stage to stage and end with 1, found {ends}")


def shortened(recipe: CourseRecipe, pictures: int | None = None, batch: int | None = None) -> CourseRecipe:
    """The recipe over fewer pictures, or with smaller steps, for a rehearsal."""
    course = recipe.course
    course = dataclasses.replace(course, pictures=pictures or course.pictures, batch=batch or course.batch)
    return dataclasses.replace(recipe, course=course)
