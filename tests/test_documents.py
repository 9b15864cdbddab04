"""What documents link to and name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_files_that_a_document_links_to_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in link:
            assert (document.parent / link).exists(), link


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_scripts_that_a_document_names_exist(document: Path) -> None:
    for script in re.findall(r"\b(?:tools|docs)/[\w/]+\.py\b", document.read_text(encoding="utf-8")):
        assert (ROOT / script).exists(), script


def test_scripts_that_the_code_names_exist() -> None:
    for file in [*(ROOT / "src").rglob("*.py"), *(ROOT / "tools").rglob("*.py")]:
        for script in re.findall(r"\b(?:tools|docs)/[\w/]+\.py\b", file.read_text(encoding="utf-8")):
            assert (ROOT / script).exists(), f"{file}: {script}"


def test_pictures_of_documents_are_small() -> None:
    heavy = {f.name: f.stat().st_size for f in (ROOT / "docs").rglob("*") if f.suffix in (".png", ".jpg", ".webp")}
    assert heavy
    assert not [name for name in heavy if not name.endswith(".webp")]
    assert max(heavy.values()) < 600_000, heavy
