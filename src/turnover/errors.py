"""Every error a person can meet, as one tree.

    TurnoverError            code, message, hint
    ├── UsageError           the request itself is wrong: nothing was tried
    ├── ProbeError           a file is not a video that can be read
    ├── ValuesError          a file of values beside a video is not usable
    ├── TemplateError        a template has mistakes: all of them at once
    ├── RecipeError          a dataset's recipe has mistakes: all of them at once
    ├── RefusedError         a format cannot describe this clip truthfully
    ├── WriteError           an output could not, or must not, be written
    └── StoreError           the database cannot be used, or what stands in it

The message has the value seen and what was expected; the hint is the next step.
"""

from __future__ import annotations

from dataclasses import dataclass


class TurnoverError(Exception):
    """What every error of this program carries: a stable code, a message and a next step."""

    code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message

    def as_dict(self) -> dict[str, str | None]:
        """The error as it stands in a JSON report; a missing hint is null."""
        return {"code": self.code, "message": self.message, "hint": self.hint or None}


class UsageError(TurnoverError):
    """The request itself is wrong; nothing was tried."""

    code = "usage"


class ProbeError(TurnoverError):
    """A file is not a video that can be read."""

    code = "unreadable"


class ValuesError(TurnoverError):
    """A file of values beside a video (`clip.json`, `clip.frames.csv`, `--metadata`) is not usable."""

    code = "bad_values"


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing to mend in a template."""

    path: str
    """Where, as a JSON path such as `$.fields[3].field`."""
    message: str
    """The value seen and what was expected."""
    hint: str = ""
    """The next step, often a near match; empty when there is none."""

    def __str__(self) -> str:
        tail = f" ({self.hint})" if self.hint else ""
        return f"{self.path}: {self.message}{tail}"


class TemplateError(TurnoverError):
    """A template has mistakes; every one of them is listed."""

    code = "bad_template"

    def __init__(self, mistakes: tuple[Mistake, ...], *, name: str = "template") -> None:
        count = f"{len(mistakes)} mistake" + ("s" if len(mistakes) != 1 else "")
        super().__init__(f"{name}: {count}: " + "; ".join(map(str, mistakes)))
        self.mistakes = mistakes


class RecipeError(TurnoverError):
    """A dataset's recipe has mistakes; every one of them is listed."""

    code = "bad_recipe"

    def __init__(self, mistakes: tuple[Mistake, ...], *, name: str = "recipe") -> None:
        count = f"{len(mistakes)} mistake" + ("s" if len(mistakes) != 1 else "")
        super().__init__(f"{name}: {count}: " + "; ".join(map(str, mistakes)))
        self.mistakes = mistakes


class RefusedError(TurnoverError):
    """A format cannot describe this clip truthfully, so no file is written."""

    code = "refused"


class WriteError(TurnoverError):
    """An output could not, or must not, be written."""

    code = "not_written"


class StoreError(TurnoverError):
    """The database cannot be used, or what stands in it."""

    code = "store"
