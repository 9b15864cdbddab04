import importlib.metadata
from pathlib import Path

import pytest

from senga import extras
from senga.errors import SengaError

NEEDS = ["numpy>=1.26", 'fastapi>=0.115; extra == "web"', "uvicorn>=0.35 ; extra == 'web'", 'ray; extra == "cluster"']


def test_in_a_checkout_the_command_names_its_path() -> None:
    root = Path(__file__).parent.parent
    assert extras.command("web") == f"pip install -e '{root}[web]'"


def test_beside_an_installed_wheel_the_packages_themselves_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(extras, "__file__", str(tmp_path / "site-packages" / "senga" / "extras.py"))
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: NEEDS)
    assert extras.command("web") == "pip install 'fastapi>=0.115' 'uvicorn>=0.35'"


@pytest.mark.parametrize(
    ("system", "wanted"), [("linux", ["cu[a]>=1", "both"]), ("win32", ["dml", "both"]), ("darwin", ["both"])]
)
def test_packages_of_other_systems_are_not_named(
    monkeypatch: pytest.MonkeyPatch, system: str, wanted: list[str]
) -> None:
    needs = [
        "cu[a]>=1; (sys_platform == 'linux' and platform_machine == 'x86_64') and extra == 'gpu'",
        'dml; sys_platform == "win32" and extra == "gpu"',
        "both; extra == 'gpu'",
        "fastapi; extra == 'web'",
    ]
    monkeypatch.setattr(importlib.metadata, "requires", lambda name: needs)
    monkeypatch.setattr("sys.platform", system)
    assert extras.packages("gpu") == wanted


def test_what_is_missing_is_named_with_the_command() -> None:
    extras.require("web", "json", "pathlib")
    with pytest.raises(SengaError) as caught:
        extras.require("web", "json", "no_such_module")
    assert str(caught.value) == f"no_such_module not installed; run: {extras.command('web')}"
    with pytest.raises(SengaError, match=r"^x\.pdf: PDF files need another package; run: pip install "):
        extras.require("pdf", "no_such_module", who="x.pdf: PDF files need another package")


def test_every_extra_that_a_message_names_is_one() -> None:
    import re
    import tomllib

    root = Path(__file__).parent.parent
    known = tomllib.loads((root / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    source = "".join(f.read_text(encoding="utf-8") for f in (root / "src").rglob("*.py"))
    named = set(re.findall(r"extras\.(?:require|command)\([\"'](\w+)[\"']", source))
    assert {"web", "train", "openvino", "gpu", "remote", "pdf", "cluster"} <= named <= set(known)
    assert "pip install 'senga[" not in source.replace("`pip install 'senga[web]'` would find nothing", "")
