"""Options of verbs that read or write line art."""

from typing import Annotated

import typer

Binary = Annotated[bool, typer.Option("--binary", help="Full ink or none, without soft borders.")]
Transparent = Annotated[bool, typer.Option("--transparent", help="Black ink on a transparent ground.")]
Svg = Annotated[bool, typer.Option("--svg", help="Also write an SVG beside each result.")]
LineLayer = Annotated[
    str | None,
    typer.Option(
        "--line-layer",
        help="PSD, PSB, ORA, KRA: the layer or group of the lines, by name or path (figure/ink); default: the one that "
        "is named like line art, or else what shows.",
    ),
]
HintLayer = Annotated[
    str | None,
    typer.Option("--hint-layer", help="PSD, PSB, ORA, KRA: the layer of hints; default: the one named hints."),
]
Invert = Annotated[bool, typer.Option("--invert", help="White drawing on black: make it black on white.")]
ColorBubbles = Annotated[
    bool,
    typer.Option(
        "--color-bubbles",
        help="Comic pages: color speech bubbles and gutters too; else they stay paper, unless a hint stands in them.",
    ),
]
Gap = Annotated[
    float,
    typer.Option(
        help="How boldly open lines are closed where a color seems to end, 0 to 8: 0 not at all, 1 as usual.",
    ),
]
