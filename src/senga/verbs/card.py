"""The verb `card`."""

from pathlib import Path
from typing import Annotated

import typer


def card(
    model: Annotated[
        str, typer.Argument(help="Model file, or a shipped one: painter (colors), shader, closer, inker (lines).")
    ] = "painter",
) -> None:
    """What a model file says of itself."""
    import json

    from senga.jobs.work import WEIGHTS
    from senga.model.session import Session

    # The eye has no card: it looks at references for models of pixels.
    files = [f for f in (WEIGHTS).iterdir() if f.suffix in (".onnx", ".zip")]
    shipped = {f.stem: f for f in files if f.stem != "eye"}
    file = Path(model) if Path(model).exists() else shipped.get(model, Path(model))
    typer.echo(json.dumps(json.loads(Session.open(file).card.to_json()), indent=2, ensure_ascii=False))
