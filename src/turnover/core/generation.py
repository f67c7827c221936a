"""How a clip was made."""

from __future__ import annotations

from dataclasses import dataclass


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
    inputs: tuple[InputMedia, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    """Field name → where its value came from, sorted by name."""

    @property
    def model(self) -> str | None:
        """The name of the model that drew the picture: the first one with that role, else the first."""
        drawing = [m.name for m in self.models if m.role in (None, "diffusion")]
        return next(iter(drawing or [m.name for m in self.models]), None)
