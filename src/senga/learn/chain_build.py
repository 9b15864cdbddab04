"""Makes a shipped model file from recipes alone: run after run, then the export; run again, it goes on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from senga.learn import checkpoint
from senga.learn.chain import Chain, Stage
from senga.learn.course_export import export_course
from senga.learn.course_recipes import CourseRecipe
from senga.learn.data.cache import Cache
from senga.learn.export_run import export_run
from senga.learn.lessons import train_course
from senga.learn.standing import read_standing
from senga.learn.train import train
from senga.learn.training_settings import need_data
from senga.model.card import Card
from senga.pairs.pairset import PairSet


@dataclass(frozen=True)
class Means:
    """With what a chain is run.

    Attributes:
        cache: of courses. pairs: pair set of other recipes; None where no step needs it.
        threads: processor threads of courses; None: as many as PyTorch takes. device: of courses, "cpu" or "cuda".
    """

    cache: Path | None = None
    pairs: Path | None = None
    threads: int | None = None
    device: str = "cpu"


def build_chain(
    chain: Chain,
    stages: list[Stage],
    out: Path,
    means: Means,
    *,
    force: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Card | None:
    """Trains what is not trained yet, stage after stage, and exports the last one's weights.

    Args:
        chain: whose words and options the export takes. stages: of `chain.stages_of`.
        out: the model file. force: overwrite it. tell: called with each line worth reading.

    Returns:
        The card; None where a run was asked to stop: the same call goes on.

    Raises:
        SettingError: data that a stage needs are not given. Else as training and export.
    """
    check_means(stages, means)
    for number, stage in enumerate(stages, 1):
        if is_done(stage):
            tell(f"{number} of {len(stages)}, {stage.recipe.name}: is trained")
            continue
        tell(f"{number} of {len(stages)}, {stage.recipe.name}: training in {stage.folder}")
        run_stage(stage, means, tell)
        if not is_done(stage):
            tell(f"{stage.folder}: stopped before its end; the same command goes on")
            return None
    options, last = chain.export, stages[-1]
    words: dict[str, Any] = {
        "license_data": options.license_data,
        "license_weights": options.license_weights,
        "hardware": "",
    }
    if isinstance(last.recipe, CourseRecipe):
        return export_course(
            last.folder,
            out,
            data=options.data or None,
            **words,
            bits=options.bits,
            area=options.area or None,
            force=force,
        )
    return export_run(last.folder, out, data=options.data or "not stated", **words, bits=options.bits, force=force)


def check_means(stages: list[Stage], means: Means) -> None:
    """Refuses to begin without the data of a later stage.

    Raises:
        SettingError: with the setting that gives them.
    """
    for stage in stages:
        if is_done(stage):
            continue
        course = isinstance(stage.recipe, CourseRecipe)
        need_data(stage.recipe.name, course=course, cache=means.cache, pairs=means.pairs)


def is_done(stage: Stage) -> bool:
    """Whether a stage's run is over and its weights are there."""
    if not (stage.folder / checkpoint.WEIGHTS).is_file():
        return False
    if not isinstance(stage.recipe, CourseRecipe):
        return True  # these write their weights at their end alone
    standing = read_standing(stage.folder)
    return standing is not None and standing.seen >= stage.recipe.course.pictures


def run_stage(stage: Stage, means: Means, tell: Callable[[str], None]) -> None:
    """Trains a stage, or goes on with it."""
    start = stage.start / checkpoint.WEIGHTS if stage.start else None
    if isinstance(stage.recipe, CourseRecipe):
        assert means.cache is not None
        train_course(
            stage.recipe,
            Cache.open(means.cache),
            stage.folder,
            start=start,
            threads=means.threads,
            device=means.device,
            tell=tell,
        )
        return
    assert means.pairs is not None
    train(stage.recipe, PairSet.open(means.pairs), stage.folder, start=start, tell=tell)
