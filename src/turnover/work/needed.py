"""What a template asks of a clip that looking at it did not find: the digest of its bytes, the times of its frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from turnover.core.clip import Clip, JsonValue
from turnover.core.series import Series
from turnover.errors import ProbeError
from turnover.files.atomic import file_digest
from turnover.media.frame_times import frame_times
from turnover.sidecars.mapping import PTS_SERIES
from turnover.sidecars.template import Template

_DIGEST = "clip.digest"
_TIMES = frozenset(("frame.seconds", "marker.seconds", "segment.seconds"))


@dataclass(slots=True)
class Needs:
    """Gives clips what templates need; each file is read once for all templates that follow each other."""

    _digests: dict[Path, str] = field(default_factory=dict)
    _times: dict[Path, Series] = field(default_factory=dict)

    def met(self, clip: Clip, template: Template) -> Clip:
        """The clip with what this template needs, so that a sidecar does not depend on what else is written.

        Raises ProbeError where the file cannot be read any more.
        """
        names = frozenset(_texts(template.source))
        if _DIGEST in names and clip.digest is None:
            clip = replace(clip, digest=self._digest(clip.path))
        has_times = clip.probe.video.frame_rate is not None or clip.series_named(PTS_SERIES) is not None
        if not has_times and (template.uses_series or names & _TIMES):
            clip = replace(clip, series=(*clip.series, self._frame_times(clip)))
        return clip

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            try:
                self._digests[path] = file_digest(path)
            except OSError as error:
                raise ProbeError(f"{path}: {error.strerror}", hint="it could be read a moment ago") from error
        return self._digests[path]

    def _frame_times(self, clip: Clip) -> Series:
        if clip.path not in self._times:
            times = frame_times(clip.path, clip.probe.video.stream_index)
            self._times[clip.path] = Series(PTS_SERIES, times, source=clip.name)
        return self._times[clip.path]


def _texts(value: JsonValue) -> Iterator[str]:
    """Every text in a template's body; the names of the fields it uses are among them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)
