"""Whether the units inside a packet of H.264 or HEVC add up: damage shows there without decoding."""

from __future__ import annotations

# Where a configuration record keeps the length of lengths (ISO/IEC 14496-15, 5.3.3.1 and 8.3.3.1).
_LENGTH_AT = {"h264": 4, "hevc": 21}


def length_size(codec: str, configuration: bytes | None) -> int | None:
    """Bytes of the length before each unit; None where units are marked otherwise, or the codec has none."""
    place = _LENGTH_AT.get(codec)
    if place is None or configuration is None or len(configuration) <= place or configuration[0] != 1:
        return None
    return (configuration[place] & 3) + 1


def adds_up(packet: bytes, size: int) -> bool:
    """Whether units, each behind a length of that size, fill the packet; some writers add zeros at the end.

    >>> adds_up(bytes.fromhex("00000002 65 88"), 4), adds_up(bytes.fromhex("00000003 65 88"), 4)
    (True, False)
    """
    at = 0
    while at + size <= len(packet):
        at += size + int.from_bytes(packet[at : at + size], "big")
    return at <= len(packet) and any(packet[:size]) and not any(packet[at:])
