"""Templates with one thing changed, and JSON of any kind, for tests that must find every way to be wrong."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from turnover.sidecars.builtin import builtin_templates

any_text = st.text(st.characters(codec=None), max_size=20)

# Words that mean something in a template, so that arbitrary JSON comes near to one now and then.
words = st.sampled_from(
    ["root_element", "fields", "columns", "object", "writer", "template_json", "field", "value", "join", "each", "when",
     "element", "name", "attributes", "namespaces", "decimals", "map", "default", "null", "frame", "codec", "loras",
     "lora.name", "frames", "motion_score", "series", "series.x", "xml", "csv", "metadata", "markers", "curves", "nk",
     "edl", "fcpxml", "options", "dialect", "rows", "header", "fill", "hold", "indent", "doctype", "equals", "not"]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers(-3, 30) | st.integers() | st.floats() | words | any_text
any_json = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words | any_text, inner, max_size=5),
    max_leaves=15,
)

Place = tuple[str | int, ...]


def places(value: Any, at: Place = ()) -> Iterator[Place]:
    """Where every value inside a JSON value stands, itself first."""
    yield at
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*at, key))


def found(value: Any, place: Place) -> Any:
    """The value that stands there."""
    for key in place:
        value = value[key]
    return value


def replaced(value: Any, place: Place, new: Any) -> Any:
    """A copy with another value in one place."""
    if not place:
        return new
    changed = copy.deepcopy(value)
    found(changed, place[:-1])[place[-1]] = new
    return changed


@st.composite
def mutated_templates(draw: st.DrawFn) -> Any:
    """A built-in's body with one to three values replaced, removed or renamed."""
    slug = draw(st.sampled_from(list(builtin_templates())))
    body = copy.deepcopy(builtin_templates()[slug].source)
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(list(places(body))))
        kind = draw(st.sampled_from(["replace", "remove", "rename"]))
        if kind == "replace" or not place or not isinstance(found(body, place[:-1]), dict):
            body = replaced(body, place, draw(any_json))
        else:
            parent = found(body, place[:-1])
            value = parent.pop(place[-1])
            if kind == "rename":
                parent[draw(words | any_text)] = value
    return body
