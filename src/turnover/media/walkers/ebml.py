"""The texts of Matroska and WebM: tags, attached texts, the title (RFC 9559)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from turnover.core.carrier import Carrier
from turnover.media.elements import EBML_HEADER, SEGMENT, Element, element
from turnover.media.walkers.bounds import MOST_DEPTH, MOST_TEXT, Steps
from turnover.media.walkers.decoding import plain, text

if TYPE_CHECKING:
    from turnover.media.opening import Source

_SEEK_HEAD, _SEEK, _SEEK_POSITION = 0x114D9B74, 0x4DBB, 0x53AC
_INFO, _TITLE, _WRITING_APP = 0x1549A966, 0x7BA9, 0x5741
_TAGS, _TAG, _SIMPLE_TAG = 0x1254C367, 0x7373, 0x67C8
_TARGETS, _TRACK, _NAME, _STRING, _BINARY = 0x63C0, 0x63C5, 0x45A3, 0x4487, 0x4485
_ATTACHMENTS, _FILE, _FILE_NAME, _FILE_TYPE, _FILE_CONTENT = 0x1941A469, 0x61A7, 0x466E, 0x4660, 0x465C

_MOST_PLACES = 1_000
_LONGEST_NAME = 4_096
_TEXT_TYPES = ("text/", "application/json", "application/xml", "application/yaml", "application/x-subrip")
_TEXT_ENDINGS = (".json", ".txt", ".xml", ".yaml", ".yml", ".csv", ".md")


def is_ebml(head: bytes) -> bool:
    """Whether a file that starts so is Matroska, WebM or another of their family."""
    return head[:4] == EBML_HEADER.to_bytes(4, "big")


def ebml_texts(source: Source, steps: Steps) -> Iterator[Carrier]:
    """The texts in the order of the file, then those that only an index leads to, because the way was damaged."""
    return _Walk(source, steps).texts()


@dataclass(slots=True)
class _Walk:
    source: Source
    steps: Steps
    base: int = 0
    """Where the segment's content starts: an index counts from there."""
    seen: set[int] = field(default_factory=set)
    """Where the elements start that were read."""
    places: list[int] = field(default_factory=list)
    """Where indexes say that elements start."""

    def texts(self) -> Iterator[Carrier]:
        header = element(self.source, 0)
        if header is None or header.stop is None:
            return
        yield from self._level(header.stop)
        for place in self.places:
            pointed = element(self.source, place)
            if pointed is not None and place not in self.seen:
                yield from self._read(pointed, place)

    def _level(self, at: int) -> Iterator[Carrier]:
        """The elements of a segment one after the other.

        One of open length, such as a live recording's cluster, is entered; what it holds then counts as its neighbours.
        """
        for _ in self.steps:
            found = element(self.source, at)
            if found is None:
                return
            if found.id == SEGMENT:
                self.base = found.start
            else:
                yield from self._read(found, at)
            at = found.start if found.id == SEGMENT or found.stop is None else found.stop

    def _read(self, found: Element, at: int) -> Iterator[Carrier]:
        """What an element of the first level says."""
        self.seen.add(at)
        if found.id == _SEEK_HEAD:
            self._index(found)
        elif found.id == _INFO:
            for child in self._children(found):
                if child.id in (_TITLE, _WRITING_APP):
                    yield Carrier("Matroska info", "Title" if child.id == _TITLE else "WritingApp", self._text(child))
        elif found.id in (_TAGS, _ATTACHMENTS):
            for child in self._children(found):
                yield from self._tag_or_file(child)
        else:
            # Children of tags or attachments of open length.
            yield from self._tag_or_file(found)

    def _index(self, head: Element) -> None:
        for seek in self._children(head):
            for child in self._children(seek):
                position = int.from_bytes(self._content(child)[:8], "big") if child.id == _SEEK_POSITION else 0
                if position and len(self.places) < _MOST_PLACES:
                    self.places.append(self.base + position)

    def _tag_or_file(self, found: Element) -> Iterator[Carrier]:
        if found.id == _TAG:
            yield from self._tag(found)
        elif found.id == _FILE:
            yield from self._file(found)

    def _tag(self, tag: Element) -> Iterator[Carrier]:
        children = tuple(self._children(tag))
        targets = [child for child in children if child.id == _TARGETS]
        # Track 0 is every track, so the file as a whole.
        is_of_track = any(
            child.id == _TRACK and self._content(child).strip(b"\0")
            for each in targets
            for child in self._children(each)
        )
        place = "Matroska track tag" if is_of_track else "Matroska tag"
        for child in children:
            if child.id == _SIMPLE_TAG:
                yield from self._simple_tag(child, place, 0)

    def _simple_tag(self, tag: Element, place: str, depth: int) -> Iterator[Carrier]:
        children = tuple(self._children(tag))
        name = next((self._name(child) for child in children if child.id == _NAME), "")
        for child in children:
            if child.id == _STRING:
                yield Carrier(place, name, self._text(child))
            elif child.id == _BINARY:
                decoded = plain(self._content(child))
                if decoded is not None:
                    yield Carrier(place, name, decoded)
            elif child.id == _SIMPLE_TAG and depth < MOST_DEPTH:
                yield from self._simple_tag(child, f"{place} in {name}", depth + 1)

    def _file(self, file: Element) -> Iterator[Carrier]:
        """An attached file whose type or name is that of a text."""
        children = {child.id: child for child in self._children(file)}
        if _FILE_CONTENT not in children:
            return
        name, kind = (self._name(children[each]) if each in children else "" for each in (_FILE_NAME, _FILE_TYPE))
        if kind.lower().startswith(_TEXT_TYPES) or name.lower().endswith(_TEXT_ENDINGS):
            yield Carrier("Matroska attachment", name, self._text(children[_FILE_CONTENT]))

    def _children(self, parent: Element) -> Iterator[Element]:
        at, stop = parent.start, self.source.size if parent.stop is None else min(parent.stop, self.source.size)
        for _ in self.steps:
            child = element(self.source, at) if at < stop else None
            # One that ends behind its parent is damaged, and so is what follows.
            if child is None or child.stop is None or child.stop > stop:
                return
            yield child
            at = child.stop

    def _content(self, found: Element) -> bytes:
        """All of an element; nothing where it is too long."""
        length = 0 if found.stop is None else found.stop - found.start
        return self.source.at(found.start, length) if length <= MOST_TEXT else b""

    def _text(self, found: Element) -> str:
        return text(self._content(found))

    def _name(self, found: Element) -> str:
        """A short text, which may be told many times; empty where it is too long for a name."""
        return self._text(found) if found.stop is not None and found.stop - found.start <= _LONGEST_NAME else ""
