"""What generators and services write into the names of files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.generation import Asked, Generation, ModelUse
from turnover.errors import UsageError
from turnover.generation.file_names import LONGEST_NAME, _builtin, named_by

CUT = (("prompt", "the file name may hold only its beginning"),)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "video_output_0_a-cat-on-grass_171198_480x704x121_0.mp4",
            Generation("LTX-Video", "a cat on grass", seed=171198, asked=Asked(704, 480, 121)),
        ),
        (
            "video_output_12_a-woman-with-long-brown-hair_42_480x704x121_3.mp4",
            Generation(
                "LTX-Video", "a woman with long brown hair", seed=42, asked=Asked(704, 480, 121), unresolved=CUT
            ),
        ),
        (
            "2025-03-01-12:00:00_seed18446744073709551615_A cat, walking..mp4",
            Generation("HunyuanVideo", "A cat, walking.", seed=2**64 - 1),
        ),
        ("2025-06-15-12h30m45s_seed123_A cat walking.mp4", Generation("Wan2GP", "A cat walking", seed=123)),
        (
            "t2v-A14B_1280*720_1_Two_cats_in_boxing_gear_20250728_120000.mp4",
            Generation(
                "Wan",
                "Two cats in boxing gear",
                models=(ModelUse("t2v-A14B", "diffusion"),),
                asked=Asked(1280, 720),
            ),
        ),
        (
            "i2v-14B_832x480_1_1_A_cat_20250301_120000.mp4",
            Generation("Wan", "A cat", models=(ModelUse("i2v-14B", "diffusion"),), asked=Asked(832, 480)),
        ),
        ("250417_123456_789_1234_37.mp4", Generation("FramePack")),
        ("ComfyUI_00012_.mp4", Generation("ComfyUI")),
        ("ComfyUI_00012_-audio.mp4", Generation("ComfyUI")),
        ("20250407_0946_High-Tech Event_simple_compose_01jr7kdhtcee3bx75xtzd6q1a7.mp4", Generation("Sora")),
        (
            "Gen-3 Alpha Turbo 1253773931, i want a video of th, Cropped - IMG 7webp, M 5.mp4",
            Generation("Runway", seed=1253773931, models=(ModelUse("Gen-3 Alpha Turbo", "diffusion"),)),
        ),
        (
            "Gen-4 Turbo  4006709044.mp4",
            Generation("Runway", seed=4006709044, models=(ModelUse("Gen-4 Turbo", "diffusion"),)),
        ),
        ("kling_20250901_Image_to_Video_The_neon_b_900_0.mp4", Generation("Kling")),
        ("Hailuo_Video_a red car_433373022180130822.mp4", Generation("Hailuo", "a red car")),
        (
            "jimeng-2025-12-11-2160-现代简约励志海报设计，采用温暖的橙黄色....mp4",
            Generation("Jimeng", "现代简约励志海报设计，采用温暖的橙黄色", unresolved=CUT),
        ),
        (
            "dreamina-2025-12-06-7864-....mp4",
            Generation("Dreamina", unresolved=(("prompt", "the file name holds no word of it"),)),
        ),
        (
            "PixVerse_V6_Image_Text_360P_make_her_smile.mp4",
            Generation("PixVerse", models=(ModelUse("V6", "diffusion"),)),
        ),
        ("vidu-video-2763226135542961.mp4", Generation("Vidu")),
        ("grok-video-a5bcbd74-a464-4632-bcd1-d9a0cf2017fe (1) (2).mp4", Generation("Grok")),
        (
            "social_u936__--ar_23_--video_1_--end_loop_4d0bc429-d394-4cfd-b5ce-c70def6565b7_2.mp4",
            Generation("Midjourney"),
        ),
    ],
)
def test_known_names(name: str, expected: Generation) -> None:
    """Each tool's own way to name its files."""
    assert expected == named_by(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".mp4",
        "clip.mp4",
        "02-man's_eye.mp4",
        "20250407_094612.mp4",
        "GenX 4006709044.mp4",
        "kling.mp4",
        "video_output_0.mp4",
        "2025-03-01-12:00:00_seed_A cat.mp4",
        "wan_2_2_14B_t2v.mp4",
        "a" * 300 + ".mp4",
    ],
)
def test_other_names(name: str) -> None:
    """A name that only resembles one tells nothing."""
    assert named_by(name) is None


def test_own_pattern_first() -> None:
    """A person's own pattern is tried before the built-in ones; it names no tool."""
    name = "ComfyUI_00012_.mp4"
    assert Generation(seed=12) == named_by(name, ["nothing_{seed}", "ComfyUI_{seed}_"])


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("{any}_{prompt}_s{seed}", "sc01_a_red_car_s7.mov", Generation(prompt="a red car", seed=7)),
        ("{width}{by}{height}-{frames}f", "1280X720-81f.mp4", Generation(asked=Asked(1280, 720, 81))),
        ("{date:%y%m%d}.{seed:4}", "250101.0042.mp4", Generation(seed=42)),
        ("{model:wan|ltx}_{id}", "LTX_0a1b2c3d.mp4", Generation(models=(ModelUse("LTX", "diffusion"),))),
        ("shot.{number}.{prompt}", "folder/shot.7.two  words.mp4", Generation(prompt="two words")),
    ],
)
def test_own_patterns(pattern: str, name: str, expected: Generation) -> None:
    """Fields stand for what they say, everything else for itself."""
    assert expected == named_by(name, [pattern])


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        ("{any}_{any}_{prompt}", "2 times are the most"),
        ("{seed}_{seed}", "stands twice"),
        ("{sneed}_x", "{sneed} is no field"),
        ("{model}_x", "{model} is no field"),
        ("{date:%j}_x", "knows %Y"),
        ("{seed:0}_x", "is no number of digits"),
        ("{seed:9-3}_x", "is no number of digits"),
        ("{seed:99}_x", "is no number of digits"),
        ("{seed_x", "a brace that belongs to no field"),
        ("{prompt}", "it would fit every name"),
        ("", "it would fit every name"),
    ],
)
def test_pattern_that_is_not_understood(pattern: str, words: str) -> None:
    """It is refused with what is wrong, even where another pattern would fit."""
    with pytest.raises(UsageError, match=words):
        named_by("ComfyUI_00012_.mp4", [pattern])


def test_signs_that_mean_something_elsewhere() -> None:
    """Brackets, full stops and stars in a pattern are themselves."""
    assert Generation(seed=7) == named_by("(a+)+$.*7.mp4", ["(a+)+$.*{seed}"])
    assert named_by("aaaa7.mp4", ["(a+)+$.*{seed}"]) is None


@given(name=st.text(max_size=LONGEST_NAME + 10))
def test_any_name(name: str) -> None:
    """No name makes it fail."""
    assert isinstance(named_by(name), Generation | None)


@pytest.mark.parametrize(
    "name",
    [
        "a" * LONGEST_NAME,
        "_" * LONGEST_NAME,
        "1" * LONGEST_NAME,
        "1_" * 127,
        "video_output_0_" + "a_1_1x1x" * 30,
        "Hailuo_Video_" + "_1" * 120,
        "x--video_1" + "4d0bc429-d394-4cfd-b5ce-c70def6565b7" * 6,
        "2025-03-01-12:00:00_seed1_" + "_" * 200,
        "20250407_0946_" + "_remix_" * 34,
        "x" + " (1)" * 60,
    ],
)
def test_name_made_to_take_long(name: str) -> None:
    """The longest names that resemble a pattern at every place are looked at as fast as any other."""
    for pattern in (
        "{any}_{prompt}_{number}_{seed}_{width}x{height}x{frames}",
        "{any}_{prompt}_{any:3}"[:14],
        "{any}1{prompt}1",
    ):
        assert isinstance(named_by(name, [pattern]), Generation | None)


def test_table_of_patterns() -> None:
    """Every built-in pattern is understood, names its tool, and stands once."""
    patterns = [pattern for pattern, _ in _builtin()]
    assert len(patterns) == len({one.pattern for one in patterns})
    assert all(one.tool for one in patterns)
    assert all(one.whole_below for one in patterns if "{prompt}" in one.pattern)
