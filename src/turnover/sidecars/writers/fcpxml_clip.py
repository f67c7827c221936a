"""One clip in FCPXML: its media in the resources, its place in the storyline, and all that is said about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from turnover.core.clip import Marker
from turnover.core.rate import Rate
from turnover.sidecars.paths import url
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.view import View
from turnover.sidecars.writer import Meta, Sheet
from turnover.sidecars.writers.cuts import Timeline
from turnover.sidecars.writers.fcpxml_time import Clock, Placement

NAMESPACE = "org.turnover"
NAME = "name"
NOTE = "note"
KEYWORDS = "keywords"

# A domain in reverse with at least two names below it: `com.apple.proapps.studio.reel`.
_REVERSE_DNS = re.compile(r"(?:com|org|net|edu|gov|app|dev|[a-z]{2})(?:\.[A-Za-z0-9_-]+){2,}\Z")
_APPLE = "com.apple."
_NOT_IN_KEY = re.compile(r"[^\w.-]+")
# The one list among the keys that Final Cut Pro knows.
_CODECS = "com.apple.proapps.spotlight.kMDItemCodecs"

# The rates that `conform-rate/@srcFrameRate` may say, in all versions of the DTD from 1.8 on. Without a rate that is
# on this list the element would only raise a warning, so it is left out.
_CONFORM_RATES = {
    Rate(24000, 1001): "23.98",
    Rate(24): "24",
    Rate(25): "25",
    Rate(30000, 1001): "29.97",
    Rate(30): "30",
    Rate(48000, 1001): "47.95",
    Rate(48): "48",
    Rate(50): "50",
    Rate(60000, 1001): "59.94",
    Rate(60): "60",
}


def asset(placement: Placement, identifier: str, format_id: str, *, has_media_rep: bool) -> etree._Element:
    """The media of a clip, without what is said about it.

    `has_media_rep`: since 1.9 the address stands in a child of its own.
    """
    cut, view = placement.cut, placement.cut.sheet.view
    address = url(view.path)
    element = etree.Element("asset", {"id": identifier, "name": cut.name})
    if not has_media_rep:
        element.set("src", address)
    element.set("start", placement.media.at(0))
    element.set("duration", placement.media.lasting(cut.frame_count))
    element.set("hasVideo", "1")
    element.set("format", format_id)
    for name, value in _sound(view).items():
        element.set(name, value)
    if has_media_rep:
        element.set("videoSources", "1")
        etree.SubElement(element, "media-rep", {"kind": "original-media", "src": address})
    return element


def _sound(view: View) -> dict[str, str]:
    """How much sound there is; a number on which the streams do not agree is left out."""
    streams = view.clip.probe.audio
    if not streams:
        return {}
    found = {
        "hasAudio": 1,
        "audioSources": len(streams),
        "audioChannels": _agreed(s.channels for s in streams),
        "audioRate": _agreed(s.sample_rate for s in streams),
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def _agreed(numbers: Iterable[int | None]) -> int | None:
    """The number that all share; None where they differ or one is not known."""
    different = set(numbers)
    return different.pop() if len(different) == 1 else None


def asset_clip(
    placement: Placement, timeline: Timeline, timeline_start: Clock, asset_id: str, format_id: str, *, has_to_dos: bool
) -> etree._Element:
    """The clip on the timeline, without metadata.

    `offset` and `duration` are timeline time, everything else is the clip's own time. The order of children is the
    DTD's.
    """
    cut, view = placement.cut, placement.cut.sheet.view
    local = placement.local(timeline)
    element = etree.Element(
        "asset-clip",
        {
            "ref": asset_id,
            "offset": timeline_start.at(placement.offset),
            "name": single_line(cut.sheet.meta(NAME) or "") or cut.name,
            "start": local.at(cut.used.start),
            "duration": timeline_start.lasting(placement.frame_count),
            "format": format_id,
            "tcFormat": "DF" if cut.start is not None and cut.start.is_drop_frame else "NDF",
        },
    )
    if view.clip.probe.audio:
        element.set("audioRole", "dialogue")
    note = _note(cut.sheet)
    if note:
        etree.SubElement(element, "note").text = note
    element.extend(_timing(placement, timeline, local))
    element.extend(_marker(marker, local, has_to_dos) for marker in cut.sheet.markers)
    words = keywords(cut.sheet.metadata)
    if words:
        whole = {"start": local.at(0), "duration": local.lasting(cut.frame_count)}
        etree.SubElement(element, "keyword", {**whole, "value": ", ".join(words)})
    return element


def _timing(placement: Placement, timeline: Timeline, local: Clock) -> Iterator[etree._Element]:
    """What a host must know to play another rate: keep the speed, or play each frame once."""
    cut = placement.cut
    if cut.rate == timeline.rate:
        return
    listed = _CONFORM_RATES.get(cut.rate)
    if listed is not None:
        # Left to itself Final Cut Pro plays 25 slower on a timeline of 23.976, and leaves 29.97 at its speed.
        yield etree.Element("conform-rate", {"scaleEnabled": "0", "srcFrameRate": listed})
    if placement.plays_every_frame:
        curve = etree.Element("timeMap")
        for frame in (0, cut.frame_count):
            media_time = placement.media.at(frame)
            etree.SubElement(curve, "timept", {"time": local.at(frame), "value": media_time, "interp": "linear"})
        yield curve


def _marker(marker: Marker, local: Clock, has_to_dos: bool) -> etree._Element:
    element = etree.Element(
        "marker",
        {
            "start": local.at(marker.range.start),
            "duration": local.lasting(marker.range.count),
            "value": single_line(marker.name) or "marker",
        },
    )
    if has_to_dos and marker.colour == "red":
        element.set("completed", "0")
    if marker.comment:
        element.set("note", clean(marker.comment))
    return element


def _note(sheet: Sheet) -> str:
    """What the template maps to the note, then what only a note can tell."""
    return "\n".join([*(clean(m.text) for m in sheet.metadata if m.key == NOTE), *_remarks(sheet.view)])


def _remarks(view: View) -> Iterator[str]:
    video = view.clip.probe.video
    if video.rotation or video.is_mirrored:
        mirrored = ", mirrored" if video.is_mirrored else ""
        yield f"shown turned by {video.rotation} degrees clockwise{mirrored}"
    if view.assumed:
        yield f"assumed, not from the file: {_assumed(view)}"


def _assumed(view: View) -> str:
    return ", ".join(view.assumed)


def keywords(metadata: Iterable[Meta]) -> tuple[str, ...]:
    """The keywords of a sheet, each once: the items of lists, the parts of texts between commas."""
    found: dict[str, None] = {}
    for meta in metadata:
        if not is_keywords(meta.key):
            continue
        # A comma ends a keyword in FCPXML, so one inside a list's item becomes a semicolon.
        items = [str(i).replace(",", ";") for i in meta.value] if isinstance(meta.value, list) else meta.text.split(",")
        found.update({word: None for item in items if (word := single_line(item))})
    return tuple(found)


def is_keywords(key: str) -> bool:
    """Whether a metadata key gives keywords: `keywords`, or `keywords.` with any name behind."""
    return key == KEYWORDS or key.startswith(f"{KEYWORDS}.")


def metadata(sheet: Sheet) -> etree._Element | None:
    """What a template maps to keys of its own or of Apple, and what was assumed; None when there is nothing."""
    element = etree.Element("metadata")
    taken: set[str] = set()
    for meta in sheet.metadata:
        if meta.key not in (NAME, NOTE) and not is_keywords(meta.key):
            element.append(_md(meta, taken))
    if sheet.view.assumed and f"{NAMESPACE}.assumed" not in taken:
        element.append(_md(Meta("assumed", _assumed(sheet.view), None), taken))
    return element if len(element) else None


def _md(meta: Meta, taken: set[str]) -> etree._Element:
    base, title = md_key(meta.key)
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base}_{count}"
    taken.add(key)
    element = etree.Element("md", {"key": key})
    if key == _CODECS and isinstance(meta.value, list):
        texts = etree.SubElement(element, "array")
        for item in meta.value:
            etree.SubElement(texts, "string").text = clean(str(item))
        return element
    element.set("value", clean(meta.text))
    if title is not None:
        # Text even for numbers: a 64-bit seed does not fit the host's integer.
        element.set("type", "string")
        element.set("displayName", title)
    return element


def md_key(key: str) -> tuple[str, str | None]:
    """The key of an `md` and the title a host shows for it; None for Apple's, which hosts know.

    >>> md_key("com.apple.proapps.studio.reel"), md_key("tv.studio.vfx.grade"), md_key("AI model")
    (('com.apple.proapps.studio.reel', None), ('tv.studio.vfx.grade', 'grade'), ('org.turnover.AI_model', 'AI model'))
    """
    if _REVERSE_DNS.match(key):
        return key, None if key.startswith(_APPLE) else key.rpartition(".")[2]
    return f"{NAMESPACE}.{_NOT_IN_KEY.sub('_', key)}", key


def opened(tag: str, attributes: Mapping[str, str]) -> bytes:
    """The start tag of an element whose content is written piece by piece."""
    return etree.tostring(etree.Element(tag, dict(attributes)), encoding="UTF-8", xml_declaration=False)[:-2] + b">"
