"""NovelAI, whose values stand in several fields of a picture."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.core.generation import Asked, Generation, ModelUse, Pass
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars.novelai import GRAMMAR
from turnover.generation.sniff import found_in
from turnover.media.carriers import carriers

COMMENT: dict[str, JsonValue] = {
    "steps": 28,
    "height": 1216,
    "width": 832,
    "scale": 5.5,
    "uc": "lowres",
    "sampler": "k_euler_ancestral",
    "noise_schedule": "karras",
    "seed": 2253955223,
    "prompt": "a cat, in space",
    "v4_prompt": {"caption": {"base_caption": "a cat", "char_captions": [{"char_caption": "in space"}]}},
}
FIELDS = {
    "Title": "NovelAI generated image",
    "Description": "a cat, in space",
    "Software": "NovelAI",
    "Source": "NovelAI Diffusion V4.5 4BDE2A90",
    "Comment": json.dumps(COMMENT),
}


def test_fields_of_a_picture() -> None:
    """The prompt stands in one field, the model in another, the settings in a third; each value says in which."""
    given_carriers = [Carrier("tEXt", key, text) for key, text in FIELDS.items()]
    found = found_in(given_carriers, file_name="a.png")
    model = "NovelAI Diffusion V4.5"
    expected = Generation(
        tool="NovelAI",
        prompt="a cat, in space",
        negative_prompt="lowres",
        seed=2253955223,
        steps=28,
        cfg=5.5,
        sampler="k_euler_ancestral",
        scheduler="karras",
        models=(ModelUse(model, "diffusion"),),
        passes=(Pass(2253955223, 28, 5.5, None, "k_euler_ancestral", "karras", None, model),),
        asked=Asked(832, 1216),
        sources=tuple(
            (name, f"tEXt, {place}")
            for name, place in [
                ("asked", "Comment"),
                ("cfg", "Comment"),
                ("models", "Source"),
                ("negative_prompt", "Comment"),
                ("passes", "Comment"),
                ("prompt", "Description"),
                ("sampler", "Comment"),
                ("scheduler", "Comment"),
                ("seed", "Comment"),
                ("steps", "Comment"),
                ("tool", "Software"),
            ]
        ),
    )
    assert (found.reason, found.unread) == (None, ())
    assert found.generation == expected


def test_one_object_in_webp() -> None:
    """In WebP the same fields are one JSON object."""
    found = found_in([Carrier("EXIF UserComment", "UserComment", json.dumps(FIELDS))], file_name="a.webp").generation
    assert found is not None
    assert (found.tool, found.prompt, found.seed) == ("NovelAI", "a cat, in space", 2253955223)


def test_comment_alone() -> None:
    """Where the neighbours were lost, the comment tells what it can."""
    alone = {key: value for key, value in COMMENT.items() if key != "prompt"}
    found = found_in([Carrier("EXIF UserComment", "UserComment", json.dumps(alone))], file_name="a.jpg").generation
    assert found is not None
    assert (found.prompt, found.seed, found.models) == ("a cat\nin space", 2253955223, ())


def test_another_programs_fields() -> None:
    """The same fields from another program are nobody's."""
    fields = {**FIELDS, "Software": "GIMP", "Comment": "hello"}
    found = found_in([Carrier("tEXt", key, text) for key, text in fields.items()], file_name="a.png")
    assert (None, list(fields)) == (found.generation, [carrier.key for carrier in found.unread])


@given(
    value=st.dictionaries(st.sampled_from(sorted(COMMENT)), st.none() | st.text() | st.integers() | st.lists(st.none()))
)
def test_any_values(value: dict[str, JsonValue]) -> None:
    """Values of other kinds are not known, and make nothing fail."""
    fields: JsonValue = {**FIELDS, "Comment": json.dumps({**COMMENT, **value})}
    assert isinstance(GRAMMAR.read(Reading("", fields, "")), Told)


def test_real_picture(shared_media: Path) -> None:
    """A picture of the first version."""
    path = shared_media / "other_tools" / "novelai1_cropped.png"
    found = found_in(carriers(path), file_name=path.name).generation
    assert found is not None
    assert (found.prompt, found.seed, found.steps, found.cfg, found.model) == (
        "masterpiece, best quality,  cat, space, icon",
        2253955223,
        50,
        10.0,
        "Stable Diffusion",
    )
