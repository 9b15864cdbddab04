"""Where the model files lie that ship with senga."""

from pathlib import Path

WEIGHTS = Path(__file__).parent.parent / "weights"
"""Folder inside the package."""
