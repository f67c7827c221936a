"""The per-frame input of the benchmarks: the same numbers in the form that each contender likes best."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

from tests.clips import clip, view
from turnover.core.clip import JsonValue
from turnover.core.rate import Rate
from turnover.sidecars.template import Template, parse_template, render
from turnover.sidecars.view import View

NAMES = ("face_confidence", "motion_score", "quality_metric", "boundary_ssim", "noise")
DECIMALS = 5
RATE = Rate(25)
HEADER = ("frame", "seconds", *NAMES)
_FIELDS = {name: name if name != "noise" else "series.noise" for name in NAMES}


@dataclass(frozen=True, slots=True)
class Frames:
    """Every frame's number, time and five values, one in twenty of them not known."""

    seconds: list[float]
    series: dict[str, list[float | None]]
    view: View

    @property
    def count(self) -> int:
        return len(self.seconds)

    @property
    def columns(self) -> dict[str, list[int] | list[float] | list[float | None]]:
        return {"frame": list(range(self.count)), "seconds": self.seconds, **self.series}


def frames(count: int) -> Frames:
    """The input; values have DECIMALS decimals at most, so that no contender has to round."""
    chance = random.Random(1)
    series: dict[str, list[float | None]] = {
        name: [None if chance.random() < 0.05 else round(chance.random(), DECIMALS) for _ in range(count)]
        for name in NAMES
    }
    seen = view(clip(rate=RATE, frames=count, series=series))
    return Frames([round(frame / 25, DECIMALS) for frame in range(count)], series, seen)


def csv_template() -> Template:
    columns: list[JsonValue] = [{"header": name, "field": field} for name, field in _FIELDS.items()]
    head: list[JsonValue] = ["frame", {"header": "seconds", "field": "frame.seconds"}]
    return parse_template(
        {"columns": [*head, *columns], "rows": "frames", "decimals": DECIMALS, "null": ""}, slug="bench-csv"
    )


def xml_template() -> Template:
    numbers = {"seconds": "frame.seconds", **_FIELDS}
    attributes: dict[str, JsonValue] = {"frame": "frame"}
    attributes |= {name: {"field": field, "decimals": DECIMALS} for name, field in numbers.items()}
    element: JsonValue = {"element": "f", "each": "frames", "attributes": attributes}
    return parse_template({"root_element": "clip", "indent": 0, "fields": [element]}, slug="bench-xml")


def write_ours(template: Template, seen: View, path: Path) -> None:
    """Stream the document into a file, as the program does."""
    with path.open("wb") as out:
        for chunk in render(template, [seen]).chunks:
            out.write(chunk)
