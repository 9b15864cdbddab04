"""Writes docs/openapi.json, the frozen description of the HTTP API: what programs of others rely on.

A test holds the server to it. Run this where a change of the API was decided, and say so in CHANGELOG.md.
"""

import json
from pathlib import Path
from typing import Any

from fastapi.openapi.utils import get_openapi

from senga.web import schema
from senga.web.app import router

FILE = Path(__file__).parent.parent / "docs" / "openapi.json"


def described() -> dict[str, Any]:
    """The API's description, without the version of senga, which changes nothing of it."""
    return schema.completed(get_openapi(title="senga", version="", description=schema.ABOUT, routes=router.routes))


def as_text(document: dict[str, Any]) -> str:
    """The file's text."""
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(as_text(described()), encoding="utf-8")
    print(FILE)
