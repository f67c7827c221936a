"""Real and nasty files: what each is, checked by eye, and against ffprobe, MediaInfo and ExifTool.

Where one of those programs says otherwise, the table of its exceptions says what it says and why it is not right.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import pytest

from turnover.core.probe import Probe
from turnover.errors import ProbeError
from turnover.media.probe import probe

if TYPE_CHECKING:
    from tests.conftest import Tool

Said: TypeAlias = "str | int | None"
Fact: TypeAlias = "tuple[str, int, int, str | None, int, str]"

# Codec, width, height, rate, frames counted by a scan, codes of warnings; or the code of the refusal alone.
COMFY = "odd_rate untagged_colour"
FACTS: Mapping[str, Fact | str] = {
    "technical/QuickTime.mov": (
        "mjpeg", 320, 240, "30/1", 0, "truncated undecodable claimed_count_differs untagged_colour",
    ),
    "technical/TimecodeTrack_23_976_Start-00-58-40-00.mov": "no_video",
    "technical/TimecodeTrack_29_97d_Start_00-00-00-00.mov": "no_video",
    "technical/VideoAndTimecodeTrack_29_97i_Start-00-00-00-00.mov": (
        "h264", 720, 480, "30000/1001", 10, "non_square_pixels interlaced",
    ),
    "technical/basic444.mp4": ("h264", 1920, 1080, "1/1", 1, "odd_rate"),
    "technical/bbb_176x144_192kbps_15fps_mpeg4.mp4": ("mpeg4", 176, 144, "15/1", 15, COMFY),
    "technical/bear-vp9-odd-dimensions.webm": ("vp9", 161, 121, "30000/1001", 30, "untagged_colour odd_size"),
    "technical/bikes.mp4": ("h264", 640, 272, "25/1", 250, "untagged_colour"),
    "technical/bt601.mov": ("h264", 640, 428, "30000/1001", 30, ""),
    "technical/bt709_full_range.mp4": ("h264", 1280, 720, "30/1", 30, ""),
    "technical/corrupted.mp4": ("h264", 1280, 720, "10/1", 50, "damaged odd_rate untagged_colour"),
    "technical/cursed-vfr.mp4": ("h264", 3026, 1386, None, 63, "variable_frame_rate"),
    "technical/edit_list_positive_shift.mp4": ("h264", 1920, 1080, "30/1", 270, "untagged_colour"),
    "technical/h264_10bits.mp4": ("h264", 200, 200, "30/1", 30, "untagged_colour"),
    "technical/hdr10-av1.mp4": ("av1", 720, 1280, "30000/1001", 127, ""),
    "technical/invalid-bitstream.webm": ("vp9", 320, 240, "25/1", 51, "undecodable untagged_colour"),
    "technical/invalid_userdata.mp4": (
        "h264", 1280, 720, "24000/1001", 0, "truncated undecodable claimed_count_differs untagged_colour",
    ),
    "technical/long_tag_string.webm": ("vp8", 320, 180, None, 1, "undecodable untagged_colour"),
    "technical/nasa_13013.mp4": ("h264", 480, 270, "30000/1001", 390, "several_video_streams"),
    "technical/sample.flv": ("h264", 1080, 720, "30/1", 30, "untagged_colour"),
    "technical/sample_android_slow_motion.mp4": ("h264", 1280, 720, None, 7, "variable_frame_rate"),
    "technical/sample_audio_only.mp4": "no_video",
    "technical/sample_av1.mp4": ("av1", 1080, 720, "30000/1001", 30, "untagged_colour"),
    "technical/sample_fragmented.mp4": ("h264", 1080, 720, "30000/1001", 30, "untagged_colour"),
    "technical/sample_gamma2.2.mp4": ("h264", 320, 240, "60/1", 60, "colour_conflict"),
    "technical/sample_mdat_too_long.mp4": ("h264", 1080, 720, "30000/1001", 30, "truncated untagged_colour"),
    "technical/sample_missing_stsd.mp4": ("h264", 1080, 720, "30000/1001", 30, "untagged_colour unknown_sound"),
    "technical/sample_rotate_and_reflect.mp4": ("h264", 1080, 720, "30000/1001", 30, "untagged_colour rotated"),
    "technical/sample_scte35.ts": ("mpeg2video", 640, 426, "30000/1001", 3, "untagged_colour"),
    "technical/sample_with_colr_mdcv_and_clli.mp4": ("av1", 1920, 1080, "60000/1001", 60, ""),
    "technical/sample_with_metadata.mp4": ("h264", 1080, 720, "30000/1001", 30, "untagged_colour"),
    "technical/sar_2x1.mp4": ("h264", 640, 360, "30/1", 150, "untagged_colour non_square_pixels"),
    "technical/silent-black-10s.mp4": ("h264", 320, 240, "30/1", 300, "untagged_colour"),
    "technical/smpte-2997.mp4": ("h264", 1920, 1080, "25/1", 251, ""),
    "technical/tiny_av1.mp4": ("av1", 64, 64, "24/1", 1, "untagged_colour"),
    "technical/transparent.webm": ("vp9", 200, 200, "30/1", 150, "hidden_alpha"),
    "technical/video_270.mov": ("h264", 568, 320, "30/1", 3, "rotated"),
    "technical/video_90.mov": ("h264", 568, 320, "30/1", 3, "rotated"),
    "derived/AnimateDiff_00003-audio.mp4": ("h264", 320, 320, "16/1", 16, "odd_rate"),
    "derived/AnimateDiff_00003.png": ("png", 320, 320, None, 1, ""),
    "derived/ComfyUI_anim_00001_.png": ("apng", 160, 160, "500/31", 4, "odd_rate"),
    "derived/ComfyUI_triple_00001_.mp4": ("h264", 320, 320, "16/1", 12, COMFY),
    "derived/a1111_tricky.png": ("png", 128, 128, None, 1, ""),
    "derived/fooocus.jpg": ("mjpeg", 128, 128, None, 1, ""),
    "derived/prompt_only.mp4": ("h264", 320, 320, "16/1", 12, COMFY),
    "derived/prores4444_alpha_2997df.mov": ("prores", 320, 320, "30000/1001", 3, "untagged_colour"),
    "derived/seam_B_cont.mp4": ("h264", 320, 320, "16/1", 16, COMFY),
    "derived/seam_B_jump.mp4": ("h264", 320, 320, "16/1", 16, COMFY),
    "derived/stale_copy.mp4": ("h264", 320, 320, "16/1", 12, COMFY),
    "derived/swarmvid.mp4": ("h264", 320, 320, "16/1", 8, COMFY),
    "derived/text.mp4": "not_media",
    "derived/truncated_no_moov.mp4": "truncated",
    "derived/vhs_comment_promptstr_00001.mp4": ("h264", 320, 320, "16/1", 16, "odd_rate"),
    "derived/wangp_reserved.mp4": ("h264", 320, 320, "16/1", 8, COMFY),
    "provenance/firefly-1.png": ("png", 1152, 896, None, 1, ""),
    "provenance/grok-1.jpg": ("mjpeg", 784, 1168, None, 1, ""),
    "provenance/video1.mp4": ("h264", 720, 1280, "30/1", 60, ""),
    "comfy_video/02-man's_eye.mp4": ("h264", 1024, 576, "15/1", 77, "odd_rate"),
    "comfy_video/api_moonvalley_text_to_video.mp4": ("h264", 720, 720, "30/1", 90, ""),
    "comfy_video/control_video.mp4": ("vp9", 512, 512, "16/1", 152, f"{COMFY} suffix_mismatch"),
    "comfy_video/runway_gen4_turo_image_to_video.mp4": ("h264", 1280, 720, "24/1", 121, "untagged_colour"),
    "comfy_video/wan2.2-s2v.mp4": ("h264", 768, 768, "16/1", 238, COMFY),
    "comfy_video/wan2.2_14B_fun_inp.mp4": ("h264", 720, 720, "16/1", 81, f"undecodable damaged {COMFY}"),
    "comfy_image/text_to_video_wan.webp": ("webp", 832, 480, "500/31", 33, "odd_rate"),
    "comfy_image/v1_robot.webp": ("webp", 512, 512, "1000/41", 3, "odd_rate"),
    "faces/again.mkv": ("h264", 640, 480, "30/1", 77, "untagged_colour"),
    "faces/bottle-detection.mp4": ("h264", 640, 360, "179/6", 1189, COMFY),
    "faces/carphone_pristine.mp4": ("h264", 176, 144, "30000/1001", 120, "untagged_colour non_square_pixels"),
}  # fmt: skip
NAMES = sorted(FACTS)
READABLE = [name for name in NAMES if not isinstance(FACTS[name], str)]
STILLS = [name for name in READABLE if name.endswith((".png", ".jpg"))]
VIDEOS = [name for name in READABLE if not name.endswith((".png", ".jpg", ".webp"))]


@cache
def scanned(path: Path) -> Probe:
    return probe(path, scan=True)


@pytest.mark.parametrize("name", NAMES)
def test_facts(shared_media: Path, name: str) -> None:
    """Each file gives the values and warnings of the table, or its refusal."""
    try:
        found = scanned(shared_media / name)
    except ProbeError as error:
        seen: Fact | str = error.code
    else:
        video = found.video
        rate = None if video.frame_rate is None else str(video.frame_rate)
        warnings = " ".join(warning.code for warning in found.warnings)
        seen = (video.codec, video.width, video.height, rate, video.frame_count_counted or 0, warnings)
    assert FACTS[name] == seen


@pytest.mark.parametrize("folder", ["technical", "derived", "provenance"])
def test_no_file_is_forgotten(shared_media: Path, folder: str) -> None:
    """The table has every file of the folders that it is about."""
    there = {f"{folder}/{path.name}" for path in (shared_media / folder).iterdir()}
    assert there == {name for name in NAMES if name.startswith(f"{folder}/")}


@pytest.mark.parametrize("name", [name for name in READABLE if "damaged" not in str(FACTS[name])])
def test_without_a_scan(shared_media: Path, name: str) -> None:
    """A glance finds the same clock and the same warnings as a scan, except that it may not count."""
    glance, scan = probe(shared_media / name), scanned(shared_media / name)
    assert scan.video.frame_rate == glance.video.frame_rate
    assert scan.video.is_variable_frame_rate == glance.video.is_variable_frame_rate
    without = {"claimed_count_differs"}
    assert {w.code for w in scan.warnings} - without == {w.code for w in glance.warnings} - without


# --------------------------------------------------------------------------------------------------------- ffprobe

_RANGES = {"limited": "tv", "full": "pc", None: None}
_OTHER_NAMES = {"gamma22": "bt470m", "gamma28": "bt470bg"}
_NOT_SAID = ("unknown", "N/A", "0:1", "0/0")

# What ffprobe 5.1 says, by file and key, and why a probe says otherwise.
FFPROBE_EXCEPTIONS: Mapping[str, Mapping[str, tuple[Said, str]]] = {
    "technical/QuickTime.mov": {
        "rate": ("30/1", "90000/1 is the clock"),
        "seconds": ("0.000000", "none of the claimed frames is in the file"),
    },
    "technical/bear-vp9-odd-dimensions.webm": {"rate": ("30000/1001", "2997/100 is its decimal spelling")},
    "technical/bt601.mov": {"seconds": ("1.001000", "thirty frames; ffprobe adds half of one to the last")},
    "technical/cursed-vfr.mp4": {"rate": (None, "57600/1 is the clock")},
    "technical/invalid_userdata.mp4": {
        "rate": ("24000/1001", "2997/125 is its decimal spelling"),
        "seconds": ("0.000000", "none of the claimed frames is in the file"),
    },
    "technical/long_tag_string.webm": {
        "rate": (None, "1000/1 is the clock"),
        "profile": (None, "0 is a number, not a name"),
    },
    "technical/sample.flv": {"rate": ("30/1", "frames are 1/30 s apart, rounded to milliseconds")},
    "technical/sample_android_slow_motion.mp4": {"rate": (None, "the first of seven frames lasts ten times as long")},
    "technical/sample_fragmented.mp4": {"seconds": ("1.001000", "ffprobe 5.1 takes a negative offset for days")},
    "technical/sample_gamma2.2.mp4": {
        "primaries": ("bt470bg", "the container's word, which overrules the stream's"),
        "transfer": ("smpte170m", "the container's word, which overrules the stream's"),
    },
    "technical/sample_missing_stsd.mp4": {"sound": ("unknown", "ffprobe names no codec")},
    "technical/tiny_av1.mp4": {"aspect": ("1:1", "FFmpeg reads it from the stream since version 6")},
    **{name: {"rate": (None, "a still has no rate"), "seconds": (None, "nor a duration")} for name in STILLS},
    "derived/ComfyUI_anim_00001_.png": {
        "rate": ("500/31", "62 ms a frame; ffprobe rounds to 97/6"),
        "claimed": (4, "ffprobe does not tell the header's number"),
    },
}
# R'G'B' has no matrix to speak of; ffprobe keeps silent about the code that says so.
_SILENT = {"matrix": "gbr"}


@cache
def by_ffprobe(program: Path, path: Path, stream_index: int) -> dict[str, Said]:
    command = [str(program), "-v", "quiet", "-of", "json", "-show_streams", "-count_packets", f"file:{path}"]
    streams = json.loads(subprocess.check_output(command))["streams"]
    video = next(stream for stream in streams if stream["index"] == stream_index)

    def said(key: str) -> Said:
        value: Said = video.get(key)
        return None if value in _NOT_SAID else value

    turns = [-int(side["rotation"]) % 360 for side in video.get("side_data_list", []) if "rotation" in side]
    tag = video["codec_tag_string"]
    return {
        "codec": said("codec_name"),
        "size": f"{video['width']}x{video['height']}",
        "pixels": said("pix_fmt"),
        "profile": said("profile"),
        "rate": said("r_frame_rate"),
        "claimed": int(video["nb_frames"]) if "nb_frames" in video else None,
        "counted": int(video.get("nb_read_packets", 0)),
        "primaries": said("color_primaries"),
        "transfer": said("color_transfer"),
        "matrix": said("color_space"),
        "range": said("color_range"),
        "order": said("field_order"),
        "aspect": said("sample_aspect_ratio"),
        "tag": None if "[" in tag else tag,
        "start": said("start_time"),
        "seconds": said("duration"),
        "turn": turns[0] if turns else 0,
        "timecode": video.get("tags", {}).get("timecode"),
        "sound": " ".join(s.get("codec_name", "?") for s in streams if s["codec_type"] == "audio"),
    }


def in_ffprobes_words(found: Probe) -> dict[str, Said]:
    video, colour = found.video, found.video.colour
    aspect, start, seconds = video.sample_aspect_ratio, video.start_seconds, video.duration_seconds
    return {
        "codec": video.codec,
        "size": f"{video.width}x{video.height}",
        "pixels": video.pixel_format,
        "profile": video.profile,
        "rate": None if video.frame_rate is None else str(video.frame_rate),
        "claimed": video.frame_count_claimed,
        "counted": video.frame_count_counted,
        "primaries": colour.primaries_name,
        "transfer": _OTHER_NAMES.get(colour.transfer_name or "", colour.transfer_name),
        "matrix": colour.matrix_name,
        "range": _RANGES[colour.range],
        "order": video.field_order,
        "aspect": None if aspect is None else f"{aspect.numerator}:{aspect.denominator}",
        "tag": video.codec_tag,
        "start": None if start is None else f"{float(start):.6f}",
        "seconds": None if seconds is None else f"{float(seconds):.6f}",
        "turn": video.rotation,
        "timecode": found.start_timecode_label,
        "sound": " ".join(sound.codec for sound in found.audio),
    }


@pytest.mark.parametrize("name", [name for name in READABLE if not name.endswith(".webp")])
def test_ffprobe_agrees(shared_media: Path, tool: Tool, name: str) -> None:
    """Every value is ffprobe's, or stands in the table of exceptions with its reason."""
    found = scanned(shared_media / name)
    theirs = by_ffprobe(tool("ffprobe"), shared_media / name, found.video.stream_index)
    ours = in_ffprobes_words(found)
    exceptions = FFPROBE_EXCEPTIONS.get(name, {})
    expected = theirs | {key: value for key, (value, _) in exceptions.items()}
    if ours["matrix"] == _SILENT["matrix"]:
        expected |= _SILENT
    if theirs["seconds"] is None or name in STILLS:
        # Matroska and FLV tell no duration of a stream; for stills ffprobe's start and duration are made up.
        expected |= {"seconds": ours["seconds"], "start": ours["start"]}
    assert expected == ours


def test_every_exception_is_one(shared_media: Path, tool: Tool) -> None:
    """A row of the table that ffprobe no longer contradicts is struck out."""
    idle = []
    for name, rows in FFPROBE_EXCEPTIONS.items():
        theirs = by_ffprobe(tool("ffprobe"), shared_media / name, scanned(shared_media / name).video.stream_index)
        idle += [(name, key) for key, (value, _) in rows.items() if theirs[key] == value and name not in STILLS]
    assert not idle


# ------------------------------------------------------------------------------------------------------- MediaInfo

# What MediaInfo 23.04 says, by file and key, and why a probe says otherwise.
MEDIAINFO_EXCEPTIONS: Mapping[str, Mapping[str, tuple[Said, str]]] = {
    "technical/edit_list_positive_shift.mp4": {
        "frames": (270, "it counts the second before the first frame as thirty")
    },
    "technical/sample_android_slow_motion.mp4": {
        "variable": ("VFR", "the first of seven frames lasts ten times as long")
    },
}


def by_mediainfo(program: Path, path: Path, stream_index: int) -> dict[str, Said]:
    tracks = json.loads(subprocess.check_output([str(program), "--Output=JSON", str(path)]))["media"]["track"]
    pictures = [track for track in tracks if track["@type"] == "Video"]
    video = next((track for track in pictures if track.get("StreamOrder") == str(stream_index)), pictures[0])
    turn = video.get("Rotation")
    return {
        "size": f"{video['Width']}x{video['Height']}",
        "turn": round(float(turn)) if turn is not None else 0,
        "depth": int(video["BitDepth"]) if "BitDepth" in video else None,
        "chroma": video.get("ChromaSubsampling"),
        "frames": int(video["FrameCount"]) if "FrameCount" in video else None,
        "variable": video.get("FrameRate_Mode"),
    }


@pytest.mark.parametrize("name", VIDEOS)
def test_mediainfo_agrees(shared_media: Path, tool: Tool, name: str) -> None:
    """Size, turn, depth, chroma, claimed frames and steadiness are MediaInfo's where it tells them."""
    found = scanned(shared_media / name)
    video = found.video
    theirs = by_mediainfo(tool("mediainfo"), shared_media / name, video.stream_index)
    ours: dict[str, Said] = {
        "size": f"{video.width}x{video.height}",
        "turn": video.rotation,
        "depth": video.bit_depth,
        "chroma": video.chroma,
        "frames": video.frame_count_claimed,
        "variable": "VFR" if video.is_variable_frame_rate else "CFR",
    }
    told = {key: value for key, value in theirs.items() if value is not None and ours[key] is not None}
    expected = told | {key: value for key, (value, _) in MEDIAINFO_EXCEPTIONS.get(name, {}).items()}
    assert expected == {key: ours[key] for key in expected}


# -------------------------------------------------------------------------------------------------------- ExifTool


@pytest.fixture(scope="module")
def exiftool_says(shared_media: Path, tool: Tool) -> dict[str, dict[str, Said]]:
    """ExifTool's answers for all files at once, because it takes long to start."""
    paths = [str(shared_media / name) for name in READABLE]
    command = [str(tool("exiftool")), "-json", "-n", "-ImageWidth", "-ImageHeight", *paths]
    answers = json.loads(subprocess.run(command, check=False, capture_output=True).stdout)
    return {str(Path(answer["SourceFile"]).relative_to(shared_media)): answer for answer in answers}


# What ExifTool 12.57 says otherwise, by file, and why.
EXIFTOOL_EXCEPTIONS: Mapping[str, tuple[str, str]] = {
    "faces/carphone_pristine.mp4": ("176x144", "it gives the track's shown size, with samples of 128:117"),
    "technical/nasa_13013.mp4": ("480x270", "it gives the first of two picture tracks, not the larger"),
    "technical/sar_2x1.mp4": ("640x360", "it gives the track's shown size, with samples of 2:1"),
}


@pytest.mark.parametrize("name", READABLE)
def test_exiftool_agrees(exiftool_says: dict[str, dict[str, Said]], shared_media: Path, name: str) -> None:
    """The stored size is ExifTool's, too."""
    theirs = exiftool_says[name]
    if "ImageWidth" not in theirs:
        pytest.skip("ExifTool tells no size of this file")
    video = scanned(shared_media / name).video
    said = f"{theirs['ImageWidth']}x{theirs['ImageHeight']}"
    assert EXIFTOOL_EXCEPTIONS.get(name, (said, ""))[0] == f"{video.width}x{video.height}"
