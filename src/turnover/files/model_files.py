"""The files of models under a folder: which there are, their hashes, what the header of one says."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from turnover.errors import UsageError

MODEL_SUFFIXES = frozenset((".safetensors", ".sft", ".gguf", ".ckpt", ".pt", ".pth", ".bin"))

_SAFETENSORS = (".safetensors", ".sft")
_BLOCK = 1 << 20
_MOST_HEADER = 16 << 20
_MOST_TAGS = 40
_LONGEST_TAG = 1000
# What tells a model or its terms: Stability's modelspec 1.0 and what the trainer kohya-ss/sd-scripts writes.
# Left out are the thumbnail, and the counts of every word it was trained on.
_TAG = re.compile(
    r"modelspec\.(?!thumbnail)\w+|sshs_model_hash|ss_(base_model_version|output_name|network_\w+)", re.ASCII
)
_ENTRY = re.compile(rb"(\d+) (\d+) (\d+) ([0-9a-f]{64}) ([0-9a-f]{64}|-)", re.ASCII)

Progress = Callable[[Path, int, int], None]
"""Told while a file is read: which, how many bytes of it are done, how many it has."""


@dataclass(frozen=True, slots=True)
class Digests:
    """The hashes of one file, lower-case hex."""

    sha256: str
    """Of the whole file; its first ten digits are what A1111 and Civitai call AutoV2."""
    tensors: str | None = None
    """Of what follows the header of a safetensors file, which stays when its tags are edited (AutoV3); else None."""


def model_files(folder: Path) -> tuple[Path, ...]:
    """The models below a folder, by their paths in it, sorted.

    Links are followed, each folder is entered once, its own place before any link to it. Raises UsageError where there
    is no such folder.
    """
    if not os.path.isdir(folder):  # noqa: PTH112  # Path's own raises for names that are too long
        raise UsageError(f"{folder}: no such folder of models", hint="name the folder that ComfyUI calls models")
    return tuple(sorted(path.relative_to(folder) for path in _walked(folder)))


def _walked(folder: Path) -> Iterator[Path]:
    waiting, seen = [folder], set[tuple[int, int]]()
    while waiting:
        linked: list[Path] = []
        for start in waiting:
            for parent, folders, names in os.walk(start):
                place = _place(parent)
                if place is None or place in seen:
                    folders.clear()
                    continue
                seen.add(place)
                folders[:] = sorted(name for name in folders if not name.startswith("."))
                linked += (Path(parent, name) for name in folders if Path(parent, name).is_symlink())
                models = (Path(parent, name) for name in names if Path(name).suffix.lower() in MODEL_SUFFIXES)
                yield from (path for path in models if path.is_file())
        waiting = linked


def _place(path: str | Path) -> tuple[int, int] | None:
    """Device and inode of what a path leads to; None where it leads nowhere."""
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def same_file(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file."""
    place = _place(one)
    return place is not None and place == _place(other)


# --------------------------------------------------------------------------------------------------------- hashes


@dataclass(frozen=True, slots=True)
class DigestCache:
    """Hashes of large files, each computed once: one small entry a file in the folder of this program's data.

    An entry holds for one size, time and inode; a file that changed is read again. An entry that is lost or damaged
    costs the same. As in the ledger no lock is needed: each is replaced in one step.
    """

    folder: Path

    def known(self, path: Path) -> Digests | None:
        """The hashes, where they were computed before and the file is the same; OSError as it comes."""
        return self._read(path, path.stat())

    def digests(self, path: Path, *, progress: Progress | None = None) -> Digests:
        """The hashes; OSError as it comes. What the file holds is read as bytes and never loaded as a model."""
        with path.open("rb") as source:
            before = os.fstat(source.fileno())
            found = self._read(path, before)
            if found is not None:
                return found
            computed = _computed(source, path, before.st_size, progress)
            if _stamp(os.fstat(source.fileno())) == _stamp(before):
                self._write(path, before, computed)
        return computed

    def _read(self, path: Path, now: os.stat_result) -> Digests | None:
        try:
            match = _ENTRY.fullmatch(self._entry(path).read_bytes()[:400])
        except OSError:
            return None
        if match is None or tuple(map(int, match.group(1, 2, 3))) != _stamp(now):
            return None
        tensors = match[5].decode()
        return Digests(match[4].decode(), None if tensors == "-" else tensors)

    def _write(self, path: Path, stat: os.stat_result, found: Digests) -> None:
        """A data folder that cannot be written is no failure."""
        entry = self._entry(path)
        size, mtime, inode = _stamp(stat)
        with suppress(OSError):
            entry.parent.mkdir(parents=True, exist_ok=True)
            temporary = entry.with_suffix(f".{os.getpid()}.part")
            temporary.write_text(f"{size} {mtime} {inode} {found.sha256} {found.tensors or '-'}", encoding="ascii")
            temporary.replace(entry)

    def _entry(self, path: Path) -> Path:
        name = hashlib.sha256(os.fsencode(os.path.realpath(path))).hexdigest()
        return self.folder / "digests" / name[:2] / name


def _stamp(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _computed(source: BinaryIO, path: Path, size: int, progress: Progress | None) -> Digests:
    """Both hashes in one reading, a block at a time."""
    whole, tensors = hashlib.sha256(), hashlib.sha256()
    header = _header_length(source, path, size)
    if header is not None:
        whole.update(source.read(8 + header))
    done = source.tell()
    while block := source.read(_BLOCK):
        whole.update(block)
        if header is not None:
            tensors.update(block)
        done += len(block)
        if progress is not None:
            progress(path, done, size)
    return Digests(whole.hexdigest(), None if header is None else tensors.hexdigest())


# --------------------------------------------------------------------------------------------------------- header


def header_tags(path: Path) -> tuple[tuple[str, str], ...]:
    """What the header of a safetensors file says of the model, sorted by name; nothing where it cannot be read.

    Eight bytes of length, little-endian, then JSON with texts under `__metadata__`
    (huggingface/safetensors, README, Format).
    """
    try:
        with path.open("rb") as source:
            length = _header_length(source, path, os.fstat(source.fileno()).st_size)
            source.seek(8)
            tree = None if length is None else json.loads(source.read(length))
    except (OSError, ValueError, RecursionError):
        return ()
    found = tree.get("__metadata__") if isinstance(tree, dict) else None
    texts = found if isinstance(found, dict) else {}
    tags = ((name, text) for name, text in texts.items() if isinstance(text, str) and len(text) <= _LONGEST_TAG)
    return tuple(sorted((name, text) for name, text in tags if text and _TAG.fullmatch(name)))[:_MOST_TAGS]


def _header_length(source: BinaryIO, path: Path, size: int) -> int | None:
    """How long the header is, of a file that starts like a safetensors file; None of any other. Back at the start."""
    if path.suffix.lower() not in _SAFETENSORS:
        return None
    start = source.read(9)
    source.seek(0)
    length = int.from_bytes(start[:8], "little")
    return length if start[8:] == b"{" and 8 + length <= size and length <= _MOST_HEADER else None
