"""Undo of a replaced answer: Krita keeps two steps (the new group came, the old one went), a person takes back one.

Krita's Python has no way to make the two one. Between them both groups are there, which is seen: then the same way is
gone one step further. Without the plugin it is two steps, and nothing is lost.
"""

from __future__ import annotations


class Together:
    """Replaced answers and where the document stands towards them."""

    def __init__(self) -> None:
        self._stands: dict[tuple[str, str], str] = {}

    def note(self, old: str, new: str) -> None:
        """The answer `new` has just taken the place of `old`: ids of groups."""
        self._stands[(old, new)] = "after"

    def further(self, present) -> str | None:
        """What has to be done once more, "undo" or "redo"; None if the document stands where a person can be.

        Args:
            present: whether the group of an id is in the document.
        """
        for pair, stood in self._stands.items():
            old, new = map(present, pair)
            if old and new:
                return "undo" if stood == "after" else "redo"
            if old != new:
                self._stands[pair] = "before" if old else "after"
        return None
