"""What stands in the catalog, and the work that is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Literal, TypeVar

from turnover.core.clip import JsonValue
from turnover.core.entry import Stamp

Status = Literal["pending", "running", "completed", "failed", "cancelled"]
Source = Literal["given", "found", "measured"]
"""Who says so: a person or the generating platform, the file itself, or this program's own measuring."""
Role = Literal["creator", "admin"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list."""

    items: tuple[T, ...]
    next: int | None
    """What to ask with for those that follow; None when these were the last."""


@dataclass(frozen=True, slots=True)
class User:
    """Who works with the catalog."""

    id: int
    name: str
    role: Role
    is_active: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Project:
    """A production."""

    id: int
    name: str
    description: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Character:
    """Who is seen, in one project."""

    id: int
    project_id: int
    name: str
    description: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class SceneType:
    """A reusable recipe of a scene, whatever the project."""

    id: int
    name: str
    description: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Scene:
    """One character in one scene type: an ordered run of segments."""

    id: int
    character_id: int
    scene_type_id: int
    name: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Segment:
    """One generated clip's place in a scene."""

    id: int
    project_id: int
    scene_id: int
    segment_index: int
    status: str | None
    """As the production calls it; None is "not told"."""
    clip_id: int | None
    """None while there is no file."""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class MediaRoot:
    """A folder that media may be read from."""

    id: int
    name: str
    path: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """A file that was found under a media root."""

    media_root_id: int
    relative_path: str
    """With `/`."""
    digest: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class CatalogClip:
    """A file that the catalog knows."""

    id: int
    media_root_id: int
    relative_path: str
    version: int
    """From 1; one more each time that the file held something else."""
    digest: str
    stamp: Stamp
    quality_score: float | None
    """Of this version: what was given, else what was measured."""


Change = Literal["new", "same", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class Registered:
    """A clip after it was registered, and what was new about it."""

    clip: CatalogClip
    change: Change
    """`same`: these bytes stood there before, whatever the file's times."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one source says of a clip's present version; it takes the place of what that source said of it before."""

    clip_id: int
    source: Source
    generation: JsonValue = None
    """An object. Given or found only; None leaves what is there."""
    scores: Mapping[str, float] | None = None
    """By metric; `quality_score` is the one that filters ask. Given or measured only; None leaves what is there."""
    failure_tags: tuple[str, ...] | None = None
    """Given or measured only; None leaves what is there, and empty says that there are none."""


@dataclass(frozen=True, slots=True)
class Known:
    """All that is said of a clip's present version, by source."""

    generation: Mapping[str, JsonValue]
    scores: Mapping[str, Mapping[str, float]]
    """Source → metric → score."""
    failure_tags: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a clip belongs in a project."""

    project_id: int
    character: str
    scene_type: str
    segment_index: int
    scene: str | None = None
    """None is the one that is named as its scene type."""
    clip_id: int | None = None
    """None leaves the clip that is there."""
    status: str | None = None
    """None leaves the status that is there."""


@dataclass(frozen=True, slots=True)
class SegmentQuery:
    """Which segments; None asks nothing, and an empty set finds nothing."""

    project_id: int
    scene_types: frozenset[str] | None = None
    character_ids: frozenset[int] | None = None
    scene_ids: frozenset[int] | None = None
    segment_ids: frozenset[int] | None = None
    statuses: frozenset[str] | None = None
    quality_at_least: float | None = None
    """A quality that is not known is not enough."""
    any_tags: frozenset[str] | None = None
    """At least one of these failure tags."""
    without_tags: frozenset[str] = frozenset()
    """None of these failure tags."""
    has_clip: bool | None = None


@dataclass(frozen=True, slots=True)
class SegmentRow:
    """A segment with what a list shows beside it."""

    segment: Segment
    scene: str
    scene_type: str
    character_id: int
    character: str
    clip: CatalogClip | None


@dataclass(frozen=True, slots=True)
class SidecarTemplate:
    """A template as it is kept."""

    id: int
    slug: str
    name: str
    description: str | None
    format: str
    target_tool: str | None
    template_json: JsonValue
    """The body, its keys in the author's order."""
    source_text: str
    """The body's text as its author wrote it."""
    is_builtin: bool
    version: int
    """One more with every change: what an ETag is made of."""
    created_by: int | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is."""

    done: int = 0
    total: int | None = None
    unit: str | None = None
    """What is counted: `videos`, `samples` …"""


@dataclass(frozen=True, slots=True)
class Job:
    """Work in the background."""

    id: int
    kind: str
    status: Status
    request: JsonValue
    """What was asked for, as its kind wants it."""
    project_id: int | None
    dataset_export_id: int | None
    delivery_id: int | None
    created_by: int | None
    is_cancel_asked: bool
    attempt: int
    tries: int
    progress: Progress
    failures: tuple[JsonValue, ...]
    """What could not be done of it, file by file."""
    result: JsonValue
    """An object or a list; None until there is one."""
    error: JsonValue
    """Why it failed: `{code, message, hint}`; None when it did not."""
    file_path: str | None
    """What can be downloaded."""
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class Held:
    """The right to do a job, for as long as the lease lasts and is renewed."""

    job: Job
    fence: int
    """The number that makes an older holder harmless; names of what it writes hold it."""
    lease_seconds: float


@dataclass(frozen=True, slots=True)
class Export:
    """A dataset export or a delivery, as it is kept."""

    id: int
    project_id: int
    name: str
    config: JsonValue
    status: Status
    by: int
    """The user who asked for it."""
    created_at: datetime
    updated_at: datetime
    manifest: JsonValue = None
    """None until it is complete, and in lists."""
    file_path: str | None = None
    file_size_bytes: int | None = None
    sample_count: int | None = None
    """Of a dataset."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for those who watch."""

    id: int
    at: datetime
    kind: str
    payload: Mapping[str, JsonValue] = field(default_factory=dict)
