"""How a clip was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from turnover.core.rate import Rate

MOST_SEED = 2**64 - 1
"""Seeds are whole numbers from 0 that 64 bits hold."""


@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model that took part."""

    name: str
    role: str | None = None
    """`diffusion`, `vae`, `text_encoder`, `upscaler` …; None when not known."""


@dataclass(frozen=True, slots=True)
class Lora:
    """A low-rank adapter and how strongly it was applied."""

    name: str
    weight: float | None = None
    weight_clip: float | None = None
    """Strength on the text encoder; None when there is none."""
    is_enabled: bool = True
    sha256: str | None = None


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


@dataclass(frozen=True, slots=True)
class Processing:
    """What was done to the frames after sampling."""

    kind: Literal["interpolation", "upscaling", "ping_pong", "loop", "color_transfer", "reversal", "trim"]
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
