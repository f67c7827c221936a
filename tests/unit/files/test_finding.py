"""Which files of a folder are clips."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from turnover.files.finding import Found, Missing, find, stem_sharing

ANIMATED = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17) + b"\0\0\0\x08acTL" + bytes(12)
STILL = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17)


def _folder(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    return folder


def _names(folder: Path, found: list[Found | Missing]) -> list[str]:
    return [one.path.relative_to(folder).as_posix() for one in found]


def test_folder_is_walked(tmp_path: Path) -> None:
    """Every video below a folder, sorted by path; hidden ones, other files and links to folders are passed over."""
    _folder(tmp_path, "b/z.MP4", "b/a.webm", "a.mov", "B.gif", ".hidden.mp4", ".cache/x.mp4", "a.txt", "a.nk", "noise")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = list(find([tmp_path], with_stills=False))
    assert _names(tmp_path, found) == ["B.gif", "a.mov", "b/a.webm", "b/z.MP4"]
    assert {one.root for one in found if isinstance(one, Found)} == {tmp_path}


def test_stills(tmp_path: Path) -> None:
    """A picture counts where pictures are asked for; one that moves counts always."""
    (tmp_path / "still.png").write_bytes(STILL)
    (tmp_path / "moves.png").write_bytes(ANIMATED)
    _folder(tmp_path, "photo.jpg")
    assert _names(tmp_path, list(find([tmp_path], with_stills=False))) == ["moves.png"]
    assert _names(tmp_path, list(find([tmp_path], with_stills=True))) == ["moves.png", "photo.jpg", "still.png"]


def test_named_file(tmp_path: Path) -> None:
    """A file that was named is looked at whatever it is called; its root is its folder."""
    _folder(tmp_path, ".hidden", "notes.txt")
    found = list(find([tmp_path / "notes.txt", tmp_path / ".hidden"], with_stills=False))
    assert found == [Found(tmp_path / ".hidden", tmp_path), Found(tmp_path / "notes.txt", tmp_path)]


def test_named_twice(tmp_path: Path) -> None:
    """A clip that is named and below a folder that is named is there once; the first naming gives the root."""
    _folder(tmp_path, "a/x.mp4", "a/y.mp4")
    found = list(find([tmp_path, tmp_path / "a" / "x.mp4", tmp_path / "a"], with_stills=False))
    assert found == [Found(tmp_path / "a" / "x.mp4", tmp_path), Found(tmp_path / "a" / "y.mp4", tmp_path)]


def test_link_to_a_folder_that_is_named(tmp_path: Path) -> None:
    """A link that is named is followed, and the clips keep the name that the person knows."""
    _folder(tmp_path, "real/x.mp4")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert _names(tmp_path, list(find([tmp_path / "link"], with_stills=False))) == ["link/x.mp4"]


@pytest.mark.parametrize(
    ("name", "code", "reason"),
    [
        ("none", "not_found", "no such file or folder"),
        ("x.mp4/below", "unreadable", "Not a directory"),
        ("a" * 300, "unreadable", "File name too long"),
        ("nul\0", "unreadable", "embedded null byte"),
    ],
    ids=["missing", "below-a-file", "too-long", "nul"],
)
def test_what_is_not_there(tmp_path: Path, name: str, code: str, reason: str) -> None:
    """A path that leads nowhere is told with its reason. A name of 300 letters stopped the program once."""
    _folder(tmp_path, "x.mp4")
    (missing,) = find([tmp_path / name], with_stills=False)
    assert isinstance(missing, Missing)
    assert missing.error.code == code
    assert reason in missing.error.message


def test_dangling_link(tmp_path: Path) -> None:
    """A link to nothing is a file to look at, which then fails by name."""
    (tmp_path / "gone.mp4").symlink_to(tmp_path / "nowhere.mp4")
    assert list(find([tmp_path / "gone.mp4"], with_stills=False)) == [Found(tmp_path / "gone.mp4", tmp_path)]


@pytest.mark.platform("linux")
def test_folder_that_cannot_be_read(tmp_path: Path) -> None:
    """A folder below that cannot be listed is told; it was passed over in silence once."""
    _folder(tmp_path, "x.mp4")
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):  # Each step is short enough, all together are longer than a path can be.
        os.mkdir("d" * 250, dir_fd=here)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(here)
    found = list(find([tmp_path], with_stills=False))
    assert [one.path for one in found if isinstance(one, Found)] == [tmp_path / "x.mp4"]
    (missing,) = (one for one in found if isinstance(one, Missing))
    assert missing.error.message.endswith("File name too long")


@pytest.mark.parametrize("name", [b"\xff.mp4", b"a\nb.mp4", b"\x1b[31m.mp4", "走る狐.mp4".encode()])
@pytest.mark.platform("linux")
def test_names_of_any_bytes(tmp_path: Path, name: bytes) -> None:
    """A name of any bytes is found and keeps them."""
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_bytes(b"")
    assert [os.fsencode(one.path.name) for one in find([tmp_path], with_stills=False)] == [name]


def test_shared_stem(tmp_path: Path) -> None:
    """Two videos of one folder share a stem whatever case it has; other files, and other folders, do not count."""
    _folder(tmp_path, "x.mp4", "X.MOV", "y.mp4", "y.txt", "y.png", "sub/y.mov", "z.tar.mp4", "z.mp4")
    shares = stem_sharing()
    videos = [one.path for one in find([tmp_path], with_stills=False)]
    assert [path.name for path in videos if shares(path)] == ["X.MOV", "x.mp4"]
    assert not stem_sharing()(tmp_path / "no folder" / "x.mp4")
