"""Clips in which every value is as hostile as its type allows."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from tests.clips import clip
from turnover.core.clip import Clip, Marker, Place, Segment
from turnover.core.generation import Generation, InputMedia, Lora, ModelUse, Pass
from turnover.core.probe import Warning
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate

any_text = st.text(st.characters(codec=None), max_size=12)
hostile = st.sampled_from(
    ["]]>", "<!ENTITY x>", "&x;", "<!--", "<?php ?>", '"', "'", ",", ";", "\t", "\r\n", "\n", "\\", "{", "}",
     "[exec ls]", "$x", "%", "|C:x|", "*", "=1+1", "@x", "null", "", " ", "\x00", "\x1b[31m", "\ud800", "\uffff",
     "\u2028", "日本", "🎬"]
)  # fmt: skip
texts = st.lists(any_text | hostile, max_size=3).map("".join)
numbers = st.none() | st.floats() | st.integers(-5, 5)
seeds = st.none() | st.sampled_from([0, 2**63, 2**64 - 1])
trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
ranges = st.tuples(st.integers(0, 9), st.integers(1, 9)).map(lambda pair: FrameRange(pair[0], pair[0] + pair[1]))
generations = st.builds(
    Generation,
    tool=st.none() | texts,
    prompt=st.none() | texts,
    negative_prompt=st.none() | texts,
    seed=seeds,
    cfg=numbers,
    sampler=st.none() | texts,
    models=st.lists(st.builds(ModelUse, texts), max_size=2).map(tuple),
    loras=st.lists(st.builds(Lora, texts, numbers, numbers, st.booleans()), max_size=2).map(tuple),
    passes=st.lists(st.builds(Pass, seed=seeds, model=st.none() | texts), max_size=1).map(tuple),
    inputs=st.lists(st.builds(InputMedia, texts), max_size=1).map(tuple),
)
segments = st.builds(Segment, ranges, st.integers(0, 3), st.none() | texts, generations)
# A file's name has no slash and no zero byte, and is not empty; all else it may have.
names = texts.map(lambda text: "x" + text.replace("/", "").replace("\x00", "") + ".mp4")


@st.composite
def hostile_clips(draw: st.DrawFn) -> Clip:
    """A clip in which every value is as hostile as its type allows."""
    one = clip(
        "/show/" + draw(names),
        frames=draw(st.integers(1, 10)),
        rate=draw(st.sampled_from([Rate(24), Rate(30000, 1001), Rate(16)])),
        generation=draw(st.none() | generations),
        series={"face_confidence": draw(st.lists(numbers, max_size=12)), "mine": draw(st.lists(numbers, max_size=3))},
        markers=tuple(draw(st.lists(st.builds(Marker, ranges, texts, st.none() | texts), max_size=2))),
        reel=draw(st.none() | texts),
        audio=draw(st.booleans()),
    )
    tags = draw(st.lists(st.tuples(texts, texts), max_size=2))
    return replace(
        one,
        probe=replace(one.probe, tags=tuple(sorted(tags)), warnings=(Warning("w", draw(texts)),)),
        segments=tuple(draw(st.lists(segments, max_size=1))),
        caption=draw(st.none() | texts),
        status=draw(st.none() | texts),
        quality_score=draw(numbers),
        failure_tags=tuple(draw(st.lists(texts, max_size=2))),
        place=Place(draw(st.none() | texts), draw(st.none() | texts)),
        generation_params=draw(trees),
        extra=draw(st.dictionaries(texts, trees, max_size=2)),
        is_ai_generated=draw(st.none() | st.booleans()),
    )
