"""Which files of a folder are clips."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from turnover.errors import ProbeError, TurnoverError

VIDEO_SUFFIXES = frozenset(
    (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".ts", ".m2ts", ".mts", ".mxf", ".flv", ".wmv",
     ".asf", ".ogv", ".3gp", ".3g2", ".y4m", ".ivf", ".gif", ".webp", ".apng", ".qt")
)  # fmt: skip
STILL_SUFFIXES = frozenset((".png", ".jpg", ".jpeg"))


@dataclass(frozen=True, slots=True)
class Found:
    """A file to look at and the folder it was found under."""

    path: Path
    """Absolute; links are not resolved, so that names stay as the person knows them."""
    root: Path


@dataclass(frozen=True, slots=True)
class Missing:
    """A path that was named and cannot be looked at."""

    path: Path
    error: TurnoverError


def find(paths: Iterable[Path], *, with_stills: bool) -> Iterator[Found | Missing]:
    """Every file named, and every clip in the folders named, sorted by path, each once.

    Hidden files and folders are passed over; links to folders are not followed. `with_stills` takes still pictures of
    folders as well; an animated PNG always counts as a clip.
    """
    seen: dict[Path, Found | Missing] = {}
    for path in paths:
        absolute = Path(os.path.abspath(path))  # noqa: PTH100  # names stay as typed: links are not resolved
        for one in _below(absolute, with_stills=with_stills):
            seen.setdefault(one.path, one)
    yield from (seen[path] for path in sorted(seen))


def _below(path: Path, *, with_stills: bool) -> Iterator[Found | Missing]:
    try:
        path.lstat()
    except FileNotFoundError:
        error = ProbeError(f"{path}: no such file or folder", hint="check the spelling", code="not_found")
        yield Missing(path, error)
        return
    except (OSError, ValueError) as failure:
        yield _unreachable(path, failure)
        return
    if not os.path.isdir(path):  # noqa: PTH112  # Path's own raises for names that are too long
        yield Found(path, path.parent)
        return
    unreadable: list[OSError] = []
    for file in _walk(path, unreadable.append, with_stills=with_stills):
        yield Found(file, path)
    yield from (_unreachable(Path(failure.filename), failure) for failure in unreadable)


def _unreachable(path: Path, error: OSError | ValueError) -> Missing:
    reason = getattr(error, "strerror", None) or str(error)
    code = "no_permission" if isinstance(error, PermissionError) else "unreadable"
    return Missing(path, ProbeError(f"{path}: {reason}", hint="check the name, and who may read it", code=code))


def _walk(folder: Path, on_error: Callable[[OSError], None], *, with_stills: bool) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder, onerror=on_error):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            suffix = path.suffix.lower()
            is_still = suffix in STILL_SUFFIXES
            if name.startswith(".") or not (suffix in VIDEO_SUFFIXES or is_still):
                continue
            if not is_still or with_stills or (suffix == ".png" and _is_animated_png(path)):
                yield path


def _is_animated_png(path: Path) -> bool:
    """Whether a PNG announces an animation; the `acTL` chunk comes before the picture (PNG 3rd edition, 11.3.6.1)."""
    try:
        with path.open("rb") as source:
            head = source.read(4096)
    except OSError:
        return False
    return head.startswith(b"\x89PNG\r\n\x1a\n") and b"acTL" in head


def stem_sharing() -> Callable[[Path], bool]:
    """Path → whether another video of the same folder has the same stem, letters compared without case.

    Each folder is read once for all that is asked.
    """

    @cache
    def videos(folder: Path) -> Mapping[str, frozenset[str]]:
        by_stem: dict[str, set[str]] = {}
        with suppress(OSError):
            for other in folder.iterdir():
                if other.suffix.lower() in VIDEO_SUFFIXES:
                    by_stem.setdefault(other.stem.casefold(), set()).add(other.name)
        return {stem: frozenset(names) for stem, names in by_stem.items()}

    return lambda path: bool(videos(path.parent).get(path.stem.casefold(), frozenset()) - {path.name})
