"""A comparison as it is asked for: what goes together, and which of the ways to compare it is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from senga.errors import SengaError, SettingError

if TYPE_CHECKING:
    from senga.compare.assessment import Assessment, Measure
    from senga.compare.subjects import Subjects

FROZEN_METHODS = ("learned", "xdog")
"""Line sources of a frozen split, and of what is measured, unless others are named."""

TASKS = ("colorize", "lines")

Tell = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Says nothing."""


@dataclass(frozen=True)
class Comparison:
    """What is compared, on what, by which measures.

    Attributes:
        models: model files, "shipped", NAME=FILE, "+tint" or "+reference" behind; for lines also methods.
        pairs: folder of a pair set, or frozen: folder of a frozen split.
        task: of `TASKS`. split: of the pair set. most: pictures at most.
        method: how lines are drawn. measure: names of measures.
        drawn: line art drawn elsewhere, folders by name. painted: paintings made elsewhere, the same.
        freeze: folder that a frozen split is written to.
        kind: of hints. vgg: feature network, a file. candidates: how many are told apart; 0: none.
        report: folder of the report. show: pictures in it. keep: folder of all paintings.
        threads: processor threads. strip: file of a sheet of pictures. force: overwrite what is there.

    Raises:
        SettingError: settings that do not go together.
    """

    models: tuple[str, ...] = ()
    pairs: Path | None = None
    frozen: Path | None = None
    task: str = "colorize"
    split: str = "val"
    most: int = 200
    method: tuple[str, ...] = ()
    measure: tuple[str, ...] = ()
    drawn: Mapping[str, Path] = field(default_factory=dict)
    freeze: Path | None = None
    painted: Mapping[str, Path] = field(default_factory=dict)
    kind: str = "scribble"
    vgg: Path | None = None
    candidates: int = 0
    report: Path | None = None
    show: int = 8
    keep: Path | None = None
    threads: int | None = None
    strip: Path | None = None
    force: bool = False

    def __post_init__(self) -> None:
        self._check_source()
        self._check_task()
        if self.frozen:
            self._check_frozen()
        elif not self.freeze:
            self._check_pairs()

    def _check_source(self) -> None:
        """What is only of frozen splits, and what is only of pair sets."""
        if self.task not in TASKS:
            raise SettingError("unknown task '{given}'; known: {all}", given=self.task, all=", ".join(TASKS))
        if (self.pairs is None) == (self.frozen is None):
            raise SettingError("give either {pairs} SET or {frozen} FOLDER")
        for name in ("painted", "vgg", "candidates", "keep"):
            if getattr(self, name) and self.frozen is None:
                raise SettingError(f"{{{name}}} goes with {{frozen}}")
        if self.report and self.frozen is None and not self.measure:
            raise SettingError("{report} goes with {frozen} or {measure}")
        for name in ("freeze", "strip"):
            if getattr(self, name) and self.frozen:
                raise SettingError(f"{{{name}}} goes with {{pairs}}")

    def _check_task(self) -> None:
        if self.measure and (self.task == "lines" or self.freeze or self.strip):
            raise SettingError("{measure} goes with {task} colorize, without {freeze} and {strip}")
        if self.drawn and self.task != "lines":
            raise SettingError("{drawn} goes with {task} lines")
        if self.task == "lines" and (self.frozen or self.freeze):
            raise SettingError("{frozen} and {freeze} go with {task} colorize")

    def _check_frozen(self) -> None:
        if self.measure and not self.models:
            raise SettingError("{measure} measures model files; name some, or 'shipped'")
        if self.candidates == 1:
            raise SettingError("{candidates} 1: one answer alone does not differ from others; give 2 or more")
        if not self.models and not self.painted:
            raise SettingError("nothing to judge: name model files, 'shipped', or {painted} NAME=FOLDER")

    def _check_pairs(self) -> None:
        if not self.models and (self.measure or not self.drawn):
            raise SengaError("nothing to compare: name model files, or 'shipped'")
        if len(self.method) > 1 and not self.measure:
            raise SettingError("several {method} go with {measure}, {freeze} and {frozen}")

    def run(self, tell: Tell = _silent) -> str:
        """Compares, and answers with tables in Markdown.

        Args:
            tell: called with pictures done and pictures in all.

        Raises:
            SengaError: models, pictures or measures that cannot be used; a place that cannot be written.
        """
        if self.frozen:
            return self._judged(self.frozen, tell)
        if self.pairs is None:  # refused before
            raise SettingError("give {pairs} SET")
        if self.measure:
            return self._measured(self.pairs, tell)
        if self.freeze:
            return self._frozen(self.pairs, self.freeze, tell)
        return self._lined(self.pairs, tell) if self.task == "lines" else self._patched(self.pairs, tell)

    def _patched(self, pairs: Path, tell: Tell) -> str:
        from senga.compare import color
        from senga.pairs.pairset import PairSet

        found = color.compare_models(
            self.models,
            PairSet.open(pairs),
            self.split,
            most=self.most,
            method=(self.method or ("xdog",))[0],
            threads=self.threads,
            strip=self.strip,
            force=self.force,
            report=tell,
        )
        return color.table(found)

    def _measured(self, pairs: Path, tell: Tell) -> str:
        from senga.compare import sections
        from senga.compare.assessment import find_measures
        from senga.compare.report import check_folder, write_assessment
        from senga.compare.subjects import from_pairs
        from senga.pairs.pairset import PairSet

        known = find_measures(self.measure)
        if self.report:
            check_folder(self.report, force=self.force)
        methods = self.method or FROZEN_METHODS
        subjects = from_pairs(PairSet.open(pairs), self.split, methods, self.most, self.threads)
        found = self._assessed(subjects, known, tell)
        if self.report:
            write_assessment(self.report, found, force=self.force)
        return f"{sections.about(found)}\n\n{sections.as_markdown(found)}"

    def _assessed(self, subjects: "Subjects", measures: "tuple[Measure, ...]", tell: Tell) -> "Assessment":
        from senga.compare.assessment import assess
        from senga.compare.models import open_models

        opened = open_models(self.models, self.threads)
        return assess(opened, subjects, measures, threads=self.threads, report=tell)

    def _lined(self, pairs: Path, tell: Tell) -> str:
        from senga.compare import lines
        from senga.pairs.pairset import PairSet

        found = lines.compare_lines(
            self.models,
            PairSet.open(pairs),
            self.split,
            drawn=self.drawn,
            most=self.most,
            threads=self.threads,
            strip=self.strip,
            force=self.force,
            report=tell,
        )
        return lines.table(found)

    def _frozen(self, pairs: Path, folder: Path, tell: Tell) -> str:
        from senga.compare.frozen_split import HINTS, TRUTH, freeze
        from senga.pairs.pairset import PairSet

        made = freeze(
            PairSet.open(pairs),
            self.split,
            folder,
            methods=self.method or FROZEN_METHODS,
            most=self.most,
            threads=self.threads,
            force=self.force,
            report=tell,
        )
        return (
            f"{folder}: {len(made.about.names)} pictures, lines by {', '.join(made.about.methods)}; for hints run "
            f"tools/peers/hint_auc.py hints {folder / TRUTH} {folder / HINTS} in the environment of hintauc"
        )

    def _judged(self, folder: Path, tell: Tell) -> str:
        from senga.compare import sections
        from senga.compare.assessment import find_measures
        from senga.compare.evaluate import folder_painter, judge, model_painter
        from senga.compare.frozen_split import Frozen
        from senga.compare.regions import find_kind
        from senga.compare.report import as_markdown, check_folder, write_report
        from senga.compare.subjects import from_frozen
        from senga.model.features import Features

        further = find_measures(self.measure)
        if self.report:
            check_folder(self.report, force=self.force)
        frozen = Frozen.open(folder)
        painters = [model_painter(text, self.threads, frozen.truth) for text in self.models]
        painters += [folder_painter(name, place) for name, place in self.painted.items()]
        judgment = judge(
            painters,
            frozen,
            methods=self.method,
            kind=find_kind(self.kind),
            most=self.most,
            vgg=Features.open(self.vgg, threads=self.threads) if self.vgg else None,
            candidates=self.candidates,
            show=self.show if self.report else 0,
            keep=self.keep,
            force=self.force,
            report=tell,
        )
        subjects = from_frozen(frozen, self.method, self.most) if further else None
        assessment = self._assessed(subjects, further, tell) if subjects else None
        more = f"\n\n{sections.as_markdown(assessment)}" if assessment else ""
        if self.report:
            write_report(self.report, judgment, frozen, assessment, force=self.force)
            return f"{self.report / 'report.html'}\n{as_markdown(judgment, frozen, summary=True)}{more}"
        return as_markdown(judgment, frozen) + more
