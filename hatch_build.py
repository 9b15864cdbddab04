"""Where the project lives, said when it is built: `SENGA_URL=https://HOST/OWNER/senga python -m hatchling build`.

With an address the metadata has it, and the README's links and pictures point there, so that they work on a package
index. Without one nothing is made up: the README's pictures are left out, and what it links to in the checkout is plain
text.
"""

import os
import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

PICTURE = re.compile(r"!\[([^\]]*)\]\((?!https?:)([^)\s]+)\)")
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\((?!https?:)([^)\s]+)\)")


class Home(MetadataHookInterface):
    """Adds the project's addresses and its README."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Writes `readme` and `urls` into the project's table, in place."""
        home = os.environ.get("SENGA_URL", "").rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": readme(text, home)}
        metadata["urls"] = urls(home)


def urls(home: str) -> dict[str, str]:
    """The addresses of a project that lives there; {} if it lives nowhere."""
    if not home:
        return {}
    return {
        "Homepage": home,
        "Documentation": f"{home}/tree/main/docs/guide",
        "Changelog": f"{home}/blob/main/CHANGELOG.md",
        "Issues": f"{home}/issues",
    }


def readme(text: str, home: str) -> str:
    """The README as it can be read away from the checkout."""
    if not home:
        return LINK.sub(r"\1", PICTURE.sub("", text))
    return LINK.sub(rf"[\1]({home}/blob/main/\2)", PICTURE.sub(rf"![\1]({home}/raw/main/\2)", text))
