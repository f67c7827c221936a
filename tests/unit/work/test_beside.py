"""What stands beside a video is taken when it is meant for this program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.clips import clip
from turnover.core.clip import Clip, JsonValue
from turnover.errors import ValuesError
from turnover.work.beside import entry_key, read_json, read_metadata, with_values_beside


def _clip(folder: Path, name: str = "clip.mp4", *, root: Path | None = None, frames: int = 48) -> Clip:
    one = clip(str(folder / name), frames=frames)
    return replace(one, root=root or folder)


def _seen(one: Clip, metadata: Mapping[str, JsonValue] | None = None, own: str = "") -> Clip:
    return with_values_beside(one, is_own=lambda path: path.name == own, metadata=metadata)


def _seed(one: Clip) -> int | None:
    return None if one.generation is None else one.generation.seed


def test_everything_beside(tmp_path: Path) -> None:
    """Values, caption and numbers stand in files of the clip's stem, and each keeps its source."""
    (tmp_path / "clip.json").write_text('{"seed": 42, "mood": "calm"}')
    (tmp_path / "clip.txt").write_text("\ufeff a red kite \r\n", encoding="utf-8")
    (tmp_path / "clip.frames.csv").write_text("frame,motion_score\n0,0.5\n")
    one = _seen(_clip(tmp_path))
    assert (_seed(one), one.caption, one.extra) == (42, "a red kite", {"mood": "calm"})
    assert [(series.name, series.source) for series in one.series] == [("motion_score", "clip.frames.csv")]
    assert one.generation is not None
    assert one.generation.sources == (("seed", "clip.json"),)


def test_nothing_beside(tmp_path: Path) -> None:
    """A clip alone stays as it is, also where the file that would stand beside it is a folder."""
    (tmp_path / "clip.json").mkdir()
    (tmp_path / "clip.txt").mkdir()
    (tmp_path / "other.json").write_text('{"seed": 42}')
    assert _seen(_clip(tmp_path)) == _clip(tmp_path)


def test_order_of_what_wins(tmp_path: Path) -> None:
    """A metadata file wins over clip.json, and that over clip.txt."""
    (tmp_path / "clip.txt").write_text("from the text")
    assert _seen(_clip(tmp_path)).caption == "from the text"
    (tmp_path / "clip.json").write_text('{"caption": "from the values", "seed": 1}')
    assert _seen(_clip(tmp_path)).caption == "from the values"
    one = _seen(_clip(tmp_path), {"clip.mp4": {"caption": "from metadata"}})
    assert (one.caption, _seed(one)) == ("from metadata", 1)


def test_source_of_metadata(tmp_path: Path) -> None:
    """The source of each value is the place that won."""
    (tmp_path / "clip.json").write_text('{"prompt": "a", "seed": 1}')
    one = _seen(_clip(tmp_path), {"clip.mp4": {"seed": 2}})
    assert one.generation is not None
    assert one.generation.sources == (("prompt", "clip.json"), ("seed", "--metadata"))


def test_metadata_is_by_relative_path(tmp_path: Path) -> None:
    """An entry is found by the path below the folder that was named, with forward slashes."""
    metadata: dict[str, JsonValue] = {"a/clip.mp4": {"seed": 1}, "clip.mp4": {"seed": 2}}
    below = _clip(tmp_path / "a", root=tmp_path)
    assert (entry_key(below, metadata), _seed(_seen(below, metadata))) == ("a/clip.mp4", 1)
    assert (entry_key(_clip(tmp_path), metadata), _seed(_seen(_clip(tmp_path), metadata))) == ("clip.mp4", 2)
    assert entry_key(_clip(tmp_path, "other.mp4"), metadata) is None


def test_copy_with_sound(tmp_path: Path) -> None:
    """What stands beside the silent copy is about the copy with sound too, unless that has its own."""
    (tmp_path / "clip.json").write_text('{"seed": 1}')
    (tmp_path / "clip.txt").write_text("a kite")
    one = _seen(_clip(tmp_path, "clip-audio.mp4"))
    assert (_seed(one), one.caption) == (1, "a kite")
    assert _seed(_seen(_clip(tmp_path, "clip-audio.mp4"), {"clip.mp4": {"seed": 3}})) == 3
    (tmp_path / "clip-audio.json").write_text('{"seed": 2}')
    assert _seed(_seen(_clip(tmp_path, "clip-audio.mp4"))) == 2
    assert _seed(_seen(_clip(tmp_path, "-audio.mp4"))) is None


def test_own_output_is_no_input(tmp_path: Path) -> None:
    """What this program wrote itself is never read, whatever it is called."""
    for name, text in (("clip.json", '{"seed": 42}'), ("clip.txt", "a kite"), ("clip.frames.csv", "a\n1\n")):
        (tmp_path / name).write_text(text)
    everything = _seen(_clip(tmp_path))
    assert _seen(_clip(tmp_path), own="clip.json") == replace(everything, generation=None)
    assert _seen(_clip(tmp_path), own="clip.txt") == replace(everything, caption=None)
    assert _seen(_clip(tmp_path), own="clip.frames.csv") == replace(everything, series=())


def test_own_table_hides_nothing(tmp_path: Path) -> None:
    """Where one table is the program's own, the next one is read."""
    (tmp_path / "clip.frames.csv").write_text("a\n1\n")
    (tmp_path / "clip.frames.json").write_text('{"b": [2]}')
    assert [s.name for s in _seen(_clip(tmp_path)).series] == ["a"]
    assert [s.name for s in _seen(_clip(tmp_path), own="clip.frames.csv").series] == ["b"]


@pytest.mark.parametrize(
    "text",
    [
        "a red kite",
        "[ohwx] man walks\nslowly",
        "{wild} card",
        "Steps: the first one",
        '"quoted"',
        "[1] man",
        "1girl",
        "[" * 100_000,
    ],
)
def test_caption(tmp_path: Path, text: str) -> None:
    """A text is the caption, also when it begins with a bracket; such captions were passed over once."""
    (tmp_path / "clip.txt").write_text(text)
    assert _seen(_clip(tmp_path)).caption == text


@pytest.mark.parametrize(
    "text",
    [
        "a fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Size: 512x512",
        "a fox\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1",
        '{"sui_image_params": {"prompt": "a fox"}}',
        ' [{"class_type": "KSampler"}]\n',
        "",
        "  \n",
    ],
)
def test_no_caption(tmp_path: Path, text: str) -> None:
    """A generator's own text is no caption, and neither is an empty one."""
    (tmp_path / "clip.txt").write_text(text)
    assert _seen(_clip(tmp_path)).caption is None


@pytest.mark.parametrize(
    "text", ['{"3": {"class_type": "KSampler"}}', "[1, 2]", '"text"', "null", '{"x": [NaN, 1e999]}']
)
def test_generators_file_beside(tmp_path: Path, text: str) -> None:
    """A file of another program's stays unread, and a number past all doubles is like NaN: not known."""
    (tmp_path / "clip.json").write_text(text)
    one = _seen(_clip(tmp_path))
    assert one == replace(_clip(tmp_path), extra=one.extra)
    assert one.extra in ({}, {"x": [None, None]})


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "not JSON: Expecting property name enclosed in double quotes at line 1, column 2"),
        (b"", "not JSON: Expecting value at line 1, column 1"),
        (b'{"a": \xff}', "not UTF-8 at byte 6"),
        ('{"seed": 1}'.encode("utf-16"), "not UTF-8 at byte 0"),
        (b"[" * 100_000, "nested"),
        (b'{"a":' * 101 + b"1" + b"}" * 101, "nested deeper than 100 levels"),
        (b'{"a": ' + b"9" * 5000 + b"}", "Exceeds the limit"),
    ],
)
def test_json_that_cannot_be_read(tmp_path: Path, content: bytes, reason: str) -> None:
    """What is wrong with a file is told by its name; depth and length have bounds."""
    (tmp_path / "clip.json").write_bytes(content)
    with pytest.raises(ValuesError) as caught:
        _seen(_clip(tmp_path))
    assert caught.value.message.startswith("clip.json: ")
    assert reason in caught.value.message or "recursion" in caught.value.message


def test_caption_that_is_no_text(tmp_path: Path) -> None:
    """A caption in another encoding, or as long as a book, is told."""
    (tmp_path / "clip.txt").write_bytes("für".encode("latin-1"))
    with pytest.raises(ValuesError, match=r"clip\.txt: not UTF-8 at byte 1"):
        _seen(_clip(tmp_path))
    (tmp_path / "clip.txt").write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(ValuesError, match="larger than 1 MiB"):
        _seen(_clip(tmp_path))


def test_numbers_past_the_end(tmp_path: Path) -> None:
    """Numbers for more frames than the clip has are told: a table that counts from 1 shows itself so."""
    (tmp_path / "clip.frames.csv").write_text("frame,a\n1,0.5\n2,0.5\n")
    assert _seen(_clip(tmp_path, frames=3)).probe.warnings == ()
    assert [warning.message for warning in _seen(_clip(tmp_path, frames=2)).probe.warnings] == [
        "clip.frames.csv: numbers for 3 frames, but the clip has 2; frames count from 0"
    ]


@pytest.mark.parametrize("stem", ["a" * 250, "狐" * 83])
def test_long_name(tmp_path: Path, stem: str) -> None:
    """A clip whose neighbours' names would be too long has none; it stopped the program once."""
    one = _clip(tmp_path, f"{stem}.mp4")
    assert _seen(one) == one


@pytest.mark.parametrize(
    "name", ["\udcff.mp4", "a\nb.mp4", "take.v001.mp4", ".mp4", "noise", "走る狐.mov", "a%20b.mp4"]
)
def test_any_name(tmp_path: Path, name: str) -> None:
    """The stem is all but the last suffix, whatever stands in it."""
    one = _clip(tmp_path, name)
    (tmp_path / f"{one.stem}.json").write_text('{"seed": 1}')
    assert _seed(_seen(one)) == 1


@pytest.mark.parametrize("value", [[], {"clip.mp4": 1}, "text", None])
def test_metadata_of_another_shape(tmp_path: Path, value: JsonValue) -> None:
    """A metadata file is an object of objects; anything else is told with an example."""
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(value))
    with pytest.raises(ValuesError, match=r"metadata\.json: expected an object of relative path to values"):
        read_metadata(path)


def test_metadata_that_is_missing(tmp_path: Path) -> None:
    """A metadata file that is not there is told by name."""
    with pytest.raises(ValuesError, match=r"none\.json: No such file or directory"):
        read_metadata(tmp_path / "none.json")


def test_integers_stay_exact(tmp_path: Path) -> None:
    """Whole numbers of any size, and text with lone surrogates, come through as they are."""
    path = tmp_path / "x.json"
    path.write_text('{"a": 18446744073709551615, "b": 123456789012345678901234567890, "c": "\\ud800"}')
    assert read_json(path) == {"a": 2**64 - 1, "b": 123456789012345678901234567890, "c": "\ud800"}
