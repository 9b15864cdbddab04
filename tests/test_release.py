"""The wheel and the sdist: built, installed away from the checkout, and used."""

import email
import email.message
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from blocks import PROJECT, ROOT
from senga import __version__, image

pytestmark = pytest.mark.slow  # both are built, with all weights

HOME = "https://host.example/owner/senga"


def build(out: Path, source: Path = ROOT, home: str = "", *targets: str) -> list[Path]:
    """Builds the package without network; what was made."""
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(out), *targets]
    done = subprocess.run(
        command, cwd=source, env={**os.environ, "SENGA_URL": home}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return sorted(out.iterdir())


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (file,) = build(tmp_path_factory.mktemp("sdist"), ROOT, "", "-t", "sdist")
    return file


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, sdist: Path) -> Path:
    """The wheel as it comes out of the sdist: what the sdist lacks is found missing."""
    folder = tmp_path_factory.mktemp("source")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (source,) = folder.iterdir()
    (file,) = build(tmp_path_factory.mktemp("wheel"), source, HOME, "-t", "wheel")
    return file


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> email.message.Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def test_the_wheel_has_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    package = ROOT / "src" / "senga"
    wanted = {
        f"senga/{file.relative_to(package).as_posix()}"
        for file in package.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and file.suffix != ".pyc"
    }
    plugin = ROOT / "plugins" / "krita"
    wanted |= {
        f"senga/plugins/krita/{file.relative_to(plugin).as_posix()}"
        for file in plugin.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == wanted
    assert "senga/weights/painter.zip" in held


def test_the_metadata_says_what_a_package_index_needs(metadata: email.message.Message) -> None:
    assert (metadata["Name"], metadata["Version"]) == ("senga", __version__)
    assert metadata["License-Expression"] == "Apache-2.0 AND MIT"
    assert metadata.get_all("License-File") == [
        "LICENSE",
        "NOTICE",
        "src/senga/web/page/vendor/fflate.LICENSE.txt",
    ]
    assert set(metadata.get_all("Provides-Extra") or []) == set(PROJECT["optional-dependencies"])
    assert f"Homepage, {HOME}" in (metadata.get_all("Project-URL") or [])


def test_links_of_the_readme_work_away_from_the_checkout(metadata: email.message.Message) -> None:
    text = metadata.get_payload()
    assert isinstance(text, str)
    links = re.findall(r"\]\(([^)\s]+)\)", text)
    assert len(links) > 15
    assert all(link.startswith(f"{HOME}/") for link in links)
    assert all((ROOT / re.sub(rf"^{HOME}/(?:blob|raw)/main/", "", link)).exists() for link in links)
    assert re.search(rf"!\[[^\]]+\]\({HOME}/raw/main/docs/", text)


def test_without_an_address_none_is_made_up(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        (name,) = (n for n in archive.getnames() if n.count("/") == 1 and n.endswith("/PKG-INFO"))
        held = archive.extractfile(name)
        assert held is not None
        said = email.message_from_bytes(held.read())
    text = said.get_payload()
    assert isinstance(text, str)
    assert said.get_all("Project-URL") is None
    assert "](docs/" not in text
    assert "Color a drawing" in text


def test_weights_of_others_are_noticed_with_their_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith("/licenses/NOTICE"))
        notice = archive.read(name).decode()
        held = {Path(n).name for n in archive.namelist() if n.startswith("senga/weights/")}
    assert all(file in notice for file in held)
    assert re.search(r"eye\.onnx.*Copyright \(c\).*Permission is hereby granted", notice, re.S)


def test_an_installed_wheel_colors_a_drawing(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--no-compile"]
    subprocess.run([*install, "--disable-pip-version-check", "--target", str(site), str(wheel)], check=True)
    place = {**os.environ, "PYTHONPATH": str(site)}
    code = "import senga; print(senga.__file__)"
    where = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=place, capture_output=True, check=True)
    assert Path(where.stdout.decode().strip()).is_relative_to(site)
    drawing = ROOT / "examples" / "dove.png"
    command = [str(site / "bin" / "senga"), "color", str(drawing), "-o", "colored.png"]
    done = subprocess.run(command, cwd=tmp_path, env=place, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    colored = image.read(tmp_path / "colored.png")
    assert colored.shape == image.read(drawing).shape
    assert colored.std() > 0
    refused = subprocess.run(
        [str(site / "bin" / "senga"), "color", "none.png", "-o", "x.png"],
        cwd=tmp_path, env=place, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert refused.returncode == 2
    assert "none.png" in refused.stderr
