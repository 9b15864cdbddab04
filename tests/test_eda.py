"""`senga eda`: a pair set as one page."""

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from conftest import call, patchwork
from senga import image
from senga.pairs.pairset import MANIFEST, Pair, PairSet, Split, as_line
from senga.pairs.survey import survey
from senga.pairs.surveypage import survey_page


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Five pairs: two with line art, two alike, one that cannot be read."""
    place = tmp_path / "a <set>"
    place.mkdir()
    rows = []
    for i in range(5):
        color = patchwork(70, 90, 0 if i == 3 else i)
        image.write(place / f"{i}.png", color)
        line = None
        if i < 2:
            drawn = np.full((70, 90), 255, np.uint8)
            drawn[: 7 * (i + 1)] = 0  # a tenth, a fifth
            line = f"{i}-line.png"
            image.write(place / line, drawn)
        digest = hashlib.sha256((place / f"{i}.png").read_bytes()).hexdigest()
        split: Split = "val" if i == 4 else "train"
        box = (0, 0, 90, 70)
        rows.append(Pair(f"{i}.png", line, f"s{i}.png", box, 0, "given", {}, digest, split, f"{i}", f"from {i % 2}"))
    (place / "4.png").write_bytes(b"not a picture")
    (place / MANIFEST).write_text("".join(as_line(row) + "\n" for row in rows))
    return place


def test_what_is_in_the_set_is_what_is_measured(folder: Path) -> None:
    told = []
    found = survey(PairSet.open(folder), workers=1, report=lambda done, total: told.append((done, total)))
    assert told == [(i, 5) for i in range(1, 6)]
    assert [one.index for one in found.looks] == [0, 1, 2, 3]
    assert [(one.width, one.height) for one in found.looks] == [(90, 70)] * 4
    assert [round(one.ink, 3) for one in found.looks[:2]] == [0.1, 0.2]
    assert np.isnan(found.looks[2].ink)
    assert found.twins == (("0.png", "3.png"),)
    assert [name for name, _ in found.unreadable] == ["4.png"]
    assert found.counts["split"] == {"train": 4, "val": 1}
    assert found.counts["origin"] == {"from 0": 3, "from 1": 2}
    assert sum(share for _, share in found.palette) == pytest.approx(1)
    first = image.read(folder / "0.png").reshape(-1, 3)
    assert any(np.abs(first - np.array(color)).max(1).min() <= 32 for color, _ in found.palette[:3])


def test_many_processes_say_the_same_as_one(folder: Path) -> None:
    row = (folder / MANIFEST).read_text().splitlines()[0]
    (folder / MANIFEST).write_text((row + "\n") * 60)
    one, two = (survey(PairSet.open(folder), workers=n) for n in (1, 2))
    assert survey_page(one) == survey_page(two)


def test_the_page_stands_alone_and_shows_all(folder: Path) -> None:
    page = survey_page(survey(PairSet.open(folder), workers=1), samples=3)
    assert page.startswith("<!doctype html>")
    assert "<title>Pair set a &lt;set&gt;</title>" in page
    assert "5 pairs of 5 pictures, 2 with line art" in page
    assert page.count("<svg") == 6
    assert page.count("data:image/webp;base64,") >= 3 + 2
    assert not re.search(r'(src|href)="(?!data:)', page)
    for said in ("Shorter side", "Ink in line art", "0.png and 3.png", "not a picture", "from 1"):
        assert said in page
    assert survey_page(survey(PairSet.open(folder), workers=1), samples=3) == page


def test_an_empty_set_is_a_page_too(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("")
    assert "0 pairs of 0 pictures" in survey_page(survey(PairSet.open(tmp_path), workers=1))


def test_the_verb_writes_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*more: str) -> int:
        return call(monkeypatch, "eda", folder, "--workers", 1, *more)

    assert run() == 0
    assert "eda.html: 4 pairs, 1 alike, 1 unreadable" in capsys.readouterr().out
    assert run() == 2
    assert "eda.html: exists" in capsys.readouterr().err
    assert run("--force") == 0
