"""Frames of an animation from files into a folder, in steady colors, and how steady they are."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import overload

from senga import image, storage
from senga.color.animation import color_frames
from senga.color.colorizer import Colorizer
from senga.color.request import Request
from senga.errors import SengaError, SettingError
from senga.imagefiles.tags import Tags
from senga.inputs.item import Item, find_items
from senga.inputs.passed import Passed
from senga.jobs.targets import plan


@dataclass(frozen=True)
class Frame:
    """One frame that was written.

    Attributes:
        frame: what was colored. file: the result. found, flicker: as `senga.color.frames.Painted` has them; None for
            the frame that others follow.
    """

    frame: str
    file: str
    found: float | None
    flicker: float | None


@dataclass(frozen=True)
class ColorAnimation:
    """How frames are colored.

    Attributes:
        key: file of one frame as a person colored it. at: name of that frame; default: the key's own, or the first.
        reference: file of a picture whose colors new regions borrow.
        tint, light: as a `Request` has them. flat: one color each region. model: file.
        threads: processor threads. line_layer: as `image.read_drawing_bytes` takes it.
        backend: as `Colorizer.open` takes it.

    Raises:
        SettingError: `at` without a key.
    """

    key: str | None = None
    at: str | None = None
    reference: str | None = None
    tint: float = 0.0
    flat: bool = False
    light: float = 1.0
    model: Path | None = None
    threads: int | None = None
    line_layer: str | None = None
    backend: str = "onnxruntime"

    def __post_init__(self) -> None:
        if self.at is not None and self.key is None:
            raise SettingError("{at} goes with {key}")

    def run(
        self,
        drawings: Sequence[str],
        out: str,
        *,
        force: bool = False,
        format: str | None = None,
        tell: Callable[[Frame, int], None] = lambda frame, total: None,
        passed: Passed | None = None,
    ) -> list[Frame]:
        """Colors frames into a folder.

        Args:
            drawings: files in order, folders, patterns, archives. out: a folder here.
            force: overwrite existing files. format: as `targets.plan` takes it.
            tell: called with each frame that is written, and how many there are.
            passed: takes what lies among the frames and is none.

        Raises:
            SettingError: no frame of the name `at`. SengaError: what `find_items` and `targets.plan` refuse.
            HintError, ModelError: as `senga.color_frames`.
        """
        if storage.is_remote(out):
            raise SengaError(f"{out}: frames are written to a folder here; give a path")
        items = find_items(drawings, apart=[out], passed=passed)
        planned = plan(items, out, force=force, unpack=True, single=False, format=format)
        painter = Colorizer.open(self.model, threads=self.threads, backend=self.backend)
        key = image.read(self.key) if self.key else None
        borrowed = image.read(self.reference) if self.reference else None
        at = find_frame([item.name for item in items], self.key, self.at) if self.key else None
        done = []
        request = Request(tint=self.tint, mode="flat" if self.flat else "paint", light=self.light)
        drawn = _Drawings(items, self.line_layer)
        for number, one in color_frames(drawn, request, key=key, at=at, reference=borrowed, colorizer=painter):
            target = Path(planned.tasks[number].target)
            target.parent.mkdir(parents=True, exist_ok=True)
            image.write(target, one.picture, force=force, tags=drawn.tags[number])
            done.append(Frame(items[number].place, str(target), _known(one.found), _known(one.flicker)))
            tell(done[-1], len(items))
        return done


def find_frame(names: Sequence[str], key: str, at: str | None = None) -> int:
    """The number of the frame that a key is of: that of the name `at`, or else of the key's own name, or the first.

    Raises:
        SettingError: no frame is named `at`.

    >>> find_frame(["a/f1.png", "a/f2.png"], "colored/f2.jpg")
    1
    """
    wanted = Path(at or key)
    for part in ("name", "stem"):
        for number, name in enumerate(names):
            if getattr(Path(name), part) == getattr(wanted, part):
                return number
    if at is not None:
        raise SettingError(
            "{at} {given}: none of the frames has that name; the first is {name}", given=at, name=names[0]
        )
    return 0


def mean_flicker(frames: Sequence[Frame]) -> float | None:
    """The mean flicker of the frames that have one; None if there are none."""
    measured = [one.flicker for one in frames if one.flicker is not None]
    return sum(measured) / len(measured) if measured else None


def write_frames_report(file: Path, frames: Sequence[Frame], passed: Passed, *, force: bool = False) -> None:
    """Writes how steady each frame is, and what was passed over, as JSON.

    Raises:
        SengaError: existing file without `force`, or a place that cannot be written.
    """
    content = {
        "verb": "frames",
        "frames": len(frames),
        "flicker": mean_flicker(frames),
        "passed_over": passed.record(),
        "files": [vars(one) for one in frames],
    }
    storage.write_new(
        file, (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode(errors="backslashreplace"), force=force
    )


class _Drawings(Sequence[image.Drawing]):
    """Items as drawings, each read when it is asked for; `tags` are of those that were, by number."""

    def __init__(self, items: Sequence[Item], line_layer: str | None) -> None:
        self.items = items
        self.line_layer = line_layer
        self.tags: dict[int, Tags] = {}

    def __len__(self) -> int:
        return len(self.items)

    @overload
    def __getitem__(self, at: int) -> image.Drawing: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[image.Drawing]: ...
    def __getitem__(self, at: int | slice) -> image.Drawing | Sequence[image.Drawing]:
        if isinstance(at, slice):
            return _Drawings(self.items[at], self.line_layer)
        drawing = self.items[at].drawing(self.line_layer)
        self.tags[at] = drawing.tags
        return drawing


def _known(value: float) -> float | None:
    return None if value != value else round(value, 4)
