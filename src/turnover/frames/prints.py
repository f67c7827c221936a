"""What a picture looks like in 64 bits, to find others that look the same."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import cv2
import numpy as np

from turnover.frames.picture import Picture

_WIDTH, _HEIGHT = 9, 8


def difference_hash(picture: Picture) -> int:
    """64 bits: whether luma falls from each of 9x8 fields to its neighbour on the right; from the top left.

    Krawetz's dHash (2013). Re-encoding, scaling and small shifts change a bit or two; mirroring and crops change most.
    """
    fields = cv2.resize(np.ascontiguousarray(picture.small), (_WIDTH, _HEIGHT), interpolation=cv2.INTER_AREA)
    bits = np.asarray(fields)[:, 1:] < np.asarray(fields)[:, :-1]
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


@dataclass
class PrintWatch:
    """Remembers the look of each picture that goes by: 8 bytes a frame."""

    hashes: array[int] = field(default_factory=lambda: array("Q"))

    def watched(self, pictures: Iterable[Picture]) -> Iterator[Picture]:
        """The same pictures."""
        for picture in pictures:
            self.hashes.append(difference_hash(picture))
            yield picture

    @property
    def prints(self) -> tuple[int, ...]:
        """Of the first, the middle and the last frame; empty where none went by."""
        count = len(self.hashes)
        return tuple(self.hashes[frame] for frame in (0, count // 2, count - 1)) if count else ()
