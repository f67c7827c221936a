"""How much of one file is looked at, so that a hostile one costs no more than a large one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from turnover.media.animation import Bytes

MOST_TEXT = 32 << 20
"""Bytes of one text; a longer one is passed over. Graphs of ComfyUI that are called huge have one MiB."""
MOST_TEXTS = 64 << 20
"""Characters of all texts together; what comes after is left out."""
MOST_CARRIERS = 10_000
MOST_STEPS = 200_000
"""Steps of one file; a film of hours in fragments of a second takes fewer."""
MOST_DEPTH = 8
"""Boxes in boxes, tags in tags."""

Steps: TypeAlias = Iterator[object]
"""What may still be done with one file. All walks share it, and take one for each box, element, chunk or value."""


def content(data: Bytes, length: int, most: int = MOST_TEXT) -> bytes | None:
    """The next bytes, if they are no more than `most`; None where they are, and then none of them is read.

    Raises CutOffError where the file ends before.
    """
    return data.take(length) if length <= most else None
