"""A drawing by which export finds out which numbers come up in a network: the sample of the web page, which ships."""

from importlib.resources import files
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from senga import image
from senga.color.closer import Closer, find_closed_regions
from senga.color.colorizer import Colorizer
from senga.color.painting import Painting
from senga.color.scaling import labels_at, working_lines, working_shape
from senga.lines.learned import Inker
from senga.model.session import INPUT, Session

Feeds = dict[str, NDArray[np.float32]]
"""A graph's inputs, by name."""

SAMPLE = "web/page/sample.png"

SHARES = (0.4, 1.0, 1.5)
"""Sizes at which it is seen, by that of use (of a painter areas, else sides): thicker and thinner lines, fewer and
more places. Ours."""

IDEAS = 4
"""Colorings of the sample that a line extractor is shown."""


def sample_lines() -> image.Pixels:
    """The sample's lines, (H, W) uint8, 0 = ink."""
    return image.read_drawing_bytes((files("senga") / SAMPLE).read_bytes(), SAMPLE).lines


class _Recorder:
    """A session that remembers what it was given."""

    def __init__(self, session: Session) -> None:
        self.card, self.given = session.card, list[Feeds]()
        self._session = session

    def run(self, planes: NDArray[np.float32], conditions: Feeds | None = None) -> NDArray[np.float32]:
        self.given.append({INPUT: planes, **(conditions or {})})
        return self._session.run(planes, conditions)

    def stage(self, name: str, given: Feeds) -> Feeds:
        self.given.append(given)
        return self._session.stage(name, given)


def painter_examples(session: Session) -> list[Feeds]:
    """The sample as a painter reads it: at several sizes, each also mirrored."""
    recorder, lines = _Recorder(session), sample_lines()
    regions = find_closed_regions(lines)
    for share in SHARES:
        small = working_shape(lines.shape, round(session.card.area * share))
        seen, labels = working_lines(lines, small), labels_at(regions, small)
        Painting.read(cast(Any, recorder), seen, labels, regions)
        Painting.read(cast(Any, recorder), seen[:, ::-1], labels[:, ::-1], regions)
    return recorder.given


def _resized(picture: image.Pixels, share: float) -> image.Pixels:
    height, width = picture.shape[:2]
    return image.resize(picture, (round(height * share), round(width * share)))


def closer_examples(session: Session) -> list[Feeds]:
    """The sample as a closer sees it: large and small, its lines thick and thin, dark and pale."""
    recorder, lines = _Recorder(session), sample_lines()
    looks = Closer(cast(Any, recorder))
    for share in SHARES:
        seen = _resized(lines, share)
        looks.look(seen)
        looks.look(np.ascontiguousarray(255 - (255 - seen[:, ::-1]) // 2))
    return recorder.given


def inker_examples(session: Session) -> list[Feeds]:
    """The sample, colored by the weights that ship, as a line extractor sees it: small, large, mirrored, on gray."""
    recorder = _Recorder(session)
    looks = Inker(cast(Any, recorder))
    page = Colorizer.open().page(sample_lines())
    for seed in range(IDEAS):
        picture = page.paint(seed=seed, tint=float(seed % 2))[..., :3]
        for share in SHARES:
            seen = _resized(picture, share)
            looks.look(seen)
            looks.look(np.ascontiguousarray(255 - (255 - seen[:, ::-1]) // 3 * 2 - 60 * (seed % 2)).astype(np.uint8))
    return recorder.given
