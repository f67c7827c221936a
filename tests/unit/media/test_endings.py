"""A file that ends too early is told from its container's own lengths, without reading it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.videos import make
from turnover.media.endings import missing_end
from turnover.media.opening import regular_file
from turnover.media.probe import probe

CONTAINERS = {
    "a.mp4": "mov",
    "a.mov": "mov",
    "a.mkv": "matroska",
    "a.webm": "matroska",
    "a.avi": "avi",
    "a.webp": "webp",
}


@pytest.mark.parametrize(("name", "container"), CONTAINERS.items())
def test_one_byte_less(tmp_path: Path, name: str, container: str) -> None:
    """A whole file lacks nothing; the same file without its last byte does."""
    whole = make(tmp_path, name, frames=4)
    short = tmp_path / f"short-{name}"
    short.write_bytes(whole.read_bytes()[:-1])
    with regular_file(whole) as source:
        assert missing_end(container, source) is None
    with regular_file(short) as source:
        assert str(whole.stat().st_size) in (missing_end(container, source) or "")


def test_format_without_a_length(tmp_path: Path) -> None:
    """Where the format does not tell, nothing is claimed."""
    with regular_file(make(tmp_path, "a.mxf", width=96, height=96)) as source:
        assert missing_end("mxf", source) is None


def test_index_first_and_half_the_pictures(tmp_path: Path) -> None:
    """An MP4 whose index came first opens although half of it is gone: what is there is counted against the claim."""
    whole = make(tmp_path, frames=40, picture="noise", muxer={"movflags": "faststart"})
    short = tmp_path / "short.mp4"
    short.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    found = probe(short)
    counted = found.video.frame_count_counted
    assert counted is not None
    assert 0 < counted < 40
    assert {"truncated", "claimed_count_differs"} <= {warning.code for warning in found.warnings}


def test_open_length(tmp_path: Path) -> None:
    """A live recording leaves the length of its segment open, and lacks nothing."""
    live = make(tmp_path, "live.mkv", muxer={"live": "1"})
    assert "truncated" not in [warning.code for warning in probe(live).warnings]
