"""One file for several clips, of which the format cannot describe every one."""

from __future__ import annotations

from pathlib import Path

from tests.readers.fcpxml_reader import read_fcpxml
from tests.unit.cli.running import turnover
from tests.videos import make
from turnover.core.rate import Rate


def test_varying_clip_is_left_out_and_named(tmp_path: Path) -> None:
    """A clip whose rate varies does not keep the others from their timeline; it is named, and the status is 1."""
    make(tmp_path, "a.mp4")
    make(tmp_path, "b.mp4", variable=(1, 3, 1, 2))
    make(tmp_path, "c.mp4")
    ended = turnover("sidecar", tmp_path, "-t", "resolve-fcpxml", "--combine", "--out", tmp_path / "out", "--json")
    (written,) = ended.json["written"]
    (failed,) = ended.json["failed"]
    assert ended.status == 1
    assert [clip.name for clip in read_fcpxml(Path(written["path"]).read_bytes()).clips] == ["a.mp4", "c.mp4"]
    assert [Path(path).name for path in written["clips"]] == ["a.mp4", "c.mp4"]
    assert ([Path(path).name for path in failed["clips"]], failed["error"]["code"]) == (
        ["b.mp4"],
        "variable_frame_rate",
    )


def test_no_clip_can_be_described(tmp_path: Path) -> None:
    """Where no clip of the batch can stand in the format there is no file."""
    for name in ("a.mp4", "b.mp4"):
        make(tmp_path, name, variable=(1, 3, 1, 2))
    ended = turnover("sidecar", tmp_path, "-t", "edl", "--combine", "--out", tmp_path / "out")
    assert ended.status == 1
    assert list((tmp_path / "out").glob("*")) == []


def test_clips_that_do_not_go_together(tmp_path: Path) -> None:
    """Clips that could each stand alone but not in one list are refused as a whole, with the reason."""
    make(tmp_path, "a.mp4", rate=Rate(24))
    make(tmp_path, "b.mp4", rate=Rate(25))
    ended = turnover("sidecar", tmp_path, "-t", "avid-ale", "--combine", "--out", tmp_path / "out", "--json")
    (failed,) = ended.json["failed"]
    assert ended.status == 1
    assert (ended.json["written"], failed["error"]["code"], len(failed["clips"])) == ([], "rate", 2)
