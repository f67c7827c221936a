"""The command `turnover`."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Annotated

import typer

from turnover.cli.screen import err, leave_unread, plain, print_failure
from turnover.errors import RecipeError, TemplateError, TurnoverError
from turnover.version import VERSION

FAILED = 1
"""Exit status: some of it failed, each failure was named, the rest was done."""
WRONG_USAGE = 2

_COMMANDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "scan": ("turnover.cli.scan", "scan"),
        "probe": ("turnover.cli.probe", "probe"),
        "measure": ("turnover.cli.measure", "measure"),
        "sidecar": ("turnover.cli.sidecar", "sidecar"),
        "dataset": ("turnover.cli.dataset", "dataset"),
        "verify": ("turnover.cli.datasets", "verify"),
        "doctor": ("turnover.cli.doctor", "check_up"),
        "diff": ("turnover.cli.datasets", "diff"),
        "config": ("turnover.cli.datasets", "config"),
        "workflow": ("turnover.cli.workflow", "workflow"),
        "templates": ("turnover.cli.templates", "app"),
        "models": ("turnover.cli.models", "app"),
        "db": ("turnover.cli.db", "app"),
    }
)
"""Command → the module and name of its function, or of the group of its own commands."""

COMMANDS = frozenset(_COMMANDS)


def app(command: str | None = None) -> typer.Typer:
    """The command line with one command, or with all where none of that name is there.

    What a command needs is loaded with it, and the database or the decoder would make every other one slow to start.
    """
    line = typer.Typer(
        help="Hands AI-generated video over: sidecars that VFX tools open, datasets that trainers load.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    line.callback(epilog="`turnover FOLDER` alone looks at a folder: it reads, and writes nothing.")(_root)
    for name, (module, constant) in _COMMANDS.items():
        if command in _COMMANDS and command != name:
            continue
        found = getattr(import_module(module), constant)
        if isinstance(found, typer.Typer):
            line.add_typer(found, name=name)
        else:
            line.command(name)(found)
    return line


def _print_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"turnover {VERSION}\n")
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


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
    given = with_scan(sys.argv[1:] if arguments is None else arguments)
    _prepare_streams()
    try:
        app(given[0] if given else None)(given, prog_name="turnover")
    except (TemplateError, RecipeError) as error:
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
