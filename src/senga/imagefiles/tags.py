"""What a picture's file says of itself beside its pixels, and its results say too: resolution and color profile."""

import math
import struct
from dataclasses import dataclass
from typing import Any

LEAST, MOST = 1.0, 30_000.0
"""Resolutions of no more than the one or over the other, pixels an inch, are dropped as nonsense. Ours; 1 is what a
TIFF says that knows none, and a PSD holds less than 32768."""

NEAR = 0.01
"""PNG counts pixels a meter: 600 an inch comes back as 599.9988. So near a whole number it is meant. Ours."""

PROFILE = 1 << 20
"""Largest profile that is handed on, bytes: readers of PNG refuse larger ones with their pictures."""

RGB, GRAY = b"RGB ", b"GRAY"
"""Color models as profiles name them."""


@dataclass(frozen=True)
class Tags:
    """What goes through from a picture to its results.

    Attributes:
        dpi: pixels an inch, (across, down); None if it is not known.
        profile: ICC profile that the pixels are in, sRGB by whichever words; b"" if the file had none.
    """

    dpi: tuple[float, float] | None = None
    profile: bytes = b""

    def profile_for(self, *, gray: bool) -> bytes:
        """The profile as a picture of gray or of color takes it; b"" for none."""
        if not self.profile:
            return b""
        if self.profile[16:20] == (GRAY if gray else RGB):
            return self.profile
        return SRGB_GRAY if gray else SRGB


def bounded_dpi(dpi: Any) -> tuple[float, float] | None:
    """A resolution as a file says it, (across, down); None for what is none: not two numbers, zero, infinite, huge.

    >>> bounded_dpi((599.9988, 300)), bounded_dpi((0, 300)), bounded_dpi((1e9, 1e9)), bounded_dpi("300")
    ((600.0, 300.0), None, None, None)
    """
    try:
        across, down = (float(value) for value in dpi)
    except (TypeError, ValueError, ArithmeticError):
        return None
    if not all(math.isfinite(v) and LEAST < v <= MOST for v in (across, down)):
        return None
    return _whole(across), _whole(down)


def _whole(value: float) -> float:
    return float(round(value)) if abs(value - round(value)) < NEAR else value


def _fixed(*values: float) -> bytes:
    """Numbers as profiles keep them: 16 bits before the point and 16 after it."""
    return b"".join(struct.pack(">i", round(v * 65536)) for v in values)


def _words(text: str) -> bytes:
    wide = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II2s2sII", 1, 12, b"en", b"US", len(wide), 28) + wide


def _make_profile(space: bytes, name: str, curves: tuple[bytes, ...], colorants: dict[bytes, bytes]) -> bytes:
    """An ICC profile, version 4, of sRGB's curve: the same bytes whenever it is made.

    Source: ICC.1:2022; curve and primaries (under D50) of IEC 61966-2-1.
    """
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    white = _fixed(0.9642, 1.0, 0.8249)
    tags = {b"desc": _words(name), b"cprt": _words("No copyright, use freely"), b"wtpt": b"XYZ " + bytes(4) + white}
    tags |= colorants | dict.fromkeys(curves, curve)
    start, table, body, places = 128 + 4 + 12 * len(tags), b"", b"", dict[bytes, int]()
    for tag, content in tags.items():
        if content not in places:  # curves that are the same are kept once
            places[content] = start + len(body)
            body += content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", tag, places[content], len(content))
    size = start + len(body)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x04400000, b"mntr", space, b"XYZ ")
    head += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + white
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body


_D65_TO_D50 = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
_PRIMARIES = {
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}

SRGB = _make_profile(
    RGB,
    "sRGB",
    (b"rTRC", b"gTRC", b"bTRC"),
    {name: b"XYZ " + bytes(4) + _fixed(*values) for name, values in _PRIMARIES.items()}
    | {b"chad": b"sf32" + bytes(4) + _fixed(*_D65_TO_D50)},
)
"""The profile of converted pixels."""

SRGB_GRAY = _make_profile(GRAY, "Gray with sRGB's curve", (b"kTRC",), {})
"""The profile of gray pixels: gray files hold no profile of colors."""
