"""The versions that a project file holds: earlier results of its drawing, each as the request that makes it again.

They lie in the part "versions.json", a list:

    [{"name": "Red hair", "time": "2025-05-04T13:20:00.000Z", "request": {...}, "reference": "reference-1",
      "finished": null, "colored": null}]

"request" is as in `senga.color.request`, its marks among it; "time", when the version was kept, may be "". "reference",
"finished" and "colored" name the parts where the pictures lie that the request names: the project's own, or
"reference-1", "finished-1" and so on; null where it names none.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from senga.color import strict_json
from senga.color.request import Request
from senga.errors import HintError

VERSIONS = "versions.json"

COUNT, NAME, TIME = 64, 200, 40
"""Most versions, and most characters of a name and of a time. Ours."""

TEXT = 64_000_000
"""Most bytes of the list: versions of one drawing repeat its marks."""

PICTURES = ("reference", "finished", "colored")
"""Pictures that a request may name."""


@dataclass(frozen=True)
class Version:
    """An earlier result.

    Attributes:
        name: the person's, on one line.
        request: what makes it again.
        time: when it was kept, ISO 8601; "" where that is not known.
        reference, finished, colored: files of the pictures that the request names; None where it names none.

    Raises:
        HintError: a name or time of another form, or a picture without its name or a name without it.
    """

    name: str
    request: Request
    time: str = ""
    reference: bytes | None = field(default=None, repr=False)
    finished: bytes | None = field(default=None, repr=False)
    colored: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        strict_json.text(self.name, "versions.name", NAME)
        strict_json.text(self.time, "versions.time", TIME)
        try:
            datetime.fromisoformat(self.time or "2000-01-01")
        except ValueError:
            raise HintError(f"[versions.time]: {strict_json.shown(self.time)} is no time as ISO 8601 says it") from None
        for kind in PICTURES:
            if (getattr(self.request, kind) is None) != (getattr(self, kind) is None):
                name = strict_json.shown(self.name)
                raise HintError(f"[versions]: {name} names a {kind} that is not there, or has one and does not name it")


def most_of(part: str, known: Mapping[str, int]) -> int | None:
    """Most bytes of a part of a project, unpacked; None where it is no part. `known`: those of its other parts."""
    if part == VERSIONS:
        return TEXT
    numbered = re.fullmatch(r"([a-z]+)-([1-9][0-9]?)", part)
    return known.get(numbered[1] if numbered and numbered[1] in PICTURES and int(numbered[2]) <= COUNT else part)


def encode_versions(versions: tuple[Version, ...], own: Mapping[str, bytes | None]) -> dict[str, bytes]:
    """The parts of a project that hold its versions; none where there are none. `own`: the project's own pictures."""
    if not versions:
        return {}
    parts: dict[str, bytes] = {}
    rows = []
    for number, version in enumerate(versions, 1):
        places: dict[str, str | None] = dict.fromkeys(PICTURES)
        for kind in PICTURES:
            content = getattr(version, kind)
            if content is None:
                continue
            there = {kind: own.get(kind), **{n: c for n, c in parts.items() if n.startswith(kind)}}
            places[kind] = next((n for n, c in there.items() if c == content), f"{kind}-{number}")
            if places[kind] not in there:
                parts[f"{kind}-{number}"] = content
        rows.append({"name": version.name, "time": version.time, "request": version.request.to_table(), **places})
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    return {VERSIONS: text.encode(), **parts}


def decode_versions(parts: Mapping[str, bytes]) -> tuple[Version, ...]:
    """The versions in a project's parts.

    Raises:
        HintError: another key, type or range, a picture that is missing, or one that no version names.
    """
    used: set[str] = set()
    rows = strict_json.parse(parts[VERSIONS], TEXT) if VERSIONS in parts else []
    found = strict_json.entries(rows, "versions", COUNT, _reader(parts, used))
    stray = [name for name in parts if name.startswith(tuple(f"{k}-" for k in PICTURES)) and name not in used]
    if stray:
        raise HintError(f"[versions]: holds '{stray[0]}', which no version names")
    return found


def _reader(parts: Mapping[str, bytes], used: set[str]) -> Callable[[object, str], Version]:
    keys = {"name": True, "time": False, "request": True, **dict.fromkeys(PICTURES, False)}

    def read(value: object, place: str) -> Version:
        given = strict_json.table(value, place, keys)
        pictures: dict[str, bytes | None] = dict.fromkeys(PICTURES)
        for kind in PICTURES:
            if given.get(kind) is None:
                continue
            name = strict_json.text(given[kind], f"{place}.{kind}", NAME)
            if name not in parts or not (name == kind or name.startswith(f"{kind}-")):
                raise HintError(f"[{place}.{kind}]: {strict_json.shown(name)} is no such picture of the project")
            used.add(name)
            pictures[kind] = parts[name]
        name = strict_json.text(given["name"], f"{place}.name", NAME)
        request = Request.from_table(given["request"], f"{place}.request")
        time = strict_json.text(given.get("time", ""), f"{place}.time", TIME)
        return Version(name, request, time, *pictures.values())

    return read
