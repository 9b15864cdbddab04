"""Layers by name: the one that a person asks for, and the one whose name says that it is the line art."""

import re
import unicodedata

from senga.imagefiles.layered.tree import Document, Found, UnreadDocumentError, every

HINTS = "hints"
"""The layer of hints as senga's own files name it."""

UNTINTED = "lines, untinted"
"""The person's own lines in senga's files, where those that show are tinted."""

NAMED = 12
"""Layers that an error names. Ours."""

_PLAIN = (
    "line lines lineart linearts linework lining lineing ink inks inked inking inkwork outline outlines pen penline"
    " 線 線画 主線 線入れ ペン ペン入れ ペン線 墨線 清書線 線稿 せんが ライン ラインアート インク 実線"
    " 线 线稿 线条 线描 勾线 描线 墨线 描線 線條 勾線 선 선화 선따기 라인 라인아트 펜 펜선 펜터치 잉크"
    " linea lineas línea líneas entintado tinta linha linhas trait traits encrage linie linien tusche inchiostro"
    " лайн лайнарт линии линия контур контуры тушь"
)
NAMES = frozenset(unicodedata.normalize("NFKC", word).casefold() for word in _PLAIN.split())
"""What layers of line art are called, in the languages of those who draw; blanks and hyphens left out."""

PARTS = ("線画", "主線", "ペン入れ", "线稿", "線稿", "선화", "펜선", "lineart", "linework")
"""Parts of longer names that tell line art as well."""

OTHERS = frozenset(
    (
        *("color", "colors", "colour", "colours", "colored", "coloured", "flat", "flats", "base", "fill", "paint"),
        *("guide", "guides", "speed", "focus", "effect", "effects", "perspective", "grid", "ref", "reference"),
        *("sketch", "rough", "draft", "shadow", "mask"),
    )
)
"""Words beside which "line" and "ink" mean something else."""

_COPY = re.compile(
    r"[\s_\-.#([{（]*(\d+|copy|のコピー|コピー|副本|拷贝|複本|사본|복사본|copie|kopie|copia)[\s)\]}）]*$"
)


def by_name(document: Document, wanted: str) -> Found:
    """The layer or group of a name, or of a path such as "figure/ink"; capitals do not count.

    Raises:
        UnreadDocumentError: there is none, or several.
    """
    key = _key(wanted)
    all_of_them = list(every(document.layers))
    fit = [one for one in all_of_them if _key(one.told) == key]
    fit = fit or [one for one in all_of_them if _key(one.told).endswith(f"/{key}")]
    if not fit:
        known = [f"'{one.told}'" for one in all_of_them]
        more = ", ..." if len(known) > NAMED else ""
        raise UnreadDocumentError(f"no layer '{wanted}'; it has {', '.join(known[:NAMED]) or 'no layers'}{more}")
    if len(fit) > 1:
        told = list(dict.fromkeys(f"'{one.told}'" for one in fit))
        mend = "give one of their paths" if len(told) > 1 else "rename one"
        raise UnreadDocumentError(f"{len(fit)} layers are '{wanted}' ({', '.join(told[:NAMED])}); {mend}")
    return fit[0]


def hints_of(document: Document) -> Found | None:
    """The layer of hints, by senga's own name for it; None if there is none, or several."""
    found = [one for one in every(document.layers) if _key(one.node.name) == HINTS and one.node.children is None]
    return found[0] if len(found) == 1 else None


def line_art(document: Document) -> list[Found]:
    """The layer or group that is named like line art: one, if it is clear which; none, or all that could be it.

    Those that are visible go before those that are not, plain names ("ink 2") before longer ones ("hair ink").
    """
    known = [one for one in every(document.layers) if not one.node.unread]
    own = [one for one in known if _key(one.node.name) == UNTINTED]
    if len(own) == 1:
        return own
    plain = [one for one in known if _is_plain(one.node.name)]
    loose = [one for one in known if _is_like(one.node.name)]
    several: list[Found] = []
    for named in (plain, loose):
        for fit in (_outermost([one for one in named if one.shown]), _outermost(named)):
            if len(fit) == 1:
                return fit
            several = several or fit
            if fit:
                break  # several that are visible: one that is hidden is no better
        if several:
            return several
    return []


def _outermost(found: list[Found]) -> list[Found]:
    """Without those that lie in another one."""
    paths = {one.path for one in found}
    return [one for one in found if not any(one.path[:end] in paths for end in range(1, len(one.path)))]


def _key(name: str) -> str:
    return "/".join(" ".join(part.split()) for part in unicodedata.normalize("NFKC", name).casefold().split("/"))


def _bare(name: str) -> str:
    """A name without the numbers and "copy" that programs append."""
    bare, before = _key(name), ""
    while bare != before:
        before, bare = bare, _COPY.sub("", bare)
    return bare


def _is_plain(name: str) -> bool:
    """Whether a name is one of `NAMES`.

    >>> [_is_plain(name) for name in ("Line Art copy 2", "INKS", "線画1", "deadline", "主線 のコピー")]
    [True, True, True, False, True]
    """
    return re.sub(r"[\s_\-.]+", "", _bare(name)) in NAMES


def _is_like(name: str) -> bool:
    """Whether a longer name tells line art.

    >>> [_is_like(name) for name in ("girl - ink", "線画(人物)", "color lines", "pipeline", "Lineart final")]
    [True, True, False, False, True]
    """
    words = set(re.findall(r"[^\W\d_]+", _key(name)))
    if words & OTHERS:
        return False
    return bool(words & NAMES) or any(part in re.sub(r"[\s_\-.]+", "", _key(name)) for part in PARTS)
