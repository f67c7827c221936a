"""Template text is read within bounds, and every mistake has its place."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest

from turnover.core.clip import JsonValue
from turnover.errors import Mistake, TemplateError
from turnover.sidecars.reading import MAX_BYTES, MAX_DEPTH, MAX_NODES, Node, parsed_json
from turnover.sidecars.template import parse_template, read_template


def only_mistake(text: str | bytes) -> Mistake:
    """The one mistake of a template's text."""
    with pytest.raises(TemplateError) as refused:
        read_template(text, slug="mine")
    (mistake,) = refused.value.mistakes
    return mistake


def nested(depth: int) -> JsonValue:
    """A template whose deepest value stands so many levels down."""
    value: JsonValue = {"name": "x", "value": 1}
    for _ in range((depth - 4) // 2):
        value = {"name": "x", "object": [value]}
    return {"object": [value]}


# ------------------------------------------------------------------------------------------------------ the text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON: Expecting value at line 1, column 1"),
        ('{"columns":\n ["frame",]}', "not JSON: Illegal trailing comma before end of array at line 2, column 10"),
        ('{"a": 1} x', "not JSON: Extra data at line 1, column 10"),
        ("[" * 100_000, "nested deeper than 24 levels"),
        ('{"a":' * 100_000, "nested deeper than 24 levels"),
        ('{"a": NaN}', "NaN is no JSON"),
        ('{"a": Infinity}', "Infinity is no JSON"),
        ('{"a": -Infinity}', "-Infinity is no JSON"),
        ('{"a": 1e999}', "1e999 is larger than any number here"),
        ('{"a": -1e999}', "-1e999 is larger than any number here"),
        ('{"a": 1' + "0" * 400 + "}", "is larger than any number here"),
        ('{"a": 1' + "0" * 5000 + "}", "is larger than any number here"),
        ('{"columns": ["frame"], "columns": ["codec"]}', "the key 'columns' stands twice in one object"),
        ('{"object": [{"name": "a", "name": "b"}]}', "the key 'name' stands twice in one object"),
        (b'{"columns": ["\xff"]}', "not UTF-8 at byte 14"),
        ('{"columns": ["frame"]}'.encode("utf-16"), "not UTF-8 at byte 0"),
        (" " * (MAX_BYTES + 1), f"{MAX_BYTES + 1} bytes; a template has at most {MAX_BYTES}"),
        (b" " * (2 * MAX_BYTES), f"{2 * MAX_BYTES} bytes; a template has at most {MAX_BYTES}"),
    ],
    ids=lambda value: str(value)[:24],
)
def test_text_that_is_refused(text: str | bytes, message: str) -> None:
    """What is no JSON, or has no bounds, is refused with the reason and the place."""
    mistake = only_mistake(text)
    assert mistake.path == "$"
    # Python 3.13 words the trailing comma so; before it was a missing value.
    assert message in mistake.message or "trailing comma" in message


def test_a_key_twice_among_many() -> None:
    """A key that stands twice is found among a hundred thousand without comparing each with each."""
    text = "{" + "".join(f'"{n:x}":1,' for n in range(90_000)) + '"15f8f":1}'
    assert only_mistake(text).message == "the key '15f8f' stands twice in one object"


def test_a_byte_order_mark() -> None:
    """A byte order mark before the JSON, as Windows editors write it, is no mistake."""
    assert parsed_json(b'\xef\xbb\xbf{"a": 1}', name="mine") == {"a": 1}


# ---------------------------------------------------------------------------------------------------- the bounds


@pytest.mark.parametrize(("depth", "is_taken"), [(MAX_DEPTH, True), (MAX_DEPTH + 2, False), (30, False)])
def test_depth(depth: int, is_taken: bool) -> None:
    """A template has at most 24 levels, counted from the outermost value."""
    text = json.dumps(nested(depth))
    if is_taken:
        assert read_template(text, slug="mine").format == "json"
    else:
        assert only_mistake(text).message == "nested deeper than 24 levels"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda: [0] * 1_000_000, id="a million numbers"),
        pytest.param(lambda: {"columns": ["frame"] * MAX_NODES}, id="a value too many"),
        pytest.param(lambda: [[[0] * 100] * 100] * 100, id="a million below each other"),
    ],
)
def test_number_of_values(value: Callable[[], JsonValue]) -> None:
    """A template has at most 20,000 values, however it came here."""
    with pytest.raises(TemplateError, match="more than 20000 values"):
        parse_template(value(), slug="mine")


def test_size_of_values() -> None:
    """Values that came without a text are bounded in size as well."""
    with pytest.raises(TemplateError, match=f"more than {MAX_BYTES} characters"):
        parse_template({"columns": [{"value": "x" * (MAX_BYTES // 2)}] * 3}, slug="mine")


def test_thousands_of_mistakes() -> None:
    """Every mistake is listed, however many there are; near matches are looked for while a person would read them."""
    columns: list[JsonValue] = [f"video.widht{n}" for n in range(MAX_NODES - 2)]
    with pytest.raises(TemplateError) as refused:
        parse_template({"columns": columns}, slug="mine")
    mistakes = refused.value.mistakes
    assert len(mistakes) == MAX_NODES - 2
    assert (mistakes[0].hint, mistakes[-1].hint) == ("did you mean 'video.width'?", "")


@pytest.mark.parametrize(
    ("value", "path", "message"),
    [
        ({"columns": [{"value": "a\x00b"}]}, "$.columns[0].value", "a character that no document holds: U+0000"),
        ({"columns": [{"value": "\ud800"}]}, "$.columns[0].value", "a character that no document holds: U+D800"),
        ({"columns": [{"header": "\uffff", "value": 1}]}, "$.columns[0].header", "a character that no document holds"),
        ({"columns": ["frame"], "null": "\x1b[31m"}, "$.null", "a character that no document holds: U+001B"),
        ({"object": [{"name": "\udfff", "value": 1}]}, "$.object[0].name", "a character that no document holds"),
        ({"columns": [{"field": "codec", "map": {"\x07": "x"}}]}, '$.columns[0].map["\\u0007"]', "U+0007"),
        ({"columns": [{"value": math.nan}]}, "$.columns[0].value", "a number that is none"),
        ({"columns": [{"value": -math.inf}]}, "$.columns[0].value", "a number that is none"),
        ({"columns": [{"value": 10**400}]}, "$.columns[0].value", "a number that is too large"),
        ({"columns": [{"value": 10**5000}]}, "$.columns[0].value", "a number that is too large"),
    ],
    ids=lambda value: ascii(value)[:40] if isinstance(value, str) else "",
)
def test_values_that_no_document_holds(value: JsonValue, path: str, message: str) -> None:
    """A control character, half a surrogate pair or a number that is none is refused where it stands."""
    with pytest.raises(TemplateError) as refused:
        parse_template(value, slug="mine")
    (mistake,) = refused.value.mistakes
    assert mistake.path == path
    assert message in mistake.message


# ------------------------------------------------------------------------------------------------------ the nodes


def test_paths() -> None:
    """A path is JSON path: a dot before plain names, brackets and quotes around others, places in brackets."""
    root = Node({"a": [{"b c": 1, "é": 2}]}, "$", [])
    (item,) = root.child("a").items()
    assert [child.path for child in (item.child("b c"), item.child("é"))] == ['$.a[0]["b c"]', '$.a[0]["\\u00e9"]']


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (lambda n: n.text(), 1, "expected text, found 1"),
        (lambda n: n.boolean(), "yes", 'expected true or false, found "yes"'),
        (lambda n: n.whole(0, 9), 10, "expected a whole number from 0 to 9, found 10"),
        (lambda n: n.whole(0, 9), True, "expected a whole number from 0 to 9, found true"),
        (lambda n: n.whole(0, 9), 1.0, "expected a whole number from 0 to 9, found 1.0"),
        (lambda n: n.number(), "1", 'expected a number, found "1"'),
        (lambda n: n.number(), False, "expected a number, found false"),
        (lambda n: n.choice(("ab", "cd")), "abb", "expected one of ab, cd, found \"abb\""),
        (lambda n: n.choice(("ab", "cd")), ["ab"], "expected one of ab, cd, found [\"ab\"]"),
        (lambda n: n.items(), {}, "expected a list, found {}"),
        (lambda n: n.items(least=1), [], "expected at least 1 item"),
        (lambda n: n.items(least=2), [], "expected at least 2 items"),
        (lambda n: n.members(("a",)), [], "expected an object, found []"),
        (lambda n: n.entries(), None, "expected an object, found null"),
        (lambda n: n.text(), ["x" * 100], 'expected text, found ["' + "x" * 55 + "..."),
    ],
)  # fmt: skip
def test_what_was_expected(read: Callable[[Node], object], value: JsonValue, message: str) -> None:
    """Each reader names what it expects and what it found."""
    mistakes: list[Mistake] = []
    read(Node(value, "$", mistakes))
    assert [mistake.message for mistake in mistakes] == [message]


def test_members_unknown_and_missing() -> None:
    """An unknown name gets a near match, or all names there are; a missing one is named."""
    mistakes: list[Mistake] = []
    Node({"colums": 1, "zzz": 2}, "$", mistakes).members(("columns", "rows"), required=("columns",))
    assert mistakes == [
        Mistake("$", "'columns' is missing"),
        Mistake("$.colums", "no option 'colums' here", "did you mean 'columns'?"),
        Mistake("$.zzz", "no option 'zzz' here", "known here: columns, rows"),
    ]
