"""What a person sets once, kept among Krita's own settings as texts."""

from __future__ import annotations

GROUP = "senga"

DEFAULTS = {
    "language": "",
    "python": "",
    "light": 1.0,
    "reach": "object",
    "gap": 1.0,
    "faintest": 20,
    "delay": 80,
    "count": 4,
    "reference_strength": 1.0,
}
"""Names and values; `faintest` percent, `delay` milliseconds."""

BOUNDS = {
    "light": (0.0, 1.5), "gap": (0.0, 8.0), "faintest": (1, 100), "delay": (0, 2000), "count": (2, 12),
    "reference_strength": (0.0, 1.0),
}  # fmt: skip
"""Least and most of each number."""

CHOICES = {"language": ("", "en", "zh", "ja"), "reach": ("region", "object", "far")}


class Settings:
    """Values by name; what cannot be read is what it is by default."""

    def __init__(self, app) -> None:
        """Settings of a Krita, or of anything with its `readSetting` and `writeSetting`."""
        self._app = app

    def __getitem__(self, name: str):
        default = DEFAULTS[name]
        return _checked(name, self._app.readSetting(GROUP, name, str(default)))

    def __setitem__(self, name: str, value) -> None:
        self._app.writeSetting(GROUP, name, str(_checked(name, value)))

    def options(self) -> dict:
        """What every request says of them."""
        return {"light": self["light"], "reach": self["reach"], "gap": self["gap"]}


def _checked(name: str, value):
    default = DEFAULTS[name]
    if isinstance(default, str):
        text = str(value)
        return text if name not in CHOICES or text in CHOICES[name] else default
    least, most = BOUNDS[name]
    try:
        return min(most, max(least, type(default)(float(value))))
    except (TypeError, ValueError):
        return default
