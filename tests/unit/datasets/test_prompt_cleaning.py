"""Prompts are cleaned of what samplers read, and of nothing else."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from turnover.datasets.prompt_cleaning import MOST_SIGNS, cleaned, one_line

# What an attention weight, doubled emphasis or a square group look like, told without the reader's own code.
WEIGHT = re.compile(r"\([^()\[\]]*[^()\[\]\d\s]\s*:\s*[-+]?(?:\d{1,9}(?:\.\d*)?|\.\d{1,9})\s*\)")
DOUBLED = re.compile(r"\(\s*\([^()]*\)\s*\)")
SQUARE = re.compile(r"\[[^\[\]]*\]")
LINE_END = re.compile(r"[\n\r\t\v\f\0\x1c-\x1e\x85\u2028\u2029]")

signs = st.sampled_from([*"ab()[]<>:|,\\{} \n.1", "<lora:", ":1.2)", ":0.5]", "((", "))", "BREAK", " AND ", "lo"])
hostile = st.lists(signs, max_size=40).map("".join) | st.text(max_size=40)


@pytest.mark.parametrize(
    ("prompt", "words"),
    [
        ("a fox <lora:fur:0.8>", "a fox"),
        ("<lora:fur:0.8:1>, a fox <lyco:x:1><hypernet:y:0.5>, snow", "a fox, snow"),
        ("<LoRA:Fur v2.safetensors:1.0>a fox", "a fox"),
        ("a fox <lora:fur:0.8", "a fox"),
        ("a (red:1.2) fox", "a red fox"),
        ("a (red fox : 1.2), (snow:-.5)", "a red fox, snow"),
        ("((red)) fox, (((very))) wet", "red fox, very wet"),
        ("((red:1.3) fox:1.1) runs", "red fox runs"),
        ("[blurry] fox, [[grey]] snow", "blurry fox, grey snow"),
        ("[cat:dog:0.5] runs, [snow:10], [rain::0.4]", "dog runs, snow, rain"),
        ("a [red|blue] fox", "a red blue fox"),
        (r"rei \(cosplay\), \[a\]", "rei (cosplay), a"),
        (r"(rei \(cosplay\):1.2)", "rei (cosplay)"),
        ("a fox BREAK at night", "a fox, at night"),
        ("a fox.\nBREAK\nAt night.", "a fox. At night."),
        ("a cat :1.2 AND a dog:0.8", "a cat, a dog"),
        ("BREAK AND", ""),
        ("a fox,, , snow,", "a fox, snow"),
        ("a\tfox\r\n\r\nin  the\u2028snow\0", "a fox in the snow"),
        ("( <lora:x:1> ) a fox ()", "a fox"),
        ("<lo<lora:a:1>ra:b:1>", "<lo ra:b:1>"),
        ("\ud800 fox", "\ufffd fox"),
        ("<lora:only:1>", ""),
        (" \n ", ""),
    ],
)
def test_what_samplers_read(prompt: str, words: str) -> None:
    """Tags, weights, editing, parting words, escapes and line ends go; the words stay."""
    assert cleaned(prompt) == words


@pytest.mark.parametrize(
    "prompt",
    [
        "NA",
        "null",
        "None",
        "2026-11-22",
        "007",
        "1e5",
        "a man (in his fifties) walks",
        "a sign in 16:9 (shot at 10:30)",
        "he says \"no\", she says 'yes'",
        "狐狸在雪地里奔跑，夜晚",
        "🦊👩‍👩‍👧 runs",
        "naïve café, Привет, مرحبا",
        "a poster: ROCK AND ROLL",
        "a poster: THEY BREAK EVERYTHING",
        'a sign reading "BREAK"',
        "breakfast and sandwiches",
        "a < b and c > d",
        "C:\\clips\\new",
        "smile :)",
        "a fox :-(",
        '{"shot": {"composition": ["wide", "low"], "lens": "(35mm:1.2)"}}',
        "{red|blue} fox",
        "--ar 16:9",
    ],
)
def test_what_only_looks_like_it(prompt: str) -> None:
    """Words that readers of tables take for something else, other scripts, and prose with brackets stay as they are."""
    assert cleaned(prompt) == prompt


@given(hostile)
@example("<lo((ra)):x:1>")
@example(r"\(\(a\)\)")
@example("(a [b:1.2)")
@example("a AND b :2 :3")
@example("(:1.2:3)")
def test_nothing_of_a_sampler_is_left(prompt: str) -> None:
    """Whatever the prompt, no tag, weight, doubled or square bracket and no line end is left."""
    words = cleaned(prompt)
    assert "<lora" not in words.lower()
    assert not LINE_END.search(words)
    assert words == words.strip()
    assert "  " not in words
    if not words.startswith("{"):
        assert not WEIGHT.search(words)
        assert not DOUBLED.search(words)
        assert not SQUARE.search(words)


@given(hostile, st.integers(0, 3))
def test_cleaned_twice(prompt: str, passes: int) -> None:
    """Cleaning a cleaned prompt changes nothing, however deep it was nested."""
    words = cleaned(prompt, passes=passes)
    assert cleaned(words, passes=passes) == words
    assert cleaned(cleaned(prompt)) == cleaned(prompt)


@given(st.text(st.characters(exclude_characters="()[]<>:\\,", exclude_categories=["Cc", "Cs"]), max_size=60))
def test_plain_words(prompt: str) -> None:
    """A prompt without any sign of a sampler's keeps every word."""
    words = " ".join(word for word in prompt.replace("\ufeff", " ").split())
    if not re.search(r"(?<![^ ])(BREAK|AND)(?![^ ])", words) and not re.search("[\ufffe\uffff]", words):
        assert cleaned(prompt) == words


@given(st.text(max_size=60))
def test_one_line(text: str) -> None:
    """One line is valid UTF-8 without control characters, and twice is the same."""
    line = one_line(text)
    assert line.encode().decode() == line
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


@pytest.mark.parametrize(
    "sign", ["(", ")", "[", "((a:1.2)", "<lora:", "<", "\\(", "AND ", " BREAK a", ":1", "()", "{", ","]
)
def test_megabytes_of_one_sign(sign: str) -> None:
    """A prompt of megabytes takes no more than a moment, and is cut."""
    start = time.perf_counter()
    assert len(cleaned(sign * (4_000_000 // len(sign)))) <= MOST_SIGNS
    assert time.perf_counter() - start < 2
