"""Reel names of an edit decision list: short, plain, and never one name for two clips that could be mixed up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from turnover.sidecars.encoding import Findings
from turnover.sidecars.text import single_line
from turnover.sidecars.writers.cuts import listed
from turnover.sidecars.writers.edl_timeline import Placement

_ILLEGAL = re.compile(r"[^A-Z0-9_]+")

# Names that readers take for a source of their own: auxiliary, black, colour bars.
_RESERVED = frozenset(("AX", "BL", "BLACK", "BARS"))


def plain_reel(text: str, length: int) -> str:
    """The reel name of a text: upper-case letters, digits and `_`, at most `length` of them, never empty.

    >>> plain_reel("Straße 7/a.b", 8), plain_reel("夕日", 8), plain_reel("bars", 8)
    ('STRASSE_', 'REEL', 'BARS_')
    """
    ascii_text = unicodedata.normalize("NFKD", text.upper()).encode("ascii", "ignore").decode()
    reel = _ILLEGAL.sub("_", ascii_text.upper()).strip("_")[:length] or "REEL"
    return f"{reel}_" if reel in _RESERVED else reel


@dataclass(slots=True)
class _Reel:
    """One reel of the list with what is cut from it."""

    name: str
    cuts: list[tuple[str, int, int]] = field(default_factory=list)
    """Path, first source frame, source frame after the last."""

    def takes(self, path: str, start: int, stop: int) -> bool:
        """Whether a clip can be told from all others on this reel by its timecode."""
        return all(path == other or stop <= first or last <= start for other, first, last in self.cuts)


def reel_names(placements: Sequence[Placement], length: int, findings: Findings) -> tuple[str, ...]:
    """One name for each placement; clips share one only where reel and timecode together tell them apart."""
    reels: dict[str, list[_Reel]] = {}
    taken: set[str] = set()
    counters: dict[str, int] = {}
    names: list[str] = []
    for placement in placements:
        view = placement.sheet.view
        known = reels.setdefault(view.reel, [])
        start, stop = placement.source_range
        reel = next((r for r in known if r.takes(view.path, start, stop)), None)
        if reel is None:
            reel = _Reel(_free_name(plain_reel(view.reel, length), length, taken, counters))
            known.append(reel)
        reel.cuts.append((view.path, start, stop))
        names.append(reel.name)
    _warn_of_renamed(placements, names, findings)
    return tuple(names)


def _warn_of_renamed(placements: Sequence[Placement], names: Sequence[str], findings: Findings) -> None:
    renamed = [
        f"{placement.cut.name} is on reel {name}, not {single_line(placement.sheet.view.reel)!r}"
        for placement, name in zip(placements, names, strict=True)
        if name != placement.sheet.view.reel.upper()
    ]
    if renamed:
        findings.warn(
            f"in the list {listed(renamed)}; give the clips these reels in the host, or short ones with --set reel=…"
        )


def _free_name(base: str, length: int, taken: set[str], counters: dict[str, int]) -> str:
    """The name itself, or with a number at its end where it is taken."""
    name = base
    while name in taken or name in _RESERVED:
        counters[base] = counters.get(base, 1) + 1
        number = f"_{counters[base]}"
        name = base[: length - len(number)] + number
    taken.add(name)
    return name
