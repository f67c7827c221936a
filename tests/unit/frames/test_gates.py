"""Numbers in, gates out: what fails, what is worth a look, and what is legal footage."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.quality_table import PAGE, threshold_table
from turnover.core.measurement import Boundary, Gate, Measurement
from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.series import Series
from turnover.errors import UsageError
from turnover.frames.gates import TAGS, decide, failure_tags
from turnover.frames.thresholds import THRESHOLDS, Thresholds, thresholds_of

COUNT = 48

SOUND: Mapping[str, float] = {
    "luma_mean": 110, "contrast": 50, "black": 0.01, "mafd": 0.02, "frozen": 0, "duplicate": 0, "scene_cut": 0.02,
    "flicker": 0.05, "reblur": 0.35, "noise": 1.0, "blockiness": 1.02, "clipped_low": 0.01, "clipped_high": 0.01,
}  # fmt: skip
"""Numbers of a clip with nothing wrong."""

SEAM = Boundary(
    ssim=0.9, ssim_small=0.92, ssim_expected=0.93, difference=0.02, difference_expected=0.019, difference_least=0.015,
    luma_delta=0.1, luma_step=0.0, blue_delta=0.0, blue_step=0.0, red_delta=0.0, red_step=0.0,
    sizes=((832, 480), (832, 480)), rates=(Rate(16), Rate(16)),
)  # fmt: skip
"""A seam that nobody sees."""


def measurement(changes: Mapping[str, Mapping[int, float]] | None = None, **constants: float | None) -> Measurement:
    """A sound clip; `constants` replace a series from end to end (None: not taken), `changes` single frames of one."""
    values = {name: [value] * COUNT for name, value in {**SOUND, **constants}.items() if value is not None}
    for name, by_frame in (changes or {}).items():
        for frame, value in by_frame.items():
            values[name][frame] = value
    series = tuple(Series.of(name, numbers) for name, numbers in values.items())
    return Measurement(
        digest="00", method="test", frame_count=COUNT, series=series, quality_score=0.8,
        face_detector="test", is_photographic=True, sizes=((832, 480),),
    )  # fmt: skip


def over(frames: Iterable[int], value: float) -> dict[int, float]:
    return dict.fromkeys(frames, value)


def gate(tag: str, gates: Iterable[Gate]) -> Gate:
    return next(g for g in gates if g.tag == tag)


def level(tag: str, gates: Iterable[Gate]) -> str | None:
    """The level of a gate; None where there is none of that tag."""
    return next((g.level for g in gates if g.tag == tag), None)


def not_passed(gates: Iterable[Gate]) -> dict[str, str]:
    return {g.tag: g.level for g in gates if g.level != "pass"}


# ------------------------------------------------------------------------------------------------------- nothing


def test_sound_clip() -> None:
    """A sound clip between two others passes every gate, in the order of `TAGS`."""
    gates = decide(measurement(), boundaries={0: SEAM, COUNT: SEAM}, frame_count_expected=COUNT)

    assert not_passed(gates) == {}
    assert [g.tag for g in gates] == [tag for tag in TAGS if tag not in ("rate_change", "low_face_confidence")]
    assert failure_tags(gates) == ()


def test_nothing_measured() -> None:
    """What was not taken has no gate."""
    bare = replace(measurement(), series=(), quality_score=None, is_photographic=None, sizes=())

    assert [g.tag for g in decide(bare)] == ["undecodable", "no_frames"]


def test_series_without_numbers() -> None:
    """A series of "not known" is as good as none, and one that ends early is not known from there."""
    short = replace(measurement(), series=(Series.of("noise", [None] * COUNT), Series.of("reblur", [0.3])))

    assert [g.tag for g in decide(short)] == [
        "undecodable", "no_frames", "resolution_change", "blurred", "low_quality",
    ]  # fmt: skip


# -------------------------------------------------------------------------------------------------- the whole file


def test_no_frames() -> None:
    """Without a frame there is nothing else to say."""
    gates = decide(replace(measurement(), frame_count=0, series=(), sizes=()))

    assert not_passed(gates) == {"no_frames": "fail"}


def test_decoder_complains() -> None:
    """What the decoder said is a failure, and its words are passed on."""
    gates = decide(replace(measurement(), trouble="Invalid NAL unit size"))

    assert failure_tags(gates) == ("undecodable",)
    assert "Invalid NAL unit size" in gate("undecodable", gates).sentence


@pytest.mark.parametrize(
    ("claimed", "expected"), [(48, "pass"), (49, "pass"), (50, "fail"), (40, "pass"), (None, None)]
)
def test_frames_missing(claimed: int | None, expected: str | None) -> None:
    """One frame less than claimed is a header's habit, two of fifty are missing."""
    assert level("truncated", decide(measurement(), frame_count_expected=claimed)) == expected


def test_size_changes() -> None:
    """A second size within the clip fails, whatever else holds."""
    changing = replace(measurement(), sizes=((832, 480), (640, 480), (832, 480)))

    assert "832x480, 640x480" in gate("resolution_change", decide(changing)).sentence
    assert failure_tags(decide(changing)) == ("resolution_change",)


def test_size_unlike_its_scene() -> None:
    """A size other than the scene's fails, and so does a seam of two sizes; rates warn."""
    odd = replace(SEAM, sizes=((832, 480), (1280, 720)), ssim=None, ssim_small=None, difference=None)

    assert failure_tags(decide(measurement(), size_expected=(1280, 720))) == ("resolution_change",)
    assert failure_tags(decide(measurement(), boundaries={COUNT: odd})) == ("resolution_change",)
    assert not_passed(decide(measurement(), boundaries={0: replace(SEAM, rates=(Rate(16), Rate(24)))})) == {
        "rate_change": "warn"
    }


# ------------------------------------------------------------------------------------------------------- over time


def black(frames: Iterable[int], *, fade: Iterable[int] = ()) -> dict[str, dict[int, float]]:
    """Black frames as they are measured, and darker ones beside them."""
    frames = list(frames)
    return {
        "black": over(frames, 1.0),
        "luma_mean": {**over(frames, 0.0), **over(fade, 30.0)},
        "contrast": over(frames, 0.3),
        "frozen": over(frames[1:], 1.0),
        "duplicate": over(frames[1:], 1.0),
        "mafd": over(frames[1:], 0.0),
    }


def test_black_in_the_middle() -> None:
    """Black frames between others fail, and are not frozen or repeated beside."""
    gates = decide(measurement(black(range(20, 24))))

    assert not_passed(gates) == {"black": "fail"}
    assert gate("black", gates).ranges == (FrameRange(20, 24),)
    assert gate("black", gates).value == 4


def test_fades_at_the_ends() -> None:
    """A fade in and a fade out are intended."""
    changes = black([*range(3), *range(44, 48)], fade=(3, 43))

    assert not_passed(decide(measurement(changes))) == {}


def test_fade_through_black() -> None:
    """A fade to black and back inside a clip is worth a look."""
    assert not_passed(decide(measurement(black(range(20, 24), fade=(19, 24))))) == {"black": "warn"}


@pytest.mark.parametrize("frames", [range(1), range(46, 48)])
def test_black_ends(frames: range) -> None:
    """Black frames at an end, with no fade beside them, are a fault."""
    assert not_passed(decide(measurement(black(frames)))) == {"black": "fail"}


def test_all_black() -> None:
    """A clip of nothing but black is black, not static, frozen or of low quality."""
    gates = decide(replace(measurement(black(range(COUNT))), is_photographic=None, quality_score=None))

    assert not_passed(gates) == {"black": "fail"}


def test_dark_scene() -> None:
    """A night scene with something in it is no black frame."""
    assert not_passed(decide(measurement(black=0.985, contrast=9, luma_mean=8, flicker=0.02))) == {}


def frozen(frames: range, *, around: float = 0.02, within: float = 0.0) -> Measurement:
    moving = measurement(mafd=around)
    frames = range(max(frames.start, 0), frames.stop)
    changes = {
        "frozen": over(frames, 1.0),
        "duplicate": over(frames[1:], 1.0 if within == 0 else 0.0),
        "mafd": over(frames[1:], within),
    }
    return measurement(changes, mafd=around) if frames else moving


@pytest.mark.parametrize("frames", [range(20, 28), range(8), range(40, 48)])
def test_freeze(frames: range) -> None:
    """A picture that stops between moving ones is frozen, at the start and the end as well."""
    gates = decide(frozen(frames))

    assert not_passed(gates) == {"frozen": "fail"}
    assert gate("frozen", gates).ranges == (FrameRange(frames.start, frames.stop),)


def test_freeze_through_a_codec() -> None:
    """A trace of change left by compression hides no freeze."""
    assert not_passed(decide(frozen(range(20, 30), within=0.0003))) == {"frozen": "fail"}


@pytest.mark.parametrize(("around", "within"), [(0.0008, 0.0002), (0.002, 0.0006)])
def test_scene_comes_to_rest(around: float, within: float) -> None:
    """Where little moves, less is no freeze: a locked camera on a quiet scene."""
    assert "fail" not in not_passed(decide(frozen(range(20, 40), around=around, within=within))).values()


def test_nothing_ever_moves() -> None:
    """A still picture throughout is static: worth a look, no failure."""
    gates = decide(measurement(mafd=0.0, frozen=1, duplicate=1))

    assert not_passed(gates) == {"static": "warn"}


def repeated(frames: Iterable[int]) -> Measurement:
    frames = list(frames)
    return measurement({"duplicate": over(frames, 1.0), "mafd": over(frames, 0.0)})


def test_one_repeated_frame() -> None:
    """A single frame shown twice is worth a look."""
    gates = decide(repeated([20]))

    assert not_passed(gates) == {"duplicate_frames": "warn"}
    assert gate("duplicate_frames", gates).ranges == (FrameRange(20, 21),)


def test_many_repeated_frames() -> None:
    """Repeats at odd moments, one frame in seven of them, are a fault."""
    assert not_passed(decide(repeated([3, 5, 13, 14, 22, 31, 37, 44]))) == {"duplicate_frames": "fail"}


@pytest.mark.parametrize(
    ("frames", "words"),
    [
        (range(1, COUNT, 2), "animated on twos"),
        ([f for f in range(COUNT) if f % 3], "animated on threes"),
        (range(4, COUNT, 5), "every 5 frames one repeats"),
        ([6, 16, 21, 31, 36], "every 5 frames one repeats"),
        ([f + f // 20 for f in range(4, COUNT - 3, 5)], "every 5 frames one repeats"),
    ],
)
def test_regular_repeats(frames: Iterable[int], words: str) -> None:
    """Animation on twos and a changed rate are told as what they are, and fail nothing."""
    gates = decide(repeated(frames))

    assert not_passed(gates) == {"duplicate_frames": "warn"}
    assert words in gate("duplicate_frames", gates).sentence


def test_cut() -> None:
    """A new shot in one clip is worth a look; at a known seam the boundary gates speak."""
    cut = measurement({"scene_cut": {24: 0.9}})

    assert not_passed(decide(cut)) == {"scene_cut": "warn"}
    assert gate("scene_cut", decide(cut)).ranges == (FrameRange(24, 25),)
    assert not_passed(decide(cut, boundaries={24: SEAM})) == {}


def test_flicker() -> None:
    """Light that goes up and down by a percent fails; in a darker clip the same share fails too."""
    assert failure_tags(decide(measurement(flicker=2.0))) == ("flicker",)
    assert failure_tags(decide(measurement(flicker=0.5, luma_mean=30))) == ("flicker",)
    assert failure_tags(decide(measurement(flicker=0.05, luma_mean=6))) == ()


def test_flicker_in_a_part() -> None:
    """The ranges say where the light flickers."""
    gates = decide(measurement({"flicker": over(range(10, 30), 3.0)}))

    (where,) = gate("flicker", gates).ranges
    assert where.start in range(5, 12)
    assert where.stop in range(28, 35)


def test_strobe_and_flash() -> None:
    """Strobe light is no flicker, only worth a look; one flash is nothing."""
    assert not_passed(decide(measurement({"flicker": over(range(4, 40, 4), 90.0)}))) == {"flicker": "warn"}
    assert not_passed(decide(measurement({"flicker": {20: 90.0}}))) == {}


# ------------------------------------------------------------------------------------------------------ photographs


@pytest.mark.parametrize(
    ("tag", "series", "fail"),
    [
        ("blurred", "reblur", "blur_fail"), ("noisy", "noise", "noise_fail"), ("blocky", "blockiness", "blocky_fail"),
        ("clipped", "clipped_high", "clipped_fail"),
    ],
)  # fmt: skip
def test_bad_photograph(tag: str, series: str, fail: str) -> None:
    """Each damage has its own tag, from its threshold on."""
    threshold = getattr(Thresholds(), fail)
    gates = decide(measurement(**{series: threshold}))

    assert not_passed(gates) == {tag: "fail"}
    assert gate(tag, gates).threshold == threshold


@pytest.mark.parametrize("is_photographic", [False, None])
def test_not_a_photograph(is_photographic: bool | None) -> None:
    """A depth map or a pose skeleton is not judged as a photograph."""
    flat = replace(
        measurement(reblur=0.95, noise=0.0, blockiness=3.0, clipped_low=0.95),
        is_photographic=is_photographic, quality_score=None,
    )  # fmt: skip
    tags = {g.tag for g in decide(flat)}

    assert not tags & {"blurred", "noisy", "blocky", "clipped", "low_quality"}


@pytest.mark.parametrize(("score", "expected"), [(0.1, "fail"), (0.8, "pass")])
def test_quality_score(score: float, expected: str) -> None:
    """A low score fails, and the threshold told is the one reached, or else the next to come."""
    gates = decide(replace(measurement(), quality_score=score))

    assert level("low_quality", gates) == expected
    assert gate("low_quality", gates).threshold == Thresholds().quality_fail


# ------------------------------------------------------------------------------------------------------------ faces


def faces(confidence: Mapping[int, float], *, otherwise: float, step: int = 8) -> Measurement:
    looked = {"face_confidence_measured": over(range(0, COUNT, step), 1.0), "face_confidence": dict(confidence)}
    return measurement(looked, face_confidence=otherwise, face_confidence_measured=0)


def test_face_all_along() -> None:
    """A sure face in every frame passes, asked for or not."""
    assert level("low_face_confidence", decide(faces({}, otherwise=0.93))) == "pass"
    assert level("low_face_confidence", decide(faces({}, otherwise=0.93), expects_faces=True)) == "pass"


def test_landscape() -> None:
    """Where nobody expects a face, none is missed; a false alarm now and then changes nothing."""
    assert level("low_face_confidence", decide(faces({8: 0.8}, otherwise=0.0))) is None
    assert level("low_face_confidence", decide(faces({}, otherwise=0.0), expects_faces=False)) is None


@pytest.mark.parametrize("nothing", [0.0, math.nan])
def test_face_expected(nothing: float) -> None:
    """An expected face that is not found fails, whether the detector calls that 0 or nothing."""
    gates = decide(faces({}, otherwise=nothing), expects_faces=True)

    assert failure_tags(gates) == ("low_face_confidence",)


def test_face_turns_away() -> None:
    """A face that most frames show and some do not is worth a look; it fails where it was expected throughout."""
    leaving = faces(over(range(32, 48), 0.1), otherwise=0.9)

    assert level("low_face_confidence", decide(leaving)) == "warn"
    assert gate("low_face_confidence", decide(leaving)).ranges == (FrameRange(32, 48),)
    assert level("low_face_confidence", decide(leaving, expects_faces=True)) == "fail"


def test_nobody_looked() -> None:
    """Without a detector nothing is known of faces."""
    unseen = replace(measurement(), face_detector=None)

    assert level("low_face_confidence", decide(unseen, expects_faces=True)) is None


# ------------------------------------------------------------------------------------------------------------ seams


@pytest.mark.parametrize(
    ("seam", "tags"),
    [
        pytest.param(replace(SEAM, ssim_small=0.6), ("boundary_jump",), id="frames missing"),
        pytest.param(
            replace(SEAM, ssim_small=0.2, ssim_expected=0.5, difference=0.2, difference_expected=0.05),
            ("boundary_jump",), id="a cut in fast motion",
        ),
        pytest.param(
            replace(SEAM, difference=0.1, luma_delta=24.0, luma_step=23.0), ("boundary_exposure_step",), id="light",
        ),
        pytest.param(replace(SEAM, red_delta=-3.0, red_step=2.9), ("boundary_exposure_step",), id="colour"),
        pytest.param(replace(SEAM, ssim_small=1.0, difference=0.0), ("duplicate_seam",), id="a frame twice"),
        pytest.param(
            replace(SEAM, ssim_small=0.99, difference=0.003), ("duplicate_seam",), id="a frame twice, compressed anew"
        ),
    ],
)  # fmt: skip
def test_bad_seam(seam: Boundary, tags: tuple[str, ...]) -> None:
    """What is wrong at a seam has its own tag, and the frames at it are told."""
    gates = decide(measurement(), boundaries={0: SEAM, 24: seam})

    assert failure_tags(gates) == tags
    assert gate(tags[0], gates).ranges == (FrameRange(23, 25),)


@pytest.mark.parametrize(("start", "expected"), [(0, FrameRange(0, 1)), (COUNT, FrameRange(COUNT - 1, COUNT))])
def test_seam_to_another_clip(start: int, expected: FrameRange) -> None:
    """Of a seam at an end, one frame is this clip's."""
    gates = decide(measurement(), boundaries={start: replace(SEAM, ssim_small=0.3)})

    assert gate("boundary_jump", gates).ranges == (expected,)


def test_still_seam() -> None:
    """Where nothing moves on either side, a repeated picture is what is to be expected."""
    still = replace(
        SEAM, ssim_small=1.0, ssim_expected=1.0, difference=0.0, difference_expected=0.0, difference_least=0.0
    )

    assert not_passed(decide(measurement(), boundaries={24: still})) == {}


def test_repeat_among_repeats() -> None:
    """Where frames repeat beside the seam too, a repeat at it is worth a look."""
    on_twos = replace(SEAM, ssim_small=1.0, difference=0.0, difference_least=0.0)

    assert not_passed(decide(measurement(), boundaries={24: on_twos})) == {"duplicate_seam": "warn"}


def test_seam_with_nothing_known() -> None:
    """A seam whose neighbours are too few decides nothing."""
    unknown = replace(
        SEAM, ssim_expected=None, difference_expected=None, difference_least=None,
        luma_step=None, blue_step=None, red_step=None,
    )  # fmt: skip
    tags = {g.tag for g in decide(measurement(), boundaries={24: unknown})}

    assert not {tag for tag in tags if "boundary" in tag or "seam" in tag}


def test_flicker_in_a_clip_shorter_than_its_window() -> None:
    """Ranges end with the clip: once a clip of one frame was told to flicker past its end."""
    series = (Series.of("luma_mean", [0.0]), Series.of("flicker", [1.0]))
    (flicker,) = (g for g in decide(replace(measurement(), frame_count=1, series=series)) if g.tag == "flicker")

    assert all(r.stop <= 1 for r in flicker.ranges)


# ------------------------------------------------------------------------------------------------------- properties

NUMBERS = st.floats(0, 300) | st.sampled_from([0.0, 1.0, math.nan])


@given(
    series=st.dictionaries(st.sampled_from([*SOUND, "face_confidence"]), st.lists(NUMBERS, max_size=12), max_size=14),
    frame_count=st.integers(0, 12),
    starts=st.sets(st.integers(-1, 13), max_size=3),
    expects_faces=st.none() | st.booleans(),
)
def test_any_numbers(
    series: dict[str, list[float]], frame_count: int, starts: set[int], expects_faces: bool | None
) -> None:
    """Whatever was measured there are gates, each once, in order, and their ranges lie within the clip."""
    clip = replace(
        measurement(), frame_count=frame_count, series=tuple(Series.of(name, values) for name, values in series.items())
    )
    gates = decide(clip, boundaries=dict.fromkeys(starts, SEAM), expects_faces=expects_faces)

    tags = [g.tag for g in gates]
    assert tags == [tag for tag in TAGS if tag in tags]
    assert all(r.stop <= frame_count for g in gates for r in g.ranges)
    assert all(g.value is None or math.isfinite(g.value) for g in gates)
    assert failure_tags(gates) == tuple(g.tag for g in gates if g.level == "fail")


def test_tags_in_order() -> None:
    """Failures are told once each in one order, whatever order they were found in; warnings are none."""
    found = [Gate(tag, "fail", None, None, "") for tag in ("flicker", "black", "flicker")]

    assert failure_tags([Gate("static", "warn", None, None, ""), *found]) == ("black", "flicker")


# ------------------------------------------------------------------------------------------------------- thresholds


def test_thresholds_as_written() -> None:
    """A person's numbers replace the defaults; infinity and 0 turn gates off."""
    mine = thresholds_of({"flicker_fail": 3, "quality_fail": 0, "noise_fail": math.inf})

    assert mine == Thresholds(flicker_fail=3.0, quality_fail=0.0, noise_fail=1e300)
    assert "noisy" not in not_passed(decide(measurement(noise=200), thresholds=replace(mine, noise_warn=1e300)))


def test_mistakes_in_thresholds() -> None:
    """Every mistake is named at once, with a near match."""
    with pytest.raises(UsageError) as caught:
        thresholds_of({"fliker_fail": 1, "quality_fail": 1.5, "noise_fail": True, "blur_fail": "high", "jump_fail": -1})

    assert "'flicker_fail'" in caught.value.message
    assert all(name in caught.value.message for name in ("quality_fail: 1.5", "noise_fail: True", "'high'", "-1"))


def test_not_a_number_is_no_threshold() -> None:
    """NaN would let everything pass, so it is refused."""
    with pytest.raises(UsageError, match="nan"):
        thresholds_of({"flicker_fail": math.nan})


def test_page_lists_thresholds() -> None:
    """The page about quality lists every threshold as it is; `scripts/quality_table.py --write` rewrites it."""
    assert threshold_table() in PAGE.read_text(encoding="utf-8")


def test_table_of_thresholds() -> None:
    """The table has a row for each field, with the default, a unit and a sentence."""
    assert [row.name for row in THRESHOLDS] == [f.name for f in fields(Thresholds)]
    assert [row.default for row in THRESHOLDS] == [getattr(Thresholds(), row.name) for row in THRESHOLDS]
    assert all(row.unit and row.sentence for row in THRESHOLDS)
    assert all(0 <= row.default <= row.highest for row in THRESHOLDS)
