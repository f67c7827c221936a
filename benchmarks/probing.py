"""Looking at many small files: what each is."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.measuring import Absent, Contender, Table, compared
from tests.videos import make
from turnover.core.clip import Clip
from turnover.files.finding import Found
from turnover.work.look import Looking, look

Size = tuple[int, int]
Sizes = Callable[[], list[Size]]


def tables(*, is_quick: bool) -> Iterator[Table]:
    count, rounds = (3, 1) if is_quick else (500, 3)
    workers = max(2, os.cpu_count() or 1)
    with tempfile.TemporaryDirectory() as folder:
        # Widths and lengths differ, so that an answer taken from the wrong file shows.
        paths = [
            make(
                Path(folder),
                f"clip_{i:04}.mp4",
                width=64 + 16 * (i % 9),
                frames=8 + i % 17,
                # exiftool -fast2 sees no index that stands behind the pictures.
                muxer={"movflags": "faststart"},
            )
            for i in range(count)
        ]
        expected = [(64 + 16 * (i % 9), 48) for i in range(count)]
        peers = [_checked(peer, expected) for peer in _peers(paths, workers)]
        ours = _checked(Contender(f"turnover, {workers} threads", lambda: _ours(paths, workers)), expected)
        assert isinstance(ours, Contender)
        rows = compared(ours, peers, rounds=rounds, scale=1000 / count)
    yield Table(f"{count} small H.264 mp4", "ms a file", rows)


def _checked(one: Contender | Absent, expected: list[Size]) -> Contender | Absent:
    if isinstance(one, Contender) and one.run() != expected:
        raise ValueError(f"{one.name}: other sizes than the files have")
    return one


def _peers(paths: Sequence[Path], workers: int) -> Iterator[Contender | Absent]:
    yield Contender("turnover, 1 thread", lambda: _ours(paths, 1))
    ffprobe, exiftool = shutil.which("ffprobe"), shutil.which("exiftool")
    names = ("ffprobe, a process a file", f"ffprobe, {workers} at a time")
    if ffprobe is None:
        yield from (Absent(name, "the program is not installed") for name in names)
    else:
        yield Contender(names[0], lambda: [_ffprobe(ffprobe, path) for path in paths])
        yield Contender(names[1], lambda: _ffprobes(ffprobe, paths, workers))
    yield _pymediainfo(paths)
    if exiftool is None:
        yield Absent("exiftool, one process", "the program is not installed")
    else:
        yield Contender("exiftool, one process", lambda: _exiftool(exiftool, paths))


def _ours(paths: Sequence[Path], workers: int) -> list[Size]:
    found = [Found(path, path.parent) for path in paths]
    results = list(look(found, Looking(is_own=lambda path: False), workers=workers))
    clips = [one for one in results if isinstance(one, Clip)]
    return [(one.probe.video.width, one.probe.video.height) for one in clips]


def _ffprobe(program: str, path: Path) -> Size:
    command = [program, "-v", "error", "-show_format", "-show_streams", "-of", "json", str(path)]
    (stream,) = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["streams"]
    return stream["width"], stream["height"]


def _ffprobes(program: str, paths: Sequence[Path], workers: int) -> list[Size]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda path: _ffprobe(program, path), paths))


def _exiftool(program: str, paths: Sequence[Path]) -> list[Size]:
    done = subprocess.run([program, "-fast2", "-json", *map(str, paths)], capture_output=True, check=True)
    return [(one["ImageWidth"], one["ImageHeight"]) for one in json.loads(done.stdout)]


def _pymediainfo(paths: Sequence[Path]) -> Contender | Absent:
    try:
        from pymediainfo import MediaInfo  # noqa: PLC0415
    except ImportError:
        return Absent("pymediainfo", "the package is not installed")
    if not MediaInfo.can_parse():
        return Absent("pymediainfo", "its library is not installed")

    def size(path: Path) -> Size:
        video: Any = MediaInfo.parse(path).video_tracks[0]
        return video.width, video.height

    return Contender("pymediainfo", lambda: [size(path) for path in paths])
