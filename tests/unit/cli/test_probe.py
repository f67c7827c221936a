"""`turnover probe` says exactly what each file is."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

from tests import videos
from tests.comfy import comfy_tags
from tests.recipes import HDR10, NTSC_24, PQ, REC709, Recipe
from tests.unit.cli.running import turnover
from tests.unit.files.test_model_files import safetensors
from turnover.core.rate import Rate

FILM = Recipe(
    "film.mov", rate=NTSC_24, timecode="01:00:00:00", reel="A001", colour=REC709, colour_range="limited", audio=True
)

# The contract's keys; more may stand beside them.
VIDEO_KEYS = {
    "width", "height", "display_width", "display_height", "rotation", "frame_rate", "variable_frame_rate",
    "frame_count", "duration_seconds", "codec", "profile", "pixel_format", "bit_depth", "chroma", "has_alpha",
    "color_space", "color", "start_timecode",
}  # fmt: skip
GENERATION_KEYS = {
    "tool", "prompt", "negative_prompt", "seed", "steps", "cfg", "guidance", "sampler", "scheduler", "models", "loras",
    "passes", "inputs", "sources",
}  # fmt: skip


def test_keys(tmp_path: Path) -> None:
    """One object a file has every key that was promised."""
    path = Path(shutil.copy(videos.cached(FILM), tmp_path / "film.mov"))
    (tmp_path / "film.json").write_text('{"loras": [{"name": "a", "weight": 0.5}], "model": "m"}')
    ended = turnover("probe", path, "--json")
    assert ended.status == 0
    (one,) = ended.json
    assert set(one) >= {"path", "video", "audio", "generation", "warnings"}
    assert set(one["video"]) >= VIDEO_KEYS
    assert set(one["video"]["color"]) >= {"primaries", "transfer", "matrix", "range"}
    assert set(one["generation"]) >= GENERATION_KEYS
    assert set(one["generation"]["loras"][0]) >= {"name", "weight", "weight_clip", "enabled"}
    assert set(one["generation"]["models"][0]) >= {"name", "role"}
    assert one["path"] == str(path)


def test_values(tmp_path: Path) -> None:
    """Rates are exact texts, colour has FFmpeg's names, times are seconds."""
    shutil.copy(videos.cached(FILM), tmp_path / "film.mov")
    (one,) = turnover("probe", tmp_path, "--json").json
    video = one["video"]
    assert (video["frame_rate"], video["variable_frame_rate"], video["frame_count"]) == ("24000/1001", False, 8)
    assert (video["start_timecode"], video["drop_frame"], video["reel"]) == ("01:00:00:00", False, "A001")
    assert video["color"] == {
        "primaries": "bt709", "transfer": "bt709", "matrix": "bt709", "range": "limited", "cicp": [1, 1, 1]
    }  # fmt: skip
    assert video["color_space"] == "Rec. 709"
    assert video["duration_seconds"] == round(8 * 1001 / 24000, 6)
    assert [sound["codec"] for sound in one["audio"]] == ["pcm_s16le"]
    assert (one["generation"], one["given"]) == (None, None)


def test_turned_picture(tmp_path: Path) -> None:
    """The size as stored and the size as shown both stand there."""
    shutil.copy(videos.cached(Recipe("turned.mp4", rotation=90)), tmp_path / "turned.mp4")
    (one,) = turnover("probe", tmp_path, "--json").json
    video = one["video"]
    assert (video["width"], video["height"], video["rotation"]) == (64, 48, 90)
    assert (video["display_width"], video["display_height"]) == (48, 64)


def test_hdr(tmp_path: Path) -> None:
    """HDR10 metadata come through with their units."""
    recipe = Recipe("pq.mp4", codec="libx265", pixel_format="yuv420p10le", colour=PQ, hdr=HDR10)
    shutil.copy(videos.cached(recipe), tmp_path / "pq.mp4")
    (one,) = turnover("probe", tmp_path, "--json").json
    assert (one["video"]["hdr"]["max_luminance"], one["video"]["hdr"]["max_content_light"]) == (1000.0, 1000)
    assert one["video"]["bit_depth"] == 10


def test_folders_and_failures(tmp_path: Path) -> None:
    """Folders are walked; each file has its object, sorted by path, and what failed has its error."""
    (tmp_path / "b").mkdir()
    shutil.copy(videos.cached(Recipe("clip.mp4")), tmp_path / "b" / "z.mp4")
    shutil.copy(videos.cached(Recipe("still.png", frames=1)), tmp_path / "c.png")
    videos.fake(tmp_path, "a.mp4")
    ended = turnover("probe", tmp_path, tmp_path / "none.mp4", "--json")
    assert ended.status == 1
    names = [Path(one["path"]).relative_to(tmp_path).as_posix() for one in ended.json]
    assert names == ["a.mp4", "b/z.mp4", "c.png", "none.mp4"]
    failed = {Path(one["path"]).name: one["error"] for one in ended.json if "error" in one}
    assert {name: error["code"] for name, error in failed.items()} == {"a.mp4": "not_media", "none.mp4": "not_found"}
    assert all(set(error) == {"code", "message", "hint"} for error in failed.values())
    for name in failed:
        assert name in ended.err


def test_counting(tmp_path: Path) -> None:
    """`--scan` reads every packet; without it nothing is counted that the header claims."""
    shutil.copy(videos.cached(Recipe("clip.mp4")), tmp_path / "clip.mp4")
    (claimed,) = turnover("probe", tmp_path, "--json").json
    (counted,) = turnover("probe", tmp_path, "--scan", "--json").json
    assert (claimed["video"]["frame_count_claimed"], claimed["video"]["frame_count_counted"]) == (8, None)
    assert (counted["video"]["frame_count_claimed"], counted["video"]["frame_count_counted"]) == (8, 8)


def test_given_values(tmp_path: Path) -> None:
    """All that a person gave is told, 64-bit integers exact, unknown keys as they are."""
    shutil.copy(videos.cached(Recipe("clip.mp4", frames=30)), tmp_path / "clip.mp4")
    values = {
        "seed": 2**64 - 1,
        "caption": "a kite",
        "status": "approved",
        "quality_score": 0.5,
        "failure_tags": ["flicker"],
        "project": "P",
        "character": "C",
        "scene_type": "T",
        "scene": "S",
        "segment_index": 0,
        "split": "train",
        "group": "g",
        "ai_generated": False,
        "rights": {"training": "notAllowed"},
        "generation_params": {"big": 2**70},
        "markers": [{"name": "m", "start": 1, "stop": 3, "comment": "c", "color": "red"}],
        "segments": [{"start": 0, "stop": 8, "name": "s", "seed": "7"}],
        "mood": [1, "x"],
    }
    (tmp_path / "clip.json").write_text(json.dumps(values))
    (tmp_path / "clip.frames.csv").write_text("motion_score\n1\n")
    (one,) = turnover("probe", tmp_path, "--json").json
    given = one["given"]
    assert one["generation"]["seed"] == 2**64 - 1
    (segment,) = given.pop("segments")
    assert (segment["name"], segment["start"], segment["stop"], segment["generation"]["seed"]) == ("s", 0, 8, 7)
    assert (given.pop("extra"), given.pop("series")) == ({"mood": [1, "x"]}, ["motion_score"])
    assert given == {key: value for key, value in values.items() if key not in ("seed", "segments", "mood")}


def test_words_for_people(tmp_path: Path) -> None:
    """Without --json each file has a block of words, with what is wrong at its end."""
    shutil.copy(videos.cached(FILM), tmp_path / "film.mov")
    shutil.copy(videos.cached(Recipe("slow.mp4", rate=Rate(25, 2))), tmp_path / "slow.mp4")
    lines = [" ".join(line.split()) for line in turnover("probe", tmp_path).out.splitlines()]
    assert "picture 64x48, 23.976 fps (24000/1001), 8 frames, 0.33 s" in lines
    assert "colour Rec. 709, limited range" in lines
    assert "timecode 01:00:00:00, reel A001" in lines
    assert "picture 64x48, 12.5 fps (25/2), 8 frames, 0.64 s" in lines
    assert any(line.startswith("! nothing is said about colour") for line in lines)


def test_models(tmp_path: Path) -> None:
    """`--models` names the file of each model and LoRA with its hash; what has no file is warned of."""
    kite = safetensors(tmp_path / "models" / "loras" / "kite.safetensors")
    tags = comfy_tags("a red kite", 7, loras=[("kite.safetensors", 0.8)])
    videos.make(tmp_path, tags=tags, use_metadata_tags=True)
    (one,) = turnover("probe", tmp_path / "clip.mp4", "--models", tmp_path / "models", "--json").json
    digest = hashlib.sha256(kite.read_bytes()).hexdigest()
    assert one["generation"]["loras"][0]["file"] == {
        "name": "kite.safetensors", "path": "loras/kite.safetensors", "size_bytes": kite.stat().st_size,
        "sha256": digest, "tags": {},
    }  # fmt: skip
    assert [model["file"] for model in one["generation"]["models"]] == [None, None, None]
    codes = [warning["code"] for warning in one["warnings"]]
    assert codes.count("model_file_missing") == 3
    words = turnover("probe", tmp_path / "clip.mp4", "--models", tmp_path / "models").out
    assert f"LoRA kite.safetensors 0.8 (sha256 {digest[:12]}…)" in words


def test_no_folder_of_models(tmp_path: Path) -> None:
    """A folder of models that is none is wrong usage, before any clip is opened."""
    ended = turnover("probe", tmp_path, "--models", tmp_path / "none")
    assert ended.status == 2
    assert "no such folder of models" in ended.err


def test_inferred_colour(tmp_path: Path) -> None:
    """What ComfyUI writes without a tag is told as an inference with its reason; the claim stays empty."""
    videos.make(tmp_path, tags=comfy_tags("a red kite", 7), use_metadata_tags=True)
    (one,) = turnover("probe", tmp_path, "--json").json
    inferred = one["video"]["color_inferred"]
    assert (inferred["matrix"], inferred["range"], inferred["primaries"]) == ("smpte170m", "limited", None)
    assert "SaveVideo" in inferred["reason"]
    assert (one["video"]["color"]["matrix"], one["video"]["color_space"]) == (None, None)
    lines = [" ".join(line.split()) for line in turnover("probe", tmp_path).out.splitlines()]
    assert "colour untagged" in lines
    assert f"inferred {inferred['name']}: {inferred['reason']}" in lines


def test_native_rate(tmp_path: Path) -> None:
    """A clip that was interpolated has the rate it was drawn at, with its source; any other has none."""
    shutil.copy(videos.cached(Recipe("clip.mp4", rate=Rate(32))), tmp_path / "clip.mp4")
    settings = {"type": "WanGP v9 by DeepBeepMeep - Wan2.2", "prompt": "a kite", "temporal_upsampling": "rife2"}
    (tmp_path / "clip.json").write_text(json.dumps(settings))
    shutil.copy(videos.cached(FILM), tmp_path / "film.mov")
    one, other = (report["video"] for report in turnover("probe", tmp_path, "--json").json)
    assert (one["native_rate"], other["native_rate"]) == ("16/1", None)
    assert one["native_rate_source"].startswith("frame rate of the file ÷ interpolation ×2")
    assert any("16 fps: frame rate of the file" in line for line in turnover("probe", tmp_path).out.splitlines())


def test_no_path() -> None:
    """Without a path it is wrong usage."""
    assert turnover("probe").status == 2
