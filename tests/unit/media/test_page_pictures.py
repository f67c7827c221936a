"""GIF, PNG, JPEG and WebP are walked without decoding, and agree with what Pillow decodes."""

from __future__ import annotations

import struct
import zlib
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageSequence

from tests.videos import make
from turnover.core.probe import Probe
from turnover.core.rate import Rate
from turnover.media.probe import probe

DURATIONS = st.lists(st.integers(2, 300), min_size=2, max_size=12)
TURNS = [(0, False), (0, True), (180, False), (180, True), (90, True), (90, False), (270, True), (270, False)]


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def gif(delays: list[int], *, is_ended: bool = True) -> bytes:
    """A GIF of one pixel with one picture for each delay in hundredths of a second."""
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    pictures = b"".join(b"\x21\xf9\x04\x00" + struct.pack("<H", delay) + b"\x00\x00" + picture for delay in delays)
    return head + pictures + (b"\x3b" if is_ended else b"")


def written(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def frame_facts(found: Probe) -> tuple[str | None, bool | None, int | None, Fraction | None]:
    """What is said about frames in time."""
    video = found.video
    rate = None if video.frame_rate is None else str(video.frame_rate)
    return rate, video.is_variable_frame_rate, video.frame_count_counted, video.duration_seconds


@given(hundredths=DURATIONS)
def test_gif_of_any_durations(tmp_path_factory: pytest.TempPathFactory, hundredths: list[int]) -> None:
    """Each picture counts for as long as it says."""
    path = written(tmp_path_factory.mktemp("gif"), "a.gif", gif(hundredths))
    found = probe(path)
    assert found.duration_seconds == Fraction(sum(hundredths), 100)
    with Image.open(path) as image:
        assert found.video.frame_count_counted == len(tuple(ImageSequence.Iterator(image)))


@pytest.mark.parametrize(
    ("hundredths", "rate", "is_variable"),
    [
        ([4, 4, 4], "25/1", False),
        ([3, 3, 4, 3, 3, 4], "30/1", False),
        ([10, 20, 30], None, True),
        ([4, 4, 4, 100], None, True),
        ([0, 1, 0], "10/1", False),
        ([6, 6, 6], "50/3", False),
    ],
)
def test_gif_rates(tmp_path: Path, hundredths: list[int], rate: str | None, is_variable: bool) -> None:
    """Roundings to hundredths are no variable rate, held pictures are; what is too short lasts as in browsers."""
    found = probe(written(tmp_path, "a.gif", gif(hundredths)))
    assert (rate, is_variable) == frame_facts(found)[:2]


def test_gif_that_is_cut(tmp_path: Path) -> None:
    """Whole pictures are counted, and the missing end is told."""
    whole = gif([4, 4, 4])
    found = probe(written(tmp_path, "a.gif", whole[:-4]))
    assert found.video.frame_count_counted == 2
    assert "truncated" in [warning.code for warning in found.warnings]


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp"])
@pytest.mark.parametrize("rate", [Rate(20), Rate(25), Rate(10)])
def test_animation_by_pillow(tmp_path: Path, name: str, rate: Rate) -> None:
    """What Pillow wrote is counted and timed exactly."""
    path = make(tmp_path, name, rate=rate, frames=6, picture="moving_box", width=66, height=48)
    found = probe(path)
    assert (str(rate), False, 6, rate.seconds(6)) == frame_facts(found)
    assert (found.video.width, found.video.height) == (66, 48)


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp"])
def test_animation_with_a_held_picture(tmp_path: Path, name: str) -> None:
    """An animation whose pictures last differently long is variable, with its average."""
    found = probe(make(tmp_path, name, rate=Rate(10), variable=(1, 1, 5, 1), picture="moving_box"))
    assert (None, True, 4, Fraction(8, 10)) == frame_facts(found)
    assert "variable_frame_rate" in [warning.code for warning in found.warnings]


def test_milliseconds_that_are_no_whole_rate(tmp_path: Path) -> None:
    """62 ms a picture, as ComfyUI writes 16 frames per second, is 500/31 and not 16."""
    pictures = [Image.new("RGB", (16, 16), (40 * place, 0, 0)) for place in range(4)]
    pictures[0].save(tmp_path / "a.webp", save_all=True, append_images=pictures[1:], duration=62)
    found = probe(tmp_path / "a.webp")
    assert ("500/31", False, 4, Fraction(248, 1000)) == frame_facts(found)


@pytest.mark.parametrize("name", ["a.gif", "a.png", "a.webp", "a.jpg"])
def test_still(tmp_path: Path, name: str) -> None:
    """A still is one picture without rate and duration."""
    Image.new("RGB", (31, 20), "red").save(tmp_path / name)
    found = probe(tmp_path / name)
    assert frame_facts(found) == (None, None, 1, None)
    assert (found.video.width, found.video.height, found.video.has_alpha) == (31, 20, False)


@pytest.mark.parametrize("is_lossless", [True, False])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("count", [1, 2])
def test_webp_alpha(tmp_path: Path, is_lossless: bool, mode: str, count: int) -> None:
    """Alpha and chroma of a WebP follow its coding, for stills and animations."""
    pictures = [Image.new(mode, (17, 33), (10, 200, 30, 128)[: len(mode)]) for _ in range(count)]
    pictures[-1].putpixel((3, 3), (0, 0, 0, 7)[: len(mode)])
    pictures[0].save(
        tmp_path / "a.webp", save_all=count > 1, append_images=pictures[1:], lossless=is_lossless, duration=100
    )
    video = probe(tmp_path / "a.webp").video
    expected = (17, 33, mode == "RGBA", "rgb" if is_lossless else "4:2:0", count)
    assert expected == (video.width, video.height, video.has_alpha, video.chroma, video.frame_count_counted)


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_animation_that_keeps_only_what_changed(tmp_path: Path, name: str) -> None:
    """Holes in later pictures, through which the first shows, are no alpha."""
    path = make(tmp_path, name, frames=6, picture="moving_box")
    assert not probe(path).video.has_alpha


@pytest.mark.parametrize("name", ["a.gif", "a.webp"])
def test_animation_with_holes(tmp_path: Path, name: str) -> None:
    """A first picture that lets the page show through is alpha."""
    pictures = [Image.new("RGBA", (20, 20), (9, 9, 9, 0)) for _ in range(2)]
    for place, picture in enumerate(pictures):
        picture.paste((250, 0, 0, 255), (place * 4, 0, place * 4 + 8, 8))
    pictures[0].save(tmp_path / name, save_all=True, append_images=pictures[1:], duration=100, disposal=2)
    assert probe(tmp_path / name).video.has_alpha


@pytest.mark.parametrize(("mode", "has_alpha"), [("RGB", False), ("RGBA", True), ("LA", True), ("L", False)])
def test_png_alpha(tmp_path: Path, mode: str, has_alpha: bool) -> None:
    """The colour type tells the alpha of a PNG."""
    Image.new(mode, (8, 8)).save(tmp_path / "a.png")
    assert has_alpha == probe(tmp_path / "a.png").video.has_alpha


def test_png_with_one_transparent_colour(tmp_path: Path) -> None:
    """A palette with a transparent entry is alpha, too."""
    Image.new("P", (8, 8)).save(tmp_path / "a.png", transparency=0)
    assert probe(tmp_path / "a.png").video.has_alpha


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp"])
@pytest.mark.parametrize(("value", "turn"), list(enumerate(TURNS, start=1)))
def test_orientation(tmp_path: Path, name: str, value: int, turn: tuple[int, bool]) -> None:
    """EXIF's eight orientations, in each format that holds them."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = value
    Image.new("RGB", (30, 20)).save(tmp_path / name, exif=exif)
    video = probe(tmp_path / name).video
    assert (turn, (20, 30) if turn[0] in (90, 270) else (30, 20)) == (
        (video.rotation, video.is_mirrored),
        video.display_size,
    )


def test_frame_delays_of_png_are_fractions(tmp_path: Path) -> None:
    """1001/30000 of a second a picture is 30000/1001 exactly; a denominator of 0 means hundredths."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 0, 0, 0, 0))
    data = zlib.compress(b"\0\0\0" * 2)

    def control(number: int, delay: int, over: int) -> bytes:
        return chunk(b"fcTL", struct.pack(">IIIIIHHBB", number, 2, 2, 0, 0, delay, over, 0, 0))

    def apng(delay: int, over: int) -> bytes:
        pictures = control(0, delay, over) + chunk(b"IDAT", data)
        pictures += control(1, delay, over) + chunk(b"fdAT", struct.pack(">I", 2) + data)
        return b"\x89PNG\r\n\x1a\n" + header + chunk(b"acTL", struct.pack(">II", 2, 0)) + pictures + chunk(b"IEND", b"")

    exact = probe(written(tmp_path, "exact.png", apng(1001, 30_000)))
    hundredths = probe(written(tmp_path, "hundredths.png", apng(4, 0)))
    assert ("30000/1001", False, 2, Fraction(2002, 30_000)) == frame_facts(exact)
    assert ("25/1", False, 2, Fraction(8, 100)) == frame_facts(hundredths)


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.webp", "a.gif"])
def test_still_that_is_cut(tmp_path: Path, name: str) -> None:
    """Half a picture is told to be cut, whether or not the rest can be shown."""
    path = make(tmp_path, "full.png", frames=1, picture="noise", width=200, height=200)
    with Image.open(path) as image:
        image.save(tmp_path / name)
    whole = (tmp_path / name).read_bytes()
    found = probe(written(tmp_path, f"cut-{name}", whole[: len(whole) // 2]))
    assert "truncated" in [warning.code for warning in found.warnings]


def test_thumbnail_inside_a_cut_jpeg(tmp_path: Path) -> None:
    """The end mark of an embedded thumbnail is not taken for the picture's own."""
    small, large = tmp_path / "small.jpg", tmp_path / "large.jpg"
    Image.new("RGB", (16, 16)).save(small)
    make(tmp_path, "noise.png", frames=1, picture="noise", width=128, height=128)
    with Image.open(tmp_path / "noise.png") as image:
        image.save(large)
    thumbnail = b"Exif\0\0MM\0*\0\0\0\x08\0\0" + small.read_bytes()
    data = large.read_bytes()
    cut = data[:2] + b"\xff\xe1" + struct.pack(">H", 2 + len(thumbnail)) + thumbnail + data[2 : len(data) // 2]
    assert "truncated" in [warning.code for warning in probe(written(tmp_path, "cut.jpg", cut)).warnings]
