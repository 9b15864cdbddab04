"""Where the model files lie that ship with senga, which of them go together, and what they are called."""

from pathlib import Path

WEIGHTS = Path(__file__).parent.parent / "weights"
"""Folder inside the package. Sets of model files beside the usual one lie in folders of their own, by name."""

OPEN = "open"
"""The set that was trained on openly licensed pictures alone."""

SETS = (OPEN,)
"""Names of the further sets."""

COMPANIONS = ("closer.onnx", "shader.onnx", "inker.onnx", "schemes.npz")
"""What goes with a painter where it lies beside it, see `beside`."""


def model_file(model: str | Path | None, name: str) -> Path:
    """The model file that is meant: a file as it is, a set's name as its file, None as the one that ships as usual.

    Args:
        model: file, or one of `SETS`; a file of that name goes before the set.
        name: of the file within a set.
    """
    if model is None:
        return WEIGHTS / name
    file = Path(model)
    return WEIGHTS / file / name if str(model) in SETS and not file.exists() else file


def beside(model: str | Path, name: str) -> Path:
    """The file `name` that goes with a model file: the one in its folder, and else the one that ships as usual.

    A painter was trained on regions that a closer found, and its flats are what a shader was trained on: who builds
    all of them from his own pictures keeps them in one folder.
    """
    own = Path(model).parent / name
    return own if own.is_file() else WEIGHTS / name
