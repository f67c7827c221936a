"""Clips as values, for tests that need no file: `clip`, `view`, `sheet`, `job`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from turnover.core.clip import Clip, JsonValue, Marker
from turnover.core.colour import Colour
from turnover.core.generation import Generation, Lora, ModelUse
from turnover.core.probe import AudioStream, Probe, VideoStream
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.core.timecode import Timecode
from turnover.settings import sidecar_settings
from turnover.sidecars.encoding import Findings
from turnover.sidecars.paths import PathRule
from turnover.sidecars.values import plain_json
from turnover.sidecars.view import Redaction, View, view_of
from turnover.sidecars.writer import Job, Meta, OptionValue, Sheet, Writer

REC709 = Colour(1, 1, 1, "limited")
PQ = Colour(9, 16, 9, "limited")
HLG = Colour(9, 18, 9, "limited")


def clip(
    path: str = "/show/sq 010/shot_010.mp4",
    *,
    rate: Rate | None = Rate(24),
    frames: int | None = 48,
    start: str | None = None,
    size: tuple[int, int] = (1280, 720),
    aspect: Fraction | None = None,
    rotation: int = 0,
    colour: Colour = Colour(),
    audio: bool = False,
    reel: str | None = None,
    generation: Generation | None = None,
    series: Mapping[str, Iterable[float | None]] | None = None,
    markers: tuple[Marker, ...] = (),
    **video: object,
) -> Clip:
    """A clip that was never a file; `video` replaces any member of its VideoStream."""
    stream = VideoStream(
        width=size[0],
        height=size[1],
        codec="h264",
        frame_rate=rate,
        is_variable_frame_rate=rate is None,
        frame_count_claimed=frames,
        duration_seconds=rate.seconds(frames) if rate and frames else None,
        rotation=rotation,
        sample_aspect_ratio=aspect,
        codec_tag="avc1",
        profile="High",
        pixel_format="yuv420p",
        bit_depth=8,
        chroma="4:2:0",
        field_order="progressive",
        colour=colour,
    )
    location = Path(path)
    probe = Probe(
        container="mov",
        size_bytes=1000,
        video=replace(stream, **video),  # type: ignore[arg-type]  # the caller names real members
        audio=(AudioStream("aac", 48000, 2, "stereo", 16),) if audio else (),
        start_timecode=Timecode.parse(start, rate) if start and rate else None,
        start_timecode_label=start,
        reel=reel,
    )
    return Clip(
        path=location,
        root=location.parent,
        probe=probe,
        generation=generation,
        series=tuple(Series.of(name, values, source="test") for name, values in (series or {}).items()),
        markers=markers,
    )


GENERATED = Generation(
    tool="ComfyUI",
    prompt='a <red> car & "fast"\n[exec rm -rf /] $HOME {red} \\',
    negative_prompt="blurry",
    seed=2**64 - 1,
    steps=30,
    cfg=5.0,
    sampler="uni_pc",
    scheduler="simple",
    models=(ModelUse("wan2.2_t2v.safetensors", "diffusion"), ModelUse("umt5_xxl", "text_encoder")),
    loras=(Lora("detail", 0.8, 1.0), Lora("off", 0.5, None, False)),
)
"""A recipe with everything in it that formats stumble over."""


def view(one: Clip, *, paths: PathRule | None = None, redact: tuple[Redaction, ...] = (), **settings: str) -> View:
    """The view of a clip under settings as a person writes them."""
    return view_of(one, sidecar_settings(settings), paths=paths, redact=redact)


def sheet(one: Clip | View, metadata: Mapping[str, JsonValue] | None = None, **settings: str) -> Sheet:
    """A sheet with metadata as given, and the clip's own markers and series as markers and curves."""
    seen = one if isinstance(one, View) else view_of(one, sidecar_settings(settings))
    metas = tuple(Meta(key, str(plain_json(value)), plain_json(value)) for key, value in (metadata or {}).items())
    return Sheet(seen, metas, seen.clip.markers, seen.clip.series)


def job(writer: Writer, *sheets: Sheet, title: str = "shot_010", **options: OptionValue) -> Job:
    """A job with the writer's defaults and the options given."""
    defaults = {option.name: option.default for option in writer.options}
    return Job(title, sheets, {**defaults, **options}, Findings())


def written(writer: Writer, *sheets: Sheet, title: str = "shot_010", **options: OptionValue) -> bytes:
    """The bytes a writer gives."""
    return b"".join(writer.write(job(writer, *sheets, title=title, **options)))
