"""Videos made for tests are what their recipes say, as ffprobe and decoders see them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, get_type_hints

import av
import numpy as np
import pytest
from PIL import Image

from tests import videos
from tests.pictures import Pixels
from tests.recipes import HDR10, HLG, NTSC_24, NTSC_30, NTSC_60, PQ, REC709, SRGB, Options, Range, Recipe, matrix
from turnover.core.clip import JsonValue
from turnover.core.colour import MATRICES, PRIMARIES, TRANSFERS
from turnover.core.rate import Rate
from turnover.core.timecode import Timecode

if TYPE_CHECKING:
    from tests.conftest import Tool

RECIPES = [pytest.param(recipe, id=str(recipe)) for recipe in matrix()]


def ffprobe(program: Path, path: Path, *options: str) -> dict[str, list[dict[str, JsonValue]]]:
    """What ffprobe says, as its JSON."""
    command = [str(program), "-v", "error", "-of", "json", *(options or ("-show_streams",)), f"file:{path}"]
    said: dict[str, list[dict[str, JsonValue]]] = json.loads(subprocess.check_output(command))
    return said


def tags_of(program: Path, path: Path) -> dict[str, JsonValue]:
    """The container's tags."""
    said = json.loads(subprocess.check_output([program, "-v", "error", "-of", "json", "-show_format", f"file:{path}"]))
    tags: dict[str, JsonValue] = said["format"].get("tags", {})
    return tags


def seen(program: Path, path: Path) -> dict[str, JsonValue]:
    """What ffprobe says of the things a recipe decides."""
    streams = ffprobe(program, path, "-show_streams", "-count_packets")["streams"]
    video = next(s for s in streams if s["codec_type"] == "video")
    sides = video.get("side_data_list", [])
    assert isinstance(sides, list)
    return {
        "size": [video["width"], video["height"]],
        "rate": video["r_frame_rate"],
        "frames": video["nb_read_packets"],
        "aspect": video.get("sample_aspect_ratio"),
        "turn": [side["rotation"] for side in sides if isinstance(side, dict) and "rotation" in side],
        "colour": [video.get(key) for key in ("color_primaries", "color_transfer", "color_space")],
        "timecode": labels(streams),
        "sound": [s["codec_name"] for s in streams if s["codec_type"] == "audio"],
    }


def labels(streams: list[dict[str, JsonValue]]) -> list[JsonValue]:
    """The timecode labels of the picture's stream and of the timecode track."""
    tags = [s.get("tags", {}) for s in streams if s["codec_type"] != "audio"]
    return [t["timecode"] for t in tags if isinstance(t, dict) and "timecode" in t]


def promised(recipe: Recipe) -> dict[str, JsonValue]:
    """What ffprobe is to say of a recipe for .mp4 or .mov."""
    colour: list[JsonValue] = [None] * 3
    if recipe.colour is not None:
        primaries, transfer, matrix_code = recipe.colour
        colour = [PRIMARIES[primaries], TRANSFERS[transfer], MATRICES[matrix_code]]
    aspect = recipe.sample_aspect_ratio
    return {
        "size": [recipe.width, recipe.height],
        "rate": str(recipe.rate),
        "frames": str(recipe.frames),
        "aspect": None if aspect is None else f"{aspect.numerator}:{aspect.denominator}",
        "turn": [-recipe.rotation] if recipe.rotation else [],
        "colour": colour,
        "timecode": [] if recipe.timecode is None else [recipe.timecode] * 2,
        "sound": [] if not recipe.audio else ["aac" if recipe.name.endswith("mp4") else "pcm_s16le"],
    }


# ------------------------------------------------------------------------------------------------ the whole matrix


@pytest.mark.parametrize("recipe", RECIPES)
def test_each_recipe_is_what_it_says(recipe: Recipe, tool: Tool) -> None:
    """ffprobe reads from the file what the recipe asked for."""
    actual = seen(tool("ffprobe"), videos.cached(recipe))
    assert promised(recipe) == actual


def test_two_processes_with_dirty_memory(tmp_path: Path) -> None:
    """The same recipe gives the same bytes, whatever stands in memory beforehand."""
    program = (
        "import sys; from pathlib import Path; from tests.videos import Recipe, made, matrix\n"
        "ahead = Recipe('ahead.mp4', width=98, height=50, encoder={'preset': 'medium', 'bf': '3'})\n"
        "deep = Recipe('deep.mov', width=162, height=90, codec='prores_ks', frames=24)\n"
        "made((*(r for r in matrix() if r.width < 1000), ahead, deep), Path(sys.argv[1]))"
    )
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder, filling in zip(folders, ("85", "170"), strict=True):
        # glibc fills what it hands out with this byte; elsewhere the variable means nothing.
        environment = os.environ | {"MALLOC_PERTURB_": filling, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run([sys.executable, "-c", program, folder], env=environment, check=True)
    first, second = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in folders)
    assert len(first) == len(matrix()) - 1 + 2
    assert [name for name in first if first[name] != second[name]] == []


def test_matrix_is_without_doubles() -> None:
    """Each id and each file name stands once, and recipes of one content too."""
    recipes = matrix()
    assert len({r.id for r in recipes}) == len({r.name for r in recipes}) == len(recipes)


def test_options_are_the_fields_of_a_recipe() -> None:
    """What `make` takes by keyword is a recipe's fields, but for its name and id, with the same types."""
    fields = get_type_hints(Recipe)
    del fields["name"], fields["id"]
    assert fields == get_type_hints(Options)


# ------------------------------------------------------------------------------------------------------- timecode

LABELS = [
    (NTSC_24, "01:00:00:00"),
    (Rate(24), "00:00:00:00"),
    (Rate(25), "10:11:12:13"),
    (NTSC_30, "01:00:00;02"),
    (NTSC_30, "01:00:00:00"),
    (Rate(30), "01:00:00:29"),
    (Rate(50), "01:00:00:49"),
    (NTSC_60, "00:01:00;04"),
    (NTSC_60, "23:59:59:59"),
    (Rate(60), "01:00:00:00"),
]


@pytest.mark.parametrize("suffix", ["mov", "mp4"])
@pytest.mark.parametrize(("rate", "label"), LABELS, ids=lambda value: str(value))
def test_timecode_track(rate: Rate, label: str, suffix: str, tmp_path: Path, tool: Tool) -> None:
    """A `tmcd` track stands beside the pictures and says the label, `;` where drop-frame."""
    path = videos.make(tmp_path, f"clip.{suffix}", rate=rate, timecode=label)
    streams = ffprobe(tool("ffprobe"), path)["streams"]
    assert [(s["codec_type"], s["codec_tag_string"]) for s in streams] == [("video", "avc1"), ("data", "tmcd")]
    assert [label, label] == labels(streams)


@pytest.mark.parametrize(("rate", "label"), LABELS, ids=lambda value: str(value))
def test_timecode_track_counts_frames(rate: Rate, label: str, tmp_path: Path) -> None:
    """The number in the track is the label's frame count, so that 01:00:00;00 is 107892."""
    path = videos.make(tmp_path, "clip.mov", rate=rate, timecode=label)
    with av.open(str(path)) as container:
        sample = next(bytes(p) for p in container.demux(container.streams.data[0]) if p.size)
    assert Timecode.parse(label, rate).frame == int.from_bytes(sample, "big")


def test_reel_of_a_mov(tmp_path: Path, tool: Tool) -> None:
    """The timecode track carries the reel's name."""
    path = videos.make(tmp_path, "clip.mov", timecode="01:00:00:00", reel="A001C003")
    tags = ffprobe(tool("ffprobe"), path)["streams"][1]["tags"]
    assert isinstance(tags, dict)
    assert tags["reel_name"] == "A001C003"


@pytest.mark.parametrize("name", ["clip.mkv", "clip.mxf"])
def test_timecode_without_a_track(name: str, tmp_path: Path, tool: Tool) -> None:
    """Matroska has the label as a tag of the stream, MXF of the material."""
    path = videos.make(tmp_path, name, rate=NTSC_30, timecode="01:00:00;02")
    video = ffprobe(tool("ffprobe"), path)["streams"][0].get("tags")
    stream_tags = video if isinstance(video, dict) else {}
    assert "01:00:00;02" in (stream_tags.get("TIMECODE"), tags_of(tool("ffprobe"), path).get("timecode"))


# ------------------------------------------------------------------------------------------ containers and codecs

CODECS = [
    ("clip.mkv", {}, ("h264", "yuv420p")),
    ("clip.webm", {}, ("vp9", "yuv420p")),
    ("clip.avi", {}, ("mpeg4", "yuv420p")),
    ("clip.mxf", {}, ("mpeg2video", "yuv420p")),
    ("clip.png", {"rate": Rate(25)}, ("apng", "rgb24")),
    ("clip.gif", {"rate": Rate(25)}, ("gif", "bgra")),
    ("clip.mp4", {"codec": "libx265"}, ("hevc", "yuv420p")),
    ("clip.mp4", {"codec": "libsvtav1", "pixel_format": "yuv420p10le"}, ("av1", "yuv420p10le")),
    ("clip.webm", {"codec": "libsvtav1"}, ("av1", "yuv420p")),
    ("clip.mov", {"codec": "prores_ks"}, ("prores", "yuv422p10le")),
    ("clip.mov", {"codec": "prores_ks", "pixel_format": "yuva444p10le"}, ("prores", "yuva444p12le")),
    ("clip.mov", {"codec": "dnxhd", "width": 256, "height": 128}, ("dnxhd", "yuv422p")),
    ("clip.mkv", {"codec": "ffv1", "pixel_format": "yuv444p", "width": 161, "height": 121}, ("ffv1", "yuv444p")),
    ("clip.mkv", {"codec": "ffv1", "pixel_format": "bgr0"}, ("ffv1", "bgr0")),
    ("clip.avi", {"codec": "mjpeg"}, ("mjpeg", "yuvj420p")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "options", "expected"), CODECS)
def test_container_and_codec(
    name: str, options: Options, expected: tuple[str, str], tmp_path: Path, tool: Tool
) -> None:
    """The suffix chooses the container and its usual codec; another codec and pixel format can be asked for."""
    path = videos.make(tmp_path, name, **options)
    streams = ffprobe(tool("ffprobe"), path, "-show_streams", "-count_packets")["streams"]
    keys = ("codec_name", "pix_fmt", "width", "height", "avg_frame_rate", "nb_read_packets")
    size = (options.get("width", 64), options.get("height", 48))
    assert [(*expected, *size, str(options.get("rate", Rate(24))), "8")] == [tuple(s[k] for k in keys) for s in streams]


def test_animated_webp(tmp_path: Path) -> None:
    """Pillow finds every frame and its time."""
    with Image.open(videos.make(tmp_path, "clip.webp", rate=Rate(20), picture="moving_box")) as image:
        times = []
        for frame in range(getattr(image, "n_frames", 1)):
            image.seek(frame)
            image.load()
            times.append(image.info["duration"])
    assert times == [50] * 8


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv", "clip.webm", "clip.avi", "clip.mxf"])
def test_sound_lasts_as_long_as_the_picture(name: str, tmp_path: Path) -> None:
    """Decoded sound has as many samples as the frames last, but for what an encoder pads."""
    path = videos.make(tmp_path, name, rate=Rate(25), frames=10, audio=True)
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        count = sum(frame.samples for frame in container.decode(stream))
        assert stream.rate == 48_000
    assert 0 <= count - 48_000 * 10 // 25 < 2048 + 1024


@pytest.mark.parametrize("name", ["clip.mp4", "clip.mkv", "clip.webm", "clip.png"])
def test_variable_frame_rate(name: str, tmp_path: Path, tool: Tool) -> None:
    """Frames begin where the sums of the durations before them say."""
    path = videos.make(tmp_path, name, rate=Rate(10), variable=(1, 3, 1, 2), picture="moving_box")
    frames = ffprobe(tool("ffprobe"), path, "-select_streams", "v", "-show_entries", "frame=pts_time")["frames"]
    assert [float(str(frame["pts_time"])) for frame in frames] == [0.0, 0.1, 0.4, 0.5]


def test_variable_frame_rate_to_the_end(tmp_path: Path, tool: Tool) -> None:
    """The last frame lasts as long as it was given."""
    path = videos.make(tmp_path, rate=Rate(10), variable=(1, 3, 1, 5))
    assert ffprobe(tool("ffprobe"), path)["streams"][0]["duration"] == "1.000000"


def test_b_frames(tmp_path: Path, tool: Tool) -> None:
    """Options of the encoder reach it."""
    path = videos.make(tmp_path, frames=24, picture="moving_box", encoder={"preset": "medium", "bf": "2"})
    frames = ffprobe(tool("ffprobe"), path, "-show_entries", "frame=pict_type")["frames"]
    assert {"I", "P", "B"} == {frame["pict_type"] for frame in frames}


def test_faststart(tmp_path: Path) -> None:
    """Options of the container reach it, beside those that tags need."""
    path = videos.make(tmp_path, muxer={"movflags": "faststart"}, use_metadata_tags=True, tags={"prompt": "a fox"})
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdta") < content.index(b"a fox") < content.index(b"mdat")


# ------------------------------------------------------------------------------------------------ picture and tags


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("is_mirrored", [False, True], ids=["plain", "mirrored"])
def test_display_matrix(rotation: int, is_mirrored: bool, tmp_path: Path, tool: Tool) -> None:
    """The matrix turns clockwise, and then flips left and right where asked."""
    path = videos.make(tmp_path, rotation=rotation, is_mirrored=is_mirrored)
    sides = ffprobe(tool("ffprobe"), path)["streams"][0].get("side_data_list", [])
    assert isinstance(sides, list)
    texts = [str(side["displaymatrix"]) for side in sides if isinstance(side, dict)]
    rows = [[int(n) for n in line.split(":")[1].split()] for text in texts for line in text.strip().splitlines()]
    a, b, c, d = {0: (1, 0, 0, 1), 90: (0, 1, -1, 0), 180: (-1, 0, 0, -1), 270: (0, -1, 1, 0)}[rotation]
    if is_mirrored:
        a, c = -a, -c
    # QuickTime File Format, "Matrices": 16.16 fixed point, the corner 2.30.
    expected = [[a << 16, b << 16, 0], [c << 16, d << 16, 0], [0, 0, 1 << 30]]
    assert rows == (expected if rotation or is_mirrored else [])


@pytest.mark.parametrize("name", ["clip.mkv", "clip.webm"])
def test_turned_matroska(name: str, tmp_path: Path, tool: Tool) -> None:
    """The turn stands there too."""
    path = videos.make(tmp_path, name, rotation=90)
    assert seen(tool("ffprobe"), path)["turn"] == [-90]


@pytest.mark.parametrize(("name", "codec"), [("clip.mkv", None), ("clip.avi", None), ("clip.mp4", "libsvtav1")])
def test_pixel_aspect(name: str, codec: str | None, tmp_path: Path, tool: Tool) -> None:
    """It stands in the container, or in the stream where the container has no place for it."""
    path = videos.make(tmp_path, name, codec=codec, sample_aspect_ratio=Fraction(16, 15))
    assert seen(tool("ffprobe"), path)["aspect"] == "16:15"


RED: Pixels = np.full((48, 64, 3), (255, 0, 0), np.uint8)


@pytest.mark.parametrize(
    ("colour", "colour_range", "expected"),
    [(None, None, 81), (REC709, None, 63), (PQ, None, 74), (SRGB, "full", 54), (None, "full", 76)],
    ids=["untagged", "rec709", "rec2020", "full", "untagged-full"],
)
def test_matrix_of_red(
    colour: tuple[int, int, int] | None, colour_range: Range | None, expected: int, tmp_path: Path
) -> None:
    """Luma of pure red is 16 + 219·Kr, or 255·Kr in full range; untagged files are Rec. 601, as ComfyUI's were."""
    path = videos.make(tmp_path, colour=colour, colour_range=colour_range, picture=lambda *_: RED)
    with av.open(str(path)) as container:
        luma = bytes(next(container.decode(video=0)).planes[0])[0]
    assert abs(luma - expected) <= 1


@pytest.mark.parametrize("colour", [REC709, PQ, HLG, SRGB])
@pytest.mark.parametrize("name", ["clip.mov", "clip.mkv", "clip.webm"])
def test_colour_tags(name: str, colour: tuple[int, int, int], tmp_path: Path, tool: Tool) -> None:
    """The three codes stand in the file, ProRes in a .mov included."""
    codec = "prores_ks" if name == "clip.mov" else None
    path = videos.make(tmp_path, name, codec=codec, colour=colour, colour_range="limited")
    video = ffprobe(tool("ffprobe"), path)["streams"][0]
    actual = [video.get(f"color_{key}") for key in ("primaries", "transfer", "space", "range")]
    assert [PRIMARIES[colour[0]], TRANSFERS[colour[1]], MATRICES[colour[2]], "tv"] == actual


def test_hdr10(tmp_path: Path, tool: Tool) -> None:
    """Mastering display and light levels stand in the first picture."""
    path = videos.make(tmp_path, codec="libx265", pixel_format="yuv420p10le", colour=PQ, hdr=HDR10)
    frame = ffprobe(tool("ffprobe"), path, "-show_frames", "-read_intervals", "%+#1")["frames"][0]
    sides = frame["side_data_list"]
    assert isinstance(sides, list)
    merged: dict[str, JsonValue] = {}
    for side in sides:
        assert isinstance(side, dict)
        merged |= side
    numbers = {key: float(Fraction(str(merged[key]))) for key in ("red_x", "white_point_y", "min_luminance")}
    assert numbers == {"red_x": 0.68, "white_point_y": 0.329, "min_luminance": 0.005}
    assert (merged["max_luminance"], merged["max_content"], merged["max_average"]) == ("10000000/10000", 1000, 400)


@pytest.mark.parametrize(
    ("name", "codec", "pixel_format", "decoder"),
    [("clip.webm", None, "yuva420p", "libvpx-vp9"), ("clip.mov", "prores_ks", "yuva444p10le", "prores")],
)
def test_alpha(name: str, codec: str | None, pixel_format: str, decoder: str, tmp_path: Path) -> None:
    """A picture without alpha gets one that rises from left to right."""
    path = videos.make(tmp_path, name, codec=codec, pixel_format=pixel_format)
    with av.open(str(path)) as container:
        context = av.CodecContext.create(decoder, "r")
        assert isinstance(context, av.VideoCodecContext)
        context.extradata = container.streams.video[0].codec_context.extradata
        packet = next(container.demux(video=0))
        frames = [frame for p in (packet, None) for frame in context.decode(p)]
    alpha = frames[0].reformat(format="rgba", threads=1).to_ndarray()[24, :, 3].astype(int)
    assert np.abs(alpha - np.arange(64) * 255 // 63).max() <= 8


def test_own_picture(tmp_path: Path) -> None:
    """A picture is a function of frame, frames, width and height."""
    asked: list[tuple[int, int, int, int]] = []

    def draw(frame: int, frames: int, width: int, height: int) -> Pixels:
        asked.append((frame, frames, width, height))
        return RED

    videos.make(tmp_path, frames=3, picture=draw)
    assert asked == [(0, 3, 64, 48), (1, 3, 64, 48), (2, 3, 64, 48)]


# ------------------------------------------------------------------------------------------------- generation tags


def test_comfy_tags_in_an_mp4(tmp_path: Path, tool: Tool) -> None:
    """Both texts come back as written, the workflow first."""
    tags = videos.comfy_tags('a "fox"\nin snow, 狐', 2**64 - 1, loras=[("fur.safetensors", 0.8)])
    path = videos.make(tmp_path, tags=tags, use_metadata_tags=True)
    read = {key: value for key, value in tags_of(tool("ffprobe"), path).items() if key in tags}
    assert list(tags.items()) == list(read.items())


USUAL = ("artist", "comment", "copyright", "date", "genre", "title")


@pytest.mark.parametrize(
    ("name", "tags"),
    [
        ("clip.mp4", {"title": "a & b", "comment": "one\ntwo 狐"}),
        ("clip.mov", dict.fromkeys(USUAL, "2026 狐")),
        ("clip.mp4", dict.fromkeys(USUAL, "2026 狐")),
        ("clip.avi", dict.fromkeys(USUAL, "2026")),
        ("clip.mkv", {"title": "a & b", "PROMPT": "{}"}),
        ("clip.webm", {"title": "a & b", "WORKFLOW": "{}"}),
    ],
)
def test_usual_tags(name: str, tags: Mapping[str, str], tmp_path: Path, tool: Tool) -> None:
    """Tags come back as written."""
    read = tags_of(tool("ffprobe"), videos.make(tmp_path, name, tags=tags))
    assert tags == {key: value for key, value in read.items() if key in tags}


# ---------------------------------------------------------------------------------------- refusals and broken files


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("clip.webm", {"timecode": "01:00:00:00"}, "timecode"),
        ("clip.avi", {"rotation": 90}, "rotation"),
        ("clip.mp4", {"timecode": "01:00:00:00", "reel": "A001"}, "reel"),
        ("clip.mov", {"reel": "A001"}, "reel without a timecode"),
        ("clip.mkv", {"codec": "ffv1", "sample_aspect_ratio": Fraction(2)}, "sample_aspect_ratio"),
        ("clip.gif", {"audio": True}, "audio"),
        ("clip.png", {"codec": "libx264"}, "codec"),
        ("clip.mp4", {"tags": {"prompt": "a fox"}}, "tag 'prompt'"),
        ("clip.webp", {"tags": {"title": "a fox"}}, "tag 'title'"),
        ("clip.mxf", {"tags": {"title": "a fox"}}, "tags"),
        ("clip.mp4", {"rate": Rate(25, 2), "timecode": "01:00:00:00"}, "does not count 12.5"),
        ("clip.mov", {"rate": Rate(25), "timecode": "01:00:00;00"}, "drop-frame"),
        ("clip.mov", {"rate": NTSC_30, "timecode": "00:01:00;00"}, "does not exist"),
        ("clip.mp4", {"rotation": 45}, "not 45"),
        ("clip.mp4", {"hdr": HDR10}, "libx265"),
        ("clip.xyz", {}, "no container"),
    ],
)
def test_what_a_container_cannot_hold(name: str, options: Options, message: str, tmp_path: Path) -> None:
    """It is refused, and no file is left behind."""
    with pytest.raises(ValueError, match=message):
        videos.make(tmp_path, name, **options)
    assert list(tmp_path.iterdir()) == []


def test_broken_file(tmp_path: Path, tool: Tool) -> None:
    """It begins as an MP4 with pictures and has no index, so nothing opens it."""
    path = videos.broken(tmp_path)
    content = path.read_bytes()
    assert (content[4:8], b"mdat" in content, b"moov" in content) == (b"ftyp", True, False)
    failed = subprocess.run([tool("ffprobe"), path], capture_output=True, text=True, check=False)
    assert failed.returncode == 1
    assert "moov atom not found" in failed.stderr


def test_fake_file(tmp_path: Path) -> None:
    """It has a video's name, and no decoder takes it."""
    with pytest.raises(av.error.InvalidDataError):
        av.open(str(videos.fake(tmp_path)))


# -------------------------------------------------------------------------------------------------------- the shelf


def test_made_side_by_side(tmp_path: Path) -> None:
    """Files come in the order of the recipes, under their own names."""
    recipes = (Recipe("b 100%.mp4"), Recipe("a & 狐.mov"))
    assert videos.made(recipes, tmp_path) == (tmp_path / "b 100%.mp4", tmp_path / "a & 狐.mov")
    with pytest.raises(ValueError, match="one file name"):
        videos.made((Recipe("a.mp4"), Recipe("a.mp4", frames=2)), tmp_path)


def test_cached_twice() -> None:
    """The second call gives the file of the first; another id is no other video, another option is."""
    path = videos.cached(Recipe("shelf.mp4", id="one"))
    stamp = path.stat().st_mtime_ns, path.stat().st_ino
    again = videos.cached(Recipe("shelf.mp4", id="two"))
    assert (path, stamp) == (again, (again.stat().st_mtime_ns, again.stat().st_ino))
    assert path != videos.cached(Recipe("shelf.mp4", frames=2))


def test_cached_equals_made(tmp_path: Path) -> None:
    """The shelf holds the bytes that the recipe gives anywhere."""
    recipe = Recipe("shelf.mov", timecode="01:00:00:00")
    assert videos.write(recipe, tmp_path).read_bytes() == videos.cached(recipe).read_bytes()


def test_own_picture_is_not_cached() -> None:
    """A function has no content to be told by."""
    with pytest.raises(ValueError, match="picture of its own"):
        videos.cached(Recipe(picture=lambda *_: RED))
