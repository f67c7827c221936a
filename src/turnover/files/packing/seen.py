"""Which texts were met before, in 8 to 32 bytes a text."""

from __future__ import annotations

from array import array

_MASK = (1 << 64) - 1


class Seen:
    """A set of texts that keeps 64 bits of each.

    Two texts are taken for one with a chance of n²/2⁶⁵: for a million texts, one in thirty million. The hash is
    Python's own, keyed anew in each process, so that nobody can prepare texts that collide.

    >>> seen = Seen()
    >>> seen.add("a"), seen.add("a"), "b" in seen
    (True, False, False)
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, text: str) -> bool:
        key = hash(text) & _MASK or 1
        slots = self._slots
        place = key & (len(slots) - 1)
        while slots[place]:
            if slots[place] == key:
                return True
            place = (place + 1) & (len(slots) - 1)
        return False

    def add(self, text: str) -> bool:
        """Whether the text is new; from now on it is not."""
        key = hash(text) & _MASK or 1
        slots = self._slots
        most = len(slots) - 1
        place = key & most
        # It takes the first free slot from its own place on.
        while slots[place]:
            if slots[place] == key:
                return False
            place = (place + 1) & most
        slots[place] = key
        self._count += 1
        if self._count * 2 > most:
            self._grow()
        return True

    def _grow(self) -> None:
        old = self._slots
        self._slots = slots = array("Q", bytes(8 * 4 * len(old)))
        most = len(slots) - 1
        for key in old:
            if key:
                place = key & most
                while slots[place]:
                    place = (place + 1) & most
                slots[place] = key
