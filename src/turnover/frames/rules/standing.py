"""What goes wrong over time: black, frozen, repeated frames, a picture that never moves, cuts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from turnover.core.measurement import Gate
from turnover.core.ranges import FrameRange
from turnover.frames.evidence import Evidence, Mask, counted, passed, runs, told
from turnover.frames.metric import Numbers

# A frame no lighter than this share of the clip's usual light belongs to a fade.
_FADED = 0.5
# Frames on either side of a standstill that say whether the picture moves otherwise.
_AROUND = 8
# ffmpeg's freezedetect calls a mean difference of 0.001 (-60 dB) still; what moves by less cannot freeze visibly.
_MOVING = 1e-3
# Inside a freeze there is next to nothing of the motion around it; real pictures that hardly move come to rest slowly.
_STOPPED = 0.15
# Regular holds: how many of them must be of one length.
_REGULAR = 0.8


def black(evidence: Evidence) -> Gate | None:
    """Black frames, unless the picture fades into them or out of them."""
    if evidence.numbers("black") is None:
        return None
    found = runs(evidence.is_black)
    count = int(evidence.is_black.sum())
    fail = evidence.thresholds.black_fail
    if count == evidence.frame_count:
        return Gate("black", "fail", count, fail, "every frame is black", found)
    abrupt = tuple(r for r in found if r.count >= fail and not _fades(evidence, r))
    if abrupt:
        return Gate(
            "black", "fail", sum(r.count for r in abrupt), fail, f"black without a fade: {told(abrupt)}", abrupt
        )
    inside = tuple(r for r in found if r.start > 0 and r.stop < evidence.frame_count)
    if inside:
        return Gate("black", "warn", count, fail, f"fades to black and back: {told(inside)}", inside)
    return Gate("black", "pass", count, fail, f"fades at the ends: {told(found)}" if found else "no black frame", found)


def _fades(evidence: Evidence, run: FrameRange) -> bool:
    """Whether the picture next to the black, on each side where there is one, is much darker than the clip."""
    light = evidence.numbers("luma_mean")
    usual = evidence.median("luma_mean")
    if light is None or usual is None:
        return False
    neighbours = [frame for frame in (run.start - 1, run.stop) if 0 <= frame < evidence.frame_count]
    return all(light[frame] <= _FADED * usual for frame in neighbours)


def frozen(evidence: Evidence) -> Gate | None:
    """Frames that stand still while the picture moves before and after; black ones are not frozen."""
    flags, change = evidence.numbers("frozen"), evidence.numbers("mafd")
    if flags is None or change is None:
        return None
    found = runs((flags == 1) & ~evidence.is_black)
    fail = evidence.thresholds.frozen_fail
    repeats = evidence.numbers("duplicate")
    still = (flags == 1) | evidence.is_black | (False if repeats is None else repeats == 1)
    stuck = tuple(r for r in found if r.count >= fail and _is_abrupt(change, still, r))
    longest = max((r.count for r in stuck), default=0)
    if stuck:
        return Gate("frozen", "fail", longest, fail, f"the picture freezes: {told(stuck)}", stuck)
    sentence = f"nothing moves for a while: {told(found)}" if found else "no frozen frame"
    return Gate("frozen", "pass", longest, fail, sentence, found)


def _is_abrupt(change: Numbers, still: Mask, run: FrameRange) -> bool:
    """Whether motion around the run, on each side where there is some, stops in it from one frame to the next."""
    moving = np.where(still, np.nan, change)
    moving[run.start] = change[run.start]
    sides = (moving[max(0, run.start - _AROUND) : run.start + 1], moving[run.stop : run.stop + _AROUND])
    around = [float(np.nanmedian(side)) for side in sides if np.isfinite(side).any()]
    within = change[run.start + 1 : run.stop]
    within = within[np.isfinite(within)]
    if not around or not within.size:
        return False
    return min(around) >= _MOVING and float(within.mean()) <= _STOPPED * min(around)


def duplicate_frames(evidence: Evidence) -> Gate | None:
    """Frames that repeat the one before while the picture moves; regular ones are animation or a changed rate."""
    repeated = _repeated(evidence)
    if repeated is None:
        return None
    count = int(repeated.sum())
    thresholds = evidence.thresholds
    found = runs(repeated)
    if count < thresholds.duplicate_warn:
        sentence = f"repeated: {told(found)}" if found else "no repeated frame"
        return Gate("duplicate_frames", "pass", count, thresholds.duplicate_warn, sentence, found)
    rhythm = _rhythm(repeated)
    if rhythm is not None:
        return Gate("duplicate_frames", "warn", count, thresholds.duplicate_warn, rhythm, found)
    share = count / evidence.frame_count
    sentence = f"{counted(count, 'frame')} repeated at odd moments: {told(found)}"
    if share >= thresholds.duplicate_fail and count > 1:
        return Gate("duplicate_frames", "fail", share, thresholds.duplicate_fail, sentence, found)
    return Gate("duplicate_frames", "warn", count, thresholds.duplicate_warn, sentence, found)


def _repeated(evidence: Evidence) -> Mask | None:
    """Frames that repeat the one before among frames that move; None where that was not taken."""
    flags, change = evidence.numbers("duplicate"), evidence.numbers("mafd")
    if flags is None or change is None:
        return None
    still = evidence.numbers("frozen")
    idle = evidence.is_black | (False if still is None else still == 1)
    repeated: Mask = (flags == 1) & ~idle
    for frame in np.flatnonzero(repeated):
        near = slice(max(0, frame - _AROUND), frame + _AROUND + 1)
        moving = change[near][~(repeated | idle)[near]]
        moving = moving[np.isfinite(moving)]
        usual = float(np.median(moving)) if moving.size else 0.0
        repeated[frame] = usual >= _MOVING and change[frame] <= _STOPPED * usual
    return repeated


def _rhythm(repeated: Mask) -> str | None:
    """What a regular pattern of repeats means; None where they have none."""
    new = np.flatnonzero(~repeated)
    holds = np.diff(new)[1:-1] if len(new) > 4 else np.diff(new)
    if holds.size < 4:
        return None
    usual = int(np.median(holds))
    if usual > 1 and np.mean(holds == usual) >= _REGULAR:
        return f"animated on {({2: 'twos', 3: 'threes', 4: 'fours'}).get(usual, f'every {usual} frames')}"
    period = _period(np.flatnonzero(repeated))
    return f"every {period} frames one repeats: likely converted from a lower rate" if period else None


def _period(frames: NDArray[np.intp]) -> int | None:
    """Every how many frames one of these comes; some may be missing, where nothing moved."""
    if frames.size < 4:
        return None
    gaps = np.diff(frames)
    gap = int(np.median(gaps))
    if gap > 2 and np.mean(np.abs(gaps - gap) <= 1) >= _REGULAR:
        return gap
    fits = (p for p in range(3, 13) if np.bincount(frames % p).max() >= frames.size - frames.size // 6)
    return next(fits, None)


def static(evidence: Evidence) -> Gate | None:
    """A picture that never moves: a locked camera on a quiet scene, or a generation that stood still."""
    change = evidence.numbers("mafd")
    if change is None:
        return None
    known = change[np.isfinite(change) & ~evidence.is_black]
    if not known.size:
        return None
    levels = float(known.mean()) * 255
    warn = evidence.thresholds.static_warn
    if levels < warn:
        return Gate("static", "warn", levels, warn, f"almost nothing moves: {levels:.2f} levels from frame to frame")
    return passed("static", levels, warn, f"the picture moves: {levels:.2f} levels from frame to frame")


def scene_cut(evidence: Evidence) -> Gate | None:
    """A new shot inside one clip; at seams the boundary gates speak."""
    scores = evidence.numbers("scene_cut")
    if scores is None:
        return None
    warn = evidence.thresholds.cut_warn
    scores[[seam for seam in evidence.boundaries if 0 <= seam < evidence.frame_count]] = np.nan
    cuts = runs(scores >= warn)
    highest = None if np.isnan(scores).all() else float(np.nanmax(scores))
    if not cuts:
        return passed("scene_cut", highest, warn, "one shot")
    return Gate("scene_cut", "warn", highest, warn, f"a new shot starts: {told(cuts)}", cuts)


RULES = (black, frozen, duplicate_frames, static, scene_cut)
