"""One clip on the page: what it is, how it was made, what the gates say, and its curves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from turnover.core.clip import Clip
from turnover.core.generation import Lora
from turnover.core.measurement import Gate, Level
from turnover.errors import TurnoverError
from turnover.work.measure_page_html import Html, element, icon, joined, outside
from turnover.work.measure_page_series import MOST_NAME, MOST_SENTENCE, series_table
from turnover.work.measure_page_values import STATES, ClipOnPage, State, count_of, decimal

_MOST_PROMPT = 480
_MOST_TAG = 60
_MOST_WORDS = 160
_MOST_LISTED = 8


def article(one: ClipOnPage, *, number: int, name: str) -> Html:
    """Everything about one clip."""
    words = (_gates(one), _recipe(one.clip), _given(one.clip))
    return element(
        "article",
        _header(one, number, name),
        _prompt(one.clip),
        element("div", *words, class_="words"),
        element("div", series_table(one, number=number, name=name), class_="numbers"),
        id=f"clip-{number}",
        class_=f"clip {one.state}",
        aria_labelledby=f"name-{number}",
        data_state=one.state,
        data_quality=None if one.quality is None else f"{one.quality:.6f}",
        data_tags="\n".join(one.tags),
    )


def row(one: ClipOnPage, *, number: int, name: str) -> Html:
    """The clip as a line of the overview."""
    seconds = decimal(one.seconds)
    return element(
        "tr",
        element("td", badge(one.state)),
        element("th", element("a", outside(name, most=MOST_NAME), href=f"#clip-{number}"), scope="row"),
        element("td", _meter(one)),
        element("td", joined((chip(tag, level) for tag, level in one.tags.items()), " ")),
        *(element("td", text, class_="number") for text in (_size(one.clip), _rate(one.clip), seconds)),
    )


def badge(state: State) -> Html:
    """A state as sign and word."""
    return element("span", icon(state), STATES[state], class_=f"badge {state}")


def chip(tag: str, level: Level) -> Html:
    """A tag as sign and word, and its level for those who cannot see it."""
    unseen = element("span", f" ({level})", class_="unseen")
    return element("span", icon(level), outside(tag, most=_MOST_TAG), unseen, class_=f"chip {level}")


def reason(error: TurnoverError) -> Html:
    """Why a clip was not measured, and the next step."""
    hint = element("p", "→ ", outside(error.hint, most=MOST_SENTENCE), class_="quiet") if error.hint else ""
    return element("div", element("p", outside(error.message, most=MOST_SENTENCE)), hint, class_="reason")


def _header(one: ClipOnPage, number: int, name: str) -> Html:
    title = element("h3", outside(name, most=MOST_NAME), id=f"name-{number}")
    facts = element("p", joined(_facts(one), " · "), class_="facts")
    return element("header", badge(one.state), element("div", title, facts, class_="title"), _meter(one))


def _meter(one: ClipOnPage) -> Html:
    """The quality as a bar and a number, or the reason why there is none."""
    if one.quality is None:
        is_other = one.measurement is not None and one.measurement.is_photographic is False
        return element("span", "not a photograph" if is_other else "–", class_="meter none")
    filled = element("span", style=f"width:{100 * one.quality:.1f}%")
    number = element("b", element("span", "quality ", class_="unseen"), decimal(one.quality))
    return element("span", element("span", filled, class_="track"), number, class_="meter")


def _facts(one: ClipOnPage) -> Iterator[str]:
    """Size, rate, frames, seconds and what the file is coded as; what is not known is left out."""
    video, measured = one.clip.probe.video, one.measurement
    yield _size(one.clip)
    if measured is not None and len(measured.sizes) > 1:
        yield count_of(len(measured.sizes), "different size")
    if video.frame_rate is not None or video.average_rate is not None:
        yield f"{_rate(one.clip)} fps"
    if one.frame_count is not None:
        yield count_of(one.frame_count, "frame")
    if one.seconds is not None:
        yield f"{decimal(one.seconds)} s"
    yield outside(" ".join(filter(None, (video.codec, video.pixel_format))), most=_MOST_WORDS)
    if measured is not None and measured.face_detector is not None:
        yield joined(["faces by ", outside(measured.face_detector, most=_MOST_WORDS)])


def _size(clip: Clip) -> str:
    return "×".join(map(str, clip.probe.video.display_size))


def _rate(clip: Clip) -> str:
    video = clip.probe.video
    if video.frame_rate is not None:
        return video.frame_rate.decimal()
    return "–" if video.average_rate is None else f"varying, about {video.average_rate.decimal()}"


# ---------------------------------------------------------------------------------------------------------- gates


def _gates(one: ClipOnPage) -> Html:
    """What failed, then what warns, each with its sentence; what passed is one line that opens."""
    parts = [] if one.failure is None else [reason(one.failure)]
    found = sorted((gate for gate in one.gates if gate.level != "pass"), key=lambda gate: gate.level != "fail")
    if found:
        parts.append(element("ul", *map(_gate, found)))
    passed = [gate for gate in one.gates if gate.level == "pass"]
    if passed:
        line = element("summary", element("strong", icon("pass"), f"{len(passed)} passed", class_="pass"))
        parts.append(element("details", line, element("ul", *map(_gate, passed))))
    if not parts:
        parts.append(element("p", "No gate judged this clip.", class_="quiet"))
    return element("section", element("h4", "Gates"), *parts, class_="gates")


def _gate(gate: Gate) -> Html:
    level = element("strong", icon(gate.level), gate.level, class_=gate.level)
    tag = element("code", outside(gate.tag, most=_MOST_TAG))
    return element("li", level, " ", tag, element("p", outside(gate.sentence, most=MOST_SENTENCE)))


# --------------------------------------------------------------------------------------------------------- making


def _prompt(clip: Clip) -> Html:
    """What was asked for, cut where it is long; nothing where it is not known."""
    prompt = None if clip.generation is None else clip.generation.prompt
    told = element("span", "Prompt: ", class_="unseen")
    return element("p", told, outside(prompt, most=_MOST_PROMPT), class_="prompt") if prompt else Html()


def _recipe(clip: Clip) -> Html:
    """How it was made, in short."""
    made = clip.generation
    if made is None:
        told = outside(clip.no_generation_reason or "not known", most=MOST_SENTENCE)
        return element("section", element("h4", "Recipe"), element("p", told, class_="quiet"))
    rows = (
        ("tool", _words(made.tool)),
        ("model", _words(made.model)),
        ("seed", None if made.seed is None else joined([str(made.seed)])),
        ("LoRAs", _listed(_lora(lora) for lora in made.loras if lora.is_enabled)),
    )
    return element("section", element("h4", "Recipe"), _pairs(rows), class_="recipe")


def _given(clip: Clip) -> Html:
    """What a person said of it; nothing where nobody did."""
    rows = (
        ("quality", None if clip.quality_score is None else joined([decimal(clip.quality_score)])),
        ("tags", _listed(clip.failure_tags)),
        ("status", _words(clip.status)),
    )
    pairs = _pairs(rows)
    return element("section", element("h4", "Given"), pairs, class_="recipe") if any(v for _, v in rows) else Html()


def _lora(lora: Lora) -> str:
    return lora.name if lora.weight is None else f"{lora.name} {decimal(lora.weight)}"


def _words(text: str | None) -> Html | None:
    return outside(text, most=_MOST_WORDS) if text else None


def _listed(texts: Iterable[str]) -> Html | None:
    """The first few, and how many more there are; None for none."""
    every = list(texts)
    shown = [outside(text, most=_MOST_WORDS) for text in every[:_MOST_LISTED]]
    more = [f"and {len(every) - _MOST_LISTED} more"] if len(every) > _MOST_LISTED else []
    return joined([*shown, *more], ", ") if every else None


def _pairs(rows: Iterable[tuple[str, Html | None]]) -> Html:
    told = [joined([element("dt", key), element("dd", value)]) for key, value in rows if value]
    return element("dl", *told) if told else element("p", "not known", class_="quiet")
