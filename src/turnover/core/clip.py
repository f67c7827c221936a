"""One video file with everything known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from turnover.core.carrier import Carrier
from turnover.core.generation import Generation
from turnover.core.probe import Probe
from turnover.core.ranges import FrameRange
from turnover.core.series import Series

JsonValue: TypeAlias = "str | int | float | bool | None | list[JsonValue] | dict[str, JsonValue]"
"""What a JSON text can hold."""

MarkerColour = Literal["red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "white"]
MARKER_COLOURS: tuple[MarkerColour, ...] = (
    "red", "orange", "yellow", "green", "cyan", "blue", "purple", "pink", "white",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Marker:
    """A named range of frames; one frame long where it marks a point."""

    range: FrameRange
    name: str
    comment: str | None = None
    colour: MarkerColour = "blue"


@dataclass(frozen=True, slots=True)
class Segment:
    """One generated clip's place in a scene video."""

    range: FrameRange
    index: int
    name: str | None = None
    generation: Generation | None = None


Training = Literal["allowed", "notAllowed", "constrained"]
"""Whether models may be trained on a clip; constrained is "under conditions that have to be asked for"."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be done with a clip."""

    training: Training | None = None
    licence: str | None = None
    source: str | None = None
    """What in the file says so of training, for a person; None where a person gave it, or nobody tells."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip stands in its production; None is "not told"."""

    project: str | None = None
    character: str | None = None
    scene_type: str | None = None
    scene: str | None = None
    segment_index: int | None = None


@dataclass(frozen=True, slots=True)
class Clip:
    """One video file with everything known about it."""

    path: Path
    """Absolute."""
    root: Path
    """The folder it was found under; relative paths start here."""
    probe: Probe
    digest: str | None = None
    """SHA-256 of the file's bytes, lower-case hex; None until computed."""
    generation: Generation | None = None
    no_generation_reason: str | None = None
    """Why there is no generation; None when there is one, or nobody looked."""
    unread: tuple[Carrier, ...] = ()
    """Texts the file carries that nobody could read, raw."""
    series: tuple[Series, ...] = ()
    markers: tuple[Marker, ...] = ()
    segments: tuple[Segment, ...] = ()
    place: Place = field(default_factory=Place)
    caption: str | None = None
    status: str | None = None
    quality_score: float | None = None
    """0 to 1, given from outside or measured."""
    failure_tags: tuple[str, ...] = ()
    rights: Rights = field(default_factory=Rights)
    is_ai_generated: bool | None = None
    is_ai_generated_source: str | None = None
    """What in the file says so, for a person; None where a person gave it, or nobody tells."""
    split: str | None = None
    group: str | None = None
    generation_params: JsonValue = None
    """The generating platform's own parameters, as given."""
    extra: Mapping[str, JsonValue] = field(default_factory=dict)
    """Keys of `clip.json` that this program does not know, as given."""

    @property
    def name(self) -> str:
        """File name with its suffix."""
        return self.path.name

    @property
    def stem(self) -> str:
        return self.path.stem

    def series_named(self, name: str) -> Series | None:
        return next((s for s in self.series if s.name == name), None)
