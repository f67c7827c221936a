"""Finds clips and says what each one is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from turnover.core.clip import Clip, JsonValue
from turnover.core.probe import Warning
from turnover.errors import TurnoverError, ValuesError
from turnover.files.atomic import file_digest
from turnover.files.finding import STILL_SUFFIXES, Found, Missing
from turnover.media.probe import probe
from turnover.work.beside import AUDIO_MARK, with_values_beside
from turnover.work.labels import settled, without_labels
from turnover.work.making import with_making


@dataclass(frozen=True, slots=True)
class Failed:
    """A file that gave no clip."""

    path: Path
    error: TurnoverError


@dataclass(frozen=True, slots=True)
class Looking:
    """How to look at files."""

    is_own: Callable[[Path], bool]
    """Whether this program wrote a file itself."""
    metadata: Mapping[str, JsonValue] | None = None
    """Relative path → values, from a metadata file."""
    counts: Literal["never", "missing", "always"] = "never"
    """Whether to read every packet and count: where the header names no number of frames, or always."""
    forgives_values: bool = False
    """Whether unusable values beside a video are a warning instead of a failure."""
    name_patterns: tuple[str, ...] = ()
    """A person's own patterns for what file names tell, as `generation.file_names` reads them."""


def look(found: Iterable[Found | Missing], how: Looking, *, workers: int) -> Iterator[Clip | Failed]:
    """One clip or failure for each file, in order; several files are opened at once."""
    with ThreadPoolExecutor(workers, thread_name_prefix="probe") as pool:
        yield from pool.map(lambda one: _clip(one, how), found)


def _clip(one: Found | Missing, how: Looking) -> Clip | Failed:
    if isinstance(one, Missing):
        return Failed(one.path, one.error)
    try:
        probed = probe(one.path, scan=how.counts == "always")
        if how.counts == "missing" and probed.video.frame_count is None:
            probed = probe(one.path, scan=True)
        bare = Clip(path=one.path, root=one.root, probe=probed)
        clip = with_making(bare, is_own=how.is_own, name_patterns=how.name_patterns)
    except TurnoverError as error:
        return Failed(one.path, error)
    try:
        given = with_values_beside(without_labels(clip), is_own=how.is_own, metadata=how.metadata)
        return settled(given, clip)
    except ValuesError as error:
        if not how.forgives_values:
            return Failed(one.path, error)
        warnings = (*clip.probe.warnings, Warning(error.code, str(error)))
        return replace(clip, probe=replace(clip.probe, warnings=warnings))


def one_of_each(seen: Iterable[Clip | Failed]) -> Iterator[Clip | Failed]:
    """Without the twins of a clip that was written several times: `x.mp4` and `x.png` where `x-audio.mp4` has sound.

    What has no readable twin stays, so that a broken file with sound hides nothing.
    """
    everything = list(seen)
    clips = [one for one in everything if isinstance(one, Clip)]
    stems = {one.path.with_suffix("") for one in clips if one.path.suffix.lower() not in STILL_SUFFIXES}
    with_sound = {_silent_stem(one.path) for one in clips if one.probe.audio and one.path.stem.endswith(AUDIO_MARK)}
    for one in everything:
        stem = one.path.with_suffix("")
        is_silent_twin = stem in with_sound and not (isinstance(one, Clip) and one.probe.audio)
        is_picture_of = one.path.suffix.lower() in STILL_SUFFIXES and stem in stems
        if not is_silent_twin and not is_picture_of:
            yield one


def _silent_stem(path: Path) -> Path:
    return Path(path.parent, path.stem.removesuffix(AUDIO_MARK))


def duplicates(clips: Iterable[Clip]) -> dict[Path, Path]:
    """Path → the first path with the same bytes; only files of one size are read."""
    by_size: dict[int, list[Path]] = defaultdict(list)
    for clip in clips:
        by_size[clip.probe.size_bytes].append(clip.path)
    first: dict[str, Path] = {}
    found: dict[Path, Path] = {}
    for paths in by_size.values():
        if len(paths) < 2:
            continue
        for path in paths:
            try:
                digest = file_digest(path)
            except OSError:
                continue  # It could be opened a moment ago; being gone now is no duplicate.
            original = first.setdefault(digest, path)
            if original != path:
                found[path] = original
    return found
