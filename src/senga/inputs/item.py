"""What a run works on: pictures named one by one, by patterns, in folders, in archives."""

import io
import logging
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from senga import image, storage
from senga.errors import SengaError
from senga.imagefiles.tags import Tags
from senga.inputs import archives, folders, pages, patterns
from senga.inputs.passed import FOLDER, Passed, is_litter

log = logging.getLogger("senga.inputs")

_AVIF = (".avif", ".avifs") if "AVIF" in image.READS else ()
_JPEG2000 = (".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc") if "JPEG2000" in image.READS else ()

ENDINGS = (
    *(".png", ".apng", ".webp", ".tif", ".tiff", ".bmp", ".dib", ".gif", *_AVIF, *_JPEG2000),
    *(".jpg", ".jpeg", ".jfif", ".jpe", ".jif", ".jfi", ".pjpeg", ".pjp"),
    *(".psd", ".psb", ".ora", ".kra", ".krz"),
)
"""File endings taken for pictures; where several files could be the line art of one, the earlier ending wins."""

_SIZED = re.compile(r"\.(jpe?g|png|webp)[_:][a-z0-9]+")
"""Endings that sites append a size to: `.jpg_large`."""


@dataclass(frozen=True)
class Item:
    """One picture to be worked on.

    Attributes:
        place: what it is called in messages and reports: its path, or ARCHIVE:MEMBER.
        name: relative to what was named, "/" between folders; its results are named after it.
        file: the file to read, "-" for stdin. member: its name in it, where that is an archive; else "".
        broken: why it cannot be read, known beforehand; else "".
        kept: its content, where it was read already.
        page: its number, from 1, where its file holds several pictures; else 0. frame: its place in the file.
        whole: its file's own name, where that holds several; else its name.
        book: of pages of archives, what their archive comes back as, relative as `name` is.
    """

    place: str
    name: str
    file: str
    member: str = ""
    broken: str = ""
    kept: bytes | None = field(default=None, repr=False, compare=False)
    page: int = 0
    frame: int = 0
    whole: str = ""
    book: str = ""

    def __post_init__(self) -> None:
        if not self.whole:
            object.__setattr__(self, "whole", self.name)

    def content(self) -> bytes:
        """The file's content.

        Raises:
            ImageError, SengaError: it cannot be read.
        """
        if self.kept is not None:
            return self.kept
        if self.broken:
            raise SengaError(f"{self.place}: {self.broken}")
        if self.member:
            return archives.read_member(self.file, self.member)
        return storage.read(self.file) if storage.is_remote(self.file) else image.read_content(self.file)

    def loaded(self) -> "Item":
        """The item with its content, so that it is read from its disk or fetched but once. Raises as `content`."""
        return replace(self, kept=self.content())

    def picture(self) -> image.Pixels:
        """(H, W, 3) uint8 sRGB, on white where it is transparent. Raises as `content`."""
        return self.tagged()[0]

    def tagged(self, layer: str | None = None) -> tuple[image.Pixels, Tags]:
        """As `picture`, with what its file says beside the pixels; `layer` as by `image.read_tagged`."""
        return self._opaque(image.read_tagged, layer)

    def line_art(self, layer: str | None = None) -> tuple[image.Pixels, Tags]:
        """As `tagged`; of a document its line art, as `image.read_line_art` finds it."""
        return self._opaque(image.read_line_art, layer)

    def _opaque(self, read: Callable[..., tuple[image.Pixels, Tags]], layer: str | None) -> tuple[image.Pixels, Tags]:
        content = self.content()
        if layer is None and not image.has_layers(content):
            return image.read_picture_bytes(content, self._shown, self._frame)
        pixels, tags = read(content, self._shown, frame=self._frame, layer=layer)
        return image.flatten(pixels), tags

    def drawing(
        self, line_layer: str | None = None, hint_layer: str | None = None, *, with_hints: bool = False
    ) -> image.Drawing:
        """As a line drawing; arguments as `image.read_drawing_bytes` takes them. Raises as `content`."""
        return image.read_drawing_bytes(
            self.content(),
            self._shown,
            self._frame,
            line_layer=line_layer,
            hint_layer=hint_layer,
            with_hints=with_hints,
        )

    @property
    def _frame(self) -> int | None:
        return self.frame if self.page else None

    def shape(self) -> tuple[int, int] | None:
        """(height, width) by the file's header; None where that does not tell, or cannot be read, as of stdin."""
        if self.kept is None and (self.file == "-" or self.broken):
            return None
        try:
            if self.kept is None and not self.member and not storage.is_remote(self.file):
                with Path(self.file).open("rb") as file:  # its first bytes alone
                    return image.header_shape(file)
            return image.header_shape(io.BytesIO(self.content()))
        except (SengaError, OSError, ValueError):
            return None

    @property
    def _shown(self) -> str:
        return "stdin" if self.place == "-" else self.place

    @property
    def archive(self) -> str:
        """The archive that it is in; "" if it is a file of its own."""
        return self.file if self.member else ""


def find_items(
    sources: Sequence[str],
    more: Iterable[str] = (),
    *,
    apart: Sequence[str] = (),
    closed_by: str = "",
    passed: Passed | None = None,
) -> list[Item]:
    """The items of what was named, in the order named; in folders and archives as a reader counts, 2 before 10.

    A file of several pictures is an item for each of them.

    Args:
        sources: files; folders, read with their sub-folders but for hidden ones, and through links; patterns such as
            'ch*/**/*.png' that a shell has left alone; archives of whatever ending, and folders and patterns of them;
            files, folders and archives by URL; "-" for stdin.
        more: endings that count in folders, besides those of pictures.
        apart: folders and files that nothing is taken from but what is named itself, as that of the results.
        closed_by: folders below those that are named count for nothing if they hold a file of this name.
        passed: takes what is passed over.

    Raises:
        SengaError: a folder, archive or pattern without a picture.
    """
    passed = Passed() if passed is None else passed
    search = _Search((*ENDINGS, *more), len(sources) > 1, tuple(apart), closed_by, passed)
    found = [item for source in sources for item in search.at(source)]
    members: dict[str, list[str]] = {}
    for item in found:
        if item.member:
            members.setdefault(item.file, []).append(item.member)
    several = {(file, name) for file, names in members.items() for name in _with_several(file, names)}
    return [page for item in found for page in _by_page(item, read=(item.file, item.member) in several)]


def is_picture(name: str, endings: Sequence[str] = ENDINGS) -> bool:
    """Whether a name is a picture's.

    >>> is_picture("a.JFIF"), is_picture("b.jpg_large"), is_picture("c.txt")
    (True, True, False)
    """
    ending = PurePosixPath(name).suffix.lower()
    return ending in endings or _SIZED.fullmatch(ending) is not None


def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """A key to sort names as a reader counts, whatever digits they count in and however many.

    >>> sorted(["p10.png", "p2.png", "P1.png", "p³.png", "p٤.png"], key=natural)
    ['P1.png', 'p2.png', 'p³.png', 'p٤.png', 'p10.png']
    """
    parts = re.split(r"(\d+)", unicodedata.normalize("NFKC", name).casefold())
    # Numbers are compared by their length and their digits: thousands of digits are no number that Python takes.
    numbers = ["".join(str(unicodedata.decimal(c)) for c in p).lstrip("0") if p.isdecimal() else None for p in parts]
    keys = [(1, 0, p) if n is None else (0, len(n), n) for p, n in zip(parts, numbers, strict=True) if p]
    return (*keys, (-1, 0, name))


def _by_page(item: Item, *, read: bool) -> list[Item]:
    """An item for each picture of its file; members of archives that are not to be `read` have one."""
    here = not item.member and item.file != "-" and not storage.is_remote(item.file)
    if item.broken or (item.member and not read) or (here and not storage.is_file(item.file)):
        return [item]  # of a pipe nothing is read twice
    try:
        content = item.content() if item.member or item.file == "-" else None
    except SengaError:
        return [item]  # told when it is worked on
    item = replace(item, kept=content) if item.file == "-" else item
    found = pages.frames_or_one(item.file, content)
    if isinstance(found, str):
        return [replace(item, broken=found)]
    if len(found) == 1:
        # Of one page that is not the first picture of its file, the others are previews.
        return [item if found == (0,) else replace(item, page=1, frame=found[0])]
    stem, _, ending = item.name.rpartition(".") if "." in PurePosixPath(item.name).name else (item.name, "", "")
    wide = len(str(len(found)))
    return [
        replace(
            item,
            place=f"{item._shown} (page {number})",
            name=f"{stem}-{number:0{wide}}{'.' if ending else ''}{ending}",
            page=number,
            frame=frame,
        )
        for number, frame in enumerate(found, 1)
    ]


def _with_several(file: str, members: Sequence[str]) -> list[str]:
    """Members of an archive that may hold several pictures; far away, those that are likely to."""
    if storage.is_remote(file):
        return [name for name in members if PurePosixPath(name).suffix.lower() in pages.LIKELY]
    heads = archives.heads(file, members, pages.HEAD)
    return [name for name, head in heads.items() if pages.may_hold_several(io.BytesIO(head))]


@dataclass(frozen=True)
class _Search:
    """The items of sources one by one; attributes as `find_items` has them."""

    endings: tuple[str, ...]
    several: bool
    apart: tuple[str, ...]
    closed_by: str
    passed: Passed

    def at(self, source: str) -> list[Item]:
        """The items of one source."""
        path = Path(source)
        if not source:
            raise SengaError("'': an empty name; give a file, or '.' for the folder here")
        if storage.is_remote(source) and not archives.is_archive(source):
            return self._at_url(source)
        if storage.is_remote(source):
            return self._in_archive(source, storage.base(source))
        if source == "-":
            return [Item(source, "stdin", source)]
        if storage.is_folder(source):
            return self._in_folder(path, several=self.several)
        if not is_picture(source, self.endings) and storage.exists(source) and archives.is_archive(path):
            return self._in_archive(source, path.name)
        if not storage.exists(source) and patterns.has_magic(source):
            return self._by_pattern(source)
        return [Item(source, path.name, source)]

    @property
    def _apart(self) -> tuple[Path, ...]:
        """Resolved, with the folders of what is not yet one archive of results."""
        here = [Path(name).resolve() for name in self.apart if name != "-" and not storage.is_remote(name)]
        return (*here, *(one.with_name(storage.fitting(f"{one.name}{archives.STAGE}")) for one in here))

    def _in_folder(self, folder: Path, *, several: bool) -> list[Item]:
        found = [
            (place / name).relative_to(folder).as_posix()
            for place, names in folders.walk(folder, self._apart, self.passed, self.closed_by)
            for name in names
        ]
        # Of several folders each keeps its name, or their pages would be written over each other.
        before = f"{folder.resolve().name}/" if several else ""
        return self._of_files(str(folder), {name: str(folder / name) for name in found}, before)

    def _of_files(self, where: str, found: dict[str, str], before: str = "") -> list[Item]:
        """Items of files by their names in a folder; those that are no pictures and no comics are passed over.

        Comics count as pictures do. Archives of other endings may be anything, a copy of the pictures that they lie
        beside too: they count where there are no pictures.
        """
        shown = [name for name in sorted(found, key=natural) if not is_litter(name)]
        drawn = {name for name in shown if is_picture(name, self.endings)}
        books = archives.ALL if not drawn else archives.COMICS
        items = []
        for name in shown:
            file = found[name]
            if name in drawn:
                items.append(Item(file, before + name, file))
            elif storage.ending(file) in books:
                items += self._in_archive(file, before + name)
            else:
                self.passed.add(file)
        if not items:
            beside = f"; {line}" if (line := self.passed.line(packing=False)) else ""
            raise SengaError(f"{where}: no pictures here ({', '.join(self.endings)}){beside}")
        return items

    def _at_url(self, url: str) -> list[Item]:
        """What lies at a URL: with a picture's ending a file, else a folder."""
        if is_picture(storage.base(url), self.endings):
            return [Item(url, storage.base(url), url)]
        found = {name: storage.join(url, name) for name in storage.find(url)}
        results = tuple(f"{name.rstrip('/')}{end}/" for name in self.apart for end in ("", archives.STAGE))
        own = {n: f for n, f in found.items() if f not in self.apart and not f.startswith(results)}
        return self._of_files(url, own, f"{storage.base(url)}/" if self.several else "")

    def _in_archive(self, file: str, name: str) -> list[Item]:
        """Pages of an archive that is called so from what was named."""
        stem = str(PurePosixPath(name).with_suffix(""))
        broken = Item(file, f"{stem}/{storage.base(file)}", file)
        try:
            names, book = archives.members(file), archives.written_as(file, name)
        except SengaError as error:
            # One broken archive of many must not stop the others.
            return [replace(broken, broken=str(error).removeprefix(f"{file}: "))]
        if archives.may_go_on(file):
            log.warning("%s: has no mark at its end: it may have been cut off, and pages be missing", file)
        shown = [n for n in names if not is_litter(n)]
        drawn = sorted((n for n in shown if is_picture(n, self.endings)), key=natural)
        for other in sorted(set(shown) - set(drawn), key=natural):
            self.passed.add(f"{file}:{other}", packed=True)
        if not drawn:
            inside = Passed()
            for other in shown:
                inside.add(other)
            holds = inside.line(packing=False).replace("passed over", "it holds")
            return [replace(broken, broken=f"an archive without pictures{f'; {holds}' if holds else ''}")]
        return [Item(f"{file}:{n}", f"{stem}/{n}", file, n, book=book) for n in drawn]

    def _by_pattern(self, pattern: str) -> list[Item]:
        root, fit = patterns.expand(pattern, self._apart, self.passed)
        files = {one.relative_to(root).as_posix(): str(one) for one in fit if one.is_file()}
        within = [one for one in fit if one.is_dir()]
        if not files and within:
            # As if a shell had named the folders.
            return [item for one in within for item in self._in_folder(one, several=self.several or len(within) > 1)]
        if not files:
            raise SengaError(f"{pattern}: no picture fits the pattern ({', '.join(self.endings)})")
        for one in within:
            self.passed.add(str(one), FOLDER)
        return self._of_files(pattern, files)
