"""Runs that are killed, at any moment, leave the old dataset or the new one, whole."""

from __future__ import annotations

import hashlib
import os
import random
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from tests.crash.packer import DATE, entries
from turnover.files.packing.pack import pack
from turnover.files.verifying import Verification

REPOSITORY = Path(__file__).resolve().parents[2]
MOMENTS = 30
ROUNDS = [("folder", "copy"), ("folder", "hard"), ("zip", "copy")]


def _clips(folder: Path) -> dict[str, str]:
    """Some clips in the folder, and the digest of each."""
    (folder / "in").mkdir()
    digests = {}
    for number, size in enumerate((100_000, 1_000_000, 30_000_000, 5_000, 20_000_000)):
        content = hashlib.shake_128(str(number).encode()).digest(size)
        (folder / "in" / f"v{number}.mp4").write_bytes(content)
        digests[f"v{number}.mp4"] = hashlib.sha256(content).hexdigest()
    return digests


def _packer(folder: Path, kind: str, link: str, version: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.crash.packer", str(folder), kind, link, version]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def _whole_run(folder: Path, kind: str, link: str, version: str) -> float:
    """How long one takes from its first word to its end."""
    with _packer(folder, kind, link, version) as program:
        assert program.stdout is not None
        program.stdout.readline()
        started = time.perf_counter()
        assert program.wait() == 0
        return time.perf_counter() - started


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "link"), ROUNDS)
def test_killed_at_any_moment(tmp_path: Path, kind: str, link: str) -> None:
    """The name leads to a whole dataset all the time, sources are untouched, and the next run leaves nothing else."""
    digests = _clips(tmp_path)
    sums = {}
    for version in ("0", "1"):
        made = pack(entries(tmp_path, version), tmp_path / version, kind="folder", date=DATE)
        sums[made.digest] = version
    length = _whole_run(tmp_path, kind, link, "0")
    chance = random.Random(f"{kind} {link}")
    target = tmp_path / "out" / "demo"
    for moment in range(MOMENTS):
        with _packer(tmp_path, kind, link, str((moment + 1) // 3 % 2)) as program:
            assert program.stdout is not None
            program.stdout.readline()
            time.sleep(length * chance.uniform(0, 1.2))
            program.kill()
        look = Verification(target)
        assert [one for one in look.findings() if one.is_failure] == []
        assert _version(target, sums) in ("0", "1")
    for version in ("0", "1"):
        _whole_run(tmp_path, kind, link, version)
        assert (_version(target, sums), os.listdir(tmp_path / "out")) == (version, ["demo"])  # noqa: PTH208
    after = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (tmp_path / "in").iterdir()}
    assert digests == after


def _version(target: Path, sums: dict[str, str]) -> str:
    """Which version stands there: its list of sums tells."""
    if target.is_dir():
        content = (target / "manifest-sha256.txt").read_bytes()
    else:
        with zipfile.ZipFile(target) as archive:
            content = archive.read("manifest-sha256.txt")
    return sums[hashlib.sha256(content).hexdigest()]
