"""The contract of a writer: a format with a grammar of its own, that a template chooses, maps and sets.

A template gives a writer three things and no more: options, metadata (key → value) and which markers and curves. So a
studio shapes what a file says, and no template can break the format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from turnover.core.clip import JsonValue, Marker
from turnover.core.series import Series
from turnover.sidecars.encoding import Findings
from turnover.sidecars.view import View

OptionValue = str | int | bool


@dataclass(frozen=True, slots=True)
class Option:
    """One setting of a writer: what it may be, what it is when nothing is said, what it does."""

    name: str
    default: OptionValue
    sentence: str
    choices: tuple[str, ...] = ()
    """For text: the words it may be; empty is any text."""
    low: int = 0
    high: int = 0
    """For whole numbers: inclusive bounds."""


@dataclass(frozen=True, slots=True)
class Meta:
    """One value that a template maps to a key of the format."""

    key: str
    text: str
    """Clean text: no control characters, no lone surrogates; it may have line breaks."""
    value: JsonValue
    """The same with its JSON type, for formats that have types."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One clip with everything that goes into the file about it; all decisions are made."""

    view: View
    metadata: tuple[Meta, ...] = ()
    """In the template's order; what is not known is left out."""
    markers: tuple[Marker, ...] = ()
    """By first frame, each inside the clip."""
    curves: tuple[Series, ...] = ()
    """In the template's order, none empty; NaN is "not known"; never longer than the clip."""

    def meta(self, key: str) -> str | None:
        """The text of a key; None when the template maps nothing to it or it is not known."""
        return next((m.text for m in self.metadata if m.key == key), None)


@dataclass(frozen=True, slots=True)
class Job:
    """What a writer gets to write one file."""

    title: str
    """Name of the whole: the clip's stem, or the batch's name."""
    sheets: tuple[Sheet, ...]
    options: Mapping[str, OptionValue]
    """Every option of the writer, with its default where the template says nothing."""
    findings: Findings
    """Where warnings for a person go."""

    def text(self, option: str) -> str:
        value = self.options[option]
        assert isinstance(value, str)
        return value

    def flag(self, option: str) -> bool:
        value = self.options[option]
        assert isinstance(value, bool)
        return value

    def whole(self, option: str) -> int:
        value = self.options[option]
        assert isinstance(value, int)
        return value


class Writer(Protocol):
    """One format with a grammar of its own."""

    @property
    def name(self) -> str:
        """As a template calls it: `nk`, `fcpxml` …"""
        ...

    @property
    def format(self) -> Literal["text", "json", "timeline"]: ...

    @property
    def suffix(self) -> str:
        """The file's suffix where a template states none, such as `.fcpxml`."""
        ...

    @property
    def holds_many(self) -> bool:
        """Whether one file can hold several clips."""
        ...

    @property
    def options(self) -> Sequence[Option]: ...

    @property
    def metadata_keys(self) -> Mapping[str, str] | None:
        """The keys a template may map, each with a sentence; None when the keys are free."""
        ...

    @property
    def has_markers(self) -> bool: ...

    @property
    def has_curves(self) -> bool: ...

    def key_problem(self, key: str) -> str | None:
        """What is wrong with a free metadata key; None when it can stand in the format."""
        ...

    def write(self, job: Job) -> Iterator[bytes]:
        """The file, piece by piece.

        Raises RefusedError, before the first piece, for a clip that the format cannot describe truthfully.
        """
        ...
