"""The tables of warnings and refusals are what the code speaks, no more and no less."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import turnover.media.probe
from turnover.core.probe import Warning
from turnover.media.refusals import REFUSALS
from turnover.media.warnings import WARNINGS, in_order, warning

SOURCES = sorted(Path(turnover.media.probe.__file__).parent.glob("*.py"))


def spoken(function: str) -> set[str]:
    """The codes that the room's modules pass to a function."""
    calls = [
        node
        for source in SOURCES
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function and node.args
    ]
    texts = {part.value for call in calls for part in ast.walk(call.args[0]) if isinstance(part, ast.Constant)}
    return {text for text in texts if isinstance(text, str)}


def test_every_warning_has_a_sentence() -> None:
    """Each code that is given stands in the table, and each code of the table is given somewhere."""
    assert set(WARNINGS) == spoken("warning")


def test_every_refusal_has_a_sentence_and_a_hint() -> None:
    """The same for errors; `truncated` and `unreadable` of a WebP are chosen by a name of their own."""
    assert set(REFUSALS) == spoken("refusal")
    assert all(row.sentence.endswith(".") and row.hint for row in REFUSALS.values())


def test_unknown_code() -> None:
    """A code that is not in the table is a slip of ours, found at once."""
    with pytest.raises(KeyError, match="never_heard_of"):
        warning("never_heard_of", "…")


def test_order() -> None:
    """Warnings come in the table's order, whatever order they were found in."""
    found = [Warning(code, "") for code in reversed(tuple(WARNINGS))]
    assert tuple(reversed(found)) == in_order(found)
