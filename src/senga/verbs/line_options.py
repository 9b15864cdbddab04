"""Options of verbs that read or write line art."""

from typing import Annotated

import typer

Binary = Annotated[bool, typer.Option("--binary", help="Full ink or none, without soft borders.")]
Transparent = Annotated[bool, typer.Option("--transparent", help="Black ink on a transparent ground.")]
Svg = Annotated[bool, typer.Option("--svg", help="Also write an SVG beside each result.")]
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
