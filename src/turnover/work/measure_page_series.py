"""The pictures, flagged frames and curves of one clip, as a table whose rows share one time axis."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import numpy as np

from turnover.core.measurement import Gate
from turnover.core.series import Series
from turnover.work.measure_page_curves import SCALES, Scale, axis, curve, lane, marks
from turnover.work.measure_page_html import Html, element, escaped, icon, joined, outside
from turnover.work.measure_page_values import ClipOnPage, decimal

MOST_NAME = 400
MOST_SENTENCE = 500
_JPEG = b"\xff\xd8\xff"


def series_table(one: ClipOnPage, *, number: int, name: str) -> Html:
    """The table; a sentence where there is neither picture nor number."""
    frame_count = one.frame_count or 0
    rows = [*_pictures(one)]
    if one.measurement is not None and frame_count:
        rows += [*_lanes(one.gates, frame_count), *_curves(one, frame_count, number)]
    if not rows:
        return element("p", "There are no numbers for this clip.", class_="quiet")
    if frame_count:
        rows.append(_axis(one, frame_count))
    told = element("caption", "Frame by frame: ", outside(name, most=MOST_NAME), class_="unseen")
    heads = [element("td")] * 2 + [element("th", text, scope="col") for text in ("mean", "low – high")]
    return element("table", told, element("thead", element("tr", *heads)), element("tbody", *rows), class_="series")


def _row(head: str, drawing: str, mean: str = "", span: str = "", **attributes: str) -> Html:
    cells = (element("td", drawing), element("td", mean, class_="number"), element("td", span, class_="number"))
    return element("tr", element("th", head, scope="row"), *cells, **attributes)


def _pictures(one: ClipOnPage) -> Iterator[Html]:
    """The filmstrip as part of the page itself; nothing where there is none."""
    if one.filmstrip is not None and one.filmstrip.startswith(_JPEG):
        address = Html("data:image/jpeg;base64," + base64.b64encode(one.filmstrip).decode())
        told = "Pictures from the start to the end of the clip, side by side, evenly spaced in time"
        yield _row("pictures", element("img", src=address, alt=told, loading="lazy", decoding="async"))


def _lanes(gates: tuple[Gate, ...], frame_count: int) -> Iterator[Html]:
    """A row for each gate that speaks of certain frames."""
    for gate in gates:
        if gate.level != "pass" and any(one.start < frame_count for one in gate.ranges):
            head = element("span", icon(gate.level), outside(gate.tag, most=MOST_NAME), class_=gate.level)
            told = f"{gate.tag}: {gate.sentence[:MOST_SENTENCE]}"
            yield _row(head, lane(gate, frame_count=frame_count, label=told), class_="lane")


def _curves(one: ClipOnPage, frame_count: int, number: int) -> Iterator[Html]:
    """A row for each series of the page that has numbers; the first holds the marks that lie behind all of them."""
    seams = tuple(sorted({segment.range.start for segment in one.clip.segments}))
    marks_id = f"marks-{number}"
    behind = marks(one.gates, seams, frame_count=frame_count, marks_id=marks_id)
    for scale in SCALES:
        series = _series(one, scale.series)
        if series is not None and np.isfinite(series.within(frame_count).values).any():
            yield _curve(series.within(frame_count), scale, frame_count, behind)
            behind = element("use", href=f"#{marks_id}")


def _curve(series: Series, scale: Scale, frame_count: int, behind: Html) -> Html:
    """The row of one series that has a number."""
    numbers = np.asarray(series.values, dtype=np.float64)
    known = np.flatnonzero(np.isfinite(numbers))
    lowest, highest = int(known[numbers[known].argmin()]), int(known[numbers[known].argmax()])
    low, high = decimal(numbers[lowest], scale.places), decimal(numbers[highest], scale.places)
    told = f"{scale.series}: lowest {low} at frame {lowest:,}, highest {high} at frame {highest:,}"
    drawing = curve(series, scale, frame_count=frame_count, label=told, behind=behind)
    head = joined([element("code", scale.series), element("small", scale.unit)])
    mean = float((numbers[known] / len(known)).sum())  # divided first: the sum of huge numbers is no double
    return _row(head, drawing, decimal(mean, scale.places), f"{low} – {high}")


def _series(one: ClipOnPage, name: str) -> Series | None:
    """What was measured, else what came with the clip."""
    measured = () if one.measurement is None else one.measurement.series
    return next((series for series in (*measured, *one.clip.series) if series.name == name), None)


def _axis(one: ClipOnPage, frame_count: int) -> Html:
    rate = one.clip.probe.video.frame_rate
    head = escaped("frame") if rate is None else joined(["time", element("small", "frame")])
    return _row(head, axis(frame_count, rate), class_="axis-row")
