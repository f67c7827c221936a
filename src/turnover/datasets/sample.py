"""One training example with everything known about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from turnover.core.clip import JsonValue, Place, Rights
from turnover.core.entry import FileSource
from turnover.core.generation import Generation
from turnover.core.measurement import Face, Summary
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate


@dataclass(frozen=True, slots=True)
class FaceCrop:
    """One face cut out of one frame."""

    face: Face
    """Where it was found, in the picture as it is shown."""
    width: int
    height: int
    suffix: str
    """`.png` or `.jpg`."""
    source: FileSource


@dataclass(frozen=True, slots=True)
class Companion:
    """A file that belongs to the example: the picture it started from, its control or reference video."""

    role: Literal["start_image", "end_image", "control", "reference"]
    suffix: str
    """With its dot, lower case."""
    source: FileSource


@dataclass(frozen=True, slots=True)
class Sample:
    """One training example; None is "not known"."""

    id: str
    """Opaque: `v` and 16 hex digits made from the bytes; unique without regard to case, never a number to a reader."""
    media: FileSource
    suffix: str
    """Of the media's kind, with its dot, lower case: `.mp4`, `.mov`, `.webm`, `.gif`, `.png`."""
    source_name: str
    """Path of the clip from the folder it was found in, with `/`: for people and reports, no name in the dataset."""
    caption: str
    """What is trained on, on one line, never empty."""
    frame_count: int | None
    frame_rate: Rate | None
    """None where it varies or is not known."""
    width: int
    """As shown: turned upright."""
    height: int
    duration_seconds: float | None
    has_sound: bool = False
    place: Place = field(default_factory=Place)
    status: str | None = None
    prompt: str | None = None
    """As given or found, not cleaned."""
    negative_prompt: str | None = None
    generation: Generation | None = None
    generation_params: JsonValue = None
    quality_score: float | None = None
    metrics: Mapping[str, Summary] = field(default_factory=dict)
    failure_tags: tuple[str, ...] = ()
    rights: Rights = field(default_factory=Rights)
    is_ai_generated: bool | None = None
    created_at: str | None = None
    """ISO 8601, from the file's own metadata."""
    faces: tuple[FaceCrop, ...] = ()
    companions: tuple[Companion, ...] = ()
    keys: tuple[str, ...] = ()
    """What it must not share with a sample of another split, as `kind:value` texts: `source_image:…`, `batch:…`."""
    prints: tuple[int, ...] = ()
    """64-bit difference hashes of its first, middle and last frame; empty where nothing decoded."""
    assigned: str | None = None
    """The split that a person chose for it."""
    group: str = ""
    """Samples of one group are never parted; given by the plan."""
    split: str = ""
    """Given by the plan."""
    part: FrameRange | None = None
    """Frames of the source that it is made of; None for the source as it stands."""
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def seed(self) -> int | None:
        return self.generation.seed if self.generation else None

    @property
    def model(self) -> str | None:
        return self.generation.model if self.generation else None

    @property
    def tool(self) -> str | None:
        return self.generation.tool if self.generation else None
