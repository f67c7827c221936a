"""How programs encode pictures that they tag with no colour, as far as their code shows it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from turnover.core.colour import Colour
from turnover.core.generation import UntaggedColour

_REC_601 = ("Rec. 601 matrix, limited range", Colour(matrix=6, range="limited"))

# (program, what wrote the file) → its convention. Where RGB is converted without a word on the matrix, swscale takes
# that of Rec. 601 and limited range; primaries and transfer stay those of the picture, which the code does not tell.
# Comfy-Org/ComfyUI@a125cd84 comfy_api/latest/_input_impl/video_types.py, VideoFromComponents.save_to:
# `reformat(format="yuv420p")`, H.264, no tags. Since the rewrite of 2026 (@0c6cfff6, set_video_color_properties) it
# writes tags, so that a file without any is older.
# Comfy-Org/ComfyUI@39b885fa comfy_extras/nodes_video.py, SaveWEBM: frames as rgb24 into VP9 or AV1, no tags.
_CONVENTIONS: Mapping[tuple[str, str], UntaggedColour] = MappingProxyType(
    {
        ("ComfyUI", "SaveVideo"): UntaggedColour(
            *_REC_601,
            codecs=("h264",),
            reason="ComfyUI's SaveVideo before 2026 converts with the Rec. 601 matrix and tags nothing",
        ),
        ("ComfyUI", "SaveWEBM"): UntaggedColour(
            *_REC_601,
            codecs=("vp9", "av1"),
            reason="ComfyUI's SaveWEBM converts with the Rec. 601 matrix and tags nothing",
        ),
    }
)


def untagged_colour(program: str, writer: str) -> UntaggedColour | None:
    """What a writer means where it tags no colour; None where that is not known.

    >>> found = untagged_colour("ComfyUI", "SaveVideo")
    >>> found and found.colour.matrix_name
    'smpte170m'
    """
    return _CONVENTIONS.get((program, writer))
