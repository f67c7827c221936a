"""Paths as each format spells them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_DRIVE = re.compile(r"[A-Za-z]:[\\/]")


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
        for old, new in self.maps:
            prefix = old.rstrip("/\\")
            if text == prefix or text.startswith((prefix + "/", prefix + "\\")):
                return _joined(new, text[len(prefix) :])
        if self.relative_to is not None:
            return Path(os.path.relpath(path, self.relative_to)).as_posix()
        return text


def _joined(root: str, rest: str) -> str:
    is_windows = bool(_DRIVE.match(root)) or root.startswith("\\\\") or (len(root) == 2 and root[1] == ":")
    separator = "\\" if is_windows else "/"
    return root.rstrip("/\\") + rest.replace("/" if is_windows else "\\", separator) if rest else root


def forward(path: str) -> str:
    """The path with forward slashes where it is a Windows path; Nuke and EDL readers want these."""
    return path.replace("\\", "/") if _DRIVE.match(path) or path.startswith("\\\\") else path


def url(path: str, *, host: str = "") -> str:
    """A `file:` URL, each segment percent-encoded but for unreserved characters (RFC 3986 section 2.3).

    A relative path stays relative. `host` is the authority: empty for FCPXML, `localhost` for xmeml.

    >>> url("/a b/100%.mov"), url("C:\\\\x\\\\y&z.mov", host="localhost")
    ('file:///a%20b/100%25.mov', 'file://localhost/C%3A/x/y%26z.mov')
    """
    slashed = forward(path)
    if slashed.startswith("//"):
        host, _, slashed = slashed[2:].partition("/")
        return f"file://{quote(host, safe='')}/{_encoded(slashed)}"
    if _DRIVE.match(slashed):
        return f"file://{host}/{_encoded(slashed)}"
    return f"file://{host}{_encoded(slashed)}" if slashed.startswith("/") else _encoded(slashed)


def _encoded(path: str) -> str:
    # Bytes, not text: a name that is no valid UTF-8 keeps its own bytes.
    return "/".join(quote(os.fsencode(segment) if _encodable(segment) else segment.encode("utf-8", "replace"), safe="")
                    for segment in path.split("/"))  # fmt: skip


def _encodable(segment: str) -> bool:
    try:
        os.fsencode(segment)
    except UnicodeEncodeError:
        return False
    return True
