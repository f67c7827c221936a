"""What a dataset will be, before anything is written: counts, what is left out and why, who can train on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from turnover.core.clip import JsonValue
from turnover.core.probe import Warning
from turnover.datasets.layout import Trainer
from turnover.datasets.ratios import ordered_splits
from turnover.datasets.readiness import Counting, Readiness
from turnover.datasets.recipe import Recipe
from turnover.datasets.sample import Sample
from turnover.datasets.selecting import REASONS, Exclusion
from turnover.datasets.tally import Tally

MOST_EXAMPLES = 5
"""Of each reason and each warning."""
MOST_CELLS = 1_000
"""Of the table of scene types and characters; what comes after is counted in one row."""
MOST_CODES = 100
_MOST_CAPTIONS = 200_000


@dataclass(frozen=True, slots=True)
class Cell:
    """How many samples of one kind a split has."""

    split: str
    scene_type: str | None
    """None where it is not known."""
    character: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Told:
    """One reason or one warning, with whom it is about."""

    code: str
    count: int
    """How many clips it holds for; one clip may have several."""
    first: int
    """How many have it as the first of theirs: over all reasons these sum to the clips left out."""
    examples: tuple[str, ...]
    """Sentences with the name of the clip, the first few."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Every decision, summed up."""

    name: str | None
    version: str
    counts: Mapping[str, int]
    """Split → samples, in order; empty splits too."""
    cells: tuple[Cell, ...]
    """By split, scene type and character; none that is empty."""
    cells_left_out: int
    """Samples that the table has no row for, since it is long enough."""
    excluded_count: int
    excluded: tuple[Told, ...]
    """In the order in which reasons count."""
    warnings: tuple[Told, ...]
    """By how many they are about."""
    readiness: tuple[Readiness, ...]
    bytes: int
    """Of media, faces, companions and captions; lists and manifests come on top."""
    frame_count: int
    """Of all samples whose number of frames is known."""
    duration_seconds: float
    """Of all samples whose duration is known."""
    policy: Mapping[str, JsonValue] = field(default_factory=dict)
    """How splits were made: achieved, deviations, quarantined, warnings."""

    @property
    def total(self) -> int:
        return sum(self.counts.values())


class _Telling:
    """Reasons or warnings as they come in: a count and a few examples of each."""

    def __init__(self) -> None:
        self._codes: Tally[str] = Tally(MOST_CODES)
        self._first: Tally[str] = Tally(MOST_CODES)
        self._examples: dict[str, list[str]] = {}

    def add(self, notes: Iterable[tuple[str, str]]) -> None:
        """Code and sentence of everything about one clip; a code counts once a clip."""
        by_code: dict[str, str] = {}
        for code, sentence in notes:
            by_code.setdefault(code, sentence)
        for place, (code, sentence) in enumerate(by_code.items()):
            self._codes.add(code)
            if place == 0:
                self._first.add(code)
            if self._codes[code] and len(examples := self._examples.setdefault(code, [])) < MOST_EXAMPLES:
                examples.append(sentence[:500])

    def told(self, order: Iterable[str] = ()) -> tuple[Told, ...]:
        """Those of `order` in it, then the others by their counts."""
        codes = self._codes.most_first(others="other")
        names = [*(code for code in order if code in codes), *codes]
        return tuple(
            Told(code, codes[code], self._first[code], tuple(self._examples.get(code, ())))
            for code in dict.fromkeys(names)
        )


class PlanBuilder:
    """Sums up samples one after the other; memory stays the same however many there are."""

    def __init__(self, recipe: Recipe, trainers: Iterable[Trainer] = ()) -> None:
        self.recipe = recipe
        self._splits: Counter[str] = Counter()
        self._cells: Tally[tuple[str, str | None, str | None]] = Tally(MOST_CELLS)
        self._excluded_count = 0
        self._excluded = _Telling()
        self._warnings = _Telling()
        self._counting = [Counting(trainer) for trainer in trainers]
        self._captions: set[int] = set()
        self._bytes = 0
        self._frames = 0
        self._seconds = 0.0

    def leave_out(self, source_name: str, reasons: Iterable[Exclusion]) -> None:
        """Count a clip that is left out, with its reasons; the first one counts as the first."""
        self._excluded_count += 1
        self._excluded.add((reason.code, f"{source_name}: {reason.sentence}") for reason in reasons)

    def warn(self, warnings: Iterable[Warning]) -> None:
        """Count what there is to know about one clip that stays: of its caption, of its rights."""
        self._warnings.add((warning.code, warning.message) for warning in warnings)

    def add(self, sample: Sample) -> None:
        """Count a sample whose split is decided."""
        self._splits[sample.split] += 1
        self._cells.add((sample.split, sample.place.scene_type, sample.place.character))
        sources = (sample.media, *(face.source for face in sample.faces), *(one.source for one in sample.companions))
        self._bytes += sum(source.size_bytes for source in sources) + len(sample.caption.encode())
        self._frames += sample.frame_count or 0
        self._seconds += sample.duration_seconds or 0.0
        self._note_repeated(sample)
        for counting in self._counting:
            counting.add(sample)

    def plan(self, policy: Mapping[str, JsonValue] | None = None) -> Plan:
        """What was summed up; `policy` is how the splits were made."""
        order = ordered_splits(self.recipe.splits, self._splits)
        cells = [Cell(*key, count) for key, count in self._cells]
        cells.sort(key=lambda cell: (order.index(cell.split), *map(_unknown_last, (cell.scene_type, cell.character))))
        return Plan(
            name=self.recipe.name,
            version=self.recipe.version,
            counts={split: self._splits[split] for split in order},
            cells=tuple(cells),
            cells_left_out=self._cells.others,
            excluded_count=self._excluded_count,
            excluded=self._excluded.told(REASONS),
            warnings=self._warnings.told(),
            readiness=tuple(counting.result() for counting in self._counting),
            bytes=self._bytes,
            frame_count=self._frames,
            duration_seconds=self._seconds,
            policy=dict(policy or {}),
        )

    def _note_repeated(self, sample: Sample) -> None:
        caption = hash(sample.caption)
        if caption in self._captions:
            shown = sample.caption if len(sample.caption) <= 60 else sample.caption[:57] + "..."
            self.warn([Warning("caption_repeated", f"{sample.source_name}: another sample has the caption {shown!r}")])
        elif len(self._captions) < _MOST_CAPTIONS:
            self._captions.add(caption)


def plan_report(plan: Plan) -> dict[str, JsonValue]:
    """The plan as JSON."""
    return {
        "name": plan.name,
        "version": plan.version,
        "total": plan.total,
        "splits": dict(plan.counts),
        "table": [
            {"split": one.split, "scene_type": one.scene_type, "character": one.character, "count": one.count}
            for one in plan.cells
        ],
        "table_left_out": plan.cells_left_out,
        "excluded": {
            "total": plan.excluded_count,
            "reasons": [_told_report(one, REASONS.get(one.code)) for one in plan.excluded],
        },
        "warnings": [_told_report(one, None) for one in plan.warnings],
        "readiness": [
            {
                "trainer": one.trainer,
                "title": one.title,
                "ready": one.ready,
                "total": one.total,
                "reasons": dict(one.reasons),
                "notes": dict(one.notes),
            }
            for one in plan.readiness
        ],
        "bytes": plan.bytes,
        "frame_count": plan.frame_count,
        "duration_seconds": plan.duration_seconds,
        "policy": dict(plan.policy),
    }


def _told_report(told: Told, meaning: str | None) -> dict[str, JsonValue]:
    counts: dict[str, JsonValue] = {"code": told.code, "count": told.count}
    about: dict[str, JsonValue] = {} if meaning is None else {"meaning": meaning, "first": told.first}
    return counts | about | {"examples": list(told.examples)}


def _unknown_last(name: str | None) -> tuple[bool, str]:
    return name is None, name or ""
