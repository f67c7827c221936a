"""A template chooses a writer, sets its options, and decides which metadata, markers and curves it gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.clips import GENERATED, clip, view
from turnover.core.clip import Clip, Marker
from turnover.core.ranges import FrameRange
from turnover.errors import Mistake, UsageError
from turnover.sidecars.encoding import Findings
from turnover.sidecars.mapping import WriterBody, parse_writer_body
from turnover.sidecars.reading import Node
from turnover.sidecars.writer import Job, Meta, Option, Sheet


@dataclass(frozen=True)
class Ledger:
    """A writer of our own that writes nothing but says what a writer may say."""

    name: str = "ledger"
    format: Literal["text"] = "text"
    suffix: str = ".txt"
    holds_many: bool = True
    options: tuple[Option, ...] = (
        Option("version", "1", "which version", choices=("1", "2")),
        Option("title", "", "any text"),
        Option("width", 80, "columns", low=1, high=200),
        Option("bold", False, "whether it is bold"),
    )
    metadata_keys: Mapping[str, str] | None = None
    has_markers: bool = True
    has_curves: bool = True

    def key_problem(self, key: str) -> str | None:
        return "a key has no space" if " " in key else None

    def write(self, job: Job) -> Iterator[bytes]:
        yield job.title.encode()


FIXED = Ledger(
    name="fixed", metadata_keys={"Scene": "the scene", "Take": "the take"}, has_markers=False, has_curves=False
)
WRITERS = {writer.name: writer for writer in (Ledger(), FIXED)}


def parsed(source: dict[str, Any]) -> tuple[WriterBody | None, list[Mistake]]:
    mistakes: list[Mistake] = []
    return parse_writer_body(Node(source, "$", mistakes), WRITERS), mistakes


def body(**more: Any) -> WriterBody:
    found, mistakes = parsed({"writer": "ledger", **more})
    assert mistakes == []
    assert found is not None
    return found


def sheet(one: Clip, **more: Any) -> tuple[Sheet, Findings]:
    findings = Findings()
    (only,) = body(**more).sheets([view(one)], findings)
    return only, findings


# ----------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("source", "path", "message", "hint"),
    [
        ({"writer": "leger"}, "$.writer", "no writer 'leger'", "did you mean 'ledger'?"),
        ({"writer": "qqqq"}, "$.writer", "no writer 'qqqq'", "there are fixed, ledger"),
        ({"writer": "ledger", "options": {"wdith": 1}}, "$.options.wdith", "no option 'wdith' here",
         "did you mean 'width'?"),
        ({"writer": "ledger", "options": {"width": 0}}, "$.options.width",
         "expected a whole number from 1 to 200, found 0", ""),
        ({"writer": "ledger", "options": {"width": True}}, "$.options.width",
         "expected a whole number from 1 to 200, found true", ""),
        ({"writer": "ledger", "options": {"bold": "yes"}}, "$.options.bold", 'expected true or false, found "yes"', ""),
        ({"writer": "ledger", "options": {"version": "3"}}, "$.options.version",
         'expected one of 1, 2, found "3"', ""),
        ({"writer": "ledger", "options": {"title": 1}}, "$.options.title", "expected text, found 1", ""),
        ({"writer": "ledger", "metadata": {"a b": "codec"}}, '$.metadata["a b"]', "a key has no space", ""),
        ({"writer": "ledger", "metadata": {"a": "frame"}}, "$.metadata.a",
         '\'frame\' stands only inside "each": "frames" (or in rows over them)', ""),
        ({"writer": "ledger", "curves": "some"}, "$.curves", 'expected a list, found "some"', ""),
        ({"writer": "ledger", "curves": ["a b"]}, "$.curves[0]", 'expected a series\' name, found "a b"', ""),
        ({"writer": "fixed", "metadata": {"Scen": "codec"}}, "$.metadata.Scen", "no option 'Scen' here",
         "did you mean 'Scene'?"),
        ({"writer": "fixed", "markers": []}, "$.markers", "fixed holds no markers", ""),
        ({"writer": "fixed", "curves": "all"}, "$.curves", "fixed holds no curves", ""),
    ],
)  # fmt: skip
def test_mistakes(source: dict[str, Any], path: str, message: str, hint: str) -> None:
    """One thing wrong is one mistake in its place, with a near match."""
    assert parsed(source)[1] == [Mistake(path, message, hint)]


# ------------------------------------------------------------------------------------------------------ options


def test_options() -> None:
    """Every option has its default, or what the template says."""
    assert body().options == {"version": "1", "title": "", "width": 80, "bold": False}
    assert body(options={"width": 7, "bold": True}).options == {"version": "1", "title": "", "width": 7, "bold": True}


def test_options_that_a_person_types() -> None:
    """What a person types goes over what the template says, each by its type."""
    typed = body(options={"width": 7}).options_with({"width": "9", "bold": "TRUE", "version": "2", "title": "x y"})
    assert typed == {"version": "2", "title": "x y", "width": 9, "bold": True}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("width", "wide", "width is a whole number from 1 to 200, not 'wide'"),
        ("width", "201", "width is a whole number from 1 to 200, not '201'"),
        ("width", "--5", "width is a whole number from 1 to 200, not '--5'"),
        ("width", "9" * 5000, "width is a whole number from 1 to 200"),
        ("width", "", "width is a whole number from 1 to 200, not ''"),
        ("bold", "yes", "bold is true or false, not 'yes'"),
        ("version", "3", "version is one of 1, 2, not '3'"),
        ("wdith", "1", "ledger has no option 'wdith'.*did you mean 'width'"),
        ("qqqqq", "1", "ledger has no option 'qqqqq'.*it has version, title, width, bold"),
    ],
)
def test_options_that_cannot_be(name: str, text: str, message: str) -> None:
    """What cannot be is a mistake in what was asked for."""
    with pytest.raises(UsageError, match=message):
        body().options_with({name: text})


@given(name=st.sampled_from(["version", "title", "width", "bold"]), text=st.text())
def test_any_text_for_an_option(name: str, text: str) -> None:
    """Any text is a value of the option's own type, or a mistake in what was asked for."""
    try:
        found = body().options_with({name: text})[name]
    except UsageError:
        return
    assert type(found) is type(body().options[name])


# ------------------------------------------------------------------------------------------------------- sheets


def test_metadata() -> None:
    """Keys are in the template's order with clean text and the typed value; what is not known is left out, and told."""
    metadata = {
        "seed": "generation.seed",
        "prompt": {"field": "generation.prompt", "max_length": 7},
        "who": "shot.artist",
        "score": {"field": "clip.quality_score", "default": 0},
    }
    made, findings = sheet(clip(generation=GENERATED), metadata=metadata)
    assert made.metadata == (
        Meta("seed", "18446744073709551615", 2**64 - 1),
        Meta("prompt", "a <red>", "a <red>"),
        Meta("score", "0", 0),
    )
    assert list(findings.nulls) == ["shot.artist"]
    assert (made.meta("seed"), made.meta("who")) == ("18446744073709551615", None)


def test_positions() -> None:
    """Each clip of a batch knows its place."""
    sheets = body(metadata={"n": "clip.position"}).sheets([view(clip()), view(clip())], Findings())
    assert [made.meta("n") for made in sheets] == ["1", "2"]


def test_all_curves() -> None:
    """All series are curves, but for those without a number in the clip and the times of varying rates."""
    one = clip(
        frames=2,
        series={"b": [1, 2, 3], "pts_seconds": [0, 1], "none": [None], "a": [None, 4], "later": [None, None, 5.0]},
    )
    made, findings = sheet(one, curves="all")
    assert [(curve.name, [curve.at(0), curve.at(1)]) for curve in made.curves] == [("b", [1, 2]), ("a", [None, 4])]
    assert all(len(curve.values) <= 2 for curve in made.curves)
    assert list(findings.nulls) == []


def test_named_curves() -> None:
    """Named series are curves in the template's order; one that has no number in the clip is told."""
    one = clip(frames=2, series={"a": [1], "b": [2], "later": [None, None, 5.0]})
    made, findings = sheet(one, curves=["b", "none", "later", "a"])
    assert [curve.name for curve in made.curves] == ["b", "a"]
    assert list(findings.nulls) == ["none", "later"]


def test_markers() -> None:
    """Markers are what the rules give."""
    own = (Marker(FrameRange(1, 2), "m"),)
    assert sheet(clip(markers=own), markers=["markers"])[0].markers == own
    assert sheet(clip(markers=own))[0].markers == ()


@pytest.mark.parametrize(
    ("more", "uses"),
    [
        ({}, False),
        ({"curves": []}, False),
        ({"curves": "all"}, True),
        ({"curves": ["a"]}, True),
        ({"markers": ["markers", "segments"]}, False),
        ({"markers": [{"series": "a", "below": 1}]}, True),
    ],
)
def test_whether_series_are_needed(more: dict[str, Any], uses: bool) -> None:
    """Curves and thresholds want series measured; nothing else does."""
    assert body(**more).uses_series is uses
