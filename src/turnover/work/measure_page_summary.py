"""What all clips of the page are together: counts, how quality is spread, which tags there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from turnover.core.measurement import Level
from turnover.work.measure_page_clip import badge
from turnover.work.measure_page_curves import stacked
from turnover.work.measure_page_html import Html, element, joined, outside
from turnover.work.measure_page_values import STATES, ClipOnPage, State, count_of

BINS = 20
_MOST_METHODS = 4
_ORDERS = {
    "given": "as given",
    "state": "state, worst first",
    "worst": "quality, lowest first",
    "best": "quality, highest first",
    "name": "name",
}
"""Ways to sort; the script of the page knows them by these keys."""


@dataclass(slots=True)
class Tally:
    """Grows by one clip at a time; its size does not depend on how many there were."""

    states: Counter[State] = field(default_factory=Counter)
    tags: Counter[tuple[str, Level]] = field(default_factory=Counter)
    quality: Counter[tuple[int, State]] = field(default_factory=Counter)
    """(bin, state) → clips."""
    unopened: int = 0
    """Files of which nothing is known but why."""
    frame_count: int = 0
    seconds: float = 0.0
    methods: dict[str, None] = field(default_factory=dict)
    """What measured, the first few, in the order they came."""

    def add(self, one: ClipOnPage) -> None:
        self.states[one.state] += 1
        self.tags.update(one.tags.items())
        if one.quality is not None:
            self.quality[min(int(one.quality * BINS), BINS - 1), one.state] += 1
        if one.measurement is not None:
            self.frame_count += one.measurement.frame_count
            self.seconds += one.seconds or 0.0
            if len(self.methods) < _MOST_METHODS:
                self.methods[one.measurement.method] = None

    @property
    def clips(self) -> int:
        return self.states.total()

    @property
    def broken(self) -> int:
        """Files that could not be measured."""
        return self.unopened + self.states["broken"]


def summary(tally: Tally) -> Html:
    """The top of the page."""
    if not tally.clips + tally.unopened:
        return element("p", "No clips were found, so nothing was measured.", class_="empty")
    panels = [_counts(tally)]
    if tally.quality.total() > 1:
        panels.append(_histogram(tally))
    if tally.tags:
        panels.append(_tags(tally))
    return element("section", element("h2", "Summary", class_="unseen"), *panels, class_="summary")


def controls(tally: Tally) -> Html:
    """What sorts and chooses; hidden until the script of the page runs, since it is of no use before."""
    shown = {"": "all"} | {str(state): word for state, word in STATES.items() if tally.states[state]}
    tags = {"": "any"} | {tag: tag[:60] for tag in sorted({tag for tag, _ in tally.tags})}
    choices = (_choice("order", "Sort by", _ORDERS), _choice("state", "Show", shown), _choice("tag", "Tag", tags))
    told = element("output", id="shown", role="status")
    return element("form", *choices, told, id="controls", hidden="", aria_label="Sort and choose clips")


def methods(tally: Tally) -> Html:
    """What measured."""
    return joined((outside(method, most=200) for method in tally.methods), ", ")


def _choice(name: str, label: str, options: dict[str, str]) -> Html:
    chosen = (element("option", text, value=value) for value, text in options.items())
    return element("label", label + " ", element("select", *chosen, id=name))


def _counts(tally: Tally) -> Html:
    """How many clips there are of each state."""
    total = tally.clips + tally.unopened
    counts: dict[State, int] = {state: tally.states[state] for state in STATES} | {"broken": tally.broken}
    shown = [state for state in STATES if counts[state] or state in ("fail", "warn", "pass")]
    tiles = (element("li", element("b", f"{counts[state]:,}"), badge(state)) for state in shown)
    shares = (element("span", class_=state, style=f"flex:{counts[state]}") for state in STATES if counts[state])
    length = f"{count_of(tally.frame_count, 'frame')}, {_duration(tally.seconds)}"
    return element(
        "div",
        element("h3", count_of(total, "clip")),
        element("ul", *tiles, class_="tiles"),
        element("div", *shares, class_="shares", aria_hidden="true"),
        element("p", length, class_="quiet"),
        class_="panel",
    )


def _histogram(tally: Tally) -> Html:
    """How quality is spread, each column by state."""
    columns = [[(state, tally.quality[place, state]) for state in STATES] for place in range(BINS)]
    counts = [sum(count for _, count in column) for column in columns]
    parts = (f"{place / BINS:.2f} to {(place + 1) / BINS:.2f}: {count}" for place, count in enumerate(counts) if count)
    label = "Clips by quality. " + ", ".join(parts)
    without = tally.clips - sum(counts)
    ticks = (element("span", text) for text in ("0", "0.25", "0.5", "0.75", "1"))
    return element(
        "div",
        element("h3", "Quality"),
        stacked(columns, label=label),
        element("div", *ticks, class_="ticks", aria_hidden="true"),
        element("p", f"{without:,} without a score" if without else "", class_="quiet"),
        class_="panel histogram",
    )


def _tags(tally: Tally) -> Html:
    """How often each tag failed and warned, the most frequent first."""
    names = {tag for tag, _ in tally.tags}
    counted = sorted((-tally.tags[tag, "fail"], -tally.tags[tag, "warn"], tag) for tag in names)
    heads = (element("th", text, scope="col") for text in ("tag", "fail", "warn"))
    most = max(-failed - warned for failed, warned, _ in counted)
    rows = (_tag(tag, -failed, -warned, most) for failed, warned, tag in counted)
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *rows))
    return element("div", element("h3", "Tags"), table, class_="panel tags")


def _tag(tag: str, failed: int, warned: int, most: int) -> Html:
    widths = (("fail", failed), ("warn", warned))
    bars = (element("span", class_=level, style=f"width:{100 * count / most:.1f}%") for level, count in widths)
    cells = (element("td", f"{count:,}" if count else "", class_="number") for _, count in widths)
    bar = element("td", element("div", *bars, class_="share"), aria_hidden="true")
    return element("tr", element("th", outside(tag, most=60), scope="row"), *cells, bar)


def _duration(seconds: float) -> str:
    """`4.2 s`, `12 min 5 s`, `3 h 20 min`."""
    whole = round(seconds)
    if seconds < 60:
        return f"{seconds:.1f} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600:,} h {whole // 60 % 60} min"
