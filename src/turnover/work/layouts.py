"""The layouts there are, by name."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

from turnover.datasets import layouts as folder
from turnover.datasets.layout import Layout
from turnover.discovery import offered
from turnover.errors import UsageError


def layouts() -> Mapping[str, Layout]:
    """Name → layout, by name."""
    return offered(folder, "LAYOUT", Layout)


def layout_named(name: str) -> Layout:
    """One of them; raises UsageError with a near match."""
    known = layouts()
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    raise UsageError(f"there is no layout {name!r}", hint=hint)
