"""List files of one split: a row a clip, made piece by piece, with no media in them.

JSON is ASCII: several trainers open their lists without naming an encoding, so anything else would depend on the
machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from turnover.core.clip import JsonValue
from turnover.core.entry import ChunksSource, Entry
from turnover.datasets import names
from turnover.datasets.dataset import Dataset
from turnover.datasets.manifest import coalesced
from turnover.datasets.sample import Sample
from turnover.errors import WriteError

PICTURES = frozenset({".png", ".jpg", ".jpeg", ".webp"})

_LONE = re.compile("[\ud800-\udfff]")
# Everything that `str.splitlines` ends a line at.
_BREAKS = re.compile("[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")

Row = Mapping[str, JsonValue]


def one_line(caption: str) -> str:
    """A caption that every reader takes for one line of text; raises WriteError where nothing is left of it.

    >>> one_line("a kite\\nover boats")
    'a kite over boats'
    """
    text = _BREAKS.sub(" ", _LONE.sub("\ufffd", caption)).strip()
    if not text:
        raise WriteError("a caption is empty", hint="give the recipe a fallback caption", code="empty_caption")
    return text


def readable(dataset: Dataset, split: str, suffixes: frozenset[str]) -> Iterator[Sample]:
    """The samples of a split that a trainer can open at all; one row too many would end its run."""
    return (sample for sample in dataset.samples(split) if sample.suffix in suffixes)


def shared_companions(samples: Iterable[Sample], role: str) -> bool:
    """Whether every sample has a companion of the role: trainers want such a column in all rows or in none."""
    found = False
    for sample in samples:
        if role not in names.companion_fields(sample):
            return False
        found = True
    return found


def companion(sample: Sample, role: str) -> str:
    """Where the first companion of a role lies, from the dataset's root."""
    return dict(zip(names.companion_fields(sample), names.companion_names(sample), strict=True))[role]


def json_lines(name: str, rows: Callable[[], Iterable[Row]]) -> Entry:
    """One object a line, no line empty."""
    return Entry(name, ChunksSource(lambda: coalesced(f"{json.dumps(row)}\n" for row in rows())))


def json_list(name: str, rows: Callable[[], Iterable[Row]]) -> Entry:
    """One list of objects, an object a line."""

    def pieces() -> Iterator[str]:
        yield "["
        for index, row in enumerate(rows()):
            yield f"{',' if index else ''}\n{json.dumps(row)}"
        yield "\n]\n"

    return Entry(name, ChunksSource(lambda: coalesced(pieces())))


def text_lines(name: str, lines: Callable[[], Iterable[str]]) -> Entry:
    """One text a line, UTF-8."""
    return Entry(name, ChunksSource(lambda: coalesced(f"{line}\n" for line in lines())))


def no_lists(dataset: Dataset, split: str) -> Iterable[Entry]:
    """For a trainer that reads the folder, or the lists of another."""
    return ()
