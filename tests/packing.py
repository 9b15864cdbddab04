"""Zips of parts, and the parts of a project, for tests of what lies in one file."""

import io
import zipfile

from senga.color.files.project import Project


def packed(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as pack:
        for name, content in parts.items():
            pack.writestr(name, content)
    return out.getvalue()


def parts_of(project: Project) -> dict[str, bytes]:
    """The parts of a project's file, by their names."""
    with zipfile.ZipFile(io.BytesIO(project.to_bytes())) as pack:
        return {name: pack.read(name) for name in pack.namelist()}
