"""Names for the values that a canvas saves without names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from turnover.core.clip import JsonValue
from turnover.generation.comfy.canvas import Box
from turnover.generation.comfy.values import whole
from turnover.generation.comfy.widget_order import Layout, Widget, known

CONTROL = "control_after_generate"
_CONTROLS = {"fixed", "increment", "decrement", "randomize", "increment-wrap", "randomize-wrap", "last seed"}
_KNOWN = known()
# What the page adds behind the widgets: buttons to upload with, previews.
_TRAILING: tuple[JsonValue, ...] = ("image", "", None, "audioUI", "video")
_PROSE_WORDS = 3


def learned(boxes: Iterable[Box]) -> dict[str, tuple[Layout, ...]]:
    """Class → its layout, for the classes of which some box names all its widgets in its inputs."""
    found: dict[str, tuple[Layout, ...]] = {}
    for box in boxes:
        names = [slot.widget for slot in box.inputs if slot.widget is not None and slot.widget != CONTROL]
        layout = tuple(Widget(name, "!" if "seed" in name else "x") for name in names)
        if names and not box.named and _fitted(box.values, layout) is not None:
            found[box.type] = (layout,)
    return found


def named(box: Box, layouts: Mapping[str, tuple[Layout, ...]]) -> dict[str, JsonValue]:
    """The values of a box by name; those whose name cannot be told stand under `#0`, `#1` … by their place.

    A name is given where a layout fits in number and kind and knows every input that the box shows, and otherwise only
    where the value shows by itself what it is: a seed is followed by what is done to it after a run.
    """
    if box.named:
        return {name: value for name, value in box.named.items() if name != "videopreview"}
    shown = {slot.widget for slot in box.inputs if slot.widget is not None} - {CONTROL}
    for layout in (*layouts.get(box.type, ()), *_KNOWN.get(box.type, ())):
        fitted = _fitted(box.values, layout)
        if fitted is not None and shown <= {widget.name for widget in layout}:
            return fitted
    return _by_themselves(box)


def _fitted(values: tuple[JsonValue, ...], layout: Layout) -> dict[str, JsonValue] | None:
    """The values by the names of a layout; None where it does not fit."""
    fitted: dict[str, JsonValue] = {}
    place = 0
    for widget in layout:
        if place == len(values) and widget.is_optional:
            break
        if place >= len(values) or not _is(values[place], widget.kind):
            return None
        fitted[widget.name] = values[place]
        place += 1
        if place < len(values) and _is_control(values[place], widget, layout, len(values) - place):
            place += 1
    rest = values[place:]
    is_padding = all(value in _TRAILING or isinstance(value, dict) or _is_word(value) for value in rest)
    return fitted if len(rest) <= 3 and is_padding else None


def _is_word(value: JsonValue) -> bool:
    return isinstance(value, str) and value in _CONTROLS


def _is_control(value: JsonValue, widget: Widget, layout: Layout, left: int) -> bool:
    """Whether a value tells what is done to a seed; files of 2023 have a yes or no there."""
    if widget.kind != "!":
        return False
    following = layout[layout.index(widget) + 1 :]
    is_due = bool(following) and _is(value, following[0].kind) and left <= len(following)
    return _is_word(value) or (isinstance(value, bool | None) and not is_due)


def _is(value: JsonValue, kind: str) -> bool:
    """Whether a value is of a kind; what is not set fits every kind."""
    if value is None or kind == "x":
        return True
    if isinstance(value, bool):
        return kind == "b"
    if isinstance(value, int | float):
        return kind == "f" or (kind in {"i", "!"} and whole(value) is not None)
    if isinstance(value, str):
        return kind == "t" or (kind == "s" and "\n" not in value)
    return False


def _by_themselves(box: Box) -> dict[str, JsonValue]:
    """What the values show without a layout; a place that shows nothing keeps its number."""
    found: dict[str, JsonValue] = {f"#{place}": value for place, value in enumerate(box.values)}
    seeds = [place for place, pair in enumerate(zip(box.values, box.values[1:], strict=False)) if _is_seed(*pair)]
    if len(seeds) == 1:
        found[_seed_name(box)] = found.pop(f"#{seeds[0]}")
        del found[f"#{seeds[0] + 1}"]
    texts = [place for place, value in enumerate(box.values) if isinstance(value, str) and f"#{place}" in found]
    prose = [place for place in texts if _is_prose(box.values[place])]
    if len(prose) == 1 and _is_about_text(box):
        found[_text_name(box)] = found.pop(f"#{prose[0]}")
    elif not prose and len(texts) == 1 and _is_about_text(box) and "encode" in box.words:
        found[_text_name(box)] = found.pop(f"#{texts[0]}")
    return found


def _is_seed(value: JsonValue, following: JsonValue) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _is_word(following)


def _seed_name(box: Box) -> str:
    names = [slot.widget for slot in box.inputs if slot.widget is not None and "seed" in slot.widget]
    is_value = box.words.startswith(("primitive", "int")) or "constant" in box.words
    return names[0] if names else "value" if is_value else "seed"


def _is_prose(value: JsonValue) -> bool:
    return isinstance(value, str) and len(re.findall(r"\w+", value)) >= _PROSE_WORDS and " " in value.strip()


def _is_about_text(box: Box) -> bool:
    """Whether a box takes or gives texts, or pictures made from them, so that a lone sentence in it is its text."""
    kinds = {slot.type for slot in box.outputs}
    return bool(kinds & {"CONDITIONING", "STRING", "VIDEO"}) or any("TEXT" in kind or "EMBED" in kind for kind in kinds)


def _text_name(box: Box) -> str:
    names = [slot.widget for slot in box.inputs if slot.widget in {"text", "prompt", "string", "value"}]
    return names[0] if names else "prompt" if any(slot.type == "VIDEO" for slot in box.outputs) else "text"
