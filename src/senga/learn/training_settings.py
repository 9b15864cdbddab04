"""A training as it is asked for, by pair set or by cache: what its kind of recipe takes, and what it does not."""

import math
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from senga.errors import SettingError
from senga.learn.course_recipes import CourseRecipe, is_course, read_course, shortened
from senga.learn.run_folders import RUNS, run_folder
from senga.recipe import Recipe, scaled_down
from senga.recipe_rules import check
from senga.recipefile import find_recipe, read_recipe, read_table


def need_data(name: str, *, course: bool, cache: Path | None, pairs: Path | None) -> None:
    """Refuses to train a recipe without that which it learns from.

    Raises:
        SettingError: a course without a cache, another recipe without a pair set.
    """
    if course and cache is None:
        raise SettingError(
            "{name} is a course: give {cache} CACHE, which 'senga cache SET... -o CACHE' makes", name=name
        )
    if not course and pairs is None:
        raise SettingError("{name} trains from a pair set: give {pairs}, its folder", name=name)


@dataclass(frozen=True)
class TrainingSettings:
    """What is trained, on what, where and how far.

    Attributes:
        recipe: file, or the name of a shipped one. run: folder; default: `folder`. start: weights to begin with.
        pairs: folder of a pair set; cache: folder of a cache, for courses, which train from nothing else.
        devices, nodes, engine: processes of each machine, machines, and whose workers; not of courses.
        steps, largest: in place of the recipe's; memory: GB for training pictures; not of courses.
        batch: in place of the recipe's. budget: minutes.
        pictures, threads, device: of courses: pictures in all, processor threads, "cpu" or "cuda".

    Raises:
        RecipeError: no such recipe. SettingError: settings that its kind does not take, or lacks.
    """

    recipe: str
    pairs: Path | None = None
    cache: Path | None = None
    run: Path | None = None
    start: Path | None = None
    devices: int = 1
    nodes: int = 1
    engine: str = "local"
    steps: int | None = None
    batch: int | None = None
    largest: int | None = None
    budget: float | None = None
    memory: float | None = None
    pictures: int | None = None
    threads: int | None = None
    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.is_course:
            self._check_course()
        else:
            self._check_experiment()

    def _check_course(self) -> None:
        apart = self.pairs or self.steps or self.largest or self.memory
        if apart or self.devices > 1 or self.nodes > 1 or self.engine != "local":
            said = "{name} is a course: it takes {cache}, {pictures}, {batch}, {threads}, {device}, {start}, {budget}"
            raise SettingError(said, name=self.recipe)
        need_data(self.recipe, course=True, cache=self.cache, pairs=None)

    def _check_experiment(self) -> None:
        if self.cache or self.pictures or self.threads or self.device != "cpu":
            said = "{name} trains from a pair set: {cache}, {pictures}, {threads} and {device} are of courses"
            raise SettingError(said, name=self.recipe)
        need_data(self.recipe, course=False, cache=None, pairs=self.pairs)

    @cached_property
    def is_course(self) -> bool:
        """Whether the recipe is that of a course, which trains from a cache."""
        return is_course(read_table(find_recipe(self.recipe)))

    @property
    def course(self) -> CourseRecipe:
        """The course, with what is given in place of its own. Raises RecipeError for a broken one."""
        return shortened(read_course(self.recipe), self.pictures, self.batch)

    @property
    def experiment(self) -> Recipe:
        """The recipe, with what is given in place of its own. Raises RecipeError for a broken one."""
        experiment = scaled_down(read_recipe(self.recipe), self.steps, self.batch, self.largest)
        check(experiment, self.recipe)
        return experiment

    @property
    def folder(self) -> Path:
        """Folder of the run."""
        if self.run is not None:
            return self.run
        return run_folder(self.recipe) if self.is_course else RUNS / self.experiment.name

    @property
    def minutes(self) -> float:
        """Minutes after which it ends at the latest."""
        return math.inf if self.budget is None else self.budget
