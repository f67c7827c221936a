"""Colour as code points of ITU-T H.273 (CICP), with the names FFmpeg uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# Code 2 is "unspecified": it never stands in a Colour, which says None instead.
PRIMARIES = {
    1: "bt709", 4: "bt470m", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "film",
    9: "bt2020", 10: "smpte428", 11: "smpte431", 12: "smpte432", 22: "ebu3213",
}  # fmt: skip
TRANSFERS = {
    1: "bt709", 4: "gamma22", 5: "gamma28", 6: "smpte170m", 7: "smpte240m", 8: "linear", 9: "log100", 10: "log316",
    11: "iec61966-2-4", 12: "bt1361e", 13: "iec61966-2-1", 14: "bt2020-10", 15: "bt2020-12", 16: "smpte2084",
    17: "smpte428", 18: "arib-std-b67",
}  # fmt: skip
MATRICES = {
    0: "gbr", 1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 8: "ycgco", 9: "bt2020nc",
    10: "bt2020c", 11: "smpte2085", 12: "chroma-derived-nc", 13: "chroma-derived-c", 14: "ictcp",
}  # fmt: skip

Range = Literal["limited", "full"]
ColourSource = Literal["file", "set"]

_TITLES = {
    (1, 1, 1): "Rec. 709",
    (1, 13, 1): "sRGB",
    (1, 13, 0): "sRGB",
    (6, 1, 6): "Rec. 601 (NTSC)",
    (5, 1, 6): "Rec. 601 (PAL)",
    (9, 1, 9): "Rec. 2020",
    (9, 16, 9): "Rec. 2020 PQ",
    (9, 18, 9): "Rec. 2020 HLG",
    (12, 13, 1): "Display P3",
}


@dataclass(frozen=True, slots=True)
class Colour:
    """What is said about colour; None is "not said", which is not Rec. 709."""

    primaries: int | None = None
    transfer: int | None = None
    matrix: int | None = None
    range: Range | None = None
    source: ColourSource = "file"
    """`file`: the file claims it; `set`: a person assumed it."""

    @property
    def is_tagged(self) -> bool:
        return any(code is not None for code in (self.primaries, self.transfer, self.matrix))

    @property
    def cicp(self) -> tuple[int, int, int] | None:
        """The three codes when all are known, equivalents folded as H.273 notes them.

        Transfers 6, 14 and 15 are the curve of 1; matrix 5 equals 6; so `6-6-6` and `6-1-6` are one colour space.
        """
        if self.primaries is None or self.transfer is None or self.matrix is None:
            return None
        transfer = 1 if self.transfer in (6, 14, 15) else self.transfer
        matrix = 6 if self.matrix == 5 else self.matrix
        return self.primaries, transfer, matrix

    @property
    def name(self) -> str | None:
        """One name for the whole: `Rec. 709`, `Rec. 2020 PQ` …, else the three names; None when nothing is said."""
        if not self.is_tagged:
            return None
        if self.cicp is not None and self.cicp in _TITLES:
            return _TITLES[self.cicp]
        return "/".join(name or "unspecified" for name in (self.primaries_name, self.transfer_name, self.matrix_name))

    @property
    def primaries_name(self) -> str | None:
        return _name(PRIMARIES, self.primaries)

    @property
    def transfer_name(self) -> str | None:
        return _name(TRANSFERS, self.transfer)

    @property
    def matrix_name(self) -> str | None:
        return _name(MATRICES, self.matrix)


def _name(names: dict[int, str], code: int | None) -> str | None:
    return None if code is None else names.get(code, f"reserved {code}")


# What a person may assume for an untagged file, by the word they type.
ASSUMABLE = {
    "rec709": Colour(1, 1, 1, "limited", "set"),
    "srgb": Colour(1, 13, 1, "limited", "set"),
    "rec601-ntsc": Colour(6, 6, 6, "limited", "set"),
    "rec601-pal": Colour(5, 6, 6, "limited", "set"),
    "rec2020": Colour(9, 14, 9, "limited", "set"),
    "rec2020-pq": Colour(9, 16, 9, "limited", "set"),
    "rec2020-hlg": Colour(9, 18, 9, "limited", "set"),
}
