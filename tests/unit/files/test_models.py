"""The face detector's file is put in place byte for byte, or not at all."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO
from urllib.error import URLError

import pytest

from turnover.errors import UsageError, WriteError
from turnover.files.models import FACE, add_model, fetch_model, model_file
from turnover.media import yunet


@pytest.fixture
def original(shared_media: Path) -> Path:
    """The file that a person loaded."""
    return shared_media / "models" / FACE.file_name


def _answering(content: bytes, asked: list[str]) -> Callable[[str], AbstractContextManager[IO[bytes]]]:
    """A network whose every page has this content."""

    def open_address(address: str) -> AbstractContextManager[IO[bytes]]:
        asked.append(address)
        return io.BytesIO(content)

    return open_address


def test_no_model(tmp_path: Path) -> None:
    """A data folder without the file, or no data folder at all, has no detector."""
    assert model_file(tmp_path) is None
    assert model_file(tmp_path / "not" / "there") is None


def test_model_that_is_added(tmp_path: Path, original: Path) -> None:
    """A copy is put into the data folder, whatever the file was called, and twice is once."""
    named = tmp_path / "download(1)"
    named.write_bytes(original.read_bytes())
    data = tmp_path / "data"
    place = add_model(data, named)
    assert add_model(data, original) == place == model_file(data) == data / "models" / FACE.file_name
    assert [place.read_bytes()] == [path.read_bytes() for path in place.parent.iterdir()] == [original.read_bytes()]


def test_table_and_detector_mean_the_same_bytes() -> None:
    """The digest that the file must have is the one that the detector's name stands for."""
    assert FACE.digest == yunet.DIGEST


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "0 bytes"),
        (b"onnx", "4 bytes"),
        (bytes(FACE.size_bytes), "SHA-256"),
        (bytes(FACE.size_bytes + 9), f"more than {FACE.size_bytes} bytes"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:8f23\n", "Git LFS"),
    ],
)
def test_other_content(tmp_path: Path, content: bytes, said: str) -> None:
    """Anything else is refused with what it is, before the data folder is touched."""
    (tmp_path / "wrong.onnx").write_bytes(content)
    with pytest.raises(UsageError, match=said):
        add_model(tmp_path / "data", tmp_path / "wrong.onnx")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("at", [0, 100_000, -1])
def test_one_bit_that_flipped(tmp_path: Path, original: Path, at: int) -> None:
    """A single wrong bit is found, wherever it is."""
    content = bytearray(original.read_bytes())
    content[at] ^= 1
    (tmp_path / "flipped.onnx").write_bytes(content)
    with pytest.raises(UsageError, match="SHA-256"):
        add_model(tmp_path, tmp_path / "flipped.onnx")


def test_what_is_no_file(tmp_path: Path) -> None:
    """A folder, a missing file and a name that none can have are refused."""
    for path, said in [(tmp_path, "regular"), (tmp_path / "none", "no file"), (Path("a\0b"), "cannot be read")]:
        with pytest.raises(UsageError, match=said):
            add_model(tmp_path / "data", path)


@pytest.mark.platform("linux", "darwin")
def test_pipe_nobody_writes_to(tmp_path: Path) -> None:
    """A pipe is refused without waiting for it."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="regular"):
        add_model(tmp_path / "data", tmp_path / "pipe")


def test_file_that_was_damaged_in_its_place(tmp_path: Path, original: Path) -> None:
    """It is named instead of used, and adding the right one mends it."""
    place = add_model(tmp_path, original)
    place.write_bytes(original.read_bytes()[:-1])
    with pytest.raises(UsageError, match="232588 bytes") as caught:
        model_file(tmp_path)
    assert (caught.value.code, str(place) in caught.value.message) == ("damaged_model", True)
    assert add_model(tmp_path, original) == model_file(tmp_path)


def test_data_folder_that_cannot_be(tmp_path: Path, original: Path) -> None:
    """A file in the data folder's place is left alone, and the hint names the setting."""
    (tmp_path / "data").write_text("mine")
    with pytest.raises(WriteError, match="TURNOVER_DATA"):
        add_model(tmp_path / "data", original)
    assert (tmp_path / "data").read_text() == "mine"
    assert model_file(tmp_path / "data") is None


def test_fetching(tmp_path: Path, original: Path) -> None:
    """One address is asked: the pinned revision of the public page, by HTTPS."""
    asked: list[str] = []
    place = fetch_model(tmp_path, open_address=_answering(original.read_bytes(), asked))
    assert (asked, place) == ([FACE.address], model_file(tmp_path))
    assert FACE.address.startswith(f"{FACE.page}/resolve/")
    assert FACE.page.startswith("https://")


@pytest.mark.parametrize("content", [b"", b"<html>log in</html>", bytes(FACE.size_bytes), bytes(FACE.size_bytes * 3)])
def test_fetching_something_else(tmp_path: Path, content: bytes) -> None:
    """What arrives is checked as any file is, and nothing stays; the hint tells how to do it by hand."""
    with pytest.raises(UsageError, match="models add face FILE") as caught:
        fetch_model(tmp_path / "data", open_address=_answering(content, []))
    assert (caught.value.code, (tmp_path / "data").exists()) == ("not_fetched", False)


@pytest.mark.parametrize(
    "error", [URLError("no route to host"), TimeoutError("timed out"), ConnectionResetError(104, "reset")]
)
def test_fetching_without_a_network(tmp_path: Path, error: OSError) -> None:
    """The reason is told, and how to do it by hand."""

    def offline(address: str) -> AbstractContextManager[IO[bytes]]:
        raise error

    with pytest.raises(UsageError, match=r"does not answer.*(no route|timed out|reset).*add face FILE"):
        fetch_model(tmp_path, open_address=offline)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "file:///etc/hostname", "ftp://127.0.0.1:9/x", "data:,x"])
def test_other_ways_than_https(address: str) -> None:
    """What opens the page speaks HTTPS alone, so that no redirection leads elsewhere."""
    from turnover.files.models import _open_https

    with pytest.raises(URLError, match="unknown url type"):
        _open_https(address)
