"""Every sample has a caption of one line that is not empty, and what is odd about it is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.unit.datasets.samples import sample
from turnover.core.clip import Place
from turnover.datasets.caption import MOST_SIGNS, WARNINGS, Captioned, caption_of, tokens_about
from turnover.datasets.caption_format import FIELDS, CaptionFormat
from turnover.datasets.prompt_cleaning import cleaned
from turnover.datasets.recipe import Recipe, recipe_from
from turnover.errors import RecipeError

NOWHERE: dict[str, Any] = {"place": Place(), "status": None, "generation": None, "prompt": None}
HOSTILE = [
    "NA", "null", "None", "2026-11-22", "007", "1e5", 'she said "no"', "it's", "狐狸在雪地里", "🦊👩‍👩‍👧", "a,b\\c",
    "{trigger}", "{{", "%s", "$HOME", "</s>", "🇩🇪",
]  # fmt: skip


def captioned(asked: dict[str, Any] | None = None, *, caption: str | None = None, **members: Any) -> Captioned | None:
    return caption_of(sample(**members), recipe_from(asked or {}), caption=caption)


def told(found: Captioned | None) -> tuple[str, list[str]]:
    """The text, and the codes of its warnings."""
    assert found is not None
    return found.text, [warning.code for warning in found.warnings]


@pytest.mark.parametrize("words", HOSTILE)
def test_texts_that_look_like_something_else(words: str) -> None:
    """A prompt or a caption is kept as it is, whatever readers of tables or templates would make of it."""
    assert told(captioned(prompt=words)) == (words, [])
    assert told(captioned(prompt="another", caption=words)) == (words, [])
    assert told(captioned({"trigger": "zxc"}, prompt=words)) == (f"zxc, {words}", [])


def test_which_text_counts() -> None:
    """The caption given comes before the prompt, the prompt before the fallback; without any there is no caption."""
    fallback = {"caption_fallback": "a clip"}
    assert told(captioned(fallback, caption="given", prompt="asked")) == ("given", [])
    assert told(captioned(fallback, caption=" \n", prompt="asked")) == ("asked", ["caption_empty"])
    assert told(captioned(fallback, prompt=None)) == ("a clip", ["caption_fallback"])
    assert told(captioned(fallback, prompt="<lora:x:1>")) == ("a clip", ["caption_fallback"])
    assert captioned(prompt="") is None
    assert captioned({"trigger": "zxc"}, prompt=None) is None


def test_cleaning() -> None:
    """Prompts are cleaned unless told otherwise; what a person wrote as caption only comes on one line."""
    dirty = "a (red:1.2)\nfox <lora:x:1>"
    assert told(captioned(prompt=dirty)) == ("a red fox", [])
    assert told(captioned({"clean_prompts": False}, prompt=dirty)) == ("a (red:1.2) fox <lora:x:1>", [])
    assert told(captioned(caption=dirty)) == ("a (red:1.2) fox <lora:x:1>", ["caption_lines"])


@pytest.mark.parametrize(
    ("form", "known", "unknown"),
    [
        ("{trigger}, {caption}", "zxc, a fox walks", "zxc, a fox walks"),
        ("{caption} ({model})", "a fox walks (wan2.2)", "a fox walks"),
        ("{character}: {caption}", "Ana: a fox walks", "a fox walks"),
        ("{trigger}, {character}, {scene_type}, {prompt}", "zxc, Ana, walk, a fox walks", "zxc, a fox walks"),
        (
            "{character} {scene}, {caption}, {status} - {tool}",
            "Ana sc01, a fox walks, approved - ComfyUI",
            "a fox walks",
        ),
        ("{project}/{scene_type}: {caption}", "show/walk: a fox walks", "a fox walks"),
        ("{{{caption}}} {{", "{a fox walks} {", "{a fox walks} {"),
        ("[{character}] {caption}", "[Ana] a fox walks", "a fox walks"),
    ],
)
def test_fields(form: str, known: str, unknown: str) -> None:
    """Fields stand where the format has them; one that is not known takes its comma along."""
    asked = {"caption": form, "trigger": "zxc"}
    assert captioned(asked) is not None
    assert told(captioned(asked))[0] == known
    assert told(captioned(asked, **{**NOWHERE, "prompt": "a fox walks"}))[0] == unknown


def test_format_that_asks_for_neither() -> None:
    """A format without caption and prompt is filled with what it names, else the fallback stands for it."""
    assert told(captioned({"caption": "{trigger}", "trigger": "zxc"}, **NOWHERE)) == ("zxc", [])
    assert told(captioned({"caption": "{scene_type}"})) == ("walk", [])
    assert captioned({"caption": "{scene_type}"}, **NOWHERE) is None
    asked = {"caption": "{scene_type}", "caption_fallback": "a clip"}
    assert told(captioned(asked, **NOWHERE)) == ("a clip", ["caption_fallback"])
    assert told(captioned({"caption": "{prompt}", "caption_fallback": "a clip"}, caption="given", prompt=None)) == (
        "a clip",
        ["caption_fallback"],
    )


def test_what_is_odd() -> None:
    """Long captions, missing trigger words and cut ends are told with numbers and the clip's name."""
    asked = {"caption": "{caption}", "trigger": "Zxc", "max_caption_tokens": 3}
    found = captioned(asked, caption="one two three four")
    assert found is not None
    assert [warning.message for warning in found.warnings] == [
        "walk/a.mp4: the caption has about 4 tokens, more than 3",
        "walk/a.mp4: the caption is without the trigger 'Zxc'",
    ]
    assert told(captioned(asked, caption="a zxC")) == ("a zxC", [])
    text, codes = told(captioned(caption="word " * 10_000))
    assert len(text) <= MOST_SIGNS
    assert codes == ["caption_cut", "caption_long"]
    assert told(captioned(prompt="word " * 10_000))[1] == ["caption_cut", "caption_long"]
    assert {"caption_cut", "caption_long", "trigger_missing", "caption_lines"} < WARNINGS.keys()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a fox", 2), ("a fox, at night.", 6), ("狐狸跑", 3), ("狐狸 runs", 3), ("it's", 3), ("🦊🦊", 2)],
)
def test_tokens(text: str, tokens: int) -> None:
    """Words, signs, and each sign of writing without spaces count as one."""
    assert tokens_about(text) == tokens


texts = st.none() | st.text(max_size=30) | st.sampled_from([*HOSTILE, "(a:1.2)", "<lora:x:1>", "\n", ", ,"])
forms = st.lists(
    st.sampled_from([*(f"{{{name}}}" for name in FIELDS), ", ", " (", ")", "{{", ": ", "\n"]), min_size=1, max_size=6
)


@given(texts, texts, texts, forms.map("".join).filter(str.strip), st.booleans())
@example(None, "\0", "\0", "{caption}\0{character}", False)
def test_any_text(caption: str | None, prompt: str | None, character: str | None, form: str, clean: bool) -> None:
    """Whatever is known, a caption is one line of valid text that is not empty, or there is none."""
    recipe = Recipe(caption=CaptionFormat.parse(form), trigger="zxc", clean_prompts=clean)
    found = caption_of(sample(prompt=prompt, place=Place(character=character)), recipe, caption=caption)
    if found is not None:
        assert found.text.strip()
        assert found.text == found.text.strip()
        assert len(found.text.splitlines()) == 1
        assert found.text.encode().decode() == found.text


@given(st.text(max_size=40))
def test_plain_format(prompt: str) -> None:
    """With nothing asked, the caption is the cleaned prompt."""
    found = caption_of(sample(prompt=prompt), Recipe())
    assert (found.text if found else "") == cleaned(prompt)


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("{promt}", [("no field {promt}", "did you mean {prompt}?")]),
        ("{x}", [("no field {x}", "known: " + ", ".join(FIELDS))]),
        ("a {", [("'{' at 2 has no partner", "write {{")]),
        ("}", [("'}' at 0 has no partner", "write }}")]),
        ("{caption!r}", [("no field {caption!r}", "did you mean {caption}?")]),
        ("{x.y} }", [("no field {x.y}", "known: " + ", ".join(FIELDS)), ("'}' at 6 has no partner", "write }}")]),
        ("", [("it is empty", "write {caption}")]),
        ("x" * 1001, [("1001 characters; at most 1000", "")]),
    ],
)  # fmt: skip
def test_wrong_format(form: str, expected: list[tuple[str, str]]) -> None:
    """A format that cannot be filled says why, with every mistake."""
    with pytest.raises(RecipeError) as wrong:
        CaptionFormat.parse(form)
    assert [(mistake.message, mistake.hint) for mistake in wrong.value.mistakes] == expected
