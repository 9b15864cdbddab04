"""What cannot be asked of a document, said in one line before anything is read."""

from __future__ import annotations

from .words import LineError

MOST_PIXELS = 40_000_000
"""Largest document; what `senga serve` takes by itself."""

LONGEST = 256
"""Times as long as wide that a picture may be; the server's bound."""


def refusal(document) -> LineError | None:
    """Why a document cannot be colored; None if it can."""
    if document is None:
        return LineError("no document")
    width, height = document.width(), document.height()
    if width * height > MOST_PIXELS:
        return LineError("too large", width=width, height=height, most=MOST_PIXELS // 1_000_000)
    if max(width, height) > LONGEST * min(width, height):
        return LineError("too long", width=width, height=height)
    if document.colorModel() not in ("RGBA", "CMYKA", "LABA", "XYZA", "YCBCRA"):
        return LineError("no colors", model=document.colorModel())
    return None


def note(document, lines) -> LineError | None:
    """What a person should know of an answer in a document that is not like most; None if there is nothing."""
    if lines.animated():
        return LineError("one frame", frame=document.currentTime())
    return None
