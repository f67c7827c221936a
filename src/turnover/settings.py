"""What a person may set for sidecars: name, meaning, default; help and docs read this table."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Literal

from turnover.core.colour import ASSUMABLE
from turnover.core.rate import Rate
from turnover.core.timecode import is_label
from turnover.errors import UsageError

WHOLE_NUMBER = re.compile(r"\s*[+-]?[0-9]{1,18}\s*\Z")
"""What counts as a whole number where a person types one."""

TimelinePolicy = Literal["keep_duration", "every_frame"]


@dataclass(frozen=True, slots=True)
class SidecarSettings:
    """The `--set KEY=VALUE` of one run; None is "not set"."""

    first_frame: int = 1001
    handles: int = 0
    reel: str | None = None
    start_timecode: str | None = None
    timeline_start: str = "01:00:00:00"
    timeline_rate: Rate | None = None
    timeline_policy: TimelinePolicy = "keep_duration"
    assume_color: str | None = None
    assume_rate: Rate | None = None
    show: str | None = None
    episode: str | None = None
    sequence: str | None = None
    scene: str | None = None
    shot: str | None = None
    take: str | None = None
    task: str | None = None
    version: str | None = None
    artist: str | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table of settings."""

    name: str
    value: str
    """What to write, as help shows it."""
    sentence: str
    parse: Callable[[str], object]
    """Text to value; raises ValueError with the text seen."""


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        whole = int(text) if WHOLE_NUMBER.match(text) else None
        if whole is None or not low <= whole <= high:
            raise ValueError(f"{text!r} is no whole number from {low} to {high}")
        return whole

    return parse


def _choice(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return text

    return parse


def _timecode(text: str) -> str:
    if not is_label(text):
        raise ValueError(f"{text!r} is no timecode; write 01:00:00:00, or 01:00:00;00 for drop-frame")
    return text


def _text(text: str) -> str:
    if not text.strip():
        raise ValueError("it is empty")
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting("first_frame", "1001", "number that a host gives the first frame", _whole(-1_000_000, 10_000_000)),
    Setting("handles", "0", "frames at each end that are not part of the cut", _whole(0, 100_000)),
    Setting("reel", "A001", "reel (tape) name instead of the file's own or its stem", _text),
    Setting("start_timecode", "01:00:00:00", "start timecode of a clip whose file has none or a wrong one", _timecode),
    Setting("timeline_start", "01:00:00:00", "where timelines and marker lists start", _timecode),
    Setting("timeline_rate", "24", "frame rate of the timeline instead of the clip's own", Rate.parse),
    Setting(
        "timeline_policy",
        "keep_duration",
        "with timeline_rate: keep_duration resamples, every_frame plays each frame once",
        _choice("keep_duration", "every_frame"),
    ),
    Setting(
        "assume_color",
        "rec709",
        f"colour of untagged files: {', '.join(ASSUMABLE)}; marked as set",
        _choice(*ASSUMABLE),
    ),
    Setting("assume_rate", "24", "frame rate of files that tell none or vary; marked as set", Rate.parse),
    Setting("show", "SHOW", "show (project) name", _text),
    Setting("episode", "ep01", "episode name", _text),
    Setting("sequence", "sq010", "sequence name", _text),
    Setting("scene", "sc01", "scene name", _text),
    Setting("shot", "sh010", "shot name instead of the file's stem", _text),
    Setting("take", "1", "take", _text),
    Setting("task", "comp", "task the files are delivered for", _text),
    Setting("version", "v001", "version", _text),
    Setting("artist", "A. Person", "who made or delivers the clips", _text),
    Setting("description", "first pass", "one line about the delivery", _text),
)

_BY_NAME = {setting.name: setting for setting in SETTINGS}
assert list(_BY_NAME) == [f.name for f in fields(SidecarSettings)], "the table and the dataclass list the same settings"


def sidecar_settings(texts: Mapping[str, str]) -> SidecarSettings:
    """Settings from texts; every wrong one is named at once in a UsageError."""
    values: dict[str, object] = {}
    wrong: list[str] = []
    for name, text in texts.items():
        setting = _BY_NAME.get(name)
        if setting is None:
            near = get_close_matches(name, _BY_NAME, n=1)
            wrong.append(f"no setting {name!r}" + (f", did you mean {near[0]!r}?" if near else ""))
            continue
        try:
            values[name] = setting.parse(text)
        except ValueError as error:
            wrong.append(f"{name}: {error}")
    if wrong:
        raise UsageError("; ".join(wrong), hint="`turnover sidecar --help` lists the settings")
    return SidecarSettings(**values)  # type: ignore[arg-type]  # each parser gives its own field's type
