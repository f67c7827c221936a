"""Which samples look alike: their difference hashes are a few bits apart.

Two samples are near when their first, their middle and their last frames' hashes each differ in at most `distance`
bits. The hash of a flat frame (black, white, one colour) is 0, and a frame that only darkens or only brightens across
has all bits alike; two such frames may show anything. So a sample *all* of whose hashes have at most `FLAT_BITS` bits
set, or at most `FLAT_BITS` clear, is near to none; one telling frame is enough for the rest to count.

Re-encoding, rescaling and shifts by two pixels move one bit; 38 unrelated clips were 27 apart and more. Mirrored,
cropped and regraded copies are not found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from turnover.errors import UsageError

DISTANCE = 10
"""Bits that near duplicates may differ in, per frame."""
MAX_DISTANCE = 16
FLAT_BITS = 5
"""Half of the usual distance: hashes of so few bits are near each other whatever they show."""

PRINTS = 3
BITS = 64

_BANDS = 4
_BAND_BITS = BITS // _BANDS
_FEW = 2_000
"""Up to so many samples every pair is compared, which is quicker than an index."""
_CHUNK = 1 << 18
"""Pairs looked at in one go: about 20 MB."""

Indices = npt.NDArray[np.intp]
Hashes = npt.NDArray[np.uint64]


def check_distance(distance: int) -> None:
    """Raises UsageError for a distance that cannot be asked for."""
    if not 0 <= distance <= MAX_DISTANCE:
        raise UsageError(
            f"a near-duplicate distance of {distance} bits, not from 0 to {MAX_DISTANCE}",
            hint=f"{DISTANCE} is usual; unrelated clips are 27 apart and more",
        )


def hashes_of(prints: Sequence[Sequence[int]]) -> Hashes:
    """(samples, 3) uint64: hashes of the first, middle and last frame; the last one given stands for any not given.

    A sample without prints has zeros, which are flat.
    """
    table = np.zeros((len(prints), PRINTS), dtype=np.uint64)
    for row, given in enumerate(prints):
        if given:
            table[row] = [given[min(place, len(given) - 1)] for place in range(PRINTS)]
    return table


def telling(hashes: Hashes) -> npt.NDArray[np.bool_]:
    """(samples,) bool: whether any frame of it is not flat."""
    ones = np.bitwise_count(hashes)
    return np.asarray(((ones > FLAT_BITS) & (ones < BITS - FLAT_BITS)).any(axis=1))


def neighbours(hashes: Hashes, row: int, *, distance: int = DISTANCE) -> Indices:
    """The other rows near to one, ascending."""
    near = (np.bitwise_count(hashes ^ hashes[row]) <= distance).all(axis=1) & telling(hashes)
    near &= near[row]
    near[row] = False
    return np.flatnonzero(near)


def clusters(hashes: Hashes, *, distance: int = DISTANCE, few: int = _FEW) -> Indices:
    """(samples,) the least row of each row's cluster: rows joined by near pairs, directly or through others.

    Exact: every near pair is in one cluster. Identical rows are joined first, and pairs known to be in one cluster
    are not looked at again, so that ten thousand copies cost no more than one.
    """
    check_distance(distance)
    rows = np.flatnonzero(telling(hashes))
    least = np.arange(len(hashes))
    if not len(rows):
        return least
    kinds, first, kind_of = np.unique(hashes[rows], axis=0, return_index=True, return_inverse=True)
    join = _Join(kinds, distance)
    if len(kinds) <= few:
        counts = np.arange(len(kinds))
        for later, earlier in _flat(counts):
            join.unite(later, earlier)
    else:
        join.unite_sorted_neighbours()
        for band, radius in enumerate(_radii(distance)):
            for one, other in _band_pairs(join, band, radius):
                join.unite(one, other)
    # Kinds are sorted by value, so the least row of a cluster is found anew.
    of_cluster = np.full(len(kinds), len(hashes))
    np.minimum.at(of_cluster, join.labels, rows[first])
    least[rows] = of_cluster[join.labels[kind_of.reshape(-1)]]
    return least


class _Join:
    """Clusters while they grow: a label for each row, the same for rows known to hang together."""

    def __init__(self, hashes: Hashes, distance: int) -> None:
        columns = [np.ascontiguousarray(column) for column in hashes.T]
        # The most varied column first: it tells most pairs apart.
        self.columns = sorted(columns, key=lambda column: -len(np.unique(column)))
        self.distance = distance
        self.labels = np.arange(len(hashes))

    def unite(self, one: Indices, other: Indices) -> None:
        """Join those of the pairs that are near."""
        for column in self.columns:
            near = np.bitwise_count(column[one] ^ column[other]) <= self.distance
            one, other = one[near], other[near]
        while True:
            low, high = np.sort((self.labels[one], self.labels[other]), axis=0)
            apart = low != high
            if not apart.any():
                return
            one, other = one[apart], other[apart]
            np.minimum.at(self.labels, high[apart], low[apart])
            while ((shorter := self.labels[self.labels]) != self.labels).any():
                self.labels = shorter

    def unite_sorted_neighbours(self) -> None:
        """A quick first pass that finds most of a dense cluster: neighbours in a few orders of the bits."""
        column = self.columns[0]
        for turn in range(0, BITS, 8):
            turned = column << np.uint64(turn) | column >> np.uint64((BITS - turn) % BITS) if turn else column
            order = np.argsort(turned)
            self.unite(order[:-1], order[1:])


def _radii(distance: int) -> list[int]:
    """How far apart the values of each band may be, so that no near pair is missed.

    If every band differed in more bits than its radius, the sum would be over `distance` (pigeonhole): the radii plus
    one each sum to `distance` + 1. A radius of -1 asks nothing of a band.
    """
    base, extra = divmod(distance + 1, _BANDS)
    return [base - 1 + (band < extra) for band in range(_BANDS)]


def _band_pairs(join: _Join, band: int, radius: int) -> Iterator[tuple[Indices, Indices]]:
    """Pairs of different clusters whose values of a band are at most `radius` bits apart, each once, in chunks."""
    values = (join.columns[0] >> np.uint64(band * _BAND_BITS) & np.uint64((1 << _BAND_BITS) - 1)).astype(np.intp)
    order = np.lexsort((join.labels, values))
    # A run: rows of one value and one cluster, of which no two need comparing.
    changes = (np.diff(values[order]) != 0) | (np.diff(join.labels[order]) != 0)
    starts = np.concatenate(([0], np.flatnonzero(changes) + 1))
    lengths = np.diff(np.concatenate((starts, [len(order)])))
    heads = order[starts]
    run_values, run_labels = values[heads], join.labels[heads]
    bounds = np.searchsorted(run_values, np.arange((1 << _BAND_BITS) + 1))
    for mask in np.flatnonzero(np.bitwise_count(np.arange(1 << _BAND_BITS)).astype(np.intp) <= radius):
        partners = run_values ^ mask
        begins = bounds[partners] if mask else np.arange(1, len(starts) + 1)
        counts = np.where(run_values <= partners, bounds[partners + 1] - begins, 0)
        for one, place in _flat(counts):
            other = begins[one] + place
            apart = run_labels[one] != run_labels[other]
            one, other = one[apart], other[apart]
            sizes = lengths[one] * lengths[other]
            single = sizes == 1
            yield heads[one[single]], heads[other[single]]
            one, other = one[~single], other[~single]
            for pair, at in _flat(sizes[~single]):
                width = lengths[other[pair]]
                yield order[starts[one[pair]] + at // width], order[starts[other[pair]] + at % width]


def _flat(counts: Indices) -> Iterator[tuple[Indices, Indices]]:
    """(row, place) for each place from 0 up to the row's count, row after row, in chunks.

    >>> [(row.tolist(), place.tolist()) for row, place in _flat(np.array([2, 0, 1]))]
    [([0, 0, 2], [0, 1, 0])]
    """
    ends = np.cumsum(counts)
    begins = ends - counts
    total = int(ends[-1]) if len(ends) else 0
    for low in range(0, total, _CHUNK):
        high = min(low + _CHUNK, total)
        first, last = np.searchsorted(ends, low, "right"), np.searchsorted(ends, high, "left")
        here = np.arange(first, last + 1)
        rows = np.repeat(here, np.minimum(ends[here], high) - np.maximum(begins[here], low))
        yield rows, np.arange(low, high) - begins[rows]
