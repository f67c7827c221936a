"""What shows at the seams of segments."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from turnover.core.measurement import Boundary, Gate
from turnover.core.ranges import FrameRange
from turnover.frames.evidence import Evidence, graded, passed, told

# Beside fast motion everything is unlike, and SSIM cannot fall much further: there the difference itself must jump.
_UNLIKE, _UNLIKE_LEAST = 3.0, 0.01
# A repeat, compressed anew, changes by less than these shares of the usual change and of the least change beside it;
# where the usual change is below 0.001 of the range nobody sees it.
_NEXT_TO_NOTHING, _BELOW_LEAST, _MOVING = 0.1, 0.4, 1e-3


def boundary_jump(evidence: Evidence) -> Gate | None:
    """Frames missing, or another shot: the seam is less alike than the pictures beside it."""
    t = evidence.thresholds
    seams = list(_with(evidence, _jump))
    if not seams:
        return None
    value = max(jump for _, jump in seams)
    level, threshold = graded(value, warn=t.jump_warn, fail=t.jump_fail)
    if level == "pass":
        return passed("boundary_jump", value, threshold, "motion goes on across every seam")
    where = _frames(evidence, [start for start, jump in seams if jump >= threshold])
    sentence = f"the picture jumps at a seam, {value:.1f} times less alike than beside it: {told(where)}"
    return Gate("boundary_jump", level, value, threshold, sentence, where)


def _jump(seam: Boundary) -> float | None:
    ratio = seam.ratio
    if ratio is None or seam.difference is None or not seam.difference_expected:
        return ratio
    # A step of light is the business of another gate: what it explains of the difference is left out.
    unlike = seam.difference - abs(seam.luma_delta) / 255
    times = unlike / seam.difference_expected
    return max(ratio, times) if times >= _UNLIKE and unlike >= _UNLIKE_LEAST else ratio


def boundary_exposure_step(evidence: Evidence) -> Gate | None:
    """Light or colour that changes at the seam, which SSIM does not see."""
    t = evidence.thresholds
    seams = list(_with(evidence, _step))
    if not seams:
        return None
    value = max(step for _, step in seams)
    level, threshold = graded(value, warn=t.exposure_warn, fail=t.exposure_fail)
    if level == "pass":
        return passed("boundary_exposure_step", value, threshold, "light and colour go on across every seam")
    where = _frames(evidence, [start for start, step in seams if step >= threshold])
    sentence = f"light or colour changes by {value:.1f} levels at a seam: {told(where)}"
    return Gate("boundary_exposure_step", level, value, threshold, sentence, where)


def _step(seam: Boundary) -> float | None:
    return max((s for s in (seam.luma_step, seam.blue_step, seam.red_step) if s is not None), default=None)


def duplicate_seam(evidence: Evidence) -> Gate | None:
    """The last picture of a segment again as the first of the next: motion halts for a frame.

    Where pictures repeat beside the seam too, as on twos or at a changed rate, it only warns.
    """
    judged = {start: found for start, seam in sorted(evidence.boundaries.items()) if (found := _repeat(seam))}
    if not judged:
        return None
    share, limit = min(judged.values(), key=lambda found: found[0] / found[1])
    repeats = [start for start, (change, below) in judged.items() if change < below]
    if not repeats:
        return passed("duplicate_seam", share, limit, "no frame repeats at a seam")
    where = _frames(evidence, repeats)
    is_alone = any(_moves_beside(evidence.boundaries[start]) for start in repeats)
    sentence = f"a frame repeats at a seam: {told(where)}"
    return Gate("duplicate_seam", "fail" if is_alone else "warn", share, limit, sentence, where)


def _repeat(seam: Boundary) -> tuple[float, float] | None:
    """The change at the seam as a share of the usual change beside it, and the share below which it is a repeat.

    That is next to nothing, or well below the least change beside it. None where nothing moves there.
    """
    usual, least = seam.difference_expected, seam.difference_least
    if seam.difference is None or usual is None or least is None or usual < _MOVING:
        return None
    limit = max(_NEXT_TO_NOTHING, _BELOW_LEAST * least / usual) if _moves_beside(seam) else _NEXT_TO_NOTHING
    return seam.difference / usual, limit


def _moves_beside(seam: Boundary) -> bool:
    """Whether no neighbours beside the seam repeat, as those of animation on twos do."""
    usual, least = seam.difference_expected, seam.difference_least
    return usual is not None and least is not None and least >= _NEXT_TO_NOTHING * usual


def rate_change(evidence: Evidence) -> Gate | None:
    changed = [
        (start, seam.rates)
        for start, seam in sorted(evidence.boundaries.items())
        if None not in seam.rates and seam.rates[0] != seam.rates[1]
    ]
    if not changed:
        return None
    where = _frames(evidence, [start for start, _ in changed])
    one, other = changed[0][1]
    return Gate("rate_change", "warn", None, None, f"{one} frames a second, then {other}", where)


def _with(evidence: Evidence, number: Callable[[Boundary], float | None]) -> Iterator[tuple[int, float]]:
    """The seams for which the number is known."""
    for start, seam in sorted(evidence.boundaries.items()):
        value = number(seam)
        if value is not None:
            yield start, value


def _frames(evidence: Evidence, starts: list[int]) -> tuple[FrameRange, ...]:
    """The frames of this clip that lie at the seams: two for a seam inside, one for a seam at an end."""
    pairs = ((max(0, start - 1), min(evidence.frame_count, start + 1)) for start in starts)
    return tuple(FrameRange(first, stop) for first, stop in pairs if first < stop)


RULES = (rate_change, boundary_jump, boundary_exposure_step, duplicate_seam)
