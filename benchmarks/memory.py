"""Per-frame CSV and XML: how much the peak of resident memory grows while a file is written.

Each contender has a process of its own. The peak is reset when its input stands and one small file is written, so
that libraries and input are not on the bill. Linux alone can reset it (proc(5), clear_refs).
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import Row, Table

REPOSITORY = Path(__file__).resolve().parent.parent
_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def tables(*, is_quick: bool) -> Iterator[Table]:
    from benchmarks.frame_writers import KINDS, OURS  # noqa: PLC0415  # the measured process imports for itself

    for count in (2_000,) if is_quick else (100_000, 1_000_000):
        # A process a contender takes its time to start: a quick run does one kind.
        for kind, writers in list(KINDS.items())[: 1 if is_quick else None]:
            grown = {name: _grown(kind, name, count) for name in writers}
            own = grown[OURS]
            rows = (
                Row(n, None, words="left out: the peak cannot be reset here")
                if v is None
                else Row(n, v, None if not own else v / own)
                for n, v in grown.items()
            )
            yield Table(f"peak memory, {count:,} frames, {kind.upper()}", "MB grown", tuple(rows))


def _grown(kind: str, name: str, count: int) -> float | None:
    if not _RESET.exists():
        return None
    command = [sys.executable, "-m", "benchmarks.memory", kind, name, str(count)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _kilobytes(key: str) -> int:
    line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith(key))
    return int(line.split()[1])


def _measure(kind: str, name: str, count: int) -> float:
    from benchmarks.frame_input import frames  # noqa: PLC0415
    from benchmarks.frame_writers import KINDS  # noqa: PLC0415

    prepare = KINDS[kind][name]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out"
        prepare(frames(1_000))(path)
        write = prepare(frames(count))
        _RESET.write_text("5", encoding="ascii")
        before = _kilobytes("VmRSS:")
        write(path)
        return (_kilobytes("VmHWM:") - before) / 1024


if __name__ == "__main__":
    print(_measure(sys.argv[1], sys.argv[2], int(sys.argv[3])))
