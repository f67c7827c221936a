"""SMPTE timecode: labels for frames, drop-frame or not (SMPTE ST 12-1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from turnover.core.rate import Rate

_LABEL = re.compile(r"(\d{2}):(\d{2}):(\d{2})([:;.,])(\d{2,3})\Z|(\d{2});(\d{2});(\d{2});(\d{2,3})\Z", re.ASCII)


def is_label(text: str) -> bool:
    """Whether a text has the form of a timecode; which labels there are depends on the rate."""
    return _LABEL.match(text.strip()) is not None


@dataclass(frozen=True, slots=True)
class Timecode:
    """A label on the 24-hour clock, kept as the number of frames since `00:00:00:00`.

    >>> str(Timecode.parse("01:00:00;00", Rate(30000, 1001))), Timecode.parse("01:00:00;00", Rate(30000, 1001)).frame
    ('01:00:00;00', 107892)
    """

    frame: int
    """Frames since midnight, in [0, frames of 24 hours)."""
    nominal: int
    """Frames that a counted second has: 24, 25, 30, 60 …"""
    is_drop_frame: bool = False

    @classmethod
    def parse(cls, label: str, rate: Rate) -> Timecode:
        """The timecode of a label; `;` (or `.`/`,`) before the frames, or everywhere, means drop-frame.

        Raises ValueError for what is no label, a label that drop-frame skips, a rate that timecode has no count for.
        """
        match = _LABEL.match(label.strip())
        if match is None:
            raise ValueError(f"{label!r} is no timecode; write 01:00:00:00, or 01:00:00;00 for drop-frame")
        groups = match.groups()
        hours, minutes, seconds, frames = (int(g) for g in ((*groups[:3], groups[4]) if groups[0] else groups[5:]))
        return cls.of(hours, minutes, seconds, frames, rate=rate, is_drop_frame=groups[3] != ":")

    @classmethod
    def of(cls, hours: int, minutes: int, seconds: int, frames: int, *, rate: Rate, is_drop_frame: bool) -> Timecode:
        """The timecode of four numbers; raises ValueError where no such label exists."""
        nominal = _nominal(rate, is_drop_frame)
        label = _label(hours, minutes, seconds, frames, nominal, is_drop_frame)
        ends = ((hours, 24), (minutes, 60), (seconds, 60), (frames, nominal))
        if not all(0 <= part < end for part, end in ends):
            raise ValueError(f"{label} is no timecode at {rate.decimal()} frames per second")
        dropped = _dropped_per_minute(nominal) if is_drop_frame else 0
        if dropped and seconds == 0 and frames < dropped and minutes % 10:
            raise ValueError(f"{label} does not exist: drop-frame skips it; the next label is frame {dropped:02}")
        total_minutes = hours * 60 + minutes
        count = (total_minutes * 60 + seconds) * nominal + frames - dropped * (total_minutes - total_minutes // 10)
        return cls(count, nominal, is_drop_frame)

    @classmethod
    def at(cls, frame: int, rate: Rate, *, is_drop_frame: bool = False) -> Timecode:
        """The timecode of a frame count, past midnight counted on from zero."""
        nominal = _nominal(rate, is_drop_frame)
        return cls(frame % _frames_per_day(nominal, is_drop_frame), nominal, is_drop_frame)

    def __add__(self, frames: int) -> Timecode:
        day = _frames_per_day(self.nominal, self.is_drop_frame)
        return Timecode((self.frame + frames) % day, self.nominal, self.is_drop_frame)

    @property
    def parts(self) -> tuple[int, int, int, int]:
        """Hours, minutes, seconds and frames of the label."""
        frame = self.frame
        if self.is_drop_frame:
            dropped = _dropped_per_minute(self.nominal)
            per_minute = self.nominal * 60 - dropped
            per_ten = per_minute * 10 + dropped
            tens, rest = divmod(frame, per_ten)
            # The first of ten minutes is whole; each later one starts with skipped labels.
            skipped = 9 * tens + max(0, (rest - dropped) // per_minute)
            frame += dropped * skipped
        seconds, frames = divmod(frame, self.nominal)
        return seconds // 3600, seconds // 60 % 60, seconds % 60, frames

    def __str__(self) -> str:
        """`hh:mm:ss:ff`, with `;` before the frames when drop-frame."""
        return _label(*self.parts, self.nominal, self.is_drop_frame)

    def with_separator(self, separator: str) -> str:
        """The label with one separator everywhere, as `01;00;00;00`."""
        return str(self).replace(":", separator).replace(";", separator)


def _label(hours: int, minutes: int, seconds: int, frames: int, nominal: int, is_drop_frame: bool) -> str:
    digits = 3 if nominal > 100 else 2
    return f"{hours:02}:{minutes:02}:{seconds:02}{';' if is_drop_frame else ':'}{frames:0{digits}}"


def _nominal(rate: Rate, is_drop_frame: bool) -> int:
    nominal = rate.nominal
    if nominal is None:
        raise ValueError(f"timecode does not count {rate.decimal()} frames per second")
    if is_drop_frame and not rate.allows_drop_frame:
        raise ValueError(f"drop-frame exists at 29.97 and 59.94 only, not at {rate.decimal()}")
    return nominal


def _dropped_per_minute(nominal: int) -> int:
    return nominal // 15


def _frames_per_day(nominal: int, is_drop_frame: bool) -> int:
    per_day = 24 * 60 * 60 * nominal
    return per_day - _dropped_per_minute(nominal) * 9 * 6 * 24 if is_drop_frame else per_day
