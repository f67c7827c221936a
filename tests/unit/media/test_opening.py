"""A source gives out a file's bytes, forgets no place, and stops what reads without end."""

from __future__ import annotations

from pathlib import Path

import pytest

from turnover.media.containers import container_named, mismatch
from turnover.media.opening import ReadLimitError, regular_file


@pytest.fixture
def digits(tmp_path: Path) -> Path:
    path = tmp_path / "digits"
    path.write_bytes(b"0123456789")
    return path


def test_side_glances_keep_the_place(digits: Path) -> None:
    """Who reads on does not notice that somebody looked elsewhere in between."""
    with regular_file(digits) as source:
        first = source.read(3)
        elsewhere = source.at(7, 2)
        with source.buffered() as reader:
            from_the_start = reader.read(5)
        then = source.read(3)
    assert (first, elsewhere, from_the_start, then) == (b"012", b"78", b"01234", b"345")


def test_end_of_file(digits: Path) -> None:
    """Past the end there are no bytes, and the size is the file's."""
    with regular_file(digits) as source:
        assert (source.size, source.at(8, 5), source.at(10, 1), source.at(99, 1)) == (10, b"89", b"", b"")


def test_reading_in_circles(digits: Path) -> None:
    """A reader that goes back again and again is stopped."""
    with regular_file(digits, limit=25) as source:
        for _ in range(3):
            source.seek(0)
            source.read(10)
        with pytest.raises(ReadLimitError, match="circles"):
            source.read(1)


@pytest.mark.parametrize(
    ("content", "suffix", "is_wrong"),
    [
        ("mov,mp4,m4a,3gp,3g2,mj2", ".MP4", False),
        ("mov,mp4,m4a,3gp,3g2,mj2", ".mkv", True),
        ("matroska,webm", ".webm", False),
        ("matroska,webm", ".mp4", True),
        ("png_pipe", ".jpg", True),
        ("apng", ".png", False),
        ("mpegts", "", False),
        ("mpegts", ".bak", False),
    ],
)
def test_suffix(content: str, suffix: str, is_wrong: bool) -> None:
    """A suffix is wrong when it is another container's."""
    assert is_wrong == (mismatch(container_named(content), suffix) is not None)
