"""A clip as its sidecars show it: what the file says, what a person set or assumed, what is withheld."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, get_args

from turnover.core.clip import Clip
from turnover.core.colour import ASSUMABLE, Colour
from turnover.core.generation import Generation, Pass
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode
from turnover.errors import RefusedError, UsageError
from turnover.settings import SidecarSettings
from turnover.sidecars.paths import PathRule

Origin = Literal["file", "set", "name"]
"""Where a value came from: the file claims it, a person set it, the file's name gave it."""

Redaction = Literal["prompt", "negative_prompt", "seed", "models", "loras", "paths", "workflow"]
REDACTIONS: tuple[Redaction, ...] = get_args(Redaction)

# Container tags that say nothing about how a clip was made.
_HARMLESS_TAGS = frozenset(
    ("major_brand", "minor_version", "compatible_brands", "encoder", "handler_name", "vendor_id", "language",
     "creation_time", "timecode", "reel_name", "alpha_mode", "duration")
)  # fmt: skip


# How A1111 and its kin call for a LoRA inside a prompt.
_LORA_IN_PROMPT = re.compile(r"<(?:lora|lyco|lycoris|hypernet):[^<>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class View:
    """A clip as its sidecars show it. Everything is decided here, so writers only write."""

    clip: Clip
    """After redaction."""
    settings: SidecarSettings
    path: str
    """Where the media is, as the sidecar spells it."""
    rate: Rate | None
    """NTSC decimals made exact; None for a varying or unknown rate."""
    rate_origin: Origin | None
    start: Timecode | None
    """Start timecode; None when the file has none and none was set."""
    start_origin: Origin | None
    reel: str
    reel_origin: Origin
    colour: Colour

    @property
    def frame_count(self) -> int | None:
        return self.clip.probe.video.frame_count

    @property
    def duration_seconds(self) -> Fraction | None:
        if self.rate is not None and self.frame_count is not None:
            return self.rate.seconds(self.frame_count)
        return self.clip.probe.video.duration_seconds

    @property
    def first_frame(self) -> int:
        return self.settings.first_frame

    @property
    def last_frame(self) -> int | None:
        return None if self.frame_count is None else self.first_frame + self.frame_count - 1

    @property
    def assumed(self) -> tuple[str, ...]:
        """What a person set in place of what the file says, by name."""
        origins = {
            "frame_rate": self.rate_origin,
            "start_timecode": self.start_origin,
            "reel": self.reel_origin,
            "color": self.colour.source if self.colour.is_tagged else None,
        }
        return tuple(name for name, origin in origins.items() if origin == "set")

    def timing(self) -> tuple[Rate, int]:
        """The constant rate and the number of frames, for formats that live by them.

        Raises RefusedError when the clip has no constant rate or its frames are not known.
        """
        video = self.clip.probe.video
        if self.rate is None:
            reason = "varies" if video.is_variable_frame_rate else "is not known"
            raise RefusedError(
                f"{self.clip.name}: its frame rate {reason}, and this format counts in frames",
                hint="make the rate constant first, use frames-csv, or state one with --set assume_rate=24",
                code="variable_frame_rate" if video.is_variable_frame_rate else "no_frame_rate",
            )
        return self.rate, self.frames()

    def frames(self) -> int:
        """The number of frames; raises RefusedError when it is not known."""
        if not self.frame_count:
            raise RefusedError(
                f"{self.clip.name}: the number of its frames is not known",
                hint="`turnover probe --scan` counts them; a file that cannot be read through has none",
                code="no_frame_count",
            )
        return self.frame_count


def view_of(
    clip: Clip, settings: SidecarSettings, *, paths: PathRule | None = None, redact: Iterable[Redaction] = ()
) -> View:
    """The view of a clip under a run's settings.

    Raises UsageError when `start_timecode` is no label at the clip's rate.
    """
    withheld = frozenset(redact)
    rule = paths or PathRule()
    if "paths" in withheld:
        rule = replace(rule, name_only=True)
    video = clip.probe.video
    rate, rate_origin = _rate_of(clip, settings)
    start, start_origin = _start_of(clip, settings, rate)
    reel_of_file = clip.probe.reel
    is_assumed = settings.assume_color is not None and not video.colour.is_tagged
    return View(
        clip=redacted(clip, withheld),
        settings=settings,
        path=rule.spell(clip.path),
        rate=rate,
        rate_origin=rate_origin,
        start=start,
        start_origin=start_origin,
        reel=settings.reel or reel_of_file or clip.stem,
        reel_origin="set" if settings.reel else "file" if reel_of_file else "name",
        colour=_assumed_colour(video.colour, settings) if is_assumed else video.colour,
    )


def _assumed_colour(claimed: Colour, settings: SidecarSettings) -> Colour:
    assumed = ASSUMABLE[settings.assume_color or ""]
    # The range a file does claim stays true.
    return replace(assumed, range=claimed.range) if claimed.range else assumed


def _rate_of(clip: Clip, settings: SidecarSettings) -> tuple[Rate | None, Origin | None]:
    rate = clip.probe.video.frame_rate
    if rate is not None:
        return rate.standard, "file"
    return (settings.assume_rate, "set") if settings.assume_rate is not None else (None, None)


def _start_of(clip: Clip, settings: SidecarSettings, rate: Rate | None) -> tuple[Timecode | None, Origin | None]:
    if settings.start_timecode is None:
        start = clip.probe.start_timecode
        if clip.probe.video.frame_rate is None and rate is not None:
            start = _counted_at(clip.probe.start_timecode_label, rate)
        return start, None if start is None else "file"
    if rate is None or rate.nominal is None:
        return None, None
    try:
        return Timecode.parse(settings.start_timecode, rate), "set"
    except ValueError as error:
        raise UsageError(
            f"start_timecode: {error}", hint=f"{clip.name} has {rate.decimal()} frames per second"
        ) from error


def _counted_at(label: str | None, rate: Rate) -> Timecode | None:
    """The file's label at a rate that only a person could tell; None where it is no label at that rate."""
    try:
        return None if label is None else Timecode.parse(label, rate)
    except ValueError:
        return None


def redacted(clip: Clip, withheld: frozenset[str]) -> Clip:
    """The clip without what is withheld, wherever it stands: a tag or an unknown key may repeat a prompt."""
    if not withheld:
        return clip
    probe = clip.probe
    return replace(
        clip,
        root=clip.path.parent if "paths" in withheld else clip.root,
        probe=replace(probe, tags=tuple(tag for tag in probe.tags if tag[0].lower() in _HARMLESS_TAGS)),
        generation=None if clip.generation is None else _without(clip.generation, withheld),
        segments=tuple(
            replace(s, generation=None if s.generation is None else _without(s.generation, withheld))
            for s in clip.segments
        ),
        caption=None if "prompt" in withheld else clip.caption,
        generation_params=None,
        unread=(),
        extra={},
    )


def _without(generation: Generation, withheld: frozenset[str]) -> Generation:
    if "paths" in withheld:
        generation = _without_folders(generation)
    changes: dict[str, object] = {name: None for name in ("prompt", "negative_prompt", "seed") if name in withheld}
    changes |= {name: () for name in ("models", "loras") if name in withheld}
    if "seed" in withheld or "models" in withheld:
        changes["passes"] = tuple(_pass_without(p, withheld) for p in generation.passes)
    # What disagrees or could not be told may quote any of it.
    changes |= {"conflicts": (), "unresolved": ()}
    if "models" in withheld:
        changes["processing"] = tuple(replace(p, detail=None) for p in generation.processing)
    gone = {name for name in changes if not changes[name]}
    changes["sources"] = tuple(
        (name, source.partition(", node ")[0] if "workflow" in withheld else source)
        for name, source in generation.sources
        if name not in gone
    )
    if "loras" in withheld:
        for name in ("prompt", "negative_prompt"):
            changes.setdefault(name, _without_lora_calls(getattr(generation, name)))
    return replace(generation, **changes)  # type: ignore[arg-type]  # the names are the dataclass's own


def _without_lora_calls(prompt: str | None) -> str | None:
    return None if prompt is None else _LORA_IN_PROMPT.sub("", prompt)


def _without_folders(generation: Generation) -> Generation:
    """The generation with files, models and LoRAs by their bare names."""
    return replace(
        generation,
        models=tuple(replace(m, name=_bare(m.name)) for m in generation.models),
        loras=tuple(replace(x, name=_bare(x.name)) for x in generation.loras),
        passes=tuple(replace(p, model=None if p.model is None else _bare(p.model)) for p in generation.passes),
        inputs=tuple(replace(i, name=_bare(i.name)) for i in generation.inputs),
    )


def _bare(name: str) -> str:
    return name.replace("\\", "/").rpartition("/")[2]


def _pass_without(one: Pass, withheld: frozenset[str]) -> Pass:
    return replace(
        one,
        seed=None if "seed" in withheld else one.seed,
        model=None if "models" in withheld else one.model,
    )
