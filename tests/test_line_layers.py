"""Layers of documents that can be the lines: which there are, which is taken, and each by itself from the server."""

import io

import numpy as np
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from layered_files import L, pen, psd, solid
from senga import image
from senga.color.colorizer import Colorizer
from senga.web.app import make_app
from senga.web.guard import known_names
from senga.web.server import Limits

WHITE = solid((255, 255, 255, 255))
SHOWN = solid((200, 210, 220))


def document(*more: L) -> bytes:
    """A PSD of paper, a sketch that is hidden in a group, and ink."""
    sketch = L("figure", children=[L("rough", pen()[::-1].copy(), visible=False)])
    return psd(SHOWN, [L("paper", WHITE), sketch, *more, L("ink", pen())])


def test_layers_and_the_one_that_is_taken_are_told() -> None:
    layers, taken = image.line_layers(document(), "a.psd")
    assert layers == [("ink", True), ("figure", True), ("figure/rough", False), ("paper", True)]
    assert taken == "ink"


def test_of_two_layers_of_one_path_neither_can_be_chosen() -> None:
    layers, taken = image.line_layers(document(L("ink", pen())), "a.psd")
    assert "ink" not in dict(layers)
    assert taken is None


def test_a_picture_has_no_layers() -> None:
    file = io.BytesIO()
    Image.fromarray(SHOWN).save(file, "PNG")
    assert image.line_layers(file.getvalue(), "a.png") == ([], None)


@pytest.fixture(scope="module")
def client() -> TestClient:
    """A server."""
    app = make_app(Colorizer.open(threads=1), Limits(), names=known_names("127.0.0.1"))
    return TestClient(app, base_url="http://127.0.0.1:8000")


def test_the_server_tells_layers_and_gives_each(client: TestClient) -> None:
    id = client.post("/api/v1/drawings", content=document(), headers={"Content-Type": "image/png"}).json()["id"]
    said = client.get(f"/api/v1/drawings/{id}/layers").json()
    assert said["taken"] == "ink"
    assert said["layers"][2] == {"path": "figure/rough", "visible": False}
    for path, wanted in (("figure/rough", pen()[::-1]), ("", np.dstack([SHOWN, np.full((40, 60), 255, np.uint8)]))):
        given = client.get(f"/api/v1/drawings/{id}/layer.png", params={"path": path})
        with Image.open(io.BytesIO(given.content)) as picture:
            found = np.asarray(picture.convert("RGBA"))
        there = wanted[..., 3] > 0
        assert np.array_equal(found[there], wanted[there])
        assert (found[~there][:, 3] == 0).all()
    missing = client.get(f"/api/v1/drawings/{id}/layer.png", params={"path": "hair"})
    assert missing.status_code == 422
    assert "hair" in missing.json()["error"]


def test_a_plain_drawing_has_no_layers(client: TestClient) -> None:
    file = io.BytesIO()
    Image.fromarray(SHOWN).save(file, "PNG")
    id = client.post("/api/v1/drawings", content=file.getvalue(), headers={"Content-Type": "image/png"}).json()["id"]
    assert client.get(f"/api/v1/drawings/{id}/layers").json() == {"layers": [], "taken": None}
    assert client.get(f"/api/v1/drawings/{id}/layer.png?path=ink").status_code == 422
