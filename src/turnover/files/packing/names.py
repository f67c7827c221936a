"""Names of files that every system can hold, each once."""

from __future__ import annotations

import re
import unicodedata

from turnover.errors import WriteError
from turnover.files.packing.seen import Seen

MAX_NAME_BYTES = 4096
_MAX_PART_BYTES = 255
# Most names by far are of these: they need no further look.
_NO_DEVICE = r"(?!(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[./]|$))"
_FOLDER = rf"{_NO_DEVICE}[a-z0-9_-]{{1,99}}/"
_FILE = rf"{_NO_DEVICE}[a-z0-9_-]{{1,99}}(?:\.[a-z0-9]{{1,9}}){{0,2}}"
_PLAIN_PART = re.compile(_FILE)
_PLAIN = re.compile(f"(?:{_FOLDER}){{0,9}}{_FILE}")
_LONG = 1000
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f"*:<>?|\\]')
# Devices of Windows, with any suffix (learn.microsoft.com, "Naming Files, Paths, and Namespaces").
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)


class Names:
    """The names of one volume: refuses what is unsafe, what is there already, and a file in the place of a folder."""

    def __init__(self) -> None:
        self._files = Seen()
        self._folders = Seen()
        self._folder: str | None = ""
        """Of the name before, where it is written as it is compared; None where it is not."""

    def __contains__(self, name: str) -> bool:
        return name.casefold() in self._files

    def check(self, name: str) -> None:
        """Raises WriteError `bad_name` or `name_taken`; from now on the name is taken."""
        folder, _, last = name.rpartition("/")
        if folder == self._folder and _PLAIN_PART.fullmatch(last):
            # One of many in a folder, which was looked at before: only its own part is new.
            if name in self._folders or not self._files.add(name):
                raise _taken(name)
            return
        fault = fault_of(name)
        if fault is not None:
            hint = "give it another"
            raise WriteError(f"{name!r} cannot be the name of a file: {fault}", hint=hint, code="bad_name")
        key = name.casefold()
        if key in self._folders or not self._files.add(key):
            raise _taken(name)
        parent = key.rpartition("/")[0]
        self._folder = folder if folder == parent and len(folder) < _LONG else None
        while parent:
            if parent in self._files:
                raise _taken(name)
            if not self._folders.add(parent):
                break
            parent = parent.rpartition("/")[0]


def fault_of(name: str) -> str | None:
    """Why a path with `/` is not safe on every system; None where it is.

    >>> fault_of("data/train/videos/v0.mp4"), fault_of("../secret"), fault_of("aux.txt")
    (None, "'..' is no name", "'aux.txt' is a device on Windows")
    """
    if _PLAIN.fullmatch(name):
        return None
    try:
        encoded = name.encode()
    except UnicodeEncodeError:
        return "it is not Unicode"
    if len(encoded) > MAX_NAME_BYTES:
        return f"it has {len(encoded)} bytes, at most {MAX_NAME_BYTES} are safe"
    if unicodedata.normalize("NFC", name) != name:
        return "its signs are not composed (Unicode NFC)"
    return next((fault for part in name.split("/") if (fault := _fault_of_part(part)) is not None), None)


def _fault_of_part(part: str) -> str | None:
    if part in ("", ".", ".."):
        return f"{part!r} is no name"
    if found := _FORBIDDEN.search(part):
        return f"{found[0]!r} is not safe"
    if part[-1] in ". ":
        return f"{part!r} ends with {part[-1]!r}"
    if len(part.encode()) > _MAX_PART_BYTES:
        return f"{part[:20]!r}… has more than {_MAX_PART_BYTES} bytes"
    return f"{part!r} is a device on Windows" if _DEVICE.match(part) else None


def _taken(name: str) -> WriteError:
    return WriteError(
        f"{name!r} is there twice, letters compared without case", hint="give it another name", code="name_taken"
    )
