"""Paths as each format spells them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
# A drive, alone or with a path, or a share.
_WINDOWS = re.compile(r"[A-Za-z]:([\\/]|\Z)|\\\\")


@dataclass(frozen=True, slots=True)
class PathRule:
    """How a sidecar names files: as they are here, moved to another root, or relative to a folder."""

    maps: tuple[tuple[str, str], ...] = ()
    """(FROM, TO) prefixes; the first that fits wins."""
    relative_to: Path | None = None
    """The sidecar's folder, when paths are to be relative to it."""
    name_only: bool = False
    """Whether folders are withheld."""

    def spell(self, path: Path) -> str:
        """The text that stands for a file."""
        if self.name_only:
            return path.name
        text = str(path)
        is_windows = _is_windows(text)
        for old, new in self.maps:
            # Windows takes either slash: C:/show is a prefix of C:\show\a.mp4. Elsewhere a backslash is a letter.
            prefix, whole = (forward(old).rstrip("/"), forward(text)) if is_windows else (old.rstrip("/"), text)
            if whole == prefix or whole.startswith(prefix + "/"):
                return _joined(new, whole[len(prefix) :])
        return text if self.relative_to is None else _relative(path, self.relative_to)


def _relative(path: Path, folder: Path) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # Windows: nothing leads from one drive to another
        return str(path)


def _joined(root: str, rest: str) -> str:
    """The rest, which has forward slashes, below another root with the separators of that root."""
    if not rest:
        return root
    return root.rstrip("/\\") + rest.replace("/", "\\") if _is_windows(root) else root.rstrip("/") + rest


def _is_windows(path: str) -> bool:
    return _WINDOWS.match(path) is not None


def forward(path: str) -> str:
    """The path with forward slashes where it is a Windows path; Nuke and EDL readers want these."""
    return path.replace("\\", "/") if _is_windows(path) else path


def url(path: str, *, host: str = "") -> str:
    """A `file:` URL, each segment percent-encoded but for unreserved characters (RFC 3986 section 2.3).

    A relative path stays relative. `host` is the authority: empty for FCPXML, `localhost` for xmeml.

    >>> url("/a b/100%.mov"), url("C:\\\\x\\\\y&z.mov", host="localhost")
    ('file:///a%20b/100%25.mov', 'file://localhost/C%3A/x/y%26z.mov')
    """
    slashed = forward(path)
    if slashed.startswith("//"):
        host, _, slashed = slashed[2:].partition("/")
        return f"file://{_encoded(host)}/{_encoded(slashed)}"
    if _DRIVE.match(slashed):
        return f"file://{host}/{_encoded(slashed)}"
    return f"file://{host}{_encoded(slashed)}" if slashed.startswith("/") else _encoded(slashed)


def _encoded(path: str) -> str:
    return "/".join(quote(_bytes(segment), safe="") for segment in path.split("/"))


def _bytes(segment: str) -> bytes:
    """UTF-8; a name on disk that is none, which Python spells with lone surrogates, keeps its own bytes."""
    try:
        return segment.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return segment.encode("utf-8", "replace")
