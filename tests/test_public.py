import subprocess
import sys

import senga

PUBLIC = """Character Cleaning Client Colorizer Drawing HintError Hints ImageError Inker Learned Mark ModelError Page
PairSetError PaletteError Project ProjectError RecipeError Rendering Request SengaError ServerError SettingError
TrainingError __version__ clean color_frames contact_sheet extract_lines find_regions flats is_line_art lay palette_of
read read_character read_drawing read_palette recolor render to_svg write"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_public_names_are_these() -> None:
    assert sorted(senga.__all__) == PUBLIC.split()
    assert all(hasattr(senga, name) for name in senga.__all__)


def test_nothing_but_learn_imports_torch() -> None:
    code = """
import importlib, pkgutil, sys
import senga
for module in pkgutil.walk_packages(senga.__path__, "senga."):
    # The cluster engine's module needs the extra `cluster`, and is loaded only where a cluster is asked for.
    if not module.name.startswith(("senga.learn", "senga.workers.ray")):
        importlib.import_module(module.name)
print([m for m in ("torch", "lightning_fabric", "matplotlib", "onnx", "cv2") if m in sys.modules])
"""
    assert run(code) == "[]"


def test_importing_senga_is_light() -> None:
    heavy = run("import sys, senga; print([m for m in ('onnxruntime', 'rich', 'typer') if m in sys.modules])")
    assert heavy == "[]"
