"""Which samples a trainer can use as they are, and what it does to those it can."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from turnover.core.rate import Rate
from turnover.datasets.layout import FrameRule, Trainer
from turnover.datasets.sample import Sample
from turnover.datasets.tally import Tally

_MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many samples a trainer can use as they are."""

    trainer: str
    title: str
    ready: int
    total: int
    reasons: Mapping[str, int]
    """Why others are not ready → how many, most first; one sample may have several."""
    notes: Mapping[str, int]
    """What happens to samples that are ready → how many."""


def unready(sample: Sample, trainer: Trainer) -> tuple[str, ...]:
    """Why a trainer cannot use a sample as it is, a sentence each; none when it can."""
    return (*_suffix(sample, trainer), *_frames(sample, trainer), *_size(sample, trainer), *trainer.not_ready(sample))


def notes(sample: Sample, trainer: Trainer) -> tuple[str, ...]:
    """What a trainer does to a sample that it can use."""
    return (*_left_over(sample, trainer.frame_rule), *_resampled(sample, trainer.frame_rate))


class Counting:
    """The readiness of samples for one trainer, one after the other."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self._ready = 0
        self._total = 0
        self._reasons: Tally[str] = Tally(_MOST_REASONS)
        self._notes: Tally[str] = Tally(_MOST_REASONS)

    def add(self, sample: Sample) -> None:
        """Count one sample."""
        self._total += 1
        reasons = unready(sample, self.trainer)
        for reason in dict.fromkeys(reasons):
            self._reasons.add(reason)
        if not reasons:
            self._ready += 1
            for note in notes(sample, self.trainer):
                self._notes.add(note)

    def result(self) -> Readiness:
        """What was counted so far."""
        told = [tally.most_first(others="other reasons") for tally in (self._reasons, self._notes)]
        return Readiness(self.trainer.name, self.trainer.title, self._ready, self._total, *told)


def _suffix(sample: Sample, trainer: Trainer) -> Iterator[str]:
    if sample.suffix not in trainer.suffixes:
        yield f"it does not read {sample.suffix}"


def _frames(sample: Sample, trainer: Trainer) -> Iterator[str]:
    rule = trainer.frame_rule
    if rule is None:
        return
    if sample.frame_count is None:
        yield "the number of frames is not known"
    elif rule.usable(sample.frame_count) is None:
        yield f"fewer than {_least(rule)} frames"


def _least(rule: FrameRule) -> int:
    """The smallest number of frames that the rule takes."""
    floor = max(rule.least, rule.plus, 1)
    return next(count for count in range(floor, floor + rule.step + 1) if rule.usable(count) is not None)


def _size(sample: Sample, trainer: Trainer) -> Iterator[str]:
    multiple = trainer.size_multiple
    if multiple > 1 and (sample.width % multiple or sample.height % multiple):
        yield f"width and height are not both multiples of {multiple}"


def _left_over(sample: Sample, rule: FrameRule | None) -> Iterator[str]:
    if rule is not None and sample.frame_count is not None and rule.usable(sample.frame_count) != sample.frame_count:
        yield f"its last frames are left out to fit {rule.step}n+{rule.plus}"


def _resampled(sample: Sample, rate: Rate | None) -> Iterator[str]:
    if rate is not None and sample.frame_rate is None:
        yield f"its frame rate varies or is not known, and {float(rate):g} is expected"
    elif rate is not None and sample.frame_rate != rate:
        yield f"its frame rate is another than the {float(rate):g} expected"
