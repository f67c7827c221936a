"""What an XMP packet says that can tell of a generation (ISO 16684-1; IPTC Photo Metadata Standard 2025.1)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from xml.parsers import expat

# Local names: writers disagree about the namespaces, and the old name of the source type had "file" in it.
_WANTED = {
    "AIGC": "AIGC",
    "AIPromptInformation": "AIPromptInformation",
    "AISystemUsed": "AISystemUsed",
    "CreatorTool": "CreatorTool",
    "Credit": "Credit",
    "DigitalSourceType": "DigitalSourceType",
    "DigitalSourcefileType": "DigitalSourceType",
    "Make": "Make",
    "Software": "Software",
    "UserComment": "UserComment",
    "description": "Description",
}
MOST_SIGNS = 8 << 20
_ITEM, _LISTS = "li", ("Alt", "Bag", "Seq")
_MOST_PROPERTIES = 10_000
"""Elements and attributes that are looked at."""


def is_xmp(text: str) -> bool:
    """Whether a text is an XMP packet, or holds one."""
    return not text.startswith(("{", "[", '"')) and ("<rdf:RDF" in text or "<x:xmpmeta" in text)


def properties(packet: str) -> dict[str, str]:
    """Name → text of the properties that matter here, or that a generator may have written; the first of a name.

    A packet that is cut off gives what stands before the cut; one that is no XML gives nothing.
    """
    if len(packet) > MOST_SIGNS or "<!DOCTYPE" in packet or "<!ENTITY" in packet:
        return {}  # XMP has no entities of its own, which can be made to grow without end.
    walk = _Walk()
    # Not lxml, whose check for two attributes of one name takes the square of their number.
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = walk.start, walk.end
    parser.CharacterDataHandler = walk.text
    starts = [start for start in (packet.find("<x:xmpmeta"), packet.find("<rdf:RDF")) if start >= 0]
    with suppress(expat.ExpatError):
        parser.Parse(packet[min(starts, default=0) :].encode("utf-8", "replace"), True)
    return walk.found


@dataclass(slots=True)
class _Open:
    """An element that has not ended."""

    name: str
    pieces: list[str] = field(default_factory=list)
    item: str | None = None
    """The text of the first item of the list within."""


@dataclass(slots=True)
class _Walk:
    found: dict[str, str] = field(default_factory=dict)
    waiting: list[_Open] = field(default_factory=list)
    seen: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.waiting.append(_Open(_local(name)))
        for key, value in attributes.items():
            self._keep(_local(key), value)

    def text(self, data: str) -> None:
        if self.waiting:
            self.waiting[-1].pieces.append(data)

    def end(self, name: str) -> None:
        ended = self.waiting.pop()
        text = "".join(ended.pieces)
        if ended.name == _ITEM:
            # The list stands between a property and its items.
            for outer in self.waiting[-2:-1]:
                outer.item = text if outer.item is None else outer.item
        elif ended.name not in _LISTS:
            self._keep(ended.name, text if ended.item is None else ended.item)

    def _keep(self, name: str, value: str) -> None:
        self.seen += 1
        is_generators = value.lstrip().startswith("{") or "Steps: " in value
        wanted = _WANTED.get(name) or (name if is_generators else None)
        if wanted and value.strip() and self.seen <= _MOST_PROPERTIES:
            self.found.setdefault(wanted, value)


def _local(name: str) -> str:
    return name.rpartition(":")[2]
