"""The files of the page, read once when the server starts: what a client asks for is looked up, never opened."""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
"""Endings of files that are served, and what they are."""


@dataclass(frozen=True)
class Sheet:
    """One file of the page.

    Attributes:
        content: bytes. kind: Content-Type. tag: ETag, of the content.
    """

    content: bytes
    kind: str
    tag: str


def read_page() -> dict[str, Sheet]:
    """The page's files by their paths below its folder."""
    folder = files("senga.web") / "page"
    return dict(_sheets(folder, "")) if folder.is_dir() else {}


def _sheets(folder: Traversable, below: str) -> list[tuple[str, Sheet]]:
    found: list[tuple[str, Sheet]] = []
    for entry in folder.iterdir():
        kind = TYPES.get("." + entry.name.rsplit(".", 1)[-1].lower())
        if entry.is_dir():
            found += _sheets(entry, f"{below}{entry.name}/")
        elif kind is not None and not entry.name.startswith("."):
            content = entry.read_bytes()
            found.append((below + entry.name, Sheet(content, kind, f'"{hashlib.sha256(content).hexdigest()[:32]}"')))
    return found
