"""The contract of an encoding: what turns a list of fields into bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from turnover.core.clip import JsonValue
from turnover.sidecars.reading import Node
from turnover.sidecars.view import View

B = TypeVar("B")


@dataclass(slots=True)
class Findings:
    """What came to light while a document was made; it grows as the bytes are read."""

    nulls: dict[str, None] = field(default_factory=dict)
    """Names of fields that came out as "not known", in order, each once."""
    warnings: dict[str, None] = field(default_factory=dict)
    """Sentences for a person: what a host will not like, what was left out."""

    def null(self, name: str) -> None:
        self.nulls.setdefault(name)

    def warn(self, sentence: str) -> None:
        self.warnings.setdefault(sentence)


class Encoding(Protocol[B]):
    """One way to lay fields out as bytes."""

    @property
    def name(self) -> str:
        """`xml`, `csv` or `json`; also the file's suffix where a template states none."""
        ...

    @property
    def key(self) -> str:
        """The key whose presence says that a template's body is of this encoding."""
        ...

    def parse(self, node: Node) -> B:
        """The body of a template; mistakes go to the node."""
        ...

    def holds_many(self, body: B) -> bool:
        """Whether one file can hold several clips."""
        ...

    def encode(self, body: B, views: Sequence[View], findings: Findings) -> Iterator[bytes]:
        """The document, piece by piece."""
        ...

    def schema(self) -> dict[str, JsonValue]:
        """The JSON Schema of a body."""
        ...


@dataclass(frozen=True, slots=True)
class EncodedBody(Generic[B]):
    """A parsed body together with the encoding that understands it."""

    encoding: Encoding[B]
    body: B
