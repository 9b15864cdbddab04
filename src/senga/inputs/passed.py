"""What lies among the pictures and is not worked on, counted by kind."""

from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

LINK_OUT = "link that leads nowhere"
LINK_BACK = "link to a folder that it lies in"
CLOSED = "folder that cannot be opened"
NO_FILE = "pipe, socket or device"
FOLDER = "folder"

LITTER = ("thumbs.db", "desktop.ini", "__macosx")
"""Names of what programs leave in folders, in small letters; what begins with a dot is such, too."""

NAMED = 100
"""Files of a kind that a report names. Ours."""

SHOWN = 8
"""Kinds that the closing line names. Ours."""


@dataclass
class Passed:
    """Files and folders that were passed over.

    Attributes:
        kinds: their places by kind: an ending, or in words what is wrong with them.
        packed: whether some of them lie in archives, with whose pages they are packed again.
    """

    kinds: dict[str, list[str]] = field(default_factory=dict)
    packed: bool = False

    def add(self, place: str, kind: str = "", *, packed: bool = False) -> None:
        """Counts one; its kind is its ending if no other is given."""
        self.kinds.setdefault(kind or PurePosixPath(place).suffix.lower() or "without ending", []).append(place)
        self.packed = self.packed or packed

    def line(self, *, packing: bool) -> str:
        """All of them in one line; "" for none.

        Args:
            packing: whether archives are written again.

        >>> passed = Passed()
        >>> passed.add("in/a.heic")
        >>> passed.add("in/b.heic")
        >>> passed.add("in/notes.txt")
        >>> passed.line(packing=False)
        'passed over: 2 .heic (in/a.heic, ...), 1 .txt (in/notes.txt)'
        """
        if not self.kinds:
            return ""
        most = sorted(self.kinds.items(), key=lambda kind: -len(kind[1]))
        parts = [f"{len(p)} {kind} ({p[0]}{', ...' if len(p) > 1 else ''})" for kind, p in most[:SHOWN]]
        if rest := sum(len(places) for _, places in most[SHOWN:]):
            parts.append(f"{rest} of other kinds")
        ending = "; what archives held of these is packed as it came" if packing and self.packed else ""
        return f"passed over: {', '.join(parts)}{ending}"

    def record(self) -> list[dict[str, Any]]:
        """For a report: kind, count, and the first files."""
        return [{"kind": k, "count": len(p), "files": p[:NAMED]} for k, p in self.kinds.items()]


def is_litter(name: str) -> bool:
    """Whether a name is a program's own litter, "/" between folders; nobody misses that. Titles begin with dots, too.

    >>> is_litter("__MACOSX/._1.png"), is_litter(".git/1.png"), is_litter("...and then.png")
    (True, True, False)
    """
    parts = PurePosixPath(name).parts
    return any((part.startswith(".") and part[:2] != "..") or part.lower() in LITTER for part in parts)
