"""An FCPXML reader that shares nothing with the program: it reads values, and refuses what lies off the grid of frames.

Written from Apple's DTD and reference. It knows one kind of document: a project whose storyline has asset-clips only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree as ET

_TIME = re.compile(r"(\d+)(?:/([1-9]\d*))?s\Z")


class NotFcpxmlError(Exception):
    """The document says something that a host would refuse or take for something else."""


@dataclass(frozen=True)
class ReadMarker:
    start: int
    """Frame of the media, from its first."""
    frames: int
    name: str
    note: str | None
    is_to_do: bool


@dataclass(frozen=True)
class ReadClip:
    name: str
    media_name: str
    path: str
    rate: Fraction
    width: int
    height: int
    aspect: Fraction | None
    fields: str | None
    colour: str | None
    format_name: str | None
    media_start: Fraction
    """Seconds: the media's timecode."""
    media_frames: int
    is_drop_frame: bool
    audio: tuple[int, int | None, int | None] | None
    """Sources, channels, samples per second."""
    offset: int
    """Timeline frame, from the timeline's start."""
    frames: int
    """Timeline frames."""
    first: int
    """Frame of the media that the clip starts with."""
    speed: Fraction
    """Seconds of media for one of the timeline."""
    conform: str | None
    """`srcFrameRate` of a conform-rate that keeps the speed."""
    markers: tuple[ReadMarker, ...]
    keywords: tuple[str, ...]
    note: str | None
    metadata: dict[str, tuple[str | None, str | tuple[str, ...] | None]]
    """Key → title and value."""
    media_metadata: dict[str, tuple[str | None, str | tuple[str, ...] | None]]


@dataclass(frozen=True)
class ReadTimeline:
    version: str
    event: str | None
    project: str | None
    rate: Fraction
    width: int
    height: int
    start: Fraction
    """Seconds."""
    is_drop_frame: bool
    frames: int
    audio_layout: str | None
    clips: tuple[ReadClip, ...]


def read_fcpxml(document: bytes) -> ReadTimeline:
    """The values of a document; raises NotFcpxmlError."""
    root = ET.fromstring(document)
    resources = {element.get("id", ""): element for element in _one(root, "resources")}
    if len(resources) != len(_one(root, "resources")):
        raise NotFcpxmlError("two resources have one id")
    event = _one(_one(root, "library"), "event")
    project = _one(event, "project")
    sequence = _one(project, "sequence")
    shape = resources[_said(sequence, "format")]
    step = _time(_said(shape, "frameDuration"))
    start, length = _time(_said(sequence, "tcStart")), _time(_said(sequence, "duration"))
    _frames(start, step, "tcStart")
    clips = tuple(_clip(c, resources, start, step, _said(root, "version")) for c in _one(sequence, "spine"))
    ends = [0, *(c.offset + c.frames for c in clips)]
    if [c.offset for c in clips] != ends[:-1] or ends[-1] != _frames(length, step, "sequence duration"):
        raise NotFcpxmlError(f"clips are not back to back: {[(c.offset, c.frames) for c in clips]}")
    return ReadTimeline(
        version=_said(root, "version"),
        event=event.get("name"),
        project=project.get("name"),
        rate=1 / step,
        width=int(_said(shape, "width")),
        height=int(_said(shape, "height")),
        start=start,
        is_drop_frame=_said(sequence, "tcFormat") == "DF",
        frames=ends[-1],
        audio_layout=sequence.get("audioLayout"),
        clips=clips,
    )


def _clip(
    element: ET.Element, resources: dict[str, ET.Element], timeline_start: Fraction, step: Fraction, version: str
) -> ReadClip:
    if element.tag != "asset-clip":
        raise NotFcpxmlError(f"the storyline has <{element.tag}>")
    asset = resources[_said(element, "ref")]
    shape = resources[_said(asset, "format")]
    if element.get("format") != asset.get("format"):
        raise NotFcpxmlError("clip and media differ in format")
    media_step, media_start = _time(_said(shape, "frameDuration")), _time(_said(asset, "start"))
    _frames(media_start, media_step, "asset start")
    media_frames = _frames(_time(_said(asset, "duration")), media_step, "asset duration")
    length = _time(_said(element, "duration"))
    curve = _curve(element, media_start, media_frames * media_step)
    in_point = curve(_time(_said(element, "start")))
    out_point = curve(_time(_said(element, "start")) + length)
    if not media_start <= in_point < out_point <= media_start + media_frames * media_step:
        raise NotFcpxmlError(f"the clip plays {in_point} to {out_point}, which is not all media")
    conform = element.find("conform-rate")
    if conform is not None and (conform.get("scaleEnabled") != "0" or media_step == step):
        raise NotFcpxmlError("conform-rate changes the speed, or there is nothing to conform")
    words = element.findall("keyword")
    aspect = None if shape.get("paspH") is None else Fraction(int(_said(shape, "paspH")), int(_said(shape, "paspV")))
    return ReadClip(
        name=_said(element, "name"),
        media_name=_said(asset, "name"),
        path=_path(asset, version),
        rate=1 / media_step,
        width=int(_said(shape, "width")),
        height=int(_said(shape, "height")),
        aspect=aspect,
        fields=shape.get("fieldOrder"),
        colour=shape.get("colorSpace"),
        format_name=shape.get("name"),
        media_start=media_start,
        media_frames=media_frames,
        is_drop_frame=_said(element, "tcFormat") == "DF",
        audio=_audio(asset),
        offset=_frames(_time(_said(element, "offset")) - timeline_start, step, "offset"),
        frames=_frames(length, step, "duration"),
        first=_frames(in_point - media_start, media_step, "start"),
        speed=(out_point - in_point) / length,
        conform=None if conform is None else _said(conform, "srcFrameRate"),
        markers=tuple(_marker(m, curve, media_start, media_step) for m in element.findall("marker")),
        keywords=tuple(word for k in words for word in _said(k, "value").split(", ")),
        note=element.findtext("note"),
        metadata=_metadata(element),
        media_metadata=_metadata(asset),
    )


class _Line:
    """The straight line from a clip's own time to media time."""

    def __init__(self, points: list[tuple[Fraction, Fraction]]) -> None:
        (self.time, self.value), (time, value) = points
        self.slope = (value - self.value) / (time - self.time)

    def __call__(self, time: Fraction) -> Fraction:
        return self.value + (time - self.time) * self.slope


def _curve(element: ET.Element, media_start: Fraction, media_length: Fraction) -> _Line:
    points = element.findall("timeMap/timept")
    if not points:
        return _Line([(Fraction(0), Fraction(0)), (Fraction(1), Fraction(1))])
    if [p.get("interp") for p in points] != ["linear", "linear"]:
        raise NotFcpxmlError("the time map is no straight line")
    line = [(_time(_said(p, "time")), _time(_said(p, "value"))) for p in points]
    if [value for _, value in line] != [media_start, media_start + media_length]:
        raise NotFcpxmlError("the time map is not of the whole media")
    return _Line(line)


def _marker(element: ET.Element, curve: _Line, media_start: Fraction, media_step: Fraction) -> ReadMarker:
    start = _time(_said(element, "start"))
    length = curve(start + _time(_said(element, "duration"))) - curve(start)
    return ReadMarker(
        _frames(curve(start) - media_start, media_step, "marker start"),
        _frames(length, media_step, "marker duration"),
        _said(element, "value"),
        element.get("note"),
        element.get("completed") == "0",
    )


def _path(asset: ET.Element, version: str) -> str:
    """The path that the address decodes to; relative ones stay relative."""
    has_media_rep = tuple(map(int, version.split("."))) >= (1, 9)
    address = _said(_one(asset, "media-rep"), "src") if has_media_rep else _said(asset, "src")
    if has_media_rep == ("src" in asset.attrib):
        raise NotFcpxmlError(f"version {version} has the address elsewhere")
    if not re.fullmatch(r"(file:)?([A-Za-z0-9/._~-]|%[0-9A-F]{2})*", address):
        raise NotFcpxmlError(f"{address!r} is not encoded")
    return unquote_to_bytes(address.removeprefix("file://")).decode("utf-8", "surrogateescape")


def _audio(asset: ET.Element) -> tuple[int, int | None, int | None] | None:
    if asset.get("hasAudio") is None:
        if any(name.startswith("audio") for name in asset.attrib):
            raise NotFcpxmlError("there is no sound, and something is said about it")
        return None
    numbers = [asset.get(name) for name in ("audioSources", "audioChannels", "audioRate")]
    sources, channels, rate = (None if n is None else int(n) for n in numbers)
    if sources is None:
        raise NotFcpxmlError("sound has no source")
    return sources, channels, rate


def _metadata(element: ET.Element) -> dict[str, tuple[str | None, str | tuple[str, ...] | None]]:
    found: dict[str, tuple[str | None, str | tuple[str, ...] | None]] = {}
    for md in element.iterfind("metadata/md"):
        key = _said(md, "key")
        if key in found:
            raise NotFcpxmlError(f"the key {key} stands twice")
        strings = md.find("array")
        value = md.get("value") if strings is None else tuple(s.text or "" for s in strings)
        found[key] = (md.get("displayName"), value)
    return found


def _frames(seconds: Fraction, step: Fraction, what: str) -> int:
    frames = seconds / step
    if frames.denominator != 1:
        raise NotFcpxmlError(f"{what}: {seconds} s is {frames} frames")
    return frames.numerator


def _time(text: str) -> Fraction:
    match = _TIME.match(text)
    if match is None:
        raise NotFcpxmlError(f"{text!r} is no time")
    numerator, denominator = int(match[1]), int(match[2] or 1)
    if numerator >= 2**63 or denominator >= 2**31:
        raise NotFcpxmlError(f"{text!r} is too long for a host's integers")
    return Fraction(numerator, denominator)


def _one(parent: ET.Element, tag: str) -> ET.Element:
    found = parent.findall(tag)
    if len(found) != 1:
        raise NotFcpxmlError(f"<{parent.tag}> has {len(found)} <{tag}>")
    return found[0]


def _said(element: ET.Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise NotFcpxmlError(f"<{element.tag}> has no {name}")
    return value
