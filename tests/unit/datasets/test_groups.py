"""Groups are the connected components over keys and looks."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from turnover.core.entry import FileSource
from turnover.datasets.groups import NEAR, Light, Link, Web, group_ids, light_of, spoken
from turnover.datasets.sample import Sample

LOOK = 0x0F0F_3355_AACC_1234

key_lists = st.lists(st.lists(st.integers(0, 15), max_size=3), max_size=25)


def rows(key_numbers: list[list[int]]) -> list[Light]:
    return [Light(f"v{n:02}", tuple(f"seed:{key}" for key in keys)) for n, keys in enumerate(key_numbers)]


def components(lights: list[Light]) -> dict[str, str]:
    """By flooding from each sample in order, so each is named by the least it reaches."""
    named: dict[str, str] = {}
    for light in sorted(lights, key=lambda light: light.id):
        reached = [light]
        for here in reached:
            reached += [
                there
                for there in lights
                if there.id not in named and there not in reached and set(here.keys) & set(there.keys)
            ]
        named |= {there.id: light.id for there in reached if there.id not in named} if light.id not in named else {}
    return named


@given(key_lists, st.randoms(use_true_random=False))
def test_components_in_any_order(key_numbers: list[list[int]], chance: random.Random) -> None:
    """Whoever shares a key, directly or through others, shares the group; the order of rows says nothing."""
    lights = rows(key_numbers)
    expected = components(lights)
    chance.shuffle(lights)
    assert group_ids(lights) == expected


@given(key_lists)
def test_chain_of_any_two(key_numbers: list[list[int]]) -> None:
    """Two samples of a group have a chain of true links between them; two of different groups have none."""
    lights = rows(key_numbers)
    groups, web = group_ids(lights), Web(lights)
    keys = {light.id: light.keys for light in lights}
    for first, second in pairwise(lights):
        chain = web.chain(first.id, second.id)
        assert bool(chain) == (groups[first.id] == groups[second.id])
        if chain:
            assert [link.first for link in chain] == [first.id, *(link.second for link in chain[:-1])]
            assert chain[-1].second == second.id
            assert all(link.key in keys[link.first] and link.key in keys[link.second] for link in chain)


def test_looks_and_keys_together() -> None:
    """A copy of a clip ties its group to the original's, and the chain says how."""
    lights = [
        Light("v1", ("seed:7",)),
        Light("v2", ("seed:7",), (LOOK, LOOK, LOOK)),
        Light("v3", (), (LOOK, LOOK ^ 1, LOOK)),
        Light("v4", ("seed:8",), (~LOOK & 2**64 - 1,) * 3),
    ]
    assert group_ids(lights) == {"v1": "v1", "v2": "v1", "v3": "v1", "v4": "v4"}
    assert group_ids(lights, near_distance=None)["v3"] == "v3"
    chain = Web(lights).chain("v1", "v3")
    assert chain == (Link("v1", "seed:7", "v2"), Link("v2", NEAR, "v3"))
    assert spoken(chain) == "v1 and v2 share seed:7, v2 and v3 look alike"


def test_keys_that_name_nothing() -> None:
    """Samples that all lack a source image do not share it."""
    assert group_ids([Light("v1", ("source_image:", "")), Light("v2", ("source_image:", ""))]) == {
        "v1": "v1",
        "v2": "v2",
    }


def test_row_of_a_sample() -> None:
    """The digest of the media is a key, so one file under two ids is not parted."""
    sample = Sample(
        id="v1", media=FileSource(Path("a.mp4"), 3, "ab" * 32, 0), suffix=".mp4", source_name="a.mp4", caption="a kite",
        frame_count=1, frame_rate=None, width=8, height=8, duration_seconds=None,
        keys=("seed:7",), prints=(1, 2, 3), assigned="test",
    )  # fmt: skip
    expected = Light("v1", ("seed:7", "media:" + "ab" * 32), (1, 2, 3), "walk", "test")
    assert light_of(sample, stratum="walk") == expected
