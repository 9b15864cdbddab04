"""Files as clients send them: bare and in forms, under names written in many ways."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from conftest import ring
from packing import packed
from senga import image
from senga.color.colorizer import Colorizer
from senga.color.files.zips import kind_of
from senga.web.app import make_app
from senga.web.guard import known_names
from senga.web.refusal import RefusalError
from senga.web.uploads import file_in, name_in, name_of

PNG = image.encode(ring(48, 64, 16), "PNG")
KIND = "multipart/form-data; boundary=xx"


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = make_app(Colorizer.open(threads=1), names=known_names("127.0.0.1"))
    with TestClient(app, base_url="http://127.0.0.1:8420", follow_redirects=False) as made:
        yield made


def name_kept(client: TestClient, id: str) -> str:
    """The name that a drawing's files are given."""
    said = str(client.post(f"/api/v1/drawings/{id}/export?format=layer", json={}).headers["content-disposition"])
    return said.partition("filename*=UTF-8''")[2]


def form(*parts: tuple[str, bytes], end: bytes = b"--xx--\r\n") -> bytes:
    return b"".join(b"--xx\r\n" + head.encode() + b"\r\n\r\n" + body + b"\r\n" for head, body in parts) + end


FILE = 'Content-Disposition: form-data; name="file"; filename="{}"'


class TestForms:
    def test_a_form_with_one_file_is_an_upload(self, client: TestClient) -> None:
        answer = client.post("/api/v1/drawings", files={"file": ("猫の絵.png", PNG, "image/png")})
        assert answer.status_code == 201, answer.text
        assert (answer.json()["width"], answer.json()["height"]) == (64, 48)
        assert name_kept(client, answer.json()["id"]).startswith("%E7%8C%AB%E3%81%AE%E7%B5%B5")

    def test_fields_beside_the_file_do_not_matter(self, client: TestClient) -> None:
        answer = client.post("/api/v1/drawings", files={"file": ("a.png", PNG)}, data={"comment": "x", "n": "1"})
        assert answer.status_code == 201

    def test_references_and_palettes_come_in_forms_too(self, client: TestClient) -> None:
        id = client.post("/api/v1/drawings", content=PNG).json()["id"]
        answer = client.put(f"/api/v1/drawings/{id}/reference", files={"file": ("r.png", PNG)})
        assert answer.status_code == 200, answer.text
        answer = client.post("/api/v1/palette", files={"p": ("p.txt", b"#102030\n#a0b0c0\n")})
        assert answer.json() == {"colors": ["#102030", "#a0b0c0"]}

    def test_a_field_that_is_no_file_is_taken_where_there_is_no_other(self) -> None:
        assert file_in(form(('Content-Disposition: form-data; name="d"', PNG)), KIND) == (PNG, "")

    def test_every_byte_of_a_file_comes_through(self) -> None:
        content = bytes(range(256)) * 300 + b"\r\n--x\r\n--xy\n\r--"
        assert file_in(form((FILE.format("a.bin"), content)), KIND) == (content, "a.bin")

    @pytest.mark.parametrize(
        ("content", "kind", "said"),
        [
            (form((FILE.format("a"), b"1"), (FILE.format("b"), b"2")), KIND, "2 files"),
            (form(), KIND, "no file"),
            (b"", KIND, "cut off"),
            (form((FILE.format("a"), b"1"), end=b""), KIND, "cut off"),
            (form((FILE.format("a"), b"1"))[:60], KIND, "cut off"),
            (b"\x89PNG\r\n", KIND, "not a form"),
            (form((FILE.format("a"), b"1")), "multipart/form-data", "boundary"),
            (form((FILE.format("a"), b"1")), "multipart/form-data; boundary=other", "not a form"),
            (form((FILE.format("a"), b"1")), "multipart/form-data; boundary=" + "x" * 5000, "not a form"),
            (form(*[('Content-Disposition: form-data; name="d"', b"")] * 99), KIND, "more than 50 parts"),
            (form((FILE.format("a") + "\r\nContent-Transfer-Encoding: quoted-printable", b"1")), KIND, "as it is"),
        ],
    )
    def test_what_is_no_form_or_not_one_file_is_told(
        self, client: TestClient, content: bytes, kind: str, said: str
    ) -> None:
        answer = client.post("/api/v1/drawings", content=content, headers={"Content-Type": kind})
        assert answer.status_code in (400, 415)
        assert said in answer.json()["error"]
        with pytest.raises(RefusalError, match=said):
            file_in(content, kind)


class TestNames:
    @pytest.mark.parametrize(
        "given",
        [
            "猫.png".encode(),
            b"%E7%8C%AB.png",
            b"UTF-8''%E7%8C%AB.png",
            b"utf-8'ja'%E7%8C%AB.png",
            b"=?UTF-8?B?54yrLnBuZw==?=",
            b"shift_jis''%94L.png",
        ],
    )
    def test_a_name_is_read_however_it_is_written(self, client: TestClient, given: bytes) -> None:
        assert name_of({"x-file-name": given.decode("latin-1")}) == "猫.png"
        answer = client.post("/api/v1/drawings", content=PNG, headers={b"X-File-Name": given})
        assert name_kept(client, answer.json()["id"]).startswith("%E7%8C%AB")

    def test_a_name_in_latin_1_is_that(self) -> None:
        assert name_of({"x-file-name": "caf\xe9.png"}) == "café.png"

    @pytest.mark.parametrize(
        ("given", "name"),
        [
            ("attachment; filename=\"a b.png\"; filename*=UTF-8''%e2%82%ac.png", "€.png"),
            ('form-data; name="f"; filename="a\\"b;c.png"', 'a"b;c.png'),
            ('form-data; filename="50%25.png"', "50%25.png"),
            ("form-data; filename=x.png", "x.png"),
            ('form-data; name="f"', ""),
            ("", ""),
            ("form-data; filename*=nonsense''%ff", "\ufffd"),
        ],
    )
    def test_a_disposition_names_its_file(self, given: str, name: str) -> None:
        assert name_in(given) == name


ORA = {"mimetype": b"image/openraster", "stack.xml": b"<image/>", "data/layer0.png": PNG, "mergedimage.png": PNG}


class TestZips:
    @pytest.mark.parametrize(
        ("parts", "kind"),
        [
            (ORA, "OpenRaster"),
            ({"stack.xml": b"", "a.png": PNG}, "OpenRaster"),
            ({"mimetype": b"application/x-kra", "maindoc.xml": b""}, "Krita drawing"),
            ({"mimetype": b"krita/x-colorset", "colorset.xml": b""}, "Krita palette"),
            ({"mimetype": b"application/epub+zip", "META-INF/container.xml": b""}, "e-book"),
            ({"Document.archive": b"", "QuickLook/Thumbnail.png": PNG}, "Procreate"),
            ({"[Content_Types].xml": b"", "word/document.xml": b""}, "office"),
            ({f"{i:03}.jpg": b"x" for i in range(300)} | {"ComicInfo.xml": b""}, "comic or a folder of 300 pictures"),
            ({"a.png": PNG}, "one picture"),
            ({}, "empty zip"),
            ({"notes.txt": b"x", "b.txt": b""}, "zip of 2 files, such as 'notes.txt'"),
        ],
    )
    def test_a_zip_that_is_no_project_is_told_by_what_it_is(
        self, client: TestClient, parts: dict[str, bytes], kind: str
    ) -> None:
        content = packed(parts, zipfile.ZIP_STORED)
        assert kind in kind_of(content)
        for answer in (
            client.post("/api/v1/drawings", content=content),
            client.post("/api/v1/drawings", files={"file": ("a.cbz", content)}),
        ):
            assert answer.status_code == 422
            if image.has_layers(content):  # then it is read, and what is wrong with it is told
                assert "a broken document" in answer.json()["error"]
                continue
            assert kind in answer.json()["error"]
            assert "give a picture" in answer.json()["error"]

    def test_a_zip_that_is_cut_off_is_told(self, client: TestClient) -> None:
        answer = client.post("/api/v1/drawings", content=packed(ORA, zipfile.ZIP_STORED)[:-200])
        assert answer.status_code == 422
        assert "cut off" in answer.json()["error"]

    def test_junk_that_begins_like_a_zip_has_a_kind(self) -> None:
        whole = packed(ORA, zipfile.ZIP_STORED)
        for cut in range(0, len(whole), 7):
            assert kind_of(whole[:cut] + b"PK\5\6" + b"\xff" * 18)


class TestTruncated:
    @pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP", "GIF"])
    @pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
    def test_a_picture_that_ends_early_is_told(self, client: TestClient, kind: str, share: float) -> None:
        content = written(kind)
        answer = client.post("/api/v1/drawings", content=content[: int(len(content) * share)])
        assert answer.status_code == 422
        assert "truncated" in answer.json()["error"]
        if kind in ("WEBP", "TIFF", "BMP"):
            assert f"{int(len(content) * share)} of {len(content)} bytes" in answer.json()["error"]


def written(kind: str) -> bytes:
    import numpy as np
    from PIL import Image

    out = io.BytesIO()
    noise: Any = np.random.default_rng(0).integers(0, 256, (90, 80, 3)).astype(np.uint8)
    Image.fromarray(noise).save(out, kind)
    return out.getvalue()


class TestHead:
    @pytest.mark.parametrize(
        "path", ["/", "/api/v1/health", "/api/v1/info", "/metrics", "/api/v1/docs", "/api/v1/openapi.json"]
    )
    def test_head_is_answered_as_get_is_without_a_body(self, client: TestClient, path: str) -> None:
        got, asked = client.get(path), client.head(path)
        assert asked.status_code == got.status_code == 200
        assert asked.content == b""
        assert asked.headers["content-type"] == got.headers["content-type"]
        assert int(asked.headers["content-length"]) > 0

    def test_head_of_a_drawing_and_of_what_is_not_there(self, client: TestClient) -> None:
        id = client.post("/api/v1/drawings", content=PNG).json()["id"]
        assert client.head(f"/api/v1/drawings/{id}/lines.png").headers["content-type"] == "image/png"
        assert client.head("/api/v1/drawings/x/lines.png").status_code == 404
        assert client.head(f"/api/v1/drawings/{id}/color").status_code == 405
        assert client.head("/", headers={"Host": "evil.example"}).status_code == 403
