"""The program as the system sees it: signals, pipes, encodings, full disks."""

from __future__ import annotations

import json
import os
import pty
import resource
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import videos
from tests.recipes import Recipe
from tests.unit.cli.running import PROGRAM, process

pytestmark = pytest.mark.platform("linux", "darwin")

PLAIN = Recipe("clip.mp4", id="plain")


def _folder(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        shutil.copy(videos.cached(PLAIN), folder / name)
    return folder


def test_progress_is_for_terminals(tmp_path: Path) -> None:
    """Into a pipe nothing goes but findings, also where the environment asks for colour."""
    clips = _folder(tmp_path / "clips", "a.mp4", "b.mp4")
    ended = process("scan", clips, "--json", environment={"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1"})
    assert (ended.status, ended.err, len(ended.json)) == (0, "", 2)


def test_progress_on_a_terminal(tmp_path: Path) -> None:
    """Where a person is looking, the bar goes to stderr and stdout stays clean."""
    clips = _folder(tmp_path / "clips", "a.mp4", "b.mp4")
    main_end, its_end = pty.openpty()
    try:
        command = [str(PROGRAM), "probe", str(clips), "--json"]
        environment = {**os.environ, "TERM": "xterm"}
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=its_end, env=environment, check=True)
        shown = os.read(main_end, 1 << 16).decode()
    finally:
        os.close(its_end)
        os.close(main_end)
    assert len(json.loads(done.stdout)) == 2
    assert "probing" in shown


@pytest.mark.parametrize(
    ("words", "failures"),
    [
        (("sidecar", "-t", "clip-json"), 1),
        pytest.param(("scan",), 1, marks=pytest.mark.slow),
        pytest.param(("scan", "--json"), 0, marks=pytest.mark.slow),
        pytest.param(("probe", "--json"), 1, marks=pytest.mark.slow),
        pytest.param(("templates", "preview", "clip-json"), 0, marks=pytest.mark.slow),
    ],
)
def test_reader_that_leaves(tmp_path: Path, words: tuple[str, ...], failures: int) -> None:
    """Where the reader of stdout is gone, the work is done, nothing is complained of, and the status is true."""
    clips = _folder(tmp_path / "clips", "a.mp4", "b.mp4")
    if failures:
        videos.fake(clips, "broken.mp4")
    path = clips / "a.mp4" if "preview" in words else clips
    read_end, write_end = os.pipe()
    os.close(read_end)
    try:
        command = [str(PROGRAM), *words, str(path)]
        done = subprocess.run(command, stdout=write_end, stderr=subprocess.PIPE, check=False)
        both = subprocess.run(command, stdout=write_end, stderr=write_end, check=False) if "scan" in words else done
    finally:
        os.close(write_end)
    assert (done.returncode, both.returncode) == (failures, failures)
    assert done.stderr.decode().count("✗") == failures
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    assert len(list(clips.glob("*.turnover.json"))) == (2 if "sidecar" in words else 0)


@pytest.mark.platform("linux")
def test_output_that_cannot_be_written(tmp_path: Path) -> None:
    """A full disk behind stdout is told on stderr; a closed stdout is as good as one that nobody reads."""
    clips = _folder(tmp_path / "clips", "a.mp4")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([str(PROGRAM), str(clips)], stdout=full, stderr=subprocess.PIPE, check=False)
    told = b"\xe2\x9c\x97 turnover: the output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, told)
    closed = subprocess.run(["sh", "-c", f'"{PROGRAM}" "$1" >&-', "sh", str(clips)], capture_output=True, check=False)
    assert (closed.returncode, closed.stderr) == (0, b"")


def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends the program with status 130, without a word of Python."""
    clips = _folder(tmp_path / "clips", "a.mp4")
    values = tmp_path / "values.json"
    os.mkfifo(values)
    command = [str(PROGRAM), "sidecar", str(clips), "-t", "nuke-xml", "--metadata", str(values)]
    # A parent that runs in the background hands on an ignored SIGINT, and Python would keep it so.
    running = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )
    # Opening the pipe waits for the program to read it; it then waits for what is never written.
    with values.open("wb"):
        running.send_signal(signal.SIGINT)
        out, err = running.communicate(timeout=30)
    assert (running.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert list(clips.iterdir()) == [clips / "a.mp4"]


def _no_larger_than(size: int) -> Callable[[], None]:
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_disk_that_is_full(tmp_path: Path) -> None:
    """Where the system takes no more bytes, the files that did not fit are named, and no rest is left of them."""
    clips = _folder(tmp_path / "clips", "a.mp4", "b.mp4")
    ended = process("sidecar", clips, "-t", "nuke-xml", "-t", "clip-json", "--json", preexec_fn=_no_larger_than(1500))
    assert ended.status == 1
    assert [Path(one["path"]).name for one in ended.json["written"]] == ["a.xml", "b.xml"]
    assert {one["error"]["code"] for one in ended.json["failed"]} == {"write_failed"}
    assert "File too large" in ended.err
    assert sorted(path.name for path in clips.iterdir()) == ["a.mp4", "a.xml", "b.mp4", "b.xml"]


@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        pytest.param({"PYTHONIOENCODING": "cp1252"}, marks=pytest.mark.slow),
        pytest.param({"LC_ALL": "POSIX"}, marks=pytest.mark.slow),
        pytest.param({"TERM": "dumb", "NO_COLOR": "1", "COLUMNS": "20"}, marks=pytest.mark.slow),
    ],
)
def test_terminal_that_is_not_unicode(tmp_path: Path, environment: dict[str, str]) -> None:
    """Where letters cannot be shown they are escaped; nothing stops for them, and JSON stays UTF-8."""
    clips = _folder(tmp_path / "clips", "走る狐 🦊 é.mp4")
    videos.fake(clips, "ж.mp4")
    ended = process("sidecar", "-t", "nuke-xml", clips, environment=environment)
    assert ended.status == 1
    assert "Traceback" not in ended.err
    report = process("probe", clips, "--json", environment=environment).json
    assert os.fsencode(report[1]["path"]) == os.fsencode(clips / "走る狐 🦊 é.mp4")
    assert (clips / "走る狐 🦊 é.xml").is_file()


def test_bytes_of_names(tmp_path: Path) -> None:
    """A name that is no UTF-8 can be typed, and comes back exact in JSON."""
    path = os.fsencode(_folder(tmp_path / "clips")) + b"/\xff\x1b[31m.mp4"
    shutil.copy(videos.cached(PLAIN), os.fsdecode(path))
    ended = process("probe", path, "--json")
    assert (ended.status, ended.err) == (0, "")
    assert os.fsencode(ended.json[0]["path"]) == path
