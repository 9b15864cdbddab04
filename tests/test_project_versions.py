import json
from typing import Any

import pytest

from conftest import patchwork, ring
from packing import packed, parts_of
from senga import image
from senga.color.files.project import Project
from senga.color.files.projectversions import COUNT, Version
from senga.color.marks import Mark
from senga.color.request import Request
from senga.errors import HintError, ProjectError

MARKS = (Mark.stroke([(20, 20), (40.5, 30.25)], "#f03010", 9, [0.3, 1]), Mark.fill((48, 40), "#20a0f0"))


def png(pixels: Any) -> bytes:
    return image.encode(pixels, "PNG")


DRAWING, SKY, SEA = png(ring(80, 96, 28)), png(patchwork(40, 30)), png(patchwork(30, 20))
PLAIN = Version("Plain", Request(MARKS, seed=3))
OWN = Version("Like the project", Request(reference="sky.png"), "2025-05-04T13:20:00.000Z", SKY)
OTHER = Version("海", Request(reference="sea.png"), "2025-05-04T13:20:00.000Z", SEA)
AGAIN = Version("Sea again", Request(MARKS, reference="sea.png"), "", SEA)
WHOLE = Project(DRAWING, "ring.png", Request(reference="sky.png"), SKY, versions=(PLAIN, OWN, OTHER, AGAIN))


def test_versions_come_back_as_they_were() -> None:
    read = Project.from_bytes(WHOLE.to_bytes(), "a.senga")
    assert read.versions == WHOLE.versions
    assert read.versions[2].reference == SEA
    assert read.to_bytes() == WHOLE.to_bytes()


def test_a_picture_lies_there_once_whoever_names_it() -> None:
    parts = parts_of(WHOLE)
    assert sorted(n for n in parts if n.startswith("reference")) == ["reference", "reference-3"]
    rows = json.loads(parts["versions.json"])
    assert [row["reference"] for row in rows] == [None, "reference", "reference-3", "reference-3"]


def test_a_project_without_versions_has_no_part_of_them() -> None:
    assert set(parts_of(Project(DRAWING, "ring.png"))) == {"project.json", "marks.json", "drawing"}


def altered(**changes: Any) -> bytes:
    parts = parts_of(WHOLE)
    rows = json.loads(parts["versions.json"])
    rows[0] |= changes
    return packed({**parts, "versions.json": json.dumps(rows).encode()})


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (altered(name=1), "versions 1.name"),
        (altered(request={"mode": "shiny"}), "mode"),
        (altered(time="yesterday"), "versions.time"),
        (altered(reference="reference-9"), "versions 1.reference"),
        (altered(reference="drawing"), "versions 1.reference"),
        (altered(reference="reference"), "does not name it"),
        (altered(more=1), "unknown key 'more'"),
        (packed({**parts_of(WHOLE), "reference-7": SEA}), "'reference-7', which no version names"),
        (packed({**parts_of(WHOLE), "reference-65": SEA}), "reference-65"),
        (packed({**parts_of(WHOLE), "reference-01": SEA}), "reference-01"),
    ],
)
def test_versions_of_another_form_are_refused_with_their_place(content: bytes, words: str) -> None:
    with pytest.raises(ProjectError, match=words) as told:
        Project.from_bytes(content, "bad.senga")
    assert str(told.value).startswith("bad.senga: ")
    assert "\n" not in str(told.value)


def test_a_version_names_the_picture_that_it_has() -> None:
    with pytest.raises(HintError, match="names a reference that is not there"):
        Version("a", Request(reference="sea.png"))
    with pytest.raises(ProjectError, match="65 versions"):
        Project(DRAWING, "ring.png", versions=(PLAIN,) * (COUNT + 1))
    whole = Project(
        DRAWING,
        "ring.png",
        versions=tuple(Version(f"v{i}", Request(reference="sea.png"), "", SEA + bytes([i])) for i in range(COUNT)),
    )
    assert len(Project.from_bytes(whole.to_bytes(), "a").versions) == COUNT
