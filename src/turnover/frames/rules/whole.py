"""Whether the file decodes as it claims to: no threshold of these can be set."""

from __future__ import annotations

from turnover.core.measurement import Gate
from turnover.frames.evidence import Evidence, counted, passed


def undecodable(evidence: Evidence) -> Gate:
    trouble = evidence.measurement.trouble
    if trouble is None:
        return passed("undecodable", None, None, "every picture decodes")
    return Gate("undecodable", "fail", None, None, f"the decoder complained: {trouble}")


def no_frames(evidence: Evidence) -> Gate:
    if evidence.frame_count:
        return passed("no_frames", evidence.frame_count, None, counted(evidence.frame_count, "frame"))
    return Gate("no_frames", "fail", 0, None, "no frame can be shown")


def truncated(evidence: Evidence) -> Gate | None:
    """Headers miscount by a frame often enough; more than that, and more than one in a hundred, is missing."""
    expected = evidence.frame_count_expected
    if not expected or not evidence.frame_count:
        return None
    missing = expected - evidence.frame_count
    if missing <= max(1, expected // 100):
        return passed("truncated", evidence.frame_count, expected, "as many frames as the file claims")
    sentence = f"{missing} of {counted(expected, 'frame')} that the file claims are missing"
    return Gate("truncated", "fail", evidence.frame_count, expected, sentence)


def resolution_change(evidence: Evidence) -> Gate | None:
    """One size within the clip, the size expected, and the same on both sides of each seam."""
    sizes = list(dict.fromkeys(evidence.measurement.sizes))
    if not sizes:
        return None
    expected = evidence.size_expected
    seams = [seam for seam in evidence.boundaries.values() if seam.sizes[0] != seam.sizes[1]]
    if len(sizes) > 1:
        sentence = f"the size changes within the clip: {', '.join(map(_size, sizes))}"
    elif expected is not None and sizes[0] != expected:
        sentence = f"{_size(sizes[0])} where {_size(expected)} was expected"
    elif seams:
        sentence = f"the size changes at a seam: {_size(seams[0].sizes[0])}, then {_size(seams[0].sizes[1])}"
    else:
        return passed("resolution_change", None, None, f"{_size(sizes[0])} throughout")
    return Gate("resolution_change", "fail", None, None, sentence)


def _size(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"


RULES = (undecodable, no_frames, truncated, resolution_change)
