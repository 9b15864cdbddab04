"""The Krita plugin's files: found in the package or the checkout, and put where Krita looks.

The plugin is data of this package: Krita's own Python runs it, which has nothing of senga. It carries `senga.client`
along as a copy, and a note that says where senga is installed.
"""

import json
import os
import re
import shutil
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from senga import storage
from senga.errors import SengaError

NAME = "senga_krita"
"""The plugin, as Krita calls it."""

PACKAGE = Path(__file__).parent

NOTE = "installation.json"
"""File in the plugin's folder that says where senga is: {"python", "package"}."""


@dataclass(frozen=True)
class Place:
    """Where a Krita looks.

    Attributes:
        resources: its folder, which holds `pykrita` and `actions`. settings: its file of settings; None: left alone.
    """

    resources: Path
    settings: Path | None

    @property
    def plugin(self) -> Path:
        """The plugin's folder there."""
        return self.resources / "pykrita" / NAME


def places(chosen: Path | None = None) -> list[Place]:
    """Where the Kritas of this machine look: the usual folder, and that of a Flatpak where there is one.

    Args:
        chosen: a folder of resources instead; its Krita's settings are left alone.
    """
    if chosen is not None:
        return [Place(chosen, None)]
    home = Path.home()
    if sys.platform == "win32":
        roaming = Path(os.environ.get("APPDATA", home / "AppData" / "Roaming"))
        local = Path(os.environ.get("LOCALAPPDATA", home / "AppData" / "Local"))
        return [Place(roaming / "krita", local / "kritarc")]
    if sys.platform == "darwin":
        library = home / "Library"
        return [Place(library / "Application Support" / "krita", library / "Preferences" / "kritarc")]
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    settings = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
    found = [Place(data / "krita", settings / "kritarc")]
    flatpak = home / ".var" / "app" / "org.kde.krita"
    if flatpak.is_dir():
        found.append(Place(flatpak / "data" / "krita", flatpak / "config" / "kritarc"))
    return found


def source() -> Path:
    """The folder of the plugin's files: in the installed package, or in the checkout.

    Raises:
        SengaError: neither has it.
    """
    for folder in (PACKAGE / "plugins" / "krita", PACKAGE.parents[1] / "plugins" / "krita"):
        if (folder / NAME / "__init__.py").is_file():
            return folder
    raise SengaError(f"{PACKAGE}: the Krita plugin is not in this installation; install senga from its wheel")


def files() -> dict[str, bytes]:
    """All that is put into a folder of resources: contents by paths in it, '/' between names."""
    folder = source()
    found = {
        f"pykrita/{NAME}.desktop": (folder / f"{NAME}.desktop").read_bytes(),
        f"actions/{NAME}.action": (folder / f"{NAME}.action").read_bytes(),
        f"pykrita/{NAME}/client.py": (PACKAGE / "client.py").read_bytes(),
    }
    for file in sorted((folder / NAME).rglob("*")):
        inner = file.relative_to(folder).as_posix()
        if file.is_file() and "__pycache__" not in file.parts and file.name not in ("client.py", NOTE):
            found[f"pykrita/{inner}"] = file.read_bytes()
    return found


def install(place: Place) -> None:
    """Puts the plugin where a Krita looks, in the place of an older one, and switches it on.

    Raises:
        SengaError: a place that cannot be written.
    """
    uninstall(place, switch=False)
    note = {"python": sys.executable, "package": str(PACKAGE.parent)}
    for name, content in {**files(), f"pykrita/{NAME}/{NOTE}": json.dumps(note).encode()}.items():
        file = place.resources / name
        storage.make_folder(str(file.parent))
        storage.write_new(file, content, force=True)
    _switch(place, True)


def uninstall(place: Place, *, switch: bool = True) -> bool:
    """Takes the plugin away; whether it was there. Wheels that a person put beside it stay.

    Raises:
        SengaError: a file that cannot be removed.
    """
    was = place.plugin.is_dir()
    try:
        if was:
            for inner in place.plugin.iterdir():
                if inner.is_dir():
                    shutil.rmtree(inner)
                elif inner.suffix != ".whl":
                    inner.unlink()
            if not any(place.plugin.iterdir()):
                place.plugin.rmdir()
        for file in (place.plugin.with_suffix(".desktop"), place.resources / "actions" / f"{NAME}.action"):
            file.unlink(missing_ok=True)
    except OSError as error:
        raise SengaError(f"{error.filename or place.plugin}: cannot be removed: {error.strerror}") from error
    if switch:
        _switch(place, False)
    return was


def pack(out: Path, wheel: Path | None = None, *, force: bool = False) -> None:
    """Writes the plugin as a zip that Krita imports, with the wheel that it can set itself up of.

    Raises:
        SengaError: no wheel of senga, or a file that exists or cannot be written.
    """
    if wheel is not None and not (wheel.is_file() and re.fullmatch(r"senga-.*\.whl", wheel.name)):
        raise SengaError(f"{wheel}: not a wheel of senga; make one: python -m pip wheel --no-deps -w . CHECKOUT")
    with storage.writing(out, force=force) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{NAME}/", b"")  # by which Krita's importer finds the folder
        for name, content in files().items():
            # Krita's importer looks for the plugin at the top, and for its actions beside it.
            archive.writestr(name.removeprefix("pykrita/"), content)
        if wheel is not None:
            archive.write(wheel, f"{NAME}/{wheel.name}", zipfile.ZIP_STORED)


def _switch(place: Place, on: bool) -> None:
    """Says in Krita's settings that the plugin is wanted, or says nothing of it any more; all else stays as it is."""
    if place.settings is None:
        return
    try:
        text = place.settings.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeError) as error:
        raise SengaError(
            f"{place.settings}: cannot be read; switch senga on in Krita's Python Plugin Manager"
        ) from error
    changed = switched(text, on)
    if changed != text:
        storage.make_folder(str(place.settings.parent))
        storage.write_new(place.settings, changed.encode(), force=True)


def switched(text: str, on: bool) -> str:
    r"""The text of a kritarc with the plugin switched on, or not named.

    >>> switched("[python]\nenable_other=true\n", True)
    '[python]\nenable_senga_krita=true\nenable_other=true\n'
    """
    lines = [line for line in text.splitlines() if not line.startswith(f"enable_{NAME}=")]
    if on:
        if "[python]" not in lines:
            lines += [""] * bool(lines and lines[-1]) + ["[python]"]
        lines.insert(lines.index("[python]") + 1, f"enable_{NAME}=true")
    return "\n".join(lines) + "\n" if lines else ""
