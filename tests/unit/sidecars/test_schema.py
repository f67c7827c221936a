"""The published JSON Schema and the parser agree on what a template is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.unit.sidecars.mutations import any_json, found, mutated_templates, places, replaced
from turnover.errors import TemplateError
from turnover.sidecars.builtin import builtin_templates
from turnover.sidecars.schema import template_schema
from turnover.sidecars.template import parse_template, writer_table

VALIDATOR = Draft202012Validator(template_schema())

# Every kind of place that a template has, each once.
XML: Any = {
    "root_element": "clip",
    "namespaces": {"dc": "http://purl.org/dc/elements/1.1/", "": "urn:x"},
    "attributes": {"version": {"value": "1.0"}},
    "doctype": "clip",
    "indent": 1,
    "prolog": "none",
    "null": "empty",
    "fields": [
        "resolution",
        {"element": "rate", "field": "video.frame_rate", "encoder": "decimal", "decimals": 2, "null": "omit",
         "attributes": {"exact": "video.frame_rate", "dc:x": {"join": ["codec", {"value": 1}], "separator": "-"}}},
        {"element": "loras", "when": ["generation.loras", {"field": "clip.status", "equals": "x", "not": True}],
         "fields": [{"element": "lora", "each": "loras", "field": "lora.name", "default": "?", "prefix": "<",
                     "suffix": ">", "max_length": 9, "map": {"a": "b"}}]},
        {"element": "empty"},
    ],
}  # fmt: skip
CSV: Any = {
    "columns": [
        "frame",
        {"header": "who", "field": "clip.name", "only_combined": True},
        {"header": "f", "field": "face_confidence", "fill": "hold"},
        {"each": "series", "decimals": 4, "fill": "hold"},
    ],
    "rows": "frames",
    "null": "",
    "decimals": 3,
    "dialect": {"delimiter": ";", "quoting": "all", "line_ending": "lf", "encoding": "utf-16", "header": False,
                "formula_guard": True},
}  # fmt: skip
JSON: Any = {
    "object": [
        "codec",
        {"name": "seed", "field": "generation.seed", "when": "generation.model"},
        {"name": "loras", "each": "loras", "object": [{"name": "weight", "field": "lora.weight", "decimals": 2}]},
        {"name": "series", "each": "series", "decimals": 4, "when": {"field": "codec"}},
    ],
    "null": "omit",
}
WRITER: Any = {
    "writer": "fcpxml",
    "options": {"version": "1.10"},
    "metadata": {"AI model": "generation.model", "Seed": {"field": "generation.seed", "default": 0}},
    "markers": ["markers", "segments", {"series": "x", "below": 0.5, "name": "low", "color": "red"},
                {"series": "x", "above": 2}],
}  # fmt: skip
CURVES: Any = {"writer": "nk", "curves": ["face_confidence", "mine"]}
ENVELOPE: Any = {
    "name": "Mine", "description": "x", "format": "csv", "target_tool": "custom", "suffix": ".a.csv",
    "hosts": ["nuke"], "import_steps": "Open it.", "template_json": CSV,
}  # fmt: skip
WHOLE = {"xml": XML, "csv": CSV, "json": JSON, "writer": WRITER, "curves": CURVES, "envelope": ENVELOPE}

# Where any text, or any key, is right.
FREE_TEXT = {"name", "description", "target_tool", "import_steps", "header", "null", "separator", "default", "prefix",
             "suffix", "equals", "value"}  # fmt: skip


def is_taken(source: Any) -> bool:
    try:
        parse_template(source, slug="mine")
    except TemplateError:
        return False
    return True


def mutations(whole: Any) -> Iterator[tuple[str, Any]]:
    """A template with one thing wrong, and what that is."""
    for place in places(whole):
        value, name = found(whole, place), str(place[-1]) if place else ""
        where = ".".join(map(str, place))
        for wrong in (None, 7, -1, 1.5, True, "no such word", "", [], {}, [7], {"zz": 1}, ["", ""]):
            if type(wrong) is not type(value):
                yield f"{where} is {wrong!r}", replaced(whole, place, wrong)
            elif isinstance(wrong, str) and value and name not in FREE_TEXT:
                yield f"{where} says {wrong!r}", replaced(whole, place, wrong)
        if isinstance(value, dict):
            yield f"{where} has one more", replaced(whole, place, {**value, "zz top": 1})
            for key in value:
                rest = {k: v for k, v in value.items() if k != key}
                yield f"{where} lacks {key}", replaced(whole, place, rest)
        if isinstance(value, list):
            yield f"{where} has null in it", replaced(whole, place, [*value, None])


def test_the_schema_is_one() -> None:
    """The schema is a JSON Schema of draft 2020-12 in which every reference leads somewhere."""
    schema = template_schema()
    Draft202012Validator.check_schema(schema)
    defs = schema["$defs"]
    assert isinstance(defs, dict)
    for place in places(schema):
        if place and place[-1] == "$ref":
            reference = str(found(schema, place))
            assert found(schema, tuple(reference.removeprefix("#/").split("/"))) is not None


@pytest.mark.parametrize("slug", builtin_templates())
def test_builtins_validate(slug: str) -> None:
    """Each built-in is a template by the schema."""
    VALIDATOR.validate(builtin_templates()[slug].source)


@pytest.mark.parametrize("name", WHOLE)
def test_every_place_is_right(name: str) -> None:
    """The templates that are changed below are right as they stand, for both."""
    VALIDATOR.validate(WHOLE[name])
    assert is_taken(WHOLE[name])


@pytest.mark.parametrize("name", WHOLE)
def test_one_thing_changed(name: str) -> None:
    """Whatever one change the parser takes, the schema takes; and what the schema refuses, the parser refuses."""
    taken = [what for what, source in mutations(WHOLE[name]) if is_taken(source) and not VALIDATOR.is_valid(source)]
    assert taken == []


# Wrong by structure: by a type, a key, a missing member, a word out of a list.
MISSING = object()
WRONG: list[tuple[Any, tuple[str | int, ...], Any]] = [
    (XML, ("root_element",), 7), (XML, ("root_element",), ""), (XML, ("root_element",), MISSING),
    (XML, ("fields",), {}), (XML, ("fields",), MISSING), (XML, ("fields", 0), 7), (XML, ("fields", 0), "no.field"),
    (XML, ("fields", 1, "element"), MISSING), (XML, ("fields", 1, "element"), ""), (XML, ("fields", 1, "elment"), "x"),
    (XML, ("fields", 1, "encoder"), "hex"), (XML, ("fields", 1, "decimals"), 13),
    (XML, ("fields", 1, "decimals"), 1.5), (XML, ("fields", 1, "decimals"), "2"),
    (XML, ("fields", 1, "null"), "drop"), (XML, ("fields", 1, "value"), 1), (XML, ("fields", 1, "fields"), []),
    (XML, ("fields", 1, "attributes"), []), (XML, ("fields", 1, "attributes", "exact"), 7),
    (XML, ("fields", 1, "attributes", "dc:x", "join"), []),
    (XML, ("fields", 1, "attributes", "dc:x", "join", 1, "value"), None),
    (XML, ("fields", 1, "attributes", "dc:x", "separator"), 7),
    (XML, ("fields", 2, "when"), []), (XML, ("fields", 2, "when"), 7), (XML, ("fields", 2, "when", 1, "not"), "yes"),
    (XML, ("fields", 2, "when", 1, "equals"), 90), (XML, ("fields", 2, "when", 1, "field"), MISSING),
    (XML, ("fields", 2, "prefix"), "x"), (XML, ("fields", 2, "decimals"), 2),
    (XML, ("fields", 2, "fields", 0, "each"), "lora"), (XML, ("fields", 2, "fields", 0, "max_length"), 0),
    (XML, ("fields", 2, "fields", 0, "map"), ["a"]), (XML, ("fields", 2, "fields", 0, "map", "a"), 1),
    (XML, ("namespaces",), []), (XML, ("namespaces", "dc"), ""), (XML, ("namespaces", "dc"), 7),
    (XML, ("doctype",), ""), (XML, ("indent",), 9), (XML, ("indent",), True), (XML, ("prolog",), "html"),
    (XML, ("null",), "null"), (XML, ("columns",), ["frame"]), (XML, ("version",), 1),
    (CSV, ("columns",), []), (CSV, ("columns",), "frame"), (CSV, ("columns",), MISSING), (CSV, ("columns", 0), ""),
    (CSV, ("columns", 0), {}), (CSV, ("columns", 1, "header"), 7), (CSV, ("columns", 1, "field"), MISSING),
    (CSV, ("columns", 1, "only_combined"), 1), (CSV, ("columns", 2, "fill"), "drop"),
    (CSV, ("columns", 3, "each"), "loras"), (CSV, ("columns", 3, "header"), "x"),
    (CSV, ("columns", 3, "default"), 0), (CSV, ("rows",), "frame"), (CSV, ("null",), None), (CSV, ("decimals",), -1),
    (CSV, ("dialect",), []), (CSV, ("dialect", "delimiter"), ":"), (CSV, ("dialect", "quoting"), "none"),
    (CSV, ("dialect", "line_ending"), "cr"), (CSV, ("dialect", "encoding"), "latin-1"),
    (CSV, ("dialect", "header"), "no"), (CSV, ("dialect", "escape"), "x"),
    (JSON, ("object",), {}), (JSON, ("object", 0), "no.field"), (JSON, ("object", 1, "name"), MISSING),
    (JSON, ("object", 1, "field"), MISSING), (JSON, ("object", 1, "object"), []),
    (JSON, ("object", 2, "object"), MISSING), (JSON, ("object", 2, "each"), "x"),
    (JSON, ("object", 2, "default"), 0), (JSON, ("object", 3, "field"), "codec"), (JSON, ("object", 3, "default"), 0),
    (JSON, ("null",), "empty"),
    (WRITER, ("writer",), "fcpx"), (WRITER, ("writer",), 7), (WRITER, ("options", "version"), "2"),
    (WRITER, ("options", "verzion"), "1.10"), (WRITER, ("metadata",), []), (WRITER, ("metadata", "Seed"), None),
    (WRITER, ("markers",), "markers"), (WRITER, ("markers", 0), "marker"),
    (WRITER, ("markers", 2, "above"), 1), (WRITER, ("markers", 2, "below"), MISSING),
    (WRITER, ("markers", 2, "below"), "low"), (WRITER, ("markers", 2, "color"), "mauve"),
    (WRITER, ("markers", 2, "series"), "two words"), (WRITER, ("markers", 2, "series"), MISSING),
    (WRITER, ("curves",), "all"), (WRITER, ("fields",), []),
    (CURVES, ("curves",), "some"), (CURVES, ("curves", 0), "two words"), (CURVES, ("curves",), {}),
    (ENVELOPE, ("template_json",), None), (ENVELOPE, ("template_json",), []), (ENVELOPE, ("format",), "yaml"),
    (ENVELOPE, ("suffix",), "csv"), (ENVELOPE, ("suffix",), ".a b"), (ENVELOPE, ("hosts",), "nuke"),
    (ENVELOPE, ("hosts", 0), 7), (ENVELOPE, ("name",), None), (ENVELOPE, ("sufix",), ".x"),
]  # fmt: skip


@pytest.mark.parametrize(("whole", "place", "new"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_wrong_by_structure(whole: Any, place: tuple[str | int, ...], new: Any) -> None:
    """One wrong type, key, missing member or word is refused by the parser and by the schema."""
    source = copy.deepcopy(whole)
    if new is MISSING:
        del found(source, place[:-1])[place[-1]]
    else:
        found(source, place[:-1])[place[-1]] = new
    assert (is_taken(source), VALIDATOR.is_valid(source)) == (False, False)


@given(source=mutated_templates() | any_json)
def test_what_the_parser_takes_validates(source: Any) -> None:
    """Anything the parser takes is a template by the schema."""
    if is_taken(source):
        VALIDATOR.validate(source)


@given(data=st.data())
def test_options_of_writers(data: st.DataObject) -> None:
    """The schema and the parser agree on what each option of each writer may be."""
    writer = data.draw(st.sampled_from([w for w in writer_table().values() if w.options]))
    option = data.draw(st.sampled_from(writer.options))
    words = st.sampled_from([*option.choices, "x"])
    whole = st.sampled_from([option.low - 1, option.low, option.high, option.high + 1])
    source = {"writer": writer.name, "options": {option.name: data.draw(st.booleans() | words | whole)}}
    assert is_taken(source) == VALIDATOR.is_valid(source)
