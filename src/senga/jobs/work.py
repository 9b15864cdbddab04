"""What is done with each item: a frozen description that travels to other processes, and proves what was asked for."""

import dataclasses
import hashlib
import json
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal

from senga import __version__, storage
from senga.inputs.item import Item
from senga.model.shipped import COMPANIONS, WEIGHTS, beside

Fate = Literal["work", "copy", "skip"]


@dataclasses.dataclass(frozen=True)
class Work:
    """One verb with all its settings; its kinds are dataclasses of plain values.

    Attributes:
        threads: processor threads of each process; None: its share of all.
        max_ram: bytes that all processes together should stay under; None: no bound.
    """

    APART: ClassVar[tuple[str, ...]] = ("threads", "max_ram")
    """Fields that change nothing in the results."""

    FILES: ClassVar[tuple[str, ...]] = ()
    """Fields that name a file whose content counts."""

    READS: ClassVar[tuple[str, ...]] = ()
    """Endings of sources, besides those of pictures."""

    WRITES: ClassVar[tuple[str, ...]] = ()
    """Endings of results, besides those of pictures."""

    threads: int | None = None
    max_ram: int | None = dataclasses.field(default=None, kw_only=True)

    def need(self, shape: tuple[int, int]) -> float:
        """Bytes that a process takes at most for a picture of (height, width); 0 where that is not known."""
        return 0.0

    def check(self, sources: Sequence[str], out: str) -> None:
        """Refuses, before any work, sources and a target that do not go with the settings.

        Args:
            sources: as `find_items` takes them. out: as `targets.plan` takes it.

        Raises:
            SengaError: they do not, or a file that the settings name cannot be read.
        """

    @property
    def clear(self) -> str:
        """The setting by which results have a transparent ground, which not every format holds; "": none."""
        return ""

    def open(self) -> None:
        """Opens what is slow to open, once a process; a broken model file is refused here, before any picture."""

    def fate(self, item: Item) -> Fate:
        """What becomes of an item: it is worked on, goes over as it is, or is left out. Raises as `do`."""
        return "work"

    def do(self, item: Item, target: str, *, force: bool) -> list[str]:
        """Writes the results of an item and answers with their files; none where nothing is to be done.

        Raises:
            SengaError: the item cannot be worked on, or its results not be written.
        """
        raise NotImplementedError

    def names(self, target: str) -> list[str]:
        """The files that `do` writes for a target."""
        return [target]

    def fingerprint(self) -> str:
        """SHA-256 of all that the results depend on besides the items."""
        settings: dict[str, Any] = {}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name in self.APART:
                continue
            if field.name in self.FILES and value is not None:
                if field.name == "model":
                    settings["companions"] = _companions(Path(value))
                value = storage.digest(str(value))
            settings[field.name] = value
        about = {"senga": __version__, "weights": _shipped(WEIGHTS), "verb": type(self).__name__, **settings}
        return hashlib.sha256(json.dumps(about, default=_plain, sort_keys=True).encode()).hexdigest()


def _companions(model: Path) -> list[str]:
    """Digests of the files that go with a model file; see `shipped.beside`."""
    return [storage.digest(str(beside(model, name))) for name in COMPANIONS]


@lru_cache
def _shipped(folder: Path) -> list[str]:
    """Digests of the models that ship: from checkout to checkout they change while the version stays."""
    return [storage.digest(str(file)) for file in sorted(folder.rglob("*")) if file.is_file()]


def _plain(value: Any) -> Any:
    """Settings as JSON takes them."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {"kind": type(value).__name__, **{f.name: getattr(value, f.name) for f in dataclasses.fields(value)}}
    return str(value)
