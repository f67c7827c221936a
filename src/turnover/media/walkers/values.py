"""Texts in the boxes of metadata: item lists and their keys, QuickTime's and 3GPP's user data."""

from __future__ import annotations

from collections.abc import Iterator

from turnover.media.boxes import Block, inner_boxes
from turnover.media.walkers.bounds import Steps
from turnover.media.walkers.decoding import plain, text

# Well-known types of a value (QuickTime File Format, "Well-known types"); 0 is for the reader to know.
_UNTOLD, _UTF8, _UTF16, _SHIFT_JIS, _SORTED_UTF8, _SORTED_UTF16 = 0, 1, 2, 3, 4, 5
_LONGEST_SHORT = 0xFFFF


def keys_of(content: bytes, steps: Steps) -> tuple[str, ...]:
    """The names in a `keys` box, in order; items of the list beside it count them from 1."""
    names = []
    at = 8
    for _ in steps:
        length = int.from_bytes(content[at : at + 4], "big")
        if length < 8:
            break
        # Behind the length stands the namespace, `mdta` nearly always.
        names.append(text(content[at + 8 : at + length]))
        at += length
    return tuple(names)


def value_texts(item: Block, steps: Steps) -> tuple[str, tuple[str, ...]]:
    """The name of a free-form item (`----`), empty for others, then its values as far as they are texts."""
    name = ""
    texts = []
    for box in inner_boxes(item, 0, item.size, steps=steps):
        content = item.data[box.content : box.stop]
        if box.kind == b"name":
            name = text(content[4:])
        elif box.kind == b"data":
            found = _value_text(content)
            if found is not None:
                texts.append(found)
    return name, tuple(texts)


def _value_text(content: bytes) -> str | None:
    """A value behind its type and locale; None where it is a number, a picture or nothing."""
    kind, value = int.from_bytes(content[:4], "big"), content[8:]
    if kind in (_UTF8, _SORTED_UTF8):
        return text(value)
    if kind in (_UTF16, _SORTED_UTF16):
        return value.decode("utf-16-be", "replace")
    if kind == _SHIFT_JIS:
        return value.decode("cp932", "replace")
    return plain(value) if kind == _UNTOLD else None


def quicktime_texts(content: bytes, steps: Steps) -> Iterator[str]:
    """What a user-data box whose name starts with © holds: texts by language, an item's value, or bare text.

    Texts have a length of 16 bits before them. FFmpeg writes the low 16 of a longer one, which the box's own length
    makes good.
    """
    if content[4:8] == b"data":
        yield from value_texts(Block(content), steps)[1]
        return
    room = len(content) - 4
    length = int.from_bytes(content[:2], "big")
    if room > _LONGEST_SHORT and room & _LONGEST_SHORT == length:
        yield text(content[4:], otherwise="mac_roman")
        return
    if length > room:
        bare = plain(content)
        if bare is not None:
            yield bare
        return
    at = 0
    for _ in steps:
        length = int.from_bytes(content[at : at + 2], "big")
        if not length:
            return
        yield text(content[at + 4 : at + 4 + length], otherwise="mac_roman")
        at += 4 + length


def three_gpp_text(content: bytes, steps: Steps) -> Iterator[str]:
    """A text of 3GPP's user data (TS 26.244, 8): version, flags and language, then the text up to a NUL."""
    if content[4:8] == b"data":
        yield from value_texts(Block(content), steps)[1]
    elif content[:4] == bytes(4):
        value = content[6:]
        yield text(value if value[:2] in (b"\xfe\xff", b"\xff\xfe") else value.partition(b"\0")[0])
