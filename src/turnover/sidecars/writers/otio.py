"""OpenTimelineIO's own JSON: one timeline with clips, markers and typed metadata.

The schemas and their versions are those of OpenTimelineIO 0.15 and later, and what DaVinci Resolve 18.5 imports: the
media as a bare path, ranges in absolute source timecode.
https://opentimelineio.readthedocs.io/en/stable/tutorials/otio-serialized-schema.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, TypeAlias

from turnover.core.clip import Marker
from turnover.core.colour import Colour
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.sidecars.paths import url
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.writer import Job, Option, Sheet
from turnover.sidecars.writers.cuts import Cut, Timeline, listed, timeline_of
from turnover.sidecars.writers.otio_json import SCHEMA, Curve, document, metadata_key, metadata_value

Tree: TypeAlias = dict[str, object]

OWN = "turnover"
"""The namespace of our metadata, as OpenTimelineIO asks every program to have one."""

_CURVES = "curves"
_MEDIA = "DEFAULT_MEDIA"


class OtioWriter:
    """Timelines with one video track, and one audio track where a clip has sound."""

    name = "otio"
    format: Literal["text", "json", "timeline"] = "timeline"
    suffix = ".otio"
    holds_many = True
    has_markers = True
    has_curves = True
    options: Sequence[Option] = (
        Option(
            "target_url",
            "path",
            "how the media is named: path, as Resolve wants it, or url, as OpenTimelineIO describes it",
            ("path", "url"),
        ),
    )
    metadata_keys: Mapping[str, str] | None = None

    def key_problem(self, key: str) -> str | None:
        if not key.strip() or clean(key) != key:
            return f"{key!r} is no key; write a name such as prompt"
        if key == _CURVES:
            return f"{key!r} is where the curves stand; choose another key"
        return f"{key!r} belongs to OpenTimelineIO; choose another key" if metadata_key(key) != key else None

    def write(self, job: Job) -> Iterator[bytes]:
        timeline = timeline_of(job)
        plays_every_frame = job.sheets[0].view.settings.timeline_policy == "every_frame"
        shots = [Shot(cut, timeline.rate if plays_every_frame else cut.rate) for cut in timeline.cuts]
        _warn(job, timeline, shots)
        yield from document(_timeline(job, timeline, shots))


@dataclass(frozen=True, slots=True)
class Shot:
    """A cut with how fast it passes."""

    cut: Cut
    lasting: Rate
    """Frames per second on the timeline: the clip's own, or the timeline's where each frame is played once."""

    @property
    def speed(self) -> Fraction:
        return self.lasting.fraction / self.cut.rate.fraction

    @property
    def has_sound(self) -> bool:
        return bool(self.cut.sheet.view.clip.probe.audio)


def _schema(schema: str, /, **members: object) -> Tree:
    return {SCHEMA: schema, **members}


def _timeline(job: Job, timeline: Timeline, shots: Sequence[Shot]) -> Tree:
    start = timeline.start
    tracks = [_track("Video 1", "Video", [_picture(job, shot) for shot in shots])]
    if any(shot.has_sound for shot in shots):
        tracks.append(_track("Audio 1", "Audio", _sounds(job, shots)))
    return _schema(
        "Timeline.1",
        metadata={OWN: {"frame_rate": str(timeline.rate)} | _timecode_facts(start)},
        name=single_line(job.title),
        global_start_time=None if start is None else _time(start.frame, timeline.rate),
        tracks=_schema("Stack.1", metadata={}, name="tracks", **_item_defaults(), children=tracks),
    )


def _item_defaults() -> Tree:
    return {"source_range": None, "effects": [], "markers": [], "enabled": True}


def _track(name: str, kind: str, children: list[Tree]) -> Tree:
    return _schema("Track.1", metadata={}, name=name, **_item_defaults(), children=children, kind=kind)


def _picture(job: Job, shot: Shot) -> Tree:
    """The cut with everything said about it."""
    sheet = shot.cut.sheet
    clip = _clip(job, shot)
    # EDL writers of OpenTimelineIO look for the reel under cmx_3600.
    clip["metadata"] = {
        OWN: _own_metadata(sheet, shot.cut.frame_count),
        "cmx_3600": {"reel": single_line(sheet.view.reel)},
    }
    clip["markers"] = [_marker(marker, shot.cut) for marker in sheet.markers]
    return clip


def _sounds(job: Job, shots: Sequence[Shot]) -> list[Tree]:
    """The sound of each cut, and a gap as long as the picture where it has none; no gap at the end."""
    last = max(index for index, shot in enumerate(shots) if shot.has_sound)
    return [_clip(job, shot) if shot.has_sound else _gap(shot) for shot in shots[: last + 1]]


def _gap(shot: Shot) -> Tree:
    length = _range(0, shot.lasting, shot.cut.used.count, shot.lasting)
    return _schema("Gap.1", metadata={}, name="", **_item_defaults() | {"source_range": length})


def _clip(job: Job, shot: Shot) -> Tree:
    """What a cut plays, in absolute source timecode.

    Where it plays each frame once at another rate, its range is as long as it lasts on the timeline, and the effect
    says how fast it passes; OpenTimelineIO's readers of EDL do the same.
    """
    cut = shot.cut
    effects = [] if shot.speed == 1 else [_speed_change(shot.speed)]
    played = _range(_first(cut) + cut.used.start, cut.rate, cut.used.count, shot.lasting)
    return _schema(
        "Clip.2",
        metadata={},
        name=cut.name,
        **_item_defaults() | {"source_range": played, "effects": effects},
        media_references={_MEDIA: _media(job, cut)},
        active_media_reference_key=_MEDIA,
    )


def _speed_change(speed: Fraction) -> Tree:
    return _schema(
        "LinearTimeWarp.1", metadata={}, name="", effect_name="LinearTimeWarp", enabled=True, time_scalar=float(speed)
    )


def _first(cut: Cut) -> int:
    """The first frame of the media in source timecode; zero where it has none."""
    return 0 if cut.start is None else cut.start.frame


def _media(job: Job, cut: Cut) -> Tree:
    view = cut.sheet.view
    return _schema(
        "ExternalReference.1",
        metadata={OWN: _media_facts(cut)},
        name=cut.name,
        available_range=_range(_first(cut), cut.rate, cut.frame_count, cut.rate),
        target_url=url(view.path) if job.text("target_url") == "url" else clean(view.path),
    )


def _media_facts(cut: Cut) -> Tree:
    """What the file is, for those who look; nothing that is not known."""
    view = cut.sheet.view
    video = view.clip.probe.video
    aspect = video.sample_aspect_ratio
    facts: Tree = {
        "frame_rate": str(cut.rate),
        **_timecode_facts(cut.start),
        "reel": single_line(view.reel),
        "width": video.width,
        "height": video.height,
        "rotation": video.rotation,
        "pixel_aspect": None if aspect is None else f"{aspect.numerator}:{aspect.denominator}",
        "color": _colour_facts(view.colour) if view.colour.is_tagged else None,
        "sha256": view.clip.digest,
        "assumed": list(view.assumed) or None,
    }
    return {name: fact for name, fact in facts.items() if fact is not None}


def _timecode_facts(timecode: Timecode | None) -> Tree:
    """The label too: a count of frames does not tell whether labels are dropped."""
    return {} if timecode is None else {"start_timecode": str(timecode), "is_drop_frame": timecode.is_drop_frame}


def _colour_facts(colour: Colour) -> Tree:
    names = {
        "primaries": colour.primaries_name,
        "transfer": colour.transfer_name,
        "matrix": colour.matrix_name,
        "range": colour.range,
        "source": colour.source,
    }
    return {key: name for key, name in names.items() if name is not None}


def _own_metadata(sheet: Sheet, frame_count: int) -> Tree:
    own: Tree = {meta.key: metadata_value(meta.value) for meta in sheet.metadata}
    if sheet.curves:
        own[_CURVES] = {series.name: Curve(series, frame_count) for series in sheet.curves}
    return own


def _marker(marker: Marker, cut: Cut) -> Tree:
    """A marker in the clip's own time, like its range; a point is one frame long."""
    return _schema(
        "Marker.2",
        metadata={},
        name=clean(marker.name),
        color=marker.colour.upper(),
        marked_range=_range(_first(cut) + marker.range.start, cut.rate, marker.range.count, cut.rate),
        comment=clean(marker.comment or ""),
    )


def _range(start: int, start_rate: Rate, duration: int, duration_rate: Rate) -> Tree:
    return _schema(
        "TimeRange.1", duration=_time(duration, duration_rate), start_time=_time(start, start_rate)
    )  # fmt: skip


def _time(frames: int, rate: Rate) -> Tree:
    return _schema("RationalTime.1", rate=float(rate), value=float(frames))


def _warn(job: Job, timeline: Timeline, shots: Sequence[Shot]) -> None:
    if timeline.start is None:
        job.findings.warn(
            f"no timecode counts {timeline.rate.decimal()} frames per second, so the timeline says no start; "
            "--set timeline_rate=24 makes one that Resolve takes"
        )
    paths = [(shot.cut.name, shot.cut.sheet.view.path) for shot in shots]
    unnamable = [name for name, path in paths if clean(path) != path] if job.text("target_url") == "path" else []
    if unnamable:
        job.findings.warn(
            f"{listed(unnamable)}: the path has signs that no text can hold, so hosts will not find the file; rename "
            "it, or set the option target_url to url"
        )
    heard = [shot.cut.name for shot in shots if shot.speed != 1 and shot.has_sound]
    if heard:
        job.findings.warn(f"{listed(heard)}: each frame is played once at another rate, and the sound at another speed")


WRITER = OtioWriter()
