"""Frames per second as an exact fraction."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

# What people and containers write for the NTSC family when they have only decimals.
_DECIMAL_NTSC = {
    Fraction(spelling): Fraction(nominal * 1000, 1001)
    for nominal, spellings in {
        24: ("23.976", "23.98", "23.97", "23.9760"),
        30: ("29.97", "29.970"),
        48: ("47.952", "47.95"),
        60: ("59.94", "59.940"),
        120: ("119.88",),
    }.items()
    for spelling in spellings
}

_SPELLING = re.compile(r"\s*(\d{1,9})(?:\.(\d{1,9})|\s*/\s*(\d{1,9}))?\s*\Z", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """Frames per second, exact and above zero.

    >>> str(Rate.parse("23.976")), Rate.parse("25").nominal, float(Rate(25, 2))
    ('24000/1001', 25, 12.5)
    """

    fraction: Fraction

    def __init__(self, numerator: int | Fraction, denominator: int = 1) -> None:
        fraction = Fraction(numerator, denominator)
        if fraction <= 0:
            raise ValueError(f"a rate is above zero, not {fraction}")
        object.__setattr__(self, "fraction", fraction)

    @classmethod
    def parse(cls, text: str) -> Rate:
        """A rate from `24`, `23.976` or `24000/1001`; decimals of the NTSC family become exact.

        Raises ValueError with the text seen.
        """
        match = _SPELLING.match(text)
        if match is None:
            raise ValueError(f"{text!r} is no frame rate; write 24, 23.976 or 24000/1001")
        whole, decimals, denominator = match.groups()
        if denominator is not None and int(denominator) == 0:
            raise ValueError(f"{text!r} divides by zero")
        value = Fraction(f"{whole}.{decimals}") if decimals else Fraction(int(whole), int(denominator or 1))
        return cls(value).standard

    @property
    def numerator(self) -> int:
        return self.fraction.numerator

    @property
    def denominator(self) -> int:
        return self.fraction.denominator

    @property
    def standard(self) -> Rate:
        """This rate, or the NTSC rate it is the usual decimal spelling of (2997/100 → 30000/1001)."""
        exact = _DECIMAL_NTSC.get(self.fraction)
        return self if exact is None else Rate(exact)

    @property
    def is_ntsc(self) -> bool:
        """Whether this is n·1000/1001 in lowest terms, as 24, 30 and 60 give it."""
        return self.denominator == 1001 and self.numerator % 1000 == 0

    @property
    def nominal(self) -> int | None:
        """The whole number that timecode counts in; None where timecode has none (12.5, 179/6)."""
        if self.denominator == 1:
            return self.numerator
        return self.numerator // 1000 if self.is_ntsc else None

    @property
    def allows_drop_frame(self) -> bool:
        """SMPTE ST 12-1 defines drop-frame for 29.97 and 59.94 only."""
        return self.is_ntsc and self.nominal in (30, 60)

    @property
    def frame_seconds(self) -> Fraction:
        """How long one frame lasts."""
        return 1 / self.fraction

    def seconds(self, frames: int) -> Fraction:
        """How long that many frames last, exactly."""
        return frames / self.fraction

    def decimal(self, places: int = 3) -> str:
        """The rate as people write it: `23.976`, `12.5`, `24`."""
        text = f"{float(self):.{places}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    def __float__(self) -> float:
        return float(self.fraction)

    def __str__(self) -> str:
        """The rate as FFmpeg writes it: `24000/1001`, `24/1`."""
        return f"{self.numerator}/{self.denominator}"
