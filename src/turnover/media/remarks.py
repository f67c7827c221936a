"""What a person should know about a file that can be read all the same."""

from __future__ import annotations

from collections.abc import Iterator

from turnover.core.colour import Colour
from turnover.core.probe import VideoStream, Warning
from turnover.media.containers import PAGE_PICTURES
from turnover.media.timing import STANDARD
from turnover.media.warnings import warning


def remarks_on(video: VideoStream, kind: str) -> Iterator[Warning]:
    """Warnings that follow from the picture stream alone; `kind` is our name of the container."""
    yield from _on_time(video, kind)
    yield from _on_shape(video)
    if kind not in PAGE_PICTURES:
        yield from _on_colour(video.colour)


def _on_time(video: VideoStream, kind: str) -> Iterator[Warning]:
    claimed, counted = video.frame_count_claimed, video.frame_count_counted
    if claimed is not None and counted is not None and claimed != counted:
        why = " (an edit list may hide the others)" if counted < claimed and kind == "mov" else ""
        yield warning("claimed_count_differs", f"the header claims {claimed} frames, {counted} were counted{why}")
    if video.is_variable_frame_rate:
        about = f", about {video.average_rate.decimal()} per second" if video.average_rate is not None else ""
        yield warning("variable_frame_rate", f"frames last differently long{about}")
    if video.frame_rate is not None and video.frame_rate not in STANDARD:
        rate = video.frame_rate
        yield warning(
            "odd_rate", f"{rate.decimal()} frames per second ({rate}): programs differ in what they make of it"
        )


def _on_shape(video: VideoStream) -> Iterator[Warning]:
    shown = "x".join(map(str, video.display_size))
    if video.rotation or video.is_mirrored:
        how = " and ".join(
            said
            for is_so, said in (
                (video.rotation, f"turned by {video.rotation} degrees clockwise"),
                (video.is_mirrored, "flipped left to right"),
            )
            if is_so
        )
        yield warning("rotated", f"{video.width}x{video.height} is shown {how}, as {shown}")
    aspect = video.sample_aspect_ratio
    if aspect is not None and aspect != 1:
        ratio = f"{aspect.numerator}:{aspect.denominator}"
        yield warning("non_square_pixels", f"samples are {ratio}, so {video.width}x{video.height} is shown as {shown}")
    if video.width % 2 or video.height % 2:
        yield warning("odd_size", f"the size is {video.width}x{video.height}")


def _on_colour(colour: Colour) -> Iterator[Warning]:
    parts = (("primaries", colour.primaries), ("transfer", colour.transfer), ("matrix", colour.matrix))
    missing = [name for name, code in parts if code is None]
    if len(missing) == len(parts):
        yield warning("untagged_colour", "nothing is said about colour: neither primaries, transfer nor matrix")
    elif missing:
        yield warning("untagged_colour", f"not said about colour: {', '.join(missing)}")


def colour_conflict(told: Colour, found: Colour) -> Warning | None:
    """A warning where what the container says is not what the pictures say; None where one of them is silent."""
    pairs = (
        ("primaries", told.primaries_name, found.primaries_name),
        ("transfer", told.transfer_name, found.transfer_name),
        ("matrix", told.matrix_name, found.matrix_name),
        ("range", told.range, found.range),
    )
    differing = [f"{name} {one} against {other}" for name, one, other in pairs if one and other and one != other]
    if not differing:
        return None
    return warning("colour_conflict", f"the container says otherwise than its pictures: {', '.join(differing)}")
