"""Clips that must not be parted share a key, and no others do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.datasets.samples import sample, source
from turnover.core.clip import Place
from turnover.core.generation import Generation, InputMedia, Lora, ModelUse
from turnover.datasets.groups import group_ids, light_of, links
from turnover.datasets.keys import KEYS, keys_of, stratum_of
from turnover.datasets.recipe import Recipe
from turnover.datasets.recipe_parts import Leak
from turnover.datasets.sample import Companion

DEFAULT = Recipe().leakage_keys
MADE = Generation(tool="ComfyUI", seed=7, models=(ModelUse("wan2.2"),), loras=(Lora("fur", 0.8),))


def made(**members: Any) -> Generation:
    return replace(MADE, **members)


def batch(**members: Any) -> tuple[str, ...]:
    return keys_of(sample(**{"generation": MADE, **members}), ("batch",))


@pytest.mark.parametrize(
    ("inputs", "keys"),
    [
        ((InputMedia("hero.png", "start_image"),), ("source_image:hero.png",)),
        ((InputMedia("a\\hero.png [input]"),), ("source_image:a/hero.png",)),
        ((InputMedia("z.png"), InputMedia("a.png", "end_image")), ("source_image:a.png", "source_image:z.png")),
        ((InputMedia("face.png", "reference"), InputMedia("pose.mp4", "control")), ()),
        ((InputMedia("song.WAV"), InputMedia("voice.wav", "audio"), InputMedia("m.png", "mask")), ()),
        ((InputMedia("e\u0301.png"),), ("source_image:\u00e9.png",)),
        ((InputMedia(" \n "),), ()),
    ],
)  # fmt: skip
def test_pictures_that_went_in(inputs: tuple[InputMedia, ...], keys: tuple[str, ...]) -> None:
    """The pictures a clip was made from tie it to others; references, controls and sounds do not by default."""
    assert keys_of(sample(generation=made(inputs=inputs)), ("source_image",)) == keys


def test_picture_at_hand() -> None:
    """A picture whose file is known is known by its bytes, not by its name."""
    picture = Companion("start_image", ".png", source("hero.png", digest="ab" * 32))
    one = sample(generation=made(inputs=(InputMedia("hero.png", "start_image"),)), companions=(picture,))
    assert keys_of(one, ("source_image", "reference")) == (f"source_image:{'ab' * 32}",)


def test_batch() -> None:
    """Model, prompt and seed make a batch; LoRAs, settings and line ends in the prompt do not part it."""
    same = [batch(), batch(prompt="a fox\nwalks"), batch(generation=made(loras=(), steps=3))]
    others = [batch(prompt="a dog"), batch(generation=made(seed=8)), batch(generation=made(models=()))]
    assert len(set(same)) == 1
    assert len({*same, *others}) == 4


@pytest.mark.parametrize(
    "members", [{"prompt": None}, {"prompt": " "}, {"generation": None}, {"generation": made(seed=None)}]
)
def test_batch_not_known(members: dict[str, Any]) -> None:
    """Without a prompt or a seed nobody knows the batch, so nothing is tied by it."""
    assert batch(**members) == ()


def test_keys_asked_for() -> None:
    """Each kind gives its key in words a person can read; a group that a person gave is always there."""
    asked: tuple[Leak, ...] = (
        "near_duplicate",
        "prompt",
        "seed",
        "model",
        "character",
        "scene",
        "scene_type",
        "project",
    )
    assert keys_of(sample(), asked, group=" take 3 ") == (
        "character:Ana",
        "group:take 3",
        "model:wan2.2",
        "project:show",
        "prompt:a fox walks",
        "scene:show/Ana/walk/sc01",
        "scene_type:walk",
        "seed:7",
    )
    assert keys_of(sample(place=Place(), generation=None, prompt=None), tuple(KEYS), group=" ") == ()


def test_long_values() -> None:
    """What is too long to read is known by a digest; different ones stay different."""
    one, other = (keys_of(sample(prompt="x" * 300 + end), ("prompt",)) for end in "ab")
    assert one != other
    assert len(one[0]) < 60


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_text(prompt: str, scene: str, group: str) -> None:
    """Whatever the texts, keys are one line, and none is empty behind its kind."""
    found = keys_of(sample(prompt=prompt, place=Place(scene=scene)), tuple(KEYS), group=group)
    assert all(links(key) for key in found)
    assert all(len(key.splitlines()) == 1 for key in found)


def test_groups_of_keyed_samples() -> None:
    """Clips of one source picture come into one group, and clips of one character do not."""
    prompts = ["one", "two", "three"]
    names = ["hero.png", "hero.png", "other.png"]
    rows = [
        replace(
            (
                one := sample(
                    id=f"v{n}", prompt=prompt, media=source(digest=str(n)), generation=made(inputs=(InputMedia(name),))
                )
            ),
            keys=keys_of(one, DEFAULT),
        )
        for n, (prompt, name) in enumerate(zip(prompts, names, strict=True))
    ]
    assert group_ids([light_of(row) for row in rows]) == {"v0": "v0", "v1": "v0", "v2": "v2"}


def test_strata() -> None:
    """Clips are of one kind where they agree in all that is asked, known or not; no name can pass for two."""
    assert stratum_of(sample(), ("scene_type", "character")) == '["walk", "Ana"]'
    assert stratum_of(sample(place=Place()), ("scene_type",)) == "[null]"
    assert stratum_of(sample(), ()) == ""
    one, other = Place(scene_type="a", character='b", "c'), Place(scene_type='a", "b', character="c")
    assert len({stratum_of(sample(place=place), ("scene_type", "character")) for place in (one, other)}) == 2
