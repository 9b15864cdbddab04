"""What `senga train` does with the recipe of a course."""

import math
from pathlib import Path

import typer

from senga import extras
from senga.errors import SengaError

RUNS = Path("runs")
"""Where runs lie that nobody puts elsewhere."""


def train_from_cache(
    recipe: str,
    cache: Path | None,
    run: Path | None,
    *,
    start: Path | None = None,
    pictures: int | None = None,
    batch: int | None = None,
    threads: int | None = None,
    device: str = "cpu",
    budget: float | None = None,
) -> None:
    """Trains a course, or goes on with it, telling each line as it comes.

    Raises:
        SengaError: no cache given, no PyTorch here; else as `senga.learn.lessons.train_course`.
    """
    from senga.learn.course_recipes import read_course, shortened

    course = shortened(read_course(recipe), pictures, batch)
    if cache is None:
        raise SengaError(f"{recipe} is a course: give --cache CACHE, which 'senga cache SET... -o CACHE' makes")
    extras.require("train", "torch", "safetensors")
    from senga.learn.data.cache import Cache
    from senga.learn.lessons import train_course

    train_course(
        course,
        Cache.open(cache),
        run or run_folder(recipe),
        start=start,
        threads=threads,
        device=device,
        budget=math.inf if budget is None else budget,
        tell=typer.echo,
    )


def run_folder(recipe: str) -> Path:
    """Where a course's run lies if nobody says: `runs/` and the recipe's own name, of a file that of the file.

    Files that vary a shipped recipe bear its name inside, and must not share its run.
    """
    from senga.recipefile import find_recipe

    return RUNS / find_recipe(recipe).stem
