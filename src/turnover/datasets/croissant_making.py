"""How the samples of a dataset came to be and what may be done with them, summed up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from turnover.core.generation import Lora, ModelUse
from turnover.datasets.dataset import Dataset
from turnover.datasets.sample import Sample

_MOST_KINDS = 1_000
"""Different licences that are told apart."""


@dataclass(slots=True)
class Making:
    """One look at every sample."""

    told: int = 0
    """Samples that say how they were made."""
    models: frozenset[ModelUse] | None = None
    """What each of these used; None while there is none of them, empty where no model is common to all."""
    loras: frozenset[tuple[str, str | None]] | None = None
    """Name and SHA-256 of the same."""
    tools: frozenset[str] | None = None
    source_types: Counter[str | None] = field(default_factory=Counter)
    """IPTC digital source type → samples."""
    called_synthetic: Counter[bool | None] = field(default_factory=Counter)
    """What a person said of it → samples."""
    training: Counter[str | None] = field(default_factory=Counter)
    """What the rights say of training → samples."""
    licences: Counter[str] = field(default_factory=Counter)
    first_day: str | None = None
    """Of those whose day is known, as `2026-11-22`."""
    last_day: str | None = None


def making_of(dataset: Dataset) -> Making:
    """Looks at every sample once."""
    making = Making()
    for split in dataset.splits:
        for sample in dataset.samples(split):
            _add(making, sample)
    return making


def _add(making: Making, sample: Sample) -> None:
    made = sample.generation
    making.source_types[made.source_type if made else None] += 1
    making.called_synthetic[sample.is_ai_generated] += 1
    making.training[sample.rights.training] += 1
    licence = sample.rights.licence
    if licence and (licence in making.licences or len(making.licences) < _MOST_KINDS):
        making.licences[licence] += 1
    day = _day(sample.created_at)
    if day is not None:
        making.first_day = min(day, making.first_day or day)
        making.last_day = max(day, making.last_day or day)
    if made is None:
        return
    making.told += 1
    models = frozenset(made.models)
    loras = frozenset((lora.name, _digest(lora)) for lora in made.loras if lora.is_enabled)
    tools = frozenset([made.tool] if made.tool else [])
    making.models = models if making.models is None else making.models & models
    making.loras = loras if making.loras is None else making.loras & loras
    making.tools = tools if making.tools is None else making.tools & tools


def _digest(lora: Lora) -> str | None:
    return lora.sha256 or (lora.file.sha256 if lora.file else None)


def _day(text: str | None) -> str | None:
    try:
        return None if text is None else datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return None
