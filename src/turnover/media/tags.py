"""A file's tags, safe to keep: text without holes, and no more of it than one can use."""

from __future__ import annotations

from collections.abc import Mapping

# A workflow of ComfyUI has about 80 kB, the largest seen a few hundred; the carriers' own reader gives them whole.
LONGEST = 256 * 1024
LONGEST_TOGETHER = 1024 * 1024
LONGEST_NAME = 1024
MOST = 1000


def merged(container: Mapping[str, str], stream: Mapping[str, str]) -> tuple[tuple[tuple[str, str], ...], int]:
    """Both sets of tags as one, sorted by name, and how many of them were cut or left out.

    Where both have a name, the container's value stays. Lengths are counted in characters.
    """
    kept: list[tuple[str, str]] = []
    left, cut = LONGEST_TOGETHER, 0
    for name, value in sorted({**stream, **container}.items()):
        is_kept = len(kept) < MOST and len(name) <= LONGEST_NAME and (left > 0 or not value)
        room = min(LONGEST, left)
        if not is_kept or len(value) > room:
            cut += 1
        if is_kept:
            kept.append((_clean(name), _clean(value[:room])))
            left -= min(len(value), room)
    return tuple(kept), cut


def _clean(text: str) -> str:
    """The text without NUL and lone surrogates, which neither UTF-8 nor a database takes."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")
