"""The command `turnover`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from turnover.cli import probe, scan, sidecar, templates, workflow
from turnover.cli.screen import err, leave_unread, plain, print_failure
from turnover.errors import TemplateError, TurnoverError
from turnover.version import VERSION

FAILED = 1
"""Exit status: some of it failed, each failure was named, the rest was done."""
WRONG_USAGE = 2

app = typer.Typer(
    help="Hands AI-generated video over: sidecars that VFX tools open, datasets that trainers load.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"turnover {VERSION}\n")
        raise typer.Exit


@app.callback(epilog="`turnover FOLDER` alone looks at a folder: it reads, and writes nothing.")
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


app.command("scan")(scan.scan)
app.command("probe")(probe.probe)
app.command("sidecar")(sidecar.sidecar)
app.command("workflow")(workflow.workflow)
app.add_typer(templates.app, name="templates")

COMMANDS = frozenset(("scan", "probe", "sidecar", "templates", "workflow"))


def with_scan(arguments: Sequence[str]) -> list[str]:
    """The arguments with `scan` in front when they start with a path instead of a command.

    >>> with_scan(["probe", "x.mp4"]), with_scan(["/"])
    (['probe', 'x.mp4'], ['scan', '/'])
    """
    first = arguments[0] if arguments else ""
    is_path = first and not first.startswith("-") and first not in COMMANDS
    if is_path and (os.path.lexists(first) or "/" in first or "\\" in first or "." in first):
        return ["scan", *arguments]
    return list(arguments)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    _prepare_streams()
    try:
        app(with_scan(given), prog_name="turnover")
    except TemplateError as error:
        for mistake in error.mistakes:
            err().print(plain(str(mistake)))
        sys.exit(WRONG_USAGE)
    except TurnoverError as error:
        print_failure("turnover", error)
        sys.exit(WRONG_USAGE)
    except OSError as error:
        # Files are answered for where they are read and written; what is left is the output itself.
        leave_unread(sys.stdout)
        print_failure("turnover", TurnoverError(f"the output cannot be written: {error.strerror}"))
        sys.exit(FAILED)


def _prepare_streams() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # It was closed before the program started.
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # as long as the program
        elif isinstance(stream, io.TextIOWrapper):
            # A terminal or pipe that is not Unicode cannot show every name; that is no reason to stop.
            stream.reconfigure(errors="backslashreplace")


if __name__ == "__main__":
    main()
