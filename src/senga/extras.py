"""Packages that only some of senga's work needs: which of an extra's are missing, and how a person gets them."""

import importlib.metadata
import re
import sys
from importlib.util import find_spec
from pathlib import Path

from senga.errors import SengaError


def require(extra: str, *modules: str, who: str = "") -> None:
    """Refuses where modules of an extra are missing.

    Args:
        extra: of pyproject.toml, as "web". modules: that are needed, as they are imported.
        who: what needs them, for the message; "": the missing modules are named instead.

    Raises:
        SengaError: with the command that installs them.
    """
    missing = [name for name in modules if find_spec(name) is None]
    if missing:
        raise SengaError(f"{who or ', '.join(missing) + ' not installed'}; run: {command(extra)}")


def command(extra: str) -> str:
    """The command that installs what an extra needs, as a person can type it anywhere.

    senga is in no package index, so that `pip install 'senga[web]'` would find nothing: a checkout is named by its
    path, and beside an installed wheel the packages are named themselves.
    """
    root = Path(__file__).parents[2]
    if (root / "pyproject.toml").is_file() and (root / "src" / "senga").is_dir():
        return f"pip install -e '{root}[{extra}]'"
    return "pip install " + " ".join(f"'{package}'" for package in packages(extra))


def packages(extra: str) -> list[str]:
    """What an extra of the installed senga needs on this system, with versions: ["fastapi>=0.115", ...]; [] if nothing
    says so.
    """
    try:
        needs = importlib.metadata.requires("senga") or []
    except importlib.metadata.PackageNotFoundError:
        return []
    wanted = [need for need in needs if re.search(rf"extra == ['\"]{re.escape(extra)}['\"]", need)]
    return [need.split(";")[0].strip() for need in wanted if sys.platform in _systems(need)]


def _systems(need: str) -> list[str]:
    """The systems that a requirement is of, as `sys.platform` names them; this one where it says none."""
    return re.findall(r"sys_platform == ['\"](\w+)['\"]", need) or [sys.platform]
