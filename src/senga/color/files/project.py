"""The project file, .senga: a drawing and all that was done on it, to be opened again by page and command line.

It is a zip of these parts and no others:

    project.json   {"format": 1, "drawing": {"name": "knight.png"}, "request": {...}, "swatches": [{"color": "#7a4a2b",
                   "name": "hair"}, ...], "model": {"name": "colorist", "sha256": "..."}}
    marks.json     the marks, as in `senga.color.marks`
    drawing        the drawing's file, byte for byte as it came
    reference      the reference's file, if the request names one
    finished       the file of the finished picture, if the request names one
    colored        the file of the colored picture that the lines were drawn from, if the request names one
    versions.json  earlier results, if any were kept, and beside it their pictures: `senga.color.files.projectversions`

"request" is as in `senga.color.request`, without its marks; "model", the one that it was painted with, may be null.
Equal projects are equal bytes: nothing of the day or the machine is kept.
"""

import dataclasses
import hashlib
import io
import json
import struct
import zipfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from senga import image, storage
from senga.color import strict_json
from senga.color.colorizer import Colorizer
from senga.color.files.projectversions import COUNT, PICTURES, Version, decode_versions, encode_versions, most_of
from senga.color.files.swatches import Swatch, one_line
from senga.color.files.zips import kind_of, part_names
from senga.color.marks import TEXT, parse_hex, parse_marks
from senga.color.own_colors import OwnColors
from senga.color.palette import hex_of, parse_color
from senga.color.render import render_pictures
from senga.color.request import Request
from senga.errors import HintError, ImageError, ProjectError
from senga.model.session import Session

ENDING = ".senga"

FORMAT = 1
"""Version of the file's form."""

FACTS, STROKES, DRAWING, REFERENCE = "project.json", "marks.json", "drawing", "reference"
FINISHED, COLORED = "finished", "colored"

MOST = {
    FACTS: 4_000_000,
    STROKES: TEXT,
    DRAWING: 512_000_000,
    REFERENCE: 128_000_000,
    FINISHED: 512_000_000,
    COLORED: 512_000_000,
}
"""Most bytes of each part, unpacked. Ours: a drawing of 128 megapixels may lie there uncompressed."""

TABLE = 16_384
"""Most bytes of the zip's table of contents: a part needs less than 70. A longer one is a trap."""

END = struct.Struct("<4s4H2IH")
"""The last record of a zip: signature, numbers of disks, numbers of parts, size and place of the table, comment."""

SWATCHES, NAME = 10_000, 200
"""Most saved swatches, and most characters of a name. Ours."""


@dataclass(frozen=True)
class Fingerprint:
    """Which model painted.

    Attributes:
        name: its card's.
        sha256: of the model file, 64 hex digits.
    """

    name: str
    sha256: str

    @staticmethod
    def of(session: Session) -> "Fingerprint":
        """The fingerprint of an opened model file.

        Raises:
            ProjectError: the file is gone.
        """
        path = Path(session.name)
        try:
            facts = path.stat()
            return Fingerprint(_one_line(session.card.name), _digest(path, facts.st_mtime_ns, facts.st_size))
        except OSError as error:
            raise ProjectError(f"{path}: cannot be read: {error.strerror}") from error

    def __str__(self) -> str:
        return f"'{self.name}' ({self.sha256[:12]})"


@dataclass(frozen=True)
class Project:
    """A drawing and all that was done on it.

    Attributes:
        drawing: its file, as it came.
        name: of that file, without folders; a label, never opened.
        request: marks, palette and settings.
        reference: the file of the picture that `request.reference` names; None if it names none.
        swatches: colors that were saved beside the palette.
        model: which one painted, if that is known.
        finished: the file of the picture that `request.finished` names; None if it names none.
        colored: the file of the picture that `request.colored` names; None if it names none.
        versions: earlier results, the oldest first.
        place: what its file is called in errors; "" if there is none.

    Raises:
        ProjectError: a reference without a name or a name without it, a part that is too large, or a name with folders.
    """

    drawing: bytes = field(repr=False)
    name: str
    request: Request = Request()
    reference: bytes | None = field(default=None, repr=False)
    swatches: tuple[Swatch, ...] = ()
    model: Fingerprint | None = None
    finished: bytes | None = field(default=None, repr=False)
    colored: bytes | None = field(default=None, repr=False)
    versions: tuple[Version, ...] = ()
    place: str = field(default="", repr=False, compare=False)

    def __post_init__(self) -> None:
        for named, picture, said, nothing in (
            (self.request.reference, self.reference, "the request's reference is {}", "no reference"),
            (self.request.finished, self.finished, "what is finished is {} to the request", "no picture"),
            (self.request.colored, self.colored, "what keeps its colors is {} to the request", "no picture"),
        ):
            if (named is None) != (picture is None):
                shown = nothing if named is None else strict_json.shown(named)
                there = "none" if picture is None else "one"
                raise ProjectError(f"{said.format(shown)}, and {there} is in the project")
        parts = (DRAWING, self.drawing), (REFERENCE, self.reference), (FINISHED, self.finished), (COLORED, self.colored)
        for part, content in parts:
            if content is not None and not 0 < len(content) <= MOST[part]:
                raise ProjectError(f"a {part} of {len(content)} bytes; a project holds 1 to {MOST[part]}")
        if len(self.versions) > COUNT:
            raise ProjectError(f"{len(self.versions)} versions; at most {COUNT}")
        if len(self.swatches) > SWATCHES:
            raise ProjectError(f"{len(self.swatches)} swatches; at most {SWATCHES}")
        try:
            strict_json.text(self.name, "drawing.name", NAME)
            for i, swatch in enumerate(self.swatches, 1):
                strict_json.text(swatch.name, f"swatches {i}.name", NAME)
                hex_of(swatch.color)
        except HintError as error:
            raise ProjectError(str(error)) from error
        if not self.name or self.name in (".", "..") or set(self.name) & set("/\\:"):
            raise ProjectError(f"{strict_json.shown(self.name)} is no name of a file, without folders")

    @staticmethod
    def new(drawing: bytes, name: str, request: Request | None = None, reference: bytes | None = None) -> "Project":
        """A project of a drawing that has just come, after a look at whether it can be read at all.

        Args:
            drawing, reference: files.
            name: of the drawing's file, as the person knows it; what a name cannot hold is taken out.
            request: default: nothing asked for.

        Raises:
            ImageError: a drawing or reference that cannot be read. ProjectError: as the class.
        """
        label = _one_line(name.replace("\\", "/").rsplit("/", 1)[-1].replace(":", ""))[-NAME:]
        project = Project(drawing, label if label.strip(".") else "drawing", request or Request(), reference)
        project.open_drawing()
        project.open_reference()
        return project

    @staticmethod
    def read(path: str | Path) -> "Project":
        """A project from its file.

        Raises:
            ProjectError: no such file, not a project, broken, a part missing, unknown or too large, another version.
        """
        name = one_line(str(path))
        try:
            size = Path(path).stat().st_size
            if size > sum(MOST.values()):
                raise ProjectError(f"{name}: too large for a project: {size} bytes")
            content = Path(path).read_bytes()
        except (OSError, ValueError) as error:  # ValueError: a name with a zero byte
            raise ProjectError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
        return Project.from_bytes(content, name)

    @staticmethod
    def from_bytes(content: bytes, name: str) -> "Project":
        """A project from its file's content; `name` names it in errors. Raises as `read`."""
        try:
            parts = _unpack(content)
            return dataclasses.replace(_project(parts), place=name)
        except (ProjectError, HintError) as error:
            raise ProjectError(f"{name}: {error}") from error

    def write(self, path: str | Path, *, force: bool = False) -> None:
        """Writes the file, whole or not at all.

        Raises:
            ProjectError: a name that does not end in .senga.
            ImageError: existing file without `force`, or a place that cannot be written.
        """
        target = Path(path)
        if target.suffix.lower() != ENDING:
            raise ProjectError(f"{one_line(str(path))}: a project file ends in {ENDING}")
        storage.write_new(target, self.to_bytes(), force=force, error=ImageError)

    def to_bytes(self) -> bytes:
        """The file's content; equal for equal projects."""
        settings = self.request.to_table()
        marks = settings.pop("marks")
        facts = {
            "format": FORMAT,
            "drawing": {"name": self.name},
            "request": settings,
            "swatches": [{"color": hex_of(s.color), "name": s.name} for s in self.swatches],
            "model": None if self.model is None else dataclasses.asdict(self.model),
        }
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as pack:
            _add(pack, FACTS, (json.dumps(facts, ensure_ascii=False, indent=1) + "\n").encode())
            _add(pack, STROKES, json.dumps(marks, separators=(",", ":")).encode())
            _add(pack, DRAWING, self.drawing, packed=False)
            if self.reference is not None:
                _add(pack, REFERENCE, self.reference, packed=False)
            if self.finished is not None:
                _add(pack, FINISHED, self.finished, packed=False)
            if self.colored is not None:
                _add(pack, COLORED, self.colored, packed=False)
            own = {REFERENCE: self.reference, FINISHED: self.finished, COLORED: self.colored}
            for name, content in encode_versions(self.versions, own).items():
                _add(pack, name, content, packed=name.endswith(".json"))
        return out.getvalue()

    def open_drawing(self) -> image.Drawing:
        """The drawing, read. Raises as `image.read_bytes`."""
        return image.read_drawing_bytes(self.drawing, f"{self.place}: its drawing" if self.place else self.name)

    def open_reference(self) -> image.Pixels | None:
        """The reference, (H, W, 3), or (H, W, 4) if anything in it is transparent. Raises as `image.read_bytes`."""
        if self.reference is None:
            return None
        pixels = image.read_bytes(self.reference, f"{self.place or self.name}: its reference")
        return np.ascontiguousarray(pixels[..., :3]) if pixels[..., 3].min() == 255 else pixels

    def open_finished(self) -> image.Pixels | None:
        """The finished picture, (H, W, 4), read. Raises as `image.read_bytes`."""
        return (
            None
            if self.finished is None
            else image.read_bytes(self.finished, f"{self.place or self.name}: what is finished")
        )

    def open_colored(self) -> OwnColors | None:
        """The colors of the colored picture, read. Raises as `image.read_bytes`."""
        if self.colored is None:
            return None
        return OwnColors(image.flatten(image.read_bytes(self.colored, f"{self.place or self.name}: what is colored")))

    def paint(self, colorizer: Colorizer) -> list[image.Pixels]:
        """The picture that the project stands for, or its candidates; raises as `render.render` and `image.read_bytes`.

        By the same model on the same machine it is the same, byte for byte.
        """
        page, reference, finished = colorizer.page(self.open_drawing()), self.open_reference(), self.open_finished()
        return render_pictures(page, self.request, reference=reference, finished=finished, own=self.open_colored())

    def doubt(self, session: Session) -> str:
        """One line that names both models if another one is to paint than painted before; else ""."""
        now = Fingerprint.of(session) if self.model else None
        if self.model is None or now is None or self.model.sha256 == now.sha256:
            return ""
        return f"was painted with the model {self.model}, is painted now with {now}: colors may differ"


def is_project(path: str | Path) -> bool:
    """Whether a name is a project file's."""
    return Path(path).suffix.lower() == ENDING


def _add(pack: zipfile.ZipFile, name: str, content: bytes, *, packed: bool = True) -> None:
    part = zipfile.ZipInfo(name)  # dated 1980
    part.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    part.external_attr = 0o644 << 16
    part.create_system = 3
    pack.writestr(part, content)


def _unpack(content: bytes) -> dict[str, bytes]:
    """The parts of a project file; nothing is unpacked before its name and size are known to be in order.

    Raises:
        ProjectError: broken, or not these parts.
    """
    _check_kind(content)
    _check_table(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as pack:
            found = pack.infolist()
            names = [part.filename for part in found]
            if FACTS in names:  # another version may have other parts
                _check_version(_part(pack, found[names.index(FACTS)]))
            for name in names:
                if most_of(name, MOST) is None:
                    raise ProjectError(f"holds {strict_json.shown(name)}, which is no part of a project")
                if names.count(name) > 1:
                    raise ProjectError(f"holds '{name}' twice")
            for name in (FACTS, STROKES, DRAWING):
                if name not in names:
                    raise ProjectError(f"not a senga project: '{name}' is missing in it")
            return {part.filename: _part(pack, part) for part in found}
    except (ProjectError, HintError):
        raise
    except Exception as error:  # of many kinds where a byte is wrong, not all of them zipfile's own
        reason = (str(error).splitlines() or [type(error).__name__])[0]
        raise ProjectError(f"a broken project file ({one_line(reason)[:100]}); save it again") from error


def _check_kind(content: bytes) -> None:
    """Refuses a zip of another kind by what it is.

    Raises:
        ProjectError: none of a project's parts is in it.
    """
    if content.startswith(b"PK") and not {FACTS, STROKES, DRAWING} & set(part_names(content)[0]):
        if b"PK\x05\x06" not in content:
            raise ProjectError("not a senga project, but a zip that is cut off; copy or download it again")
        raise ProjectError(f"{kind_of(content)}, not a senga project; give a picture, such as PNG, or a .senga file")


def _check_table(content: bytes) -> None:
    """Refuses what is no zip, and one whose table of contents alone would fill the memory.

    Raises:
        ProjectError: either.
    """
    at = content.rfind(b"PK\x05\x06")
    if not content.startswith(b"PK") or at < 0 or len(content) < at + END.size:
        raise ProjectError("not a senga project, or cut off; give a .senga file, or copy it again")
    _, _, _, _, parts, size, _, _ = END.unpack_from(content, at)
    large = content[max(0, at - 20) : at].startswith(b"PK\x06\x07")  # a zip of over 4 GB says so here
    if large or size > TABLE or parts > 2 * len(MOST) + len(PICTURES) * COUNT:
        raise ProjectError("not a senga project: it holds too many parts")


def _part(pack: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """One part, if it says that it is not too large, and does not lie."""
    most = most_of(part.filename, MOST) or 0
    if part.file_size > most:
        raise ProjectError(f"'{part.filename}' would unpack to {part.file_size} bytes; at most {most}")
    if part.flag_bits & 1:
        raise ProjectError(f"'{part.filename}' is encrypted; pack it without a password")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ProjectError(f"'{part.filename}' is packed in a way that senga does not read; pack it by Deflate")
    with pack.open(part) as file:
        return file.read(most + 1)[: most + 1]


def _check_version(content: bytes) -> None:
    version = strict_json.entry(strict_json.parse(content, MOST[FACTS]), FACTS, "format")
    if isinstance(version, bool) or not isinstance(version, int):
        raise ProjectError(f"[{FACTS}.format]: wanted {FORMAT}, found {strict_json.shown(version)}")
    if version != FORMAT:
        raise ProjectError(
            f"a project of format {strict_json.shown(version)}; this senga reads format {FORMAT}"
            + ("; upgrade senga" if version > FORMAT else "")
        )


def _project(parts: dict[str, bytes]) -> Project:
    keys = {"format": True, "drawing": True, "request": True, "swatches": True, "model": True}
    facts = strict_json.table(strict_json.parse(parts[FACTS], MOST[FACTS]), FACTS, keys)
    drawing = strict_json.table(facts["drawing"], "drawing", {"name": True})
    if isinstance(facts["request"], dict) and "marks" in facts["request"]:
        raise ProjectError(f"[request]: its marks belong into {STROKES}")
    settings = Request.from_table(facts["request"])
    marks = parse_marks(strict_json.parse(parts[STROKES], MOST[STROKES]))
    return Project(
        parts[DRAWING],
        strict_json.text(drawing["name"], "drawing.name", NAME),
        dataclasses.replace(settings, marks=marks),
        parts.get(REFERENCE),
        strict_json.entries(facts["swatches"], "swatches", SWATCHES, _swatch),
        None if facts["model"] is None else _fingerprint(facts["model"]),
        parts.get(FINISHED),
        parts.get(COLORED),
        decode_versions(parts),
    )


def _swatch(value: object, place: str) -> Swatch:
    given = strict_json.table(value, place, {"color": True, "name": True})
    color = parse_color(parse_hex(given["color"], f"{place}.color"))
    return Swatch(color, strict_json.text(given["name"], f"{place}.name", NAME))


def _fingerprint(value: object) -> Fingerprint:
    given = strict_json.table(value, "model", {"name": True, "sha256": True})
    digest = strict_json.text(given["sha256"], "model.sha256", 64)
    if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
        raise ProjectError(f"[model.sha256]: wanted 64 hex digits, found {strict_json.shown(digest)}")
    return Fingerprint(strict_json.text(given["name"], "model.name", NAME), digest)


def _one_line(text: str) -> str:
    """A text as a name may be."""
    return "".join(c for c in text if c.isprintable())[:NAME]


@lru_cache(maxsize=8)
def _digest(path: Path, changed: int, size: int) -> str:
    """SHA-256 of a file; `changed` and `size` tell another file of the same name."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
