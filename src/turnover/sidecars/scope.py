"""Where a template stands while it is filled: which clip, which item of which collection."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from turnover.core.clip import JsonValue
from turnover.core.colour import Colour
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.sidecars.view import View

Collection = Literal[
    "audio", "failure_tags", "frames", "inputs", "loras", "markers", "models", "passes", "segments", "series", "tags",
    "warnings",
]  # fmt: skip

FieldType = Literal[
    "text", "integer", "number", "boolean", "rate", "time", "timecode", "path", "colour", "list", "tree"
]

Value: TypeAlias = "str | int | float | bool | Rate | Fraction | Timecode | Colour | tuple[str, ...] | JsonValue"
"""What a field gives; which of these, its type tells. None is "not known"."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One place in the filling of a template."""

    view: View
    position: int = 1
    """1-based place of the clip in the batch."""
    items: Mapping[Collection, tuple[int, object]] = field(default_factory=dict)
    """Collection → (0-based index, item) of each `each` this place is inside of."""

    def inside(self, collection: Collection, index: int, item: object) -> Scope:
        return replace(self, items={**self.items, collection: (index, item)})

    def item(self, collection: Collection) -> object:
        return self.items[collection][1]

    def index(self, collection: Collection) -> int:
        return self.items[collection][0]


@dataclass(frozen=True, slots=True)
class Field:
    """One name that a template may use."""

    name: str
    type: FieldType
    sentence: str
    example: str
    get: Callable[[Scope], Value]
    unit: str | None = None
    collection: Collection | None = None
    """Where it may stand: inside an `each` over this; None is anywhere."""
