"""A file is there whole or not at all."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from turnover.errors import RefusedError, WriteError
from turnover.files.atomic import draft


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_draft_is_not_there_until_published(tmp_path: Path) -> None:
    """The name appears in one step; until then a hidden neighbour holds the bytes, known by size and digest."""
    made = draft(tmp_path / "clip.xml", [b"<clip>", b"</clip>"])
    assert not made.target.exists()
    assert all(name.startswith(".") for name in _left(tmp_path))
    assert (made.size_bytes, made.digest) == (13, hashlib.sha256(b"<clip></clip>").hexdigest())
    made.publish()
    assert _left(tmp_path) == ["clip.xml"]
    assert made.target.read_bytes() == b"<clip></clip>"


def test_folders_are_made(tmp_path: Path) -> None:
    """The folders that lead to a target are made."""
    draft(tmp_path / "a" / "b" / "clip.xml", [b"x"]).publish()
    assert (tmp_path / "a" / "b" / "clip.xml").read_bytes() == b"x"


def test_writer_that_raises_midway(tmp_path: Path) -> None:
    """Nothing new is there, and what stood there before still stands."""
    target = tmp_path / "clip.xml"
    target.write_bytes(b"before")

    def chunks() -> Iterator[bytes]:
        yield b"<clip>"
        raise RefusedError("it cannot be described")

    with pytest.raises(RefusedError):
        draft(target, chunks())
    assert (_left(tmp_path), target.read_bytes()) == (["clip.xml"], b"before")


def test_interrupt_midway(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a file leaves nothing behind either."""

    def chunks() -> Iterator[bytes]:
        yield b"<clip>"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        draft(tmp_path / "clip.xml", chunks())
    assert _left(tmp_path) == []


def test_discarded_draft(tmp_path: Path) -> None:
    """A draft that is not wanted leaves nothing, however often it is discarded."""
    made = draft(tmp_path / "clip.xml", [b"x"])
    made.discard()
    made.discard()
    assert _left(tmp_path) == []


def test_folder_in_the_place_of_the_target(tmp_path: Path) -> None:
    """A folder of that name stays, and the draft goes."""
    (tmp_path / "clip.xml").mkdir()
    made = draft(tmp_path / "clip.xml", [b"x"])
    with pytest.raises(WriteError, match=r"clip\.xml: Is a directory"):
        made.publish()
    assert _left(tmp_path) == ["clip.xml"]


def test_file_in_the_place_of_a_folder(tmp_path: Path) -> None:
    """A folder that cannot be made is a WriteError that names the target."""
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(WriteError, match=r"out/clip\.xml") as caught:
        draft(tmp_path / "out" / "clip.xml", [b"x"])
    assert caught.value.code == "write_failed"
    assert _left(tmp_path) == ["out"]


@pytest.mark.parametrize("name", ["a" * 251 + ".xml", "狐" * 83 + ".xml", "🦊" * 62 + ".xml"])
def test_name_as_long_as_names_can_be(tmp_path: Path, name: str) -> None:
    """A name of 255 bytes can be written: the neighbour's own name is short. It was as long once, in CJK."""
    draft(tmp_path / name, [b"x"]).publish()
    assert _left(tmp_path) == [name]


def test_name_that_is_too_long(tmp_path: Path) -> None:
    """A longer name is a WriteError, and nothing is left behind."""
    with pytest.raises(WriteError, match="File name too long"):
        draft(tmp_path / ("a" * 300 + ".xml"), [b"x"]).publish()
    assert _left(tmp_path) == []


@pytest.mark.parametrize("name", ["\x1b[31mred\x1b[0m.xml", "a\nb.xml", "%s%n.xml", "\udcff.xml", "'\"&.xml"])
def test_any_name(tmp_path: Path, name: str) -> None:
    """Whatever bytes a name has, the file gets exactly that one."""
    draft(tmp_path / name, [b"x"]).publish()
    assert _left(tmp_path) == [name]


@pytest.mark.platform("linux", "darwin")
def test_disk_that_is_full(tmp_path: Path) -> None:
    """Where the system takes no more bytes, the reason is told, the old file stays, and no neighbour is left."""
    target = tmp_path / "clip.xml"
    target.write_bytes(b"before")
    code = """
import resource, signal, sys
from pathlib import Path
from turnover.errors import WriteError
from turnover.files.atomic import draft
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
try:
    draft(Path(sys.argv[1]), [b"x" * 1000] * 100)
except WriteError as error:
    print(error.code, error.message)
"""
    done = subprocess.run([sys.executable, "-c", code, str(target)], capture_output=True, text=True, check=True)
    assert done.stdout == f"write_failed {target}: File too large\n"
    assert (_left(tmp_path), target.read_bytes()) == (["clip.xml"], b"before")
