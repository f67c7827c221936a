"""Where this program keeps its data, what a folder's `turnover.toml` says, how many workers there are."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from turnover.core.clip import Clip
from turnover.errors import UsageError
from turnover.files.ledger import Ledger
from turnover.files.sources import SourceCache
from turnover.frames.thresholds import Thresholds, thresholds_of
from turnover.settings import SidecarSettings, sidecar_settings
from turnover.work.naming import Output

FOLDER_FILE = "turnover.toml"
SECTIONS = ("measure", "set")
# Python refuses to write out numbers of thousands of digits.
_TOO_LARGE = 10**18


def data_folder() -> Path:
    """`$TURNOVER_DATA`, else the platform's folder for a user's data."""
    named = os.environ.get("TURNOVER_DATA")
    return Path(named) if named else user_data_path("turnover", appauthor=False)


def ledger() -> Ledger:
    return Ledger(data_folder())


def database() -> str | Path:
    """`$TURNOVER_DATABASE`, else a file in the data folder."""
    return os.environ.get("TURNOVER_DATABASE") or data_folder() / "turnover.db"


def sources() -> SourceCache:
    return SourceCache(data_folder())


def workers() -> int:
    """Files opened at once: FFmpeg releases the interpreter, so threads do."""
    return max(2, os.cpu_count() or 1)


def processes() -> int:
    """`$TURNOVER_PROCESSES`, else one for each core that may be used: videos measured at once.

    With 0 they are measured in this process, where a file that crashes its decoder ends everything.
    """
    named = os.environ.get("TURNOVER_PROCESSES", "").strip()
    if named and not (named.isascii() and named.isdigit() and len(named) < 4):
        raise UsageError(f"TURNOVER_PROCESSES is {named!r}", hint="a whole number from 0 to 999")
    if named:
        return int(named)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class FolderSettings:
    """What is set for a clip: by the `turnover.toml` of its folder and of those above it, and over them by the command.

    A folder counts from the one that was named. Each file is read once; what is wrong in it is a UsageError.
    """

    command: Mapping[str, str] = field(default_factory=dict)
    """Texts by setting, or by `TEMPLATE.OPTION`."""
    _by_folder: dict[tuple[Path, Path], dict[str, str]] = field(default_factory=dict, init=False)
    _settings: dict[tuple[Path, Path], SidecarSettings] = field(default_factory=dict, init=False)

    def of(self, clip: Clip) -> SidecarSettings:
        """The settings for a clip."""
        place = (clip.path.parent, clip.root)
        if place not in self._settings:
            self._settings[place] = sidecar_settings(plain_settings({**self._folder_texts(*place), **self.command}))
        return self._settings[place]

    def options_of(self, output: Output) -> dict[str, str]:
        """Option → text for one output; of several clips in one file, the folder that was named counts."""
        clip = output.clips[0]
        folder = clip.path.parent if len(output.clips) == 1 else clip.root
        texts = {**self._folder_texts(folder, clip.root), **self.command}
        return template_options(texts).get(output.template.slug, {})

    def _folder_texts(self, folder: Path, root: Path) -> dict[str, str]:
        if (folder, root) not in self._by_folder:
            above = self._folder_texts(folder.parent, root) if folder != root and root in folder.parents else {}
            self._by_folder[folder, root] = {**above, **_texts_in(folder)}
        return self._by_folder[folder, root]


@dataclass(slots=True)
class FolderThresholds:
    """The thresholds of gates for a clip: `[measure]` in the `turnover.toml` of its folder and of those above it."""

    _by_folder: dict[tuple[Path, Path], dict[str, object]] = field(default_factory=dict, init=False)

    def of(self, clip: Clip) -> Thresholds:
        return thresholds_of(self._values(clip.path.parent, clip.root))

    def _values(self, folder: Path, root: Path) -> dict[str, object]:
        if (folder, root) not in self._by_folder:
            above = self._values(folder.parent, root) if folder != root and root in folder.parents else {}
            own = _section(folder, "measure")
            try:
                thresholds_of(own)
            except UsageError as error:
                raise UsageError(f"{folder / FOLDER_FILE}: {error.message}", hint=error.hint) from error
            self._by_folder[folder, root] = {**above, **own}
        return self._by_folder[folder, root]


def _section(folder: Path, name: str) -> dict[str, Any]:
    """One section of a folder's file, empty where there is none."""
    return _sections(folder).get(name, {})


def _sections(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / FOLDER_FILE
    if not os.path.isfile(path):  # noqa: PTH113  # Path's own raises for names that are too long
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{path}: {error}", hint="mend it, or move it away") from error
    wrong = [name for name in content if name not in SECTIONS or not isinstance(content[name], dict)]
    if wrong:
        raise UsageError(
            f"{path}: no section {wrong[0]!r}", hint="settings stand under [set], thresholds under [measure]"
        )
    return content


def _texts_in(folder: Path) -> dict[str, str]:
    """What a folder's `turnover.toml` sets, as texts; `nuke-script.form` is an option of a template."""
    path = folder / FOLDER_FILE
    texts: dict[str, str] = {}
    for name, value in _section(folder, "set").items():
        if isinstance(value, dict):
            texts |= {f"{name}.{option}": _text(one, path) for option, one in value.items()}
        else:
            texts[name] = _text(value, path)
    try:
        sidecar_settings(plain_settings(texts))
    except UsageError as error:
        raise UsageError(f"{path}: {error.message}", hint=error.hint) from error
    return texts


def _text(value: object, path: Path) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        raise UsageError(f"{path}: a number has more than 18 digits", hint="write it as text")
    if isinstance(value, str | int | float):
        return str(value)
    raise UsageError(f"{path}: {value!r} is no text, number, true or false")


def plain_settings(texts: Mapping[str, str]) -> dict[str, str]:
    """Those texts that are settings, not options of a template."""
    return {name: text for name, text in texts.items() if "." not in name}


def template_options(texts: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Those texts that are options of a template, by slug."""
    options: dict[str, dict[str, str]] = {}
    for name, text in texts.items():
        slug, dot, option = name.rpartition(".")
        if dot:
            options.setdefault(slug, {})[option] = text
    return options
