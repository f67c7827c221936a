"""Whatever a file holds, a probe ends soon, with values or a ProbeError, and opens nothing else.

A hang ends the test process: no exception reaches code that is stuck inside a library.
"""

from __future__ import annotations

import faulthandler
import os
import random
import socket
import struct
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.videos import make
from turnover.core.probe import Probe
from turnover.errors import ProbeError
from turnover.media.probe import probe
from turnover.media.refusals import REFUSALS

SECONDS_UNTIL_HUNG = 120
NOBODY = 65534
SEEDS = ["a.mp4", "a.mov", "a.mkv", "a.webm", "a.avi", "a.mxf", "a.gif", "a.webp", "a.png"]
DAMAGES_OF_EACH = 60
WAVE = b"RIFF\x24\0\0\0WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, 44_100, 88_200, 2, 16) + b"data" + bytes(4)


@pytest.fixture(autouse=True)
def _hard_bound() -> Iterator[None]:
    faulthandler.dump_traceback_later(SECONDS_UNTIL_HUNG, exit=True, file=sys.__stderr__ or 2)
    yield
    faulthandler.cancel_dump_traceback_later()


def outcome(path: Path, *, scan: bool = False) -> Probe | str:
    """The probe, or the code of its refusal, which stands in the table and has a message and a hint."""
    try:
        return probe(path, scan=scan)
    except ProbeError as error:
        refused = error
    assert refused.code in REFUSALS
    assert refused.message
    assert refused.hint
    return refused.code


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def seed(folder: Path, name: str) -> bytes:
    """A small honest file: with sound, a timecode and a rotation where the container holds them."""
    is_quicktime = name.endswith((".mp4", ".mov"))
    path = make(
        folder,
        name,
        width=96,
        height=96,
        frames=6,
        picture="moving_box",
        audio=name.endswith((".mp4", ".mkv", ".avi")),
        timecode="01:00:00:00" if is_quicktime else None,
        rotation=90 if is_quicktime else 0,
    )
    return path.read_bytes()


def damaged(data: bytes, dice: random.Random) -> bytes:
    """The file cut anywhere, with a few bytes changed anywhere, or with several changed near its start."""
    kind = dice.randrange(3)
    if kind == 0:
        return data[: dice.randrange(len(data))]
    changed = bytearray(data)
    reach = len(data) if kind == 1 else min(len(data), 2000)
    for _ in range(dice.choice((1, 2, 5, 20, 100))):
        changed[dice.randrange(reach)] = dice.choice((0, 1, 127, 128, 255, dice.randrange(256)))
    return bytes(changed)


@pytest.mark.parametrize("name", SEEDS)
def test_damaged_anywhere(tmp_path: Path, name: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Cut or changed bytes give values or a refusal, quietly."""
    dice = random.Random(name)
    whole = seed(tmp_path, name)
    for round_ in range(DAMAGES_OF_EACH):
        outcome(written(tmp_path, f"damaged-{name}", damaged(whole, dice)), scan=round_ % 2 == 1)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", SEEDS)
def test_every_start_of_a_file(tmp_path: Path, name: str) -> None:
    """An upload that stopped early is never taken for the whole file."""
    whole = seed(tmp_path, name)
    for length in sorted({1, 4, 11, 12, 13, 40, *range(0, len(whole), max(1, len(whole) // 20))} - {0}):
        found = outcome(written(tmp_path, f"start-{name}", whole[:length]))
        if isinstance(found, str) or name.endswith(".mxf"):
            continue
        assert "truncated" in [warning.code for warning in found.warnings], length


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"\0", "not_media"),
        (b"This is a text.\n" * 100, "not_media"),
        (bytes(10_000_000), "not_media"),
        (b"\xff" * 100_000, "not_media"),
        (random.Random(1).randbytes(100_000), "not_media"),
        (
            b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x44\xac\0\0\x88\x58\x01\0\x02\0\x10\0data\0\0\0\0",
            "not_media",
        ),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2", "truncated"),
        (b"\0\0\0\x18ftypisom\0\0\2\0isomiso2\0\0\0\x08moov", "no_video"),
        (b"RIFF\x04\0\0\0WEBP", "unreadable"),
        (b"RIFF\xff\xff\0\0WEBPVP8X", "truncated"),
        (b"GIF89a", "unreadable"),
        (b"\x89PNG\r\n\x1a\n", "unreadable"),
        (b"%PDF-1.7\n", "not_media"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "not_media"),
    ],
)
def test_no_video(tmp_path: Path, data: bytes, code: str) -> None:
    """Each thing that is no video is refused for its own reason."""
    assert code == outcome(written(tmp_path, "clip.mp4", data))


# ------------------------------------------------------------------------------------------- what is no regular file


def test_missing(tmp_path: Path) -> None:
    """A path that leads nowhere, also through a file, and a link that does."""
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    places = [tmp_path / "nowhere", tmp_path / "file" / "below", tmp_path / "link", Path("nul\0byte")]
    assert {"not_found"} == {outcome(place) for place in places}


def test_folder(tmp_path: Path) -> None:
    """A folder is no file."""
    assert outcome(tmp_path) == "not_a_file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe(tmp_path: Path) -> None:
    """A pipe that nobody writes into is refused, not waited for."""
    os.mkfifo(tmp_path / "clip.mp4")
    assert outcome(tmp_path / "clip.mp4") == "not_a_file"


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no sockets in the file system")
def test_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket is no file."""
    monkeypatch.chdir(tmp_path)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("clip.mp4")
        assert outcome(tmp_path / "clip.mp4") == "not_a_file"


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="this system has no /dev/zero")
def test_device() -> None:
    """A device without an end is not opened."""
    assert outcome(Path("/dev/zero")) == "not_a_file"


def test_links_that_lead_in_a_circle(tmp_path: Path) -> None:
    """Two links to each other end."""
    (tmp_path / "a.mp4").symlink_to(tmp_path / "b.mp4")
    (tmp_path / "b.mp4").symlink_to(tmp_path / "a.mp4")
    assert outcome(tmp_path / "a.mp4") == "unreadable"


def test_link_to_a_video(tmp_path: Path) -> None:
    """A link to a video is that video."""
    video = make(tmp_path)
    (tmp_path / "link.mp4").symlink_to(video)
    assert probe(video) == probe(tmp_path / "link.mp4")


@contextmanager
def not_root() -> Iterator[None]:
    """Be nobody for a while where the tests run as root, who may read everything."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)


def test_no_permission() -> None:
    """A file that may not be read says so; what anybody may read is probed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        video = make(folder)
        video.chmod(0o644)
        with not_root():
            allowed = outcome(video)
        video.chmod(0)
        with not_root():
            forbidden = outcome(video)
    assert isinstance(allowed, Probe)
    assert forbidden == "no_permission"


# ---------------------------------------------------------------------------------- what points at other files


@pytest.fixture
def trap(tmp_path: Path) -> Path:
    """A pipe that nobody writes into: whoever opens it waits for ever."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no named pipes")
    os.mkfifo(tmp_path / "trap.ts")
    return tmp_path / "trap.ts"


LISTS = {
    "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{}\n#EXT-X-ENDLIST\n",
    "hls-after-a-mark": "\ufeff#EXTM3U\n#EXTINF:9,\n{}\n",
    "concat": "ffconcat version 1.0\nfile '{}'\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 9 RTP/AVP 96\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period><AdaptationSet>'
    '<Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation></AdaptationSet></Period></MPD>',
    "pls": "[playlist]\nFile1={}\n",
}
PAGES = {
    "svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="{}"/></svg>',
    "ffmetadata": ";FFMETADATA1\ntitle={}\n",
    "imf": '<?xml version="1.0"?><AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM">{}</AssetMap>',
}


@pytest.mark.parametrize("suffix", [".mp4", ".m3u8", ".png", ""])
@pytest.mark.parametrize("kind", LISTS)
def test_list_of_other_files(tmp_path: Path, trap: Path, kind: str, suffix: str) -> None:
    """A list is refused as such, whatever its name, and the file that it names is not opened."""
    assert outcome(written(tmp_path, f"clip{suffix}", LISTS[kind].format(trap).encode())) == "playlist"


@pytest.mark.parametrize("kind", PAGES)
def test_page_that_names_a_file(tmp_path: Path, trap: Path, kind: str) -> None:
    """Other texts with a reference are no media."""
    assert outcome(written(tmp_path, "clip.mp4", PAGES[kind].format(trap).encode())) == "not_media"


def test_quicktime_with_its_pictures_elsewhere(tmp_path: Path, trap: Path) -> None:
    """A movie that says its pictures lie in another file is read without that file."""
    movie = make(tmp_path, "a.mov").read_bytes()
    at = movie.index(b"dref") - 4
    old = movie[at : at + int.from_bytes(movie[at : at + 4], "big")]
    place = f"file://{trap}\0".encode()
    entry = struct.pack(">I4sI", 12 + len(place), b"url ", 0) + place
    new = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    changed = bytearray(movie.replace(old, new))
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        length_at = changed.index(kind) - 4
        length = int.from_bytes(changed[length_at : length_at + 4], "big") + len(new) - len(old)
        changed[length_at : length_at + 4] = length.to_bytes(4, "big")
    assert not isinstance(outcome(written(tmp_path, "b.mov", bytes(changed)), scan=True), str)


# -------------------------------------------------------------------------------------------- what claims too much


def with_sizes(movie: bytes, size: int, count: int) -> bytes:
    """An MP4 whose index says so many samples of one size, in one chunk, at one pace."""
    changed = bytearray(movie)
    struct.pack_into(">II", changed, changed.index(b"stsz") + 8, size, count)
    struct.pack_into(">III", changed, changed.index(b"stsc") + 12, 1, count, 1)
    struct.pack_into(">II", changed, changed.index(b"stts") + 12, count, 1)
    return bytes(changed)


@pytest.mark.parametrize("count", [5_000_000, 50_000_000, 2**31 - 1])
def test_more_samples_than_bytes(tmp_path: Path, count: int) -> None:
    """An index of a few bytes that stands for gigabytes of memory is refused before it is expanded."""
    movie = make(tmp_path).read_bytes()
    assert outcome(written(tmp_path, "b.mp4", with_sizes(movie, 1, count))) == "unreadable"


@pytest.mark.parametrize("box", [b"stts", b"stsc", b"stco", b"ctts", b"elst", b"stss"])
def test_boxes_that_claim_too_many_entries(tmp_path: Path, box: bytes) -> None:
    """Each table of the index may lie about its length."""
    movie = bytearray(make(tmp_path, frames=12, encoder={"preset": "medium"}).read_bytes())
    at = movie.find(box)
    assert at > 0
    for count in (1, 1_000_000, 2**31 - 1, 2**32 - 1):
        struct.pack_into(">I", movie, at + 8, count)
        outcome(written(tmp_path, "b.mp4", bytes(movie)), scan=True)


def test_picture_of_a_billion_samples(tmp_path: Path) -> None:
    """A size that would take gigabytes is told, and the picture is not decoded."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 32_000, 32_000, 8, 2, 0, 0, 0))
    data = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    found = outcome(written(tmp_path, "a.png", data))
    assert isinstance(found, Probe)
    assert (found.video.width, found.video.height) == (32_000, 32_000)
    assert "undecodable" in [warning.code for warning in found.warnings]


@pytest.mark.parametrize("size", [16_384, 16_000])
def test_webp_of_a_billion_samples(tmp_path: Path, size: int) -> None:
    """The same for WebP, which Pillow decodes."""
    data = bytearray(make(tmp_path, "a.webp", frames=3, picture="moving_box").read_bytes())
    at = data.index(b"VP8X") + 12
    data[at : at + 6] = (size - 1).to_bytes(3, "little") * 2
    found = outcome(written(tmp_path, "b.webp", bytes(data)))
    assert isinstance(found, Probe)
    assert "undecodable" in [warning.code for warning in found.warnings]


def test_gif_of_a_million_blocks(tmp_path: Path) -> None:
    """Blocks of one byte each are walked in a blink, without a count for each."""
    head = b"GIF89a" + struct.pack("<HHBBB", 9, 9, 0x80, 0, 0) + bytes(6)
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 9, 9, 0) + b"\x02" + b"\x01\x55" * 1_000_000 + b"\0;"
    found = outcome(written(tmp_path, "a.gif", head + picture))
    assert isinstance(found, Probe)
    assert found.video.frame_count_counted == 1


def test_tags_that_are_no_text(tmp_path: Path) -> None:
    """Bytes that are no UTF-8 become marks of replacement."""
    movie = (
        make(tmp_path, tags={"title": "AAAA-BBBB"}).read_bytes().replace(b"AAAA-BBBB", b"\xff\xfe\xed\xa0\x80\xc3(ok")
    )
    found = outcome(written(tmp_path, "b.mp4", movie))
    assert isinstance(found, Probe)
    assert dict(found.tags)["title"].encode("utf-8").endswith(b"ok")
