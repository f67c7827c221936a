"""A loader is tried on a dataset in a process of its own, and what it gives is compared row by row."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, TypeAlias

from turnover.core.clip import JsonValue
from turnover.files.packing.seen import Seen
from turnover.work.doctor_dataset import EVERYWHERE, IN_MANIFEST, Reference, Row, Standing, differing, fingerprint
from turnover.work.doctor_loading import Asked

Message: TypeAlias = Mapping[str, JsonValue]

_LONGEST_LINE = 64 << 20
_MOST_TOLD = 3
_SLOWEST = 20e6
"""Bytes a second that unpacking, which says nothing meanwhile, has at least."""
_TAIL_BYTES = 16 << 10
_SECRETS = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_HUB_TOKEN")


@dataclass(slots=True)
class Trial:
    """What came of it."""

    versions: dict[str, None] = field(default_factory=dict)
    """`datasets 5.2.0`, and what else it needed; empty where it did not come so far."""
    missing: str | None = None
    """The package that is not installed."""
    counts: Counter[str] = field(default_factory=Counter)
    faces: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    """What it gives otherwise than the dataset says: the first few."""
    error: str | None = None
    """Why it broke off; None where it did not."""
    output: str = ""
    """The last that it, and the libraries it uses, printed."""


def trial_of(asked: Asked, standing: Standing, reference: Reference, *, scratch: Path, stall_seconds: float) -> Trial:
    """Try one loader; `scratch` is a folder for its caches, which may be removed afterwards."""
    trial = Trial()
    found = Comparison(standing, reference)
    patience = stall_seconds + asked.size_bytes / _SLOWEST
    with (scratch / "output").open("w+b") as printed:
        with _running(asked, scratch, printed) as process:
            try:
                is_done = _hear_all(process, trial, found, patience)
            except TimeoutError:
                trial.error, is_done = f"nothing came for {patience:.0f} seconds", True
            except ValueError as error:
                trial.error, is_done = f"it said something else than rows: {error}", True
        printed.seek(max(0, printed.seek(0, os.SEEK_END) - _TAIL_BYTES))
        trial.output = printed.read().decode(errors="replace")
    trial.counts, trial.wrong = found.counts, found.told()
    if not is_done:
        lines = [line.strip() for line in trial.output.splitlines() if line.strip()]
        trial.error = f"it ended with {process.returncode}" + (f": {lines[-1]}" if lines else "")
    return trial


def _hear_all(process: subprocess.Popen[bytes], trial: Trial, found: Comparison, patience: float) -> bool:
    """Whether it came to an end that it told of."""
    with contextlib.closing(_messages(process, patience)) as messages:
        for message in messages:
            _hear(message, trial, found)
            if message.get("done") is True or trial.error is not None:
                return True
    return False


def _hear(message: Message, trial: Trial, found: Comparison) -> None:
    row, media = message.get("row"), message.get("media")
    if isinstance(row, dict):
        found.add(row)
        if media is not None and media != row.get("sha256"):
            found.note(f"{row.get('sample_id')}: its media comes with other bytes")
    elif "clip" in message:
        found.media[str(message["clip"])] = str(media)
    elif "face" in message:
        trial.faces[str(message["face"])] += 1
    elif "version" in message:
        trial.versions[str(message["version"])] = None
    elif "error" in message:
        trial.error = str(message["error"])
    elif "missing" in message:
        trial.missing = str(message["missing"])


@dataclass(slots=True)
class Comparison:
    """Rows that a loader gives, against those of the dataset."""

    standing: Standing
    reference: Reference
    counts: Counter[str] = field(default_factory=Counter)
    media: dict[str, str] = field(default_factory=dict)
    """Sample → SHA-256 of its media, of a few."""
    _seen: Seen = field(default_factory=Seen)
    _strange: list[Row] = field(default_factory=list)
    _notes: list[str] = field(default_factory=list)

    def add(self, row: Row) -> None:
        split = str(row.get("split"))
        self.counts[split] += 1
        if not self._seen.add(fingerprint(row, ("split", "sample_id"))):
            self.note(f"{row.get('sample_id')} comes twice in {split}")
        columns, known = (EVERYWHERE, self.reference.rows) if "seed" in row else (IN_MANIFEST, self.reference.manifest)
        if fingerprint(row, columns) not in known and len(self._strange) < _MOST_TOLD:
            self._strange.append(row)

    def note(self, sentence: str) -> None:
        if len(self._notes) < _MOST_TOLD:
            self._notes.append(sentence)

    def told(self) -> list[str]:
        """What is wrong; the dataset is read once more to say how a row should be."""
        strange = {str(row.get("sample_id")): row for row in self._strange}
        notes = list(self._notes)
        for row in self.standing.rows() if strange or self.media else ():
            key = str(row.get("sample_id"))
            if self.media.get(key) not in (None, row.get("sha256")):
                notes.append(f"{key}: its media comes with other bytes")
            if key in strange:
                mine = strange.pop(key)
                columns = EVERYWHERE if "seed" in mine else IN_MANIFEST
                notes.append(f"{key}: {'; '.join(differing(mine, row, columns))}")
        return [*notes, *(f"{key} is none of its samples" for key in strange)]


# ---------------------------------------------------------------------------------------------------------- the process


@contextlib.contextmanager
def _running(asked: Asked, scratch: Path, printed: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, which ends with the block; everything it keeps goes into `scratch`."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "turnover.work.doctor_loading"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=printed,
        cwd=scratch,
        env=_environment(scratch),
        start_new_session=True,
    )
    try:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(asdict(asked)).encode())
            process.stdin.close()
        yield process
    finally:
        _end(process)


def _environment(scratch: Path) -> dict[str, str]:
    here = str(scratch)
    paths = [path for path in sys.path if path]
    return {
        **{name: value for name, value in os.environ.items() if name not in _SECRETS},
        "PYTHONPATH": os.pathsep.join(paths),
        "PYTHONWARNINGS": "ignore",
        "HF_HOME": here,
        "HF_DATASETS_CACHE": f"{here}/datasets",
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
        "CROISSANT_CACHE": f"{here}/croissant",
        "TMPDIR": here,
    }


def _messages(process: subprocess.Popen[bytes], stall_seconds: float) -> Generator[Message, None, None]:
    """What it says, line by line. Raises TimeoutError when it says nothing, ValueError for what is no JSON object."""
    lines: queue.Queue[bytes] = queue.Queue(maxsize=10_000)
    is_over = threading.Event()
    reader = threading.Thread(target=_read, args=(process, lines, is_over), daemon=True)
    reader.start()
    try:
        while True:
            try:
                line = lines.get(timeout=stall_seconds)
            except queue.Empty:
                raise TimeoutError from None
            if not line:
                process.wait()
                return
            message = json.loads(line)
            if not isinstance(message, dict):
                raise ValueError(line[:80].decode(errors="replace"))
            yield message
    finally:
        is_over.set()


def _read(process: subprocess.Popen[bytes], lines: queue.Queue[bytes], is_over: threading.Event) -> None:
    """Put line after line; an empty one at the end."""
    assert process.stdout is not None
    while not is_over.is_set():
        try:
            line = process.stdout.readline(_LONGEST_LINE)
        except (OSError, ValueError):
            line = b""
        while not is_over.is_set():
            with contextlib.suppress(queue.Full):
                lines.put(line, timeout=1)
                break
        if not line:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it with all that it started."""
    if process.poll() is None:
        if sys.platform == "win32":
            process.kill()
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
