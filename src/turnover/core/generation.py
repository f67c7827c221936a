"""How a clip was made."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import Literal

from turnover.core.colour import Colour
from turnover.core.probe import VideoStream
from turnover.core.rate import Rate

MOST_SEED = 2**64 - 1
"""Seeds are whole numbers from 0 that 64 bits hold."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """The file of a model or LoRA, found under a folder that a person named."""

    path: str
    """From that folder, with `/`."""
    size_bytes: int
    sha256: str
    """Of the whole file, lower-case hex."""
    tags: tuple[tuple[str, str], ...] = ()
    """What the header of a safetensors file says of itself, sorted by name: base model, trigger words, licence …"""

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model that took part."""

    name: str
    role: str | None = None
    """`diffusion`, `vae`, `text_encoder`, `upscaler` …; None when not known."""
    hash: str | None = None
    """The hash that the recipe gives, as it writes it; its kind and length differ from tool to tool."""
    file: ModelFile | None = None
    """None until it was looked for, and where it was not found for certain."""


@dataclass(frozen=True, slots=True)
class Lora:
    """A low-rank adapter and how strongly it was applied."""

    name: str
    weight: float | None = None
    weight_clip: float | None = None
    """Strength on the text encoder; None when there is none."""
    is_enabled: bool = True
    sha256: str | None = None
    hash: str | None = None
    """The hash that the recipe gives, as it writes it; its kind and length differ from tool to tool."""
    file: ModelFile | None = None
    """None until it was looked for, and where it was not found for certain."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One sampler run."""

    seed: int | None = None
    steps: int | None = None
    cfg: float | None = None
    guidance: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    denoise: float | None = None
    model: str | None = None


@dataclass(frozen=True, slots=True)
class InputMedia:
    """A picture or video that went in."""

    name: str
    role: str | None = None
    """`start_image`, `end_image`, `reference`, `control` …; None when not known."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the generator was asked for; the file itself may differ. None is "not told"."""

    width: int | None = None
    height: int | None = None
    frame_count: int | None = None
    frame_rate: Rate | None = None


ProcessingKind = Literal["interpolation", "upscaling", "ping_pong", "loop", "color_transfer", "reversal", "trim"]

_PROCESSING_TAGS: dict[ProcessingKind, str] = {
    "interpolation": "interpolated",
    "upscaling": "upscaled",
    "ping_pong": "ping_pong",
    "loop": "looped",
    "color_transfer": "color_transferred",
    "reversal": "reversed",
    "trim": "trimmed",
}


@dataclass(frozen=True, slots=True)
class Processing:
    """What was done to the frames after sampling."""

    kind: ProcessingKind
    factor: float | None = None
    """How many times as many frames or pixels; None when not known or without meaning."""
    detail: str | None = None
    """The model or method by name; None when not told."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two carriers of one file that say different things."""

    field: str
    taken: str
    """The value that was taken, as text."""
    taken_from: str
    other: str
    other_from: str


@dataclass(frozen=True, slots=True)
class UntaggedColour:
    """How a writer encodes a picture about whose colour it says nothing: known from its code, not from the file."""

    name: str
    """For a person: `Rec. 601 matrix, limited range`."""
    colour: Colour
    """What the code decides; what it leaves open is None."""
    codecs: tuple[str, ...]
    """What it encodes with; another codec is the work of another program."""
    reason: str
    """One sentence for a person."""


@dataclass(frozen=True, slots=True)
class NativeRate:
    """The frames that a model drew, by the second of the file, before others were put in between."""

    rate: Rate
    source: str
    """How it is known, for a person."""


@dataclass(frozen=True, slots=True)
class Generation:
    """How a clip was made; None is "not known"."""

    tool: str | None = None
    prompt: str | None = None
    negative_prompt: str | None = None
    seed: int | None = None
    """The primary pass's, exact to 64 bits."""
    steps: int | None = None
    cfg: float | None = None
    guidance: float | None = None
    sampler: str | None = None
    scheduler: str | None = None
    models: tuple[ModelUse, ...] = ()
    loras: tuple[Lora, ...] = ()
    passes: tuple[Pass, ...] = ()
    """In the order they ran."""
    inputs: tuple[InputMedia, ...] = ()
    asked: Asked = Asked()
    processing: tuple[Processing, ...] = ()
    source_type: str | None = None
    """IPTC digital source type, the last part of its address, such as `trainedAlgorithmicMedia`."""
    untagged_colour: UntaggedColour | None = None
    """What the writer of the file means where it tags no colour; None when not known."""
    conflicts: tuple[Conflict, ...] = ()
    unresolved: tuple[tuple[str, str], ...] = ()
    """Field name → why it could not be told, sorted by name."""
    sources: tuple[tuple[str, str], ...] = ()
    """Field name → where its value came from, sorted by name."""

    @property
    def model(self) -> str | None:
        """The name of the model that drew the picture: the first one with that role, else the first."""
        drawing = [m.name for m in self.models if m.role in (None, "diffusion")]
        return next(iter(drawing or [m.name for m in self.models]), None)

    @property
    def processing_tags(self) -> tuple[str, ...]:
        """What was done to the frames after sampling, a word a kind, in the order it was done.

        >>> Generation(processing=(Processing("interpolation", 2.0), Processing("upscaling"))).processing_tags
        ('interpolated', 'upscaled')
        """
        return tuple(dict.fromkeys(_PROCESSING_TAGS[step.kind] for step in self.processing))


def inferred_colour(generation: Generation | None, video: VideoStream) -> UntaggedColour | None:
    """How the picture is encoded by what is known of its writer; None where the file claims a colour of its own.

    An inference, to be told apart from what the file claims: whoever touched the file since may have changed it.
    """
    untagged = None if generation is None else generation.untagged_colour
    if untagged is None or video.colour.is_tagged or video.codec not in untagged.codecs:
        return None
    return untagged if video.colour.range in (None, untagged.colour.range) else None


def native_rate(generation: Generation | None, video: VideoStream) -> NativeRate | None:
    """The rate of the file divided by what interpolation multiplied it with.

    None where no interpolation is told, its factor is not, the rate varies, or the rate that was asked for is another:
    then the file was timed anew since.
    """
    steps = [] if generation is None else [step for step in generation.processing if step.kind == "interpolation"]
    factors = [step.factor for step in steps]
    if generation is None or video.frame_rate is None or not factors:
        return None
    known = [Fraction(factor).limit_denominator(1000) for factor in factors if factor is not None and factor >= 1]
    if len(known) < len(factors):
        return None
    rate = Rate(video.frame_rate.standard.fraction / prod(known))
    asked = generation.asked.frame_rate
    if asked is not None and asked.standard != rate.standard:
        return None
    told = dict(generation.sources).get("processing")
    times = " and ".join(f"×{factor:g}" for factor in map(float, known))
    return NativeRate(rate, f"frame rate of the file ÷ interpolation {times}" + (f", {told}" if told else ""))
