"""Final Cut Pro 7 XML, versions 4 and 5: the timeline that Premiere, Nuke Studio, Resolve and After Effects read.

Specification: Apple, Final Cut Pro XML Interchange Format (2009)
https://developer.apple.com/library/archive/documentation/AppleApplications/Reference/FinalCutPro_XML/
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from lxml import etree

from turnover.core.rate import Rate
from turnover.sidecars.text import single_line
from turnover.sidecars.writer import Job, Option
from turnover.sidecars.writers.cuts import Timeline, listed, timeline_of
from turnover.sidecars.writers.xmeml_elements import (
    COMMENT_KEYS,
    boolean,
    element,
    file_element,
    good_word,
    item_elements,
    marker_element,
    metadata_elements,
    picture_element,
    picture_item_elements,
    pixel_aspect,
    rate_element,
    sound_element,
    timecode_element,
)
from turnover.sidecars.writers.xmeml_grid import Item, Sound, items_of

# What Premiere offers as a sequence's timebase; it rounds any other.
_LISTED_RATES = (
    *(Rate(n) for n in (10, 12, 15, 24, 25, 30, 50, 60)),
    *(Rate(n * 1000, 1001) for n in (24, 30, 60)),
)
_IDENTITY = uuid.uuid5(uuid.NAMESPACE_URL, "urn:turnover:xmeml:sequence")


class XmemlWriter:
    """Sequences with one video track, and as many audio tracks as the clips have channels."""

    name = "xmeml"
    format: Literal["text", "json", "timeline"] = "timeline"
    suffix = ".xml"
    holds_many = True
    has_markers = True
    has_curves = False
    options: Sequence[Option] = (
        Option("version", "4", "version of the format: 4 for Premiere, 5 for Nuke Studio", ("4", "5")),
        Option(
            "marker_place",
            "clip",
            "where markers go: on the clips, on the sequence, or on both",
            ("clip", "sequence", "both"),
        ),
        Option(
            "alpha",
            "straight",
            "how colour is stored where a clip has alpha: straight, or multiplied with black or white",
            ("straight", "black", "white"),
        ),
    )
    metadata_keys: Mapping[str, str] | None = {
        "description": "logginginfo/description: what is seen",
        "scene": "logginginfo/scene",
        "shottake": "logginginfo/shottake: shot and take",
        "lognote": "logginginfo/lognote: log note",
        "good": "logginginfo/good: true or false",
        **{key: f"comments/{key}: a comment of the master clip" for key in COMMENT_KEYS[:4]},
        **{key: f"comments/{key}: a comment of this use of the clip" for key in COMMENT_KEYS[4:]},
        "label2": "labels/label2: the host's name of a label colour, such as Iris",
    }

    def key_problem(self, key: str) -> str | None:
        known = self.metadata_keys or {}
        return None if key in known else f"xmeml has the places {', '.join(known)}"

    def write(self, job: Job) -> Iterator[bytes]:
        timeline = timeline_of(job)
        items = items_of(timeline)
        _warn(job, timeline, items)
        sequence = _sequence(job, timeline, items)
        # The same sequence is the same to the host, whenever it was written.
        sequence.insert(0, element("uuid", str(uuid.uuid5(_IDENTITY, etree.tostring(sequence, encoding="unicode")))))
        root = element("xmeml", sequence, version=job.text("version"))
        etree.indent(root)
        yield b'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE xmeml>\n'
        yield etree.tostring(root, encoding="UTF-8", xml_declaration=False) + b"\n"


def _sequence(job: Job, timeline: Timeline, items: Sequence[Item]) -> etree._Element:
    video = items[0].cut.sheet.view.clip.probe.video
    markers = _sequence_markers(items) if job.text("marker_place") != "clip" else []
    picture = element(
        "video",
        element("format", picture_element(video, timeline.rate, is_turned=True)),
        _track([_picture_item(job, item) for item in items]),
    )
    return element(
        "sequence",
        element("name", single_line(job.title)),
        element("duration", items[-1].place.stop),
        rate_element(timeline.rate),
        None if timeline.start is None else timecode_element(timeline.start, timeline.rate),
        element("media", picture, _sound(items)),
        *markers,
        id="sequence-1",
    )


def _track(content: Sequence[etree._Element], channel: int | None = None) -> etree._Element:
    return element(
        "track",
        *content,
        boolean("enabled", True),
        boolean("locked", False),
        None if channel is None else element("outputchannelindex", channel),
    )


def _picture_item(job: Job, item: Item) -> etree._Element:
    markers = [] if job.text("marker_place") == "sequence" else [
        marker_element(m, item.grid(m.range.start), _marker_stop(item, m.range.start, m.range.stop))
        for m in item.cut.sheet.markers
    ]  # fmt: skip
    return element(
        "clipitem",
        *item_elements(item),
        *picture_item_elements(item, job.text("alpha")),
        file_element(item),
        *_links(item),
        *markers,
        *metadata_elements(item.cut.sheet),
        id=f"clipitem-{item.number}",
    )


def _marker_stop(item: Item, start: int, stop: int) -> int | None:
    """The end of a marker on the grid; None for one frame of the clip, which is a point."""
    return None if stop - start == 1 else max(item.grid(stop), item.grid(start) + 1)


def _sequence_markers(items: Sequence[Item]) -> list[etree._Element]:
    """The markers that the cuts show, counted from the start of the sequence."""
    found = []
    for item in items:
        for marker in item.cut.sheet.markers:
            start = max(marker.range.start, item.cut.used.start)
            stop = min(marker.range.stop, item.cut.used.stop)
            if start >= stop:
                continue
            shift = item.place.start - item.source_in
            first = max(item.grid(start) + shift, item.place.start)
            end = _marker_stop(item, start, stop)
            found.append(marker_element(marker, first, None if end is None else max(end + shift, first + 1)))
    return found


def _sound(items: Sequence[Item]) -> etree._Element | None:
    """One track for each channel; None where no clip has sound."""
    tracks: dict[int, list[etree._Element]] = {}
    for item in items:
        for sound in item.sounds:
            tracks.setdefault(sound.track, []).append(_sound_item(item, sound))
    if not tracks:
        return None
    first = next(sound for item in items for sound in item.cut.sheet.view.clip.probe.audio)
    # Of two tracks the first is left, the second right; what any other number means, the host decides.
    is_stereo = len(tracks) == 2
    made = [_track(content, channel if is_stereo else None) for channel, content in sorted(tracks.items())]
    return element("audio", element("format", sound_element(first)), *made)


def _sound_item(item: Item, sound: Sound) -> etree._Element:
    return element(
        "clipitem",
        *item_elements(item),
        # The picture comes first in the sequence, so the file is known by now.
        element("file", id=f"file-{item.file_number}"),
        element("sourcetrack", element("mediatype", "audio"), element("trackindex", sound.track)),
        *_links(item),
        id=f"clipitem-{sound.identity}",
    )


def _links(item: Item) -> list[etree._Element]:
    """What ties the picture of a cut to its sound; nothing where it has none."""
    if not item.sounds:
        return []
    sounds = [_link(sound.identity, "audio", sound.track, sound.position) for sound in item.sounds]
    return [_link(item.number, "video", 1, item.number), *sounds]


def _link(identity: int, kind: str, track: int, position: int) -> etree._Element:
    return element(
        "link",
        element("linkclipref", f"clipitem-{identity}"),
        element("mediatype", kind),
        element("trackindex", track),
        element("clipindex", position),
        element("groupindex", 1) if kind == "audio" else None,
    )


def _warn(job: Job, timeline: Timeline, items: Sequence[Item]) -> None:
    """Say what a host will probably stumble over, one sentence for each kind."""
    for sentence, concerned in _concerns(timeline, items):
        if concerned:
            job.findings.warn(f"{listed(item.cut.name for item in concerned)}: {sentence}")
    if timeline.rate not in _LISTED_RATES:
        job.findings.warn(
            f"the sequence has {timeline.rate.decimal()} frames per second, which Premiere does not list and may "
            "round; --set timeline_rate=24 makes a standard one"
        )
    if timeline.rate.nominal == 60 and timeline.start is not None and timeline.start.is_drop_frame:
        job.findings.warn("drop-frame at 59.94 is not in Apple's description of xmeml; check the first timecode")


def _concerns(timeline: Timeline, items: Sequence[Item]) -> Iterator[tuple[str, list[Item]]]:
    views = {item.number: item.cut.sheet.view for item in items}
    rate = timeline.rate.decimal()
    yield (
        (
            "no timecode in the file, so 00:00:00:00 is written; Resolve refuses an xmeml whose file timecode is not "
            "the file's own (give it resolve-fcpxml, or write a timecode into the file first)"
        ),
        [i for i in items if i.cut.start is None],
    )
    yield (
        "its timecode was set and is not the file's own, which Resolve compares",
        [i for i in items if i.cut.start is not None and i.cut.start != views[i.number].clip.probe.start_timecode],
    )
    yield (
        (
            f"on a timeline of {rate} frames per second in, out and markers count the timeline's frames; "
            "programs disagree about that, so check the first cut"
        ),
        [i for i in items if i.cut.rate != i.rate],
    )
    yield (
        f"its ends fall between frames of the timeline of {rate} frames per second; it is cut inward to whole ones",
        [i for i in items if not i.is_on_grid],
    )
    yield (
        "its own frame rate cannot be said in xmeml; the file is described in frames of the timeline",
        [i for i in items if i.cut.rate.nominal is None],
    )
    yield (
        "xmeml has no name for its pixel aspect, so none is written and the host takes the file's own",
        [i for i in items if pixel_aspect(views[i.number].clip.probe.video) is None],
    )
    yield (
        "it is turned for display; the sequence has the turned size, and a host that does not turn it shows it lying",
        [i for i in items if views[i.number].clip.probe.video.rotation],
    )
    size = items[0].cut.sheet.view.clip.probe.video.display_size
    yield (
        f"another picture size than the sequence's {size[0]}x{size[1]}; the host scales it",
        [i for i in items if views[i.number].clip.probe.video.display_size != size],
    )
    yield (
        "its path is relative, and hosts will ask where the file is (leave out --relative and --redact paths)",
        [i for i in items if not _is_absolute(views[i.number].path)],
    )
    yield (
        "what stands for 'good' is neither true nor false, so it is left out",
        [i for i in items if (word := i.cut.sheet.meta("good")) is not None and good_word(word) is None],
    )


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "\\\\")) or path[1:2] == ":"


WRITER = XmemlWriter()
