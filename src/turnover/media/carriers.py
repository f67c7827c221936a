"""The texts that a media file itself carries, read by its structure and not by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

from turnover.core.carrier import Carrier
from turnover.media.animation import CutOffError
from turnover.media.opening import ReadLimitError, Source, regular_file
from turnover.media.refusals import refusal
from turnover.media.walkers.bmff import bmff_texts, is_bmff
from turnover.media.walkers.bounds import MOST_CARRIERS, MOST_STEPS, MOST_TEXT, MOST_TEXTS, Steps
from turnover.media.walkers.ebml import ebml_texts, is_ebml
from turnover.media.walkers.flv import flv_texts, is_flv
from turnover.media.walkers.gif import gif_texts, is_gif
from turnover.media.walkers.jpeg import is_jpeg, jpeg_texts
from turnover.media.walkers.png import is_png, png_texts
from turnover.media.walkers.riff import is_riff, riff_texts

_Walker: TypeAlias = Callable[[Source, Steps], Iterator[Carrier]]

_WALKERS: tuple[tuple[Callable[[bytes], bool], _Walker], ...] = (
    (is_png, png_texts),
    (is_jpeg, jpeg_texts),
    (is_gif, gif_texts),
    (is_riff, riff_texts),
    (is_ebml, ebml_texts),
    (is_flv, flv_texts),
    (is_bmff, bmff_texts),
)
_HEAD = 16
# Texts of the most that is kept, once more for what turns out to be none, and the heads of boxes.
_READ_LIMIT = 1 << 28


def carriers(path: Path) -> tuple[Carrier, ...]:
    """The texts in the file, in its order; none where the content is of no known family.

    Pictures and sound are passed over. Damage ends the walk: what was found before counts. Empty texts are left out.
    Bounds are those of `walkers.bounds`. Raises ProbeError, as opening does, for what is no readable regular file.
    """
    with regular_file(path, limit=_READ_LIMIT) as source:
        try:
            head = source.at(0, _HEAD)
            walker = next((walker for is_of_family, walker in _WALKERS if is_of_family(head)), None)
            return () if walker is None else tuple(_within_bounds(walker(source, iter(range(MOST_STEPS)))))
        except OSError as error:
            raise refusal("unreadable", f"{path.name} cannot be read: {error.strerror or error}") from error


def _within_bounds(texts: Iterator[Carrier]) -> Iterator[Carrier]:
    left = MOST_TEXTS
    try:
        for _, carrier in zip(range(MOST_CARRIERS), texts, strict=False):
            left -= len(carrier.place) + len(carrier.key) + len(carrier.text)
            if left < 0:
                return
            if len(carrier.text) <= MOST_TEXT and carrier.text.strip("\0\t\n\r "):
                yield carrier
    except (CutOffError, ReadLimitError):
        # The file ends inside a box or chunk, or leads its reader in circles.
        return
