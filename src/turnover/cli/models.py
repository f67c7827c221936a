"""`turnover models`: files of weights that this program uses and does not bring along."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from turnover.cli.place import data_folder
from turnover.cli.screen import out, plain
from turnover.errors import UsageError
from turnover.files.models import FACE, add_model, fetch_model

app = typer.Typer(help="Files of weights that this program uses and does not bring along.", no_args_is_help=True)

FETCH = "fetch"


@app.command("add")
def add(
    what: Annotated[str, typer.Argument(help="`face`: what finds faces.", metavar="face")],
    source: Annotated[
        str, typer.Argument(help="The file, or `fetch` to load it from its public page.", metavar="FILE|fetch")
    ],
) -> None:
    """Put a model's file into the data folder; only the one known by its SHA-256 is taken."""
    if what != "face":
        raise UsageError(f"there is no model {what!r}", hint="`turnover models add face FILE`")
    if source == FETCH:
        out().print(plain(f"Loading {FACE.file_name} ({FACE.licence}) from {FACE.address}"), soft_wrap=True)
        place = fetch_model(data_folder())
    else:
        place = add_model(data_folder(), Path(source))
    out().print(plain(f"{place}: faces are found by {FACE.name} from now on"), soft_wrap=True)
