"""What a file says of itself where a person may say otherwise: whether models may be trained on it, and who made it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from turnover.core.carrier import Carrier
from turnover.core.clip import Clip, Rights
from turnover.core.probe import Warning
from turnover.generation.rights import rights_in
from turnover.work.given import noted

_MADE_BY_MODELS = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")


def with_labels(clip: Clip, carriers: Iterable[Carrier]) -> Clip:
    """The clip with what its own texts and its generation say."""
    clip = replace(clip, rights=rights_in(carriers))
    made = clip.generation
    if made is None or made.source_type not in _MADE_BY_MODELS:
        return clip
    return replace(clip, is_ai_generated=True, is_ai_generated_source=dict(made.sources).get("source_type"))


def without_labels(clip: Clip) -> Clip:
    """The clip as it is before anybody speaks of it, so that what a person gives shows."""
    return replace(clip, rights=Rights(), is_ai_generated=None, is_ai_generated_source=None)


def settled(given: Clip, found: Clip) -> Clip:
    """The clip as given, with what was found where nothing was given; warned where the two differ about rights."""
    if given.is_ai_generated is None:
        told = found.is_ai_generated_source
        given = replace(given, is_ai_generated=found.is_ai_generated, is_ai_generated_source=told)
    said, source = found.rights.training, found.rights.source
    if said is None or given.rights.training == said:
        return given
    if given.rights.training is None:
        return replace(given, rights=replace(given.rights, training=said, source=source))
    sentence = f"training is {given.rights.training} as given, and {said} in the file ({source}); what was given counts"
    return noted(given, Warning("rights_conflict", sentence))
