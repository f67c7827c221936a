"""What a C2PA manifest store says in words (C2PA 2.2, section 11.1; JUMBF, ISO/IEC 19566-5)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.media.boxes import Box, Readable, inner_boxes
from turnover.media.walkers.bounds import Steps
from turnover.media.walkers.cbor import cbor_value

# Bytes of words and numbers in a whole store; those of real files are a few KiB.
_MOST_CONTENT = 1 << 20
_MOST_DEPTH = 64
_LONGEST_LABEL = 1_024
_STORE, _ASSERTIONS, _HASHES = "c2pa", "c2pa.assertions", "c2pa.hash."
_CLAIMS = ("c2pa.claim", "c2pa.claim.v2")
# Names in a claim → names in the reports of c2patool, which people and programs know.
_CLAIM_NAMES = {
    "claim_generator": "claim_generator",
    "claim_generator_info": "claim_generator_info",
    "dc:title": "title",
    "dc:format": "format",
    "instanceID": "instance_id",
}


@dataclass(frozen=True, slots=True)
class _Labelled:
    """A superbox: the label in its description, and the boxes behind that."""

    label: str
    inner: tuple[Box, ...]


def c2pa_texts(source: Readable, steps: Steps, start: int = 0, stop: int | None = None) -> Iterator[Carrier]:
    """The manifest store in those bytes as one JSON text, in the shape of c2patool's report; none where none is read.

    The last manifest is the active one. Nothing is verified: signatures, hashes and pictures are left out.
    """
    reader = _Reader(source, steps)
    for store in reader.superboxes(reader.boxes(start, source.size if stop is None else stop)):
        manifests: dict[str, JsonValue] = (
            {manifest.label: reader.manifest(manifest) for manifest in reader.superboxes(store.inner)}
            if store.label == _STORE
            else {}
        )
        if manifests:
            report: JsonValue = {"active_manifest": list(manifests)[-1], "manifests": manifests}
            yield Carrier("C2PA", _STORE, json.dumps(report))


@dataclass(slots=True)
class _Reader:
    source: Readable
    steps: Steps
    left: int = _MOST_CONTENT
    """Bytes of content that may still be read."""

    def boxes(self, start: int, stop: int) -> tuple[Box, ...]:
        return tuple(inner_boxes(self.source, start, stop, steps=self.steps))

    def superboxes(self, outer: Iterable[Box]) -> Iterator[_Labelled]:
        for box in outer:
            inner = self.boxes(box.content, box.stop) if box.kind == b"jumb" else ()
            if inner and inner[0].kind == b"jumd":
                yield _Labelled(self._label(inner[0]), inner[1:])

    def manifest(self, manifest: _Labelled) -> JsonValue:
        told: dict[str, JsonValue] = {}
        assertions: list[JsonValue] = []
        for part in self.superboxes(manifest.inner):
            if part.label in _CLAIMS:
                claim = self._content(part)
                if isinstance(claim, dict):
                    told |= {ours: claim[theirs] for theirs, ours in _CLAIM_NAMES.items() if theirs in claim}
            elif part.label == _ASSERTIONS:
                for assertion in self.superboxes(part.inner):
                    data = None if assertion.label.startswith(_HASHES) else self._content(assertion)
                    assertions.append({"label": assertion.label, "data": data})
        return {**told, "assertions": assertions}

    def _label(self, description: Box) -> str:
        """A.3: 16 bytes of type, one of toggles, then the label up to a NUL where the second toggle says so."""
        length = min(description.stop - description.content, 17 + _LONGEST_LABEL)
        data = self.source.at(description.content, length)
        return data[17:].partition(b"\0")[0].decode(errors="replace") if data[16:17] and data[16] & 2 else ""

    def _content(self, part: _Labelled) -> JsonValue:
        """What the first box holds; None for pictures, and for what makes no sense."""
        if not part.inner or part.inner[0].kind not in (b"cbor", b"json"):
            return None
        box = part.inner[0]
        length = box.stop - box.content
        if length > self.left:
            return None
        self.left -= length
        data = self.source.at(box.content, length)
        try:
            return cbor_value(data, self.steps) if box.kind == b"cbor" else _json_value(data, self.steps)
        except (ValueError, RecursionError):
            return None


def _json_value(data: bytes, steps: Steps) -> JsonValue:
    """Raises ValueError or RecursionError for what is no JSON, too deep or too much."""
    value: JsonValue = json.loads(data, parse_constant=lambda _: None)
    if not _is_small(value, steps, 0):
        raise ValueError("the JSON is too deep, or too much")
    return value


def _is_small(value: JsonValue, steps: Steps, depth: int) -> bool:
    if depth == _MOST_DEPTH or next(steps, None) is None:
        return False
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return all(_is_small(member, steps, depth + 1) for member in inner)
