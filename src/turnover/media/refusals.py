"""Every reason why a file has no probe, by its stable code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from turnover.errors import ProbeError


@dataclass(frozen=True, slots=True)
class Refusal:
    """What an error code means, and what a person does about it."""

    sentence: str
    hint: str


REFUSALS: Mapping[str, Refusal] = {
    "not_found": Refusal("There is no such file.", "check the path"),
    "no_permission": Refusal("The file may not be read.", "check who may read it"),
    "not_a_file": Refusal("It is a folder, a pipe or a device.", "name a regular file"),
    "empty": Refusal("The file has no bytes.", "copy or render it again"),
    "not_media": Refusal(
        "The content is no video, animation or picture that can be read.", "check what wrote the file"
    ),
    "playlist": Refusal(
        "The content is a list that points at other files, and those are never opened.",
        "name the media files themselves",
    ),
    "truncated": Refusal("The part that describes the file is cut off.", "copy or render it again"),
    "no_video": Refusal("There is no picture stream.", "name a file with pictures"),
    "unknown_codec": Refusal(
        "The pictures are coded in a way that FFmpeg cannot read.", "convert it with its own program"
    ),
    "unreadable": Refusal("The content is damaged, or the system could not read it.", "copy or render it again"),
}
"""Code → its sentence and hint; the error's message adds the value seen."""


def refusal(code: str, message: str, *, hint: str | None = None) -> ProbeError:
    """The error of that code, with the table's hint unless a better one is known."""
    return ProbeError(message, hint=REFUSALS[code].hint if hint is None else hint, code=code)
