"""Where runs lie, and how a person names them."""

from pathlib import Path

from senga.learn.standing import LOCK
from senga.recipefile import find_recipe

RUNS = Path("runs")
"""Where runs lie that nobody puts elsewhere."""


def run_folder(recipe: str | Path) -> Path:
    """Where a course's run lies if nobody says: `runs/` and the recipe's own name, of a file that of the file.

    Files that vary a shipped recipe bear its name inside, and must not share its run.
    """
    return RUNS / find_recipe(recipe).stem


def find_run(run: Path) -> Path:
    """The folder of a run that is given by its folder or, where that is none of a run, by its name in `runs/`."""
    named = RUNS / run
    if len(run.parts) == 1 and not (run / LOCK).exists() and named.is_dir():
        return named
    return run
