"""A look at an MP4's index before FFmpeg takes memory for it."""

from __future__ import annotations

import re

from turnover.media.boxes import boxes
from turnover.media.opening import Source
from turnover.media.refusals import refusal

# The sample size box (ISO/IEC 14496-12, 8.7.3): where all samples have one size, their number costs no bytes, and
# FFmpeg makes an entry of its own for each.
_ONE_SIZE = re.compile(rb"stsz\0\0\0\0(.{4})(.{4})", re.DOTALL)
_CONTENT = (b"mdat", b"free", b"skip", b"wide", b"uuid")
# An index of hours; more of a box than this is not searched.
_MOST_BYTES = 1 << 26
# This many entries cost a tenth of a second.
_HARMLESS = 1_000_000


def check_index(source: Source, name: str) -> None:
    """Refuse a file that claims more samples than it has bytes; the name is for messages.

    Raises ProbeError `unreadable`.
    """
    for box in boxes(source):
        if box.kind in _CONTENT:
            continue
        for match in _ONE_SIZE.finditer(source.at(box.start, min(box.stop - box.start, _MOST_BYTES))):
            size, count = (int.from_bytes(field, "big") for field in match.groups())
            if size and count > _HARMLESS and count * size > source.size:
                claim = f"{count} samples of {size} bytes"
                raise refusal("unreadable", f"{name} claims {claim}, and has {source.size} bytes in all")
