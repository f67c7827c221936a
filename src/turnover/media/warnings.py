"""Every warning that a probe can carry, by its stable code."""

from __future__ import annotations

from collections.abc import Mapping

from turnover.core.probe import Warning

WARNINGS: Mapping[str, str] = {
    "truncated": "The file ends before its container says it does.",
    "undecodable": "No picture could be decoded at the start of the file.",
    "damaged": "Packets inside the file are damaged; only those that were read are judged, so all of them in a scan.",
    "claimed_count_differs": "The header claims another number of frames than there are.",
    "variable_frame_rate": "Frames last differently long, so no single frame rate is true.",
    "odd_rate": "The frame rate is constant, but not one that editing programs agree on.",
    "untagged_colour": "Primaries, transfer or matrix are not said, so every program guesses them.",
    "colour_conflict": "The container and the picture stream say different things about colour.",
    "hidden_alpha": "There is an alpha channel that the pixel format does not show.",
    "rotated": "The picture is turned or flipped for display.",
    "non_square_pixels": "Samples are not square, so the shown width differs from the stored one.",
    "interlaced": "The picture is made of two fields.",
    "odd_size": "Width or height is an odd number, which most encoders of 4:2:0 refuse.",
    "several_video_streams": "There is more than one picture stream; one was taken.",
    "bad_timecode": "The start timecode cannot exist at this frame rate.",
    "unknown_sound": "A sound stream has a coding that is not known.",
    "suffix_mismatch": "The file's name says another kind of file than its content.",
    "tags_cut": "Some tags are too long to keep whole.",
}
"""Code → one sentence; the message of a warning adds the value seen. Warnings come in this order."""

_ORDER = {code: place for place, code in enumerate(WARNINGS)}


def warning(code: str, message: str) -> Warning:
    """A warning with one of the codes above; KeyError for any other."""
    if code not in WARNINGS:
        raise KeyError(code)
    return Warning(code, message)


def in_order(warnings: list[Warning]) -> tuple[Warning, ...]:
    """The warnings in the order of the table; those with one code stay as they came."""
    return tuple(sorted(warnings, key=lambda warning: _ORDER[warning.code]))
