"""Options of light and shade, which verbs share."""

from typing import Annotated

import typer

USUAL_SIDE = -0.25
"""As `senga.color.light.SIDE`, which is not read before it is needed."""

Shade = Annotated[
    float | None, typer.Option(help="Strength of shade alone, 0 to 1.5; default: as --light.", min=0, max=1.5)
]
LightSoftness = Annotated[
    float, typer.Option(help="How soft light is, 0, as the model draws it, to 1, wide gradients.", min=0, max=1)
]
ShadeSoftness = Annotated[
    float, typer.Option(help="How soft shade is, 0, as the model draws it, to 1, wide gradients.", min=0, max=1)
]
ShadeTint = Annotated[
    str | None,
    typer.Option(help="A color that shade leans to, as '#5060a0'; it stays as bright. Grays change nothing."),
]
LightSide = Annotated[
    float,
    typer.Option(
        help="From which side light falls, -1 left to 1 right; default: a little from the left.", min=-1, max=1
    ),
]
