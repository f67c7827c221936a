"""What the page is made from: one clip with its numbers, and what follows from them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from turnover.core.clip import Clip
from turnover.core.measurement import Gate, Level, Measurement
from turnover.errors import TurnoverError

State = Literal["fail", "broken", "warn", "pass", "unknown"]
STATES: dict[State, str] = {
    "fail": "fail",
    "broken": "broken",
    "warn": "warn",
    "pass": "pass",
    "unknown": "not judged",
}
"""State of a clip → its word, the worst first."""


@dataclass(frozen=True, slots=True)
class ClipOnPage:
    """One clip and everything the page shows of it."""

    clip: Clip
    measurement: Measurement | None
    """None where it was not measured."""
    gates: tuple[Gate, ...]
    filmstrip: bytes | None
    """A JPEG of pictures side by side, evenly spaced from the start to the end; None where there is none."""
    failure: TurnoverError | None
    """Why it was not measured; None where nothing went wrong."""

    @property
    def state(self) -> State:
        """The worst that is known of it."""
        if self.failure is not None:
            return "broken"
        levels = {gate.level for gate in self.gates}
        order: tuple[Level, ...] = ("fail", "warn", "pass")
        return next((level for level in order if level in levels), "unknown")

    @property
    def tags(self) -> dict[str, Level]:
        """Tag → level of what failed, then of what warns, in the order of the gates."""
        failed: dict[str, Level] = {gate.tag: "fail" for gate in self.gates if gate.level == "fail"}
        warned: dict[str, Level] = {gate.tag: "warn" for gate in self.gates if gate.level == "warn"}
        return failed | {tag: level for tag, level in warned.items() if tag not in failed}

    @property
    def quality(self) -> float | None:
        """The measured quality, 0 to 1; None where it could not be judged."""
        score = None if self.measurement is None else self.measurement.quality_score
        return score if score is not None and 0 <= score <= 1 else None

    @property
    def frame_count(self) -> int | None:
        """The measured frames, else those the file tells of."""
        return self.clip.probe.video.frame_count if self.measurement is None else self.measurement.frame_count

    @property
    def seconds(self) -> float | None:
        """How long it lasts: its frames at its rate where both are known, else what the file says."""
        video = self.clip.probe.video
        if video.frame_rate is not None and self.frame_count is not None:
            return float(video.frame_rate.seconds(self.frame_count))
        told = self.clip.probe.duration_seconds if video.duration_seconds is None else video.duration_seconds
        return None if told is None else float(told)


def decimal(value: float | None, places: int = 2) -> str:
    """A number as people read it; a dash where it is not known.

    >>> decimal(1234.5), decimal(-0.001), decimal(None)
    ('1,234.50', '0.00', '–')
    """
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:,.{places}f}" if abs(value) < 1e9 else f"{value:.{places}e}"
    return text.removeprefix("-") if not text.strip("-0.") else text


def count_of(number: int | None, noun: str) -> str:
    """`1 frame`, `81 frames`; a dash where the number is not known."""
    return "–" if number is None else f"{number:,} {noun}" + ("" if number == 1 else "s")
