"""Small pieces of a document joined into larger ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

PIECE_BYTES = 1 << 16


def gathered(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of at least PIECE_BYTES, the last one excepted.

    >>> list(gathered([b"a", b"", b"b"]))
    [b'ab']
    """
    held = bytearray()
    for piece in pieces:
        held += piece
        if len(held) >= PIECE_BYTES:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)
