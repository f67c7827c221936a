"""Templates are checked whole: all mistakes at once, each in its place, and nothing else is ever raised."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from tests.clips import clip, view
from tests.hostile import hostile_clips
from tests.readers.documents import read_document
from tests.unit.sidecars.mutations import any_json, mutated_templates
from turnover.core.clip import Clip, JsonValue
from turnover.errors import Mistake, RefusedError, TemplateError, UsageError
from turnover.sidecars.builtin import builtin_templates
from turnover.sidecars.template import Template, parse_template, read_template, render


def mistakes_of(source: Any) -> tuple[Mistake, ...]:
    """Every mistake of a template; none for one that is taken."""
    try:
        parse_template(source, slug="mine")
    except TemplateError as error:
        return error.mistakes
    return ()


def the_mistake(source: Any) -> tuple[str, str, str]:
    """Path, message and hint of the one mistake there is."""
    (mistake,) = mistakes_of(source)
    return mistake.path, mistake.message, mistake.hint


# ---------------------------------------------------------------------------------------------- what is taken


def test_short_forms() -> None:
    """The specification's two short forms are templates as they stand."""
    xml = parse_template({"root_element": "clip", "fields": ["resolution", "generation_params"]}, slug="x")
    csv = parse_template({"columns": ["frame", "face_confidence"]}, slug="c")
    assert [(t.slug, t.name, t.format, t.suffix, t.holds_many, t.uses_series) for t in (xml, csv)] == [
        ("x", "x", "xml", ".xml", False, False),
        ("c", "c", "csv", ".csv", True, True),
    ]


def test_envelope() -> None:
    """An envelope says what a template is called; the body keeps its author's words."""
    body: JsonValue = {"columns": ["clip.name"]}
    taken = parse_template(
        {
            "name": "Review sheet",
            "description": "What a reviewer wants",
            "format": "csv",
            "target_tool": "custom",
            "suffix": ".review.csv",
            "hosts": ["resolve"],
            "import_steps": "Open it.",
            "template_json": body,
        },
        slug="mine",
    )
    assert (taken.name, taken.description, taken.format, taken.target_tool, taken.suffix) == (
        "Review sheet", "What a reviewer wants", "csv", "custom", ".review.csv",
    )  # fmt: skip
    assert (taken.hosts, taken.import_steps, taken.source, taken.is_builtin) == (("resolve",), "Open it.", body, False)


def test_text_of_a_file() -> None:
    """The text of a file gives the same template as its JSON."""
    source: JsonValue = {"columns": ["frame", {"header": "é", "value": "日本"}]}
    assert read_template(json.dumps(source, ensure_ascii=False).encode(), slug="a") == parse_template(source, slug="a")


@pytest.mark.parametrize(
    ("body", "uses"),
    [
        ({"columns": ["clip.name", "frame", "frame.timecode"], "rows": "frames"}, False),
        ({"columns": ["frame", "series.mine"]}, True),
        ({"columns": ["frame", {"each": "series"}], "rows": "frames"}, True),
        ({"object": [{"name": "s", "each": "series"}]}, True),
        ({"root_element": "a", "fields": [{"element": "f", "each": "frames", "field": "motion_score"}]}, True),
        ({"root_element": "a", "fields": [{"element": "lora", "each": "loras", "field": "lora.weight"}]}, False),
        ({"root_element": "a", "fields": [{"element": "f", "when": {"field": "clip.quality_score"}}]}, False),
    ],
)
def test_whether_series_are_needed(body: JsonValue, uses: bool) -> None:
    """A template that names a per-frame number, or all series, wants them measured; any other does not."""
    assert parse_template(body, slug="mine").uses_series is uses


# ------------------------------------------------------------------------------------------------ all mistakes


def test_all_mistakes_at_once() -> None:
    """Everything wrong is listed, in the template's order, each with its path and a near match."""
    source: JsonValue = {
        "name": 7,
        "format": "xml",
        "sufix": ".x",
        "template_json": {
            "root_element": "my clip",
            "fields": [
                "video.widht",
                {"element": "seed", "field": "generation.seed", "encoder": "hex"},
                {"element": "lora", "each": "lora", "field": "lora.name"},
                {"element": "n", "field": "lora.name"},
                {"element": "x:y", "value": None},
                {"element": "a", "field": "codec", "value": 1},
                {"element": "b", "decimals": 13, "field": "clip.quality_score", "max_length": 0},
                {"elment": "c", "field": "codec"},
            ],
        },
    }
    assert mistakes_of(source) == (
        Mistake("$.sufix", "no option 'sufix' here", "did you mean 'suffix'?"),
        Mistake("$.template_json.root_element", "'my clip' is no XML name"),
        Mistake("$.template_json.fields[0]", "no field 'video.widht'", "did you mean 'video.width'?"),
        Mistake("$.template_json.fields[1].encoder", 'expected an encoder of integer: plain, found "hex"'),
        Mistake(
            "$.template_json.fields[2].each",
            "expected one of audio, failure_tags, frames, inputs, loras, markers, models, passes, segments, tags, "
            'warnings, found "lora"',
            "did you mean 'loras'?",
        ),
        Mistake(
            "$.template_json.fields[3].field",
            '\'lora.name\' stands only inside "each": "loras" (or in rows over them)',
        ),
        Mistake("$.template_json.fields[4].element", "the prefix 'x' is not declared", "declare it under namespaces"),
        Mistake("$.template_json.fields[4].value", "expected text, a number, true or false, found null"),
        Mistake("$.template_json.fields[5]", "expected exactly one of field, value, join; found field and value"),
        Mistake("$.template_json.fields[6].decimals", "expected a whole number from 0 to 12, found 13"),
        Mistake("$.template_json.fields[6].max_length", "expected a whole number from 1 to 1000000, found 0"),
        Mistake("$.template_json.fields[7]", "'element' is missing"),
        Mistake("$.template_json.fields[7].elment", "no option 'elment' here", "did you mean 'element'?"),
        Mistake("$.name", "expected text, found 7"),
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("video.widht", "did you mean 'video.width'?"),
        ("resolutoin", "did you mean 'resolution'?"),
        ("face_confidense", "did you mean 'face_confidence'?"),
        ("generation.sead", "did you mean 'generation.seed'?"),
        ("my.prompt", "did you mean 'segment.prompt'?"),
        ("qqqqqqqqqqqq", "`turnover templates fields` lists every field"),
    ],
)
def test_near_fields(name: str, hint: str) -> None:
    """A misspelt field gets the nearest name, or one with the same ending, or the place where all are listed."""
    assert the_mistake({"columns": [name]})[2] in (hint, "did you mean 'generation.prompt'?")


@pytest.mark.parametrize(
    ("source", "path", "message"),
    [
        ([], "$", "expected an object, found []"),
        ("columns", "$", 'expected an object, found "columns"'),
        ({}, "$", "expected exactly one of writer, columns, object, root_element; found none"),
        ({"columns": ["frame"], "object": []}, "$",
         "expected exactly one of writer, columns, object, root_element; found columns and object"),
        ({"template_json": None}, "$.template_json", "expected an object, found null"),
        ({"template_json": {"columns": ["frame"]}, "format": "xml"}, "$.format", "the body is csv, not xml"),
        ({"template_json": {"columns": ["frame"]}, "format": "yaml"}, "$.format",
         'expected one of xml, csv, json, text, timeline, found "yaml"'),
        ({"template_json": {"columns": ["frame"]}, "suffix": "csv"}, "$.suffix",
         'expected a suffix such as .xml, found "csv"'),
        ({"template_json": {"columns": ["frame"]}, "suffix": ".a/b"}, "$.suffix",
         'expected a suffix such as .xml, found ".a/b"'),
        ({"template_json": {"columns": ["frame"]}, "hosts": "nuke"}, "$.hosts", 'expected a list, found "nuke"'),
        ({"columns": []}, "$.columns", "expected at least 1 item"),
        ({"columns": [""]}, "$.columns[0]", 'expected a field\'s name, found ""'),
        ({"columns": [{}]}, "$.columns[0]", "expected exactly one of field, value, join; found none"),
        ({"columns": [7]}, "$.columns[0]", "expected an object, found 7"),
        ({"columns": [{"header": "h"}]}, "$.columns[0]", "expected exactly one of field, value, join; found none"),
        ({"columns": [{"field": "codec", "fill": "hold"}]}, "$.columns[0].fill", "only a per-frame number can be held"),
        ({"columns": [{"each": "series"}], "rows": "clips"}, "$.columns[0]", 'each series needs "rows": "frames"'),
        ({"columns": ["frame", {"each": "series", "default": 0}]}, "$.columns[1].default",
         "'default' does not go with each: the columns are called like their series"),
        ({"columns": ["frame"], "rows": "clips"}, "$.columns[0]",
         '\'frame\' stands only inside "each": "frames" (or in rows over them)'),
        ({"columns": ["lora.name", "frame"]}, "$.columns[1]",
         '\'frame\' stands only inside "each": "frames" (or in rows over them)'),
        ({"columns": ["frame"], "dialect": {"delimiter": "x"}}, "$.dialect.delimiter",
         'expected one of ,, ;, \t, |, found "x"'),
        ({"columns": ["frame"], "dialect": {"header": 1}}, "$.dialect.header", "expected true or false, found 1"),
        ({"root_element": "a"}, "$", "'fields' is missing"),
        ({"root_element": "", "fields": []}, "$.root_element", 'expected an XML name, found ""'),
        ({"root_element": "a", "fields": [{"element": ""}]}, "$.fields[0].element", 'expected an XML name, found ""'),
        ({"root_element": "a", "fields": [], "doctype": ""}, "$.doctype", 'expected an XML name, found ""'),
        ({"root_element": "a", "fields": [{}]}, "$.fields[0]", "'element' is missing"),
        ({"root_element": "a", "fields": [{"element": "b", "fields": [], "value": 1}]}, "$.fields[0]",
         "an element has either text (field, value, join) or nested fields, not both"),
        ({"root_element": "a", "fields": [{"element": "b", "fields": [], "prefix": "x"}]}, "$.fields[0].prefix",
         "'prefix' goes with field, value or join"),
        ({"root_element": "a", "fields": [{"element": "b", "decimals": 2}]}, "$.fields[0].decimals",
         "'decimals' goes with field, value or join"),
        ({"root_element": "a", "fields": [{"element": "b", "each": "frames", "fields": [
            {"element": "c", "each": "loras"}]}]}, "$.fields[0].fields[0].each", "nothing can be walked inside frames"),
        ({"root_element": "a", "fields": [{"element": "b", "each": "loras", "fields": [
            {"element": "c", "each": "loras"}]}]}, "$.fields[0].fields[0].each",
         "loras cannot be walked inside loras"),
        ({"root_element": "a", "fields": [{"element": "b", "when": []}]}, "$.fields[0].when",
         "expected at least 1 item"),
        ({"root_element": "a", "fields": [{"element": "b", "when": {"equals": "x"}}]}, "$.fields[0].when",
         "expected exactly one of field, value, join; found none"),
        ({"root_element": "a", "fields": [{"element": "b", "join": []}]}, "$.fields[0].join",
         "expected at least 1 item"),
        ({"root_element": "a", "fields": [{"element": "b", "value": 1, "encoder": "plain"}]}, "$.fields[0].encoder",
         "an encoder goes with a field"),
        ({"root_element": "a", "fields": [], "indent": 9}, "$.indent", "expected a whole number from 0 to 8, found 9"),
        ({"object": [{"name": "a"}]}, "$.object[0]", "a member has either a value (field, value, join) or an object"),
        ({"object": [{"name": "a", "value": 1, "object": []}]}, "$.object[0]",
         "a member has either a value (field, value, join) or an object"),
        ({"object": [{"name": "a", "object": [], "map": {}}]}, "$.object[0].map",
         "'map' goes with field, value or join"),
        ({"object": ["codec", {"name": "codec", "value": 1}]}, "$.object", "the member 'codec' stands twice"),
        ({"object": [{"name": "", "value": 1}, {"name": "", "value": 1}]}, "$.object", "the member '' stands twice"),
        ({"object": [{"name": "s", "each": "series", "field": "motion_score"}]}, "$.object[0].field",
         "'field' does not go with each series"),
        ({"object": [{"name": "s", "each": "series", "default": 0}]}, "$.object[0].default",
         "'default' does not go with each series"),
        ({"object": [{"value": 1}]}, "$.object[0]", "'name' is missing"),
        ({"object": [], "null": "nil"}, "$.null", 'expected one of null, omit, found "nil"'),
        ({"writer": "nkk"}, "$.writer", "no writer 'nkk'"),
        ({"writer": 7}, "$.writer", "expected a writer's name, found 7"),
    ],
)  # fmt: skip
def test_one_mistake(source: JsonValue, path: str, message: str) -> None:
    """One thing wrong is one mistake, in its place, and nothing that only follows from it."""
    assert the_mistake(source)[:2] == (path, message)


# ------------------------------------------------------------------------------------------------ anything at all


@given(source=any_json)
def test_any_json(source: Any) -> None:
    """Any JSON is a template or a TemplateError."""
    for template in (source, {"template_json": source}):
        assert all(isinstance(mistake, Mistake) for mistake in mistakes_of(template))


@given(source=mutated_templates(), one=hostile_clips())
def test_any_template_that_is_taken_can_be_filled(source: Any, one: Clip) -> None:
    """A built-in with something changed is refused with its mistakes, or gives a well-formed document or a refusal."""
    if mistakes_of(source):
        return
    template = parse_template(source, slug="mine")
    try:
        content = render(template, [view(one)]).content()
    except RefusedError:
        return
    read_document(template, content)
    assert content == render(template, [view(one)]).content()


# ---------------------------------------------------------------------------------------------------- rendering


def simple(source: JsonValue) -> Template:
    return parse_template(source, slug="mine")


def test_no_clip() -> None:
    """There is nothing to write about without a clip."""
    with pytest.raises(UsageError, match="no clip"):
        render(simple({"columns": ["clip.name"]}), [])


def test_several_clips_where_one_is_held() -> None:
    """A format that holds one clip says so instead of taking the first."""
    with pytest.raises(UsageError, match="mine holds one clip a file"):
        render(simple({"object": ["codec"]}), [view(clip()), view(clip())])


def test_options_of_an_encoding() -> None:
    """Only writers have options."""
    with pytest.raises(UsageError, match="mine has no option 'version'"):
        render(simple({"object": ["codec"]}), [view(clip())], options={"version": "1"})


@pytest.mark.parametrize(
    "source",
    [
        {"columns": ["frame"]},
        {"columns": ["frame"], "dialect": {"encoding": "utf-8-sig"}},
        {"root_element": "a", "fields": [{"element": "f", "each": "frames", "field": "frame"}]},
        {"root_element": "a", "fields": ["codec", {"element": "b", "when": "codec", "fields": [
            {"element": "f", "each": "frames", "field": "frame"}]}]},
        {"object": ["codec", {"name": "f", "each": "frames", "field": "frame"}]},
        {"object": ["codec", {"name": "b", "object": [{"name": "f", "each": "series"}]}]},
    ],
)  # fmt: skip
def test_refused_before_the_first_piece(source: JsonValue) -> None:
    """A clip whose frames are not known is refused before a byte is given."""
    seen = view(clip(frames=None, series={"motion_score": [1.0]}))
    with pytest.raises(RefusedError) as refused:
        next(render(simple(source), [seen]).chunks)
    assert refused.value.code == "no_frame_count"


@pytest.mark.parametrize(
    "source",
    [
        {"root_element": "a", "fields": [{"element": "b", "when": "video.frame_count", "fields": [
            {"element": "f", "each": "frames", "field": "frame"}]}]},
        {"object": ["codec", {"name": "b", "when": "video.frame_count", "object": [
            {"name": "f", "each": "frames", "field": "frame"}]}]},
        {"object": ["codec", {"name": "b", "when": "video.frame_count", "each": "series"}]},
        {"object": [{"name": "l", "each": "loras", "object": [{"name": "f", "each": "frames", "field": "frame"}]}]},
    ],
)  # fmt: skip
def test_frames_that_are_not_asked_for(source: JsonValue) -> None:
    """A condition that leaves the frames out keeps a clip whose frames are not known from being refused."""
    assert render(simple(source), [view(clip(frames=None))]).content()


def test_builtins_are_read_once() -> None:
    """The table of built-ins is the same object each time, and nobody can change it."""
    assert builtin_templates() is builtin_templates()
    with pytest.raises(TypeError):
        builtin_templates()["mine"] = builtin_templates()["nuke-xml"]  # type: ignore[index]  # that is the point
