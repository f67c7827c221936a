"""mgJSON, the data footage of After Effects that has time: a stream for each curve, static values for what is known.

Adobe's schema for MGJSON2.0.0 names its keys `occuring` and `hasExpectedFrequecyB`, and wants them in this order. What
After Effects accepts beyond it is known from gopro-telemetry, https://github.com/JuanIrache/gopro-telemetry
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from turnover.core.series import Series
from turnover.errors import RefusedError
from turnover.sidecars.columns import Mask
from turnover.sidecars.mapping import PTS_SERIES
from turnover.sidecars.text import clean, single_line
from turnover.sidecars.values import MAX_DECIMALS as STATIC_DECIMALS
from turnover.sidecars.view import View
from turnover.sidecars.writer import Job, Meta, Option, Sheet
from turnover.sidecars.writers.mgjson_streams import (
    LARGEST,
    MAX_DECIMALS,
    Samples,
    Whole,
    frame_times,
    json_number,
    read_times,
    samples_of,
)
from turnover.sidecars.writers.pieces import gathered

FILE_NAME = "File name"
"""The label of the static value that is always there: an outline is never empty."""

LONGEST_LABEL = 100

OPTIONS = (
    Option("decimals", 6, "decimals of the numbers in streams", low=0, high=MAX_DECIMALS),
    Option("interpolation", "hold", "what a stream shows between two samples", ("hold", "linear")),
)


@dataclass(frozen=True, slots=True)
class Stream:
    """A curve as it goes into the file."""

    label: str
    match_name: str
    set_id: str
    samples: Samples


class MgjsonWriter:
    """Data footage for After Effects."""

    name = "mgjson"
    format: Literal["json"] = "json"
    suffix = ".mgjson"
    holds_many = False
    options: Sequence[Option] = OPTIONS
    metadata_keys: Mapping[str, str] | None = None
    has_markers = False
    has_curves = True

    def key_problem(self, key: str) -> str | None:
        """A key is the label that After Effects shows: one short line."""
        if not key.strip() or single_line(key) != key:
            return f"{key!r} is no label for After Effects; write one line such as Model"
        if len(key) > LONGEST_LABEL:
            return f"a label for After Effects has at most {LONGEST_LABEL} characters, this one {len(key)}"
        return None

    def write(self, job: Job) -> Iterator[bytes]:
        """The document; raises RefusedError for curves of a clip whose frames have no known times."""
        (sheet,) = job.sheets
        names = MatchNames()
        statics = [_static(meta, names.of(meta.key)) for meta in _metadata(sheet)]
        streams = _streams(job, sheet, names)
        outline = [*statics, *(_dynamic(stream, job.text("interpolation")) for stream in streams)]
        yield from gathered(_document(outline, streams))


WRITER = MgjsonWriter()


class MatchNames:
    """Match names, each given once: ASCII letters and digits, no digit first."""

    def __init__(self) -> None:
        self._given: set[str] = set()

    def of(self, label: str) -> str:
        stem = re.sub(r"[^A-Za-z0-9]", "", label)
        if not stem or stem[0].isdigit():
            stem = f"m{stem}"
        name, number = stem, 1
        while name.lower() in self._given:
            number += 1
            name = f"{stem}x{number}"
        self._given.add(name.lower())
        return name


def _json(value: str | bool) -> str:
    return json.dumps(value, ensure_ascii=False)


def _metadata(sheet: Sheet) -> tuple[Meta, ...]:
    if sheet.meta(FILE_NAME) is not None:
        return sheet.metadata
    name = single_line(sheet.view.clip.name)
    return Meta(FILE_NAME, name, name), *sheet.metadata


def _static(meta: Meta, match_name: str) -> str:
    """A value that does not change: a number where After Effects can read it as one, else text."""
    value = meta.value
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST:
        number = json_number(value, STATIC_DECIMALS)
        whole, _, decimals = number.lstrip("-").partition(".")
        properties = _number_properties(len(whole), len(decimals), number, number)
        return _node("dataStatic", meta.key, f'"dataType":{{"type":"number",{properties}}}', match_name, number)
    text = clean(meta.text)
    length = _length(text)
    properties = (
        f'"paddedStringProperties":{{"maxLen":{length},"maxDigitsInStrLength":{len(str(length))},"eventMarkerB":false}}'
    )
    return _node("dataStatic", meta.key, f'"dataType":{{"type":"string",{properties}}}', match_name, _json(text))


def _length(text: str) -> int:
    """Length in UTF-16 units.

    The schema says "maximum length" and no unit; the writers whose files After Effects is known to read count so.
    """
    return len(text.encode("utf-16-le")) // 2


def _node(kind: str, label: str, data_type: str, match_name: str, value: str) -> str:
    head = f'{{"objectType":"{kind}","displayName":{_json(single_line(label))},'
    return f'{head}{data_type},"matchName":"{match_name}","value":{value}}}'


def _number_properties(digits: int, decimals: int, low: str, high: str) -> str:
    """The legal range is the range that occurs: with a wider one, After Effects takes decimals for whole numbers."""
    extremes = f'{{"min":{low},"max":{high}}}'
    return (
        f'"numberStringProperties":{{"pattern":{{"digitsInteger":{digits},"digitsDecimal":{decimals},"isSigned":true}},'
        f'"range":{{"occuring":{extremes},"legal":{extremes}}}}}'
    )


def _dynamic(stream: Stream, interpolation: str) -> str:
    samples = stream.samples
    properties = _number_properties(samples.digits, samples.decimals, *samples.extremes)
    return (
        f'{{"objectType":"dataDynamic","displayName":{_json(stream.label)},"sampleSetID":"{stream.set_id}",'
        f'"dataType":{{"type":"numberString",{properties}}},"interpolation":"{interpolation}",'
        f'"hasExpectedFrequecyB":false,"sampleCount":{len(samples.units)},"matchName":"{stream.match_name}"}}'
    )


def _document(outline: Sequence[str], streams: Sequence[Stream]) -> Iterator[bytes]:
    """The document in its one order of keys; without samples there is nothing dynamic in it."""
    yield f'{{"version":"MGJSON2.0.0","creator":"turnover","dynamicSamplesPresentB":{_json(bool(streams))},\n'.encode()
    if streams:
        yield b'"dynamicDataInfo":{"useTimecodeB":false,"utcInfo":{"precisionLength":3,"isGMT":true}},\n'
    yield b'"dataOutline":[\n' + ",\n".join(outline).encode() + b"]"
    for position, stream in enumerate(streams):
        yield b",\n" if position else b',\n"dataDynamicSamples":[\n'
        yield f'{{"sampleSetID":"{stream.set_id}","samples":[\n'.encode()
        yield from stream.samples.lines()
        yield b"]}"
    yield b"]}\n" if streams else b"}\n"


def _streams(job: Job, sheet: Sheet, names: MatchNames) -> tuple[Stream, ...]:
    if not sheet.curves:
        return ()
    milliseconds, is_timed = _times(sheet.view, max(len(series.values) for series in sheet.curves))
    streams: list[Stream] = []
    for series in sheet.curves:
        samples, too_large = samples_of(series, milliseconds, is_timed, job.whole("decimals"))
        if too_large:
            _warn_of_size(job, sheet.view, series, too_large)
        if samples is not None:
            label = single_line(series.name)
            streams.append(Stream(label, names.of(label), f"Stream{len(streams)}", samples))
    return tuple(streams)


def _warn_of_size(job: Job, view: View, series: Series, count: int) -> None:
    numbers = "1 number is" if count == 1 else f"{count} numbers are"
    job.findings.warn(
        f"{single_line(view.clip.name)}: {numbers} further from zero than {LARGEST}, which After Effects cannot read, "
        f"and left out of {single_line(series.name)}"
    )


def _times(view: View, frame_count: int) -> tuple[Whole, Mask]:
    """When each frame is shown, in milliseconds from the first, and for which frames that is known.

    Raises RefusedError where the rate varies and nobody read the times, or they run backwards.
    """
    if view.rate is not None:
        return frame_times(view.rate, frame_count), np.ones(frame_count, dtype=np.bool_)
    series = view.clip.series_named(PTS_SERIES)
    name = single_line(view.clip.name)
    if series is None:
        is_varying = view.clip.probe.video.is_variable_frame_rate
        reason = "varies" if is_varying else "is not known"
        raise RefusedError(
            f"{name}: its frame rate {reason}, and nobody read when each frame is shown",
            hint=f"give the times as a series {PTS_SERIES} beside the clip, or one rate with --set assume_rate=24",
            code="variable_frame_rate" if is_varying else "no_frame_rate",
        )
    milliseconds, known = read_times(series)
    if known.any() and (milliseconds[known][0] < 0 or (np.diff(milliseconds[known]) < 0).any()):
        raise RefusedError(
            f"{name}: the times of its frames ({PTS_SERIES}) run backwards or start before zero",
            hint="make the rate constant first, or state one with --set assume_rate=24",
            code="bad_frame_times",
        )
    return milliseconds, known
