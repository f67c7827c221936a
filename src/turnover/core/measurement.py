"""What was measured of one clip's pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from turnover.core.ranges import FrameRange
from turnover.core.rate import Rate
from turnover.core.series import Series

Level = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the picture as it is shown (turned upright), in its pixels, from the top left."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face that a detector found in one frame."""

    frame: int
    box: Box
    confidence: float
    """0 to 1, on the scale of the detector and its calibration; scales of two detectors are never compared."""
    landmarks: tuple[tuple[float, float], ...] = ()
    """Eye, eye, nose, mouth corner, mouth corner, the viewer's left first; empty where the detector gives none."""
    sharpness: float | None = None
    """Variance of the Laplacian on the face aligned to 112x112; None where it could not be aligned."""


@dataclass(frozen=True, slots=True)
class Summary:
    """One series in four numbers, over the frames that have one."""

    mean: float
    p10: float
    """The tenth percentile, interpolated linearly."""
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Gate:
    """One check of a clip, with the numbers it was decided by."""

    tag: str
    """The failure tag it stands for."""
    level: Level
    value: float | None
    """What was measured; None where a picture could not be decoded, say."""
    threshold: float | None
    """From where on it warns or fails, whichever was reached; where it passed, from where on it would fail."""
    sentence: str
    """What was found, for a person."""
    ranges: tuple[FrameRange, ...] = ()
    """The frames it speaks of; empty where it is about the whole clip."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """Everything measured of one file, known by the digest of its bytes.

    Gates are not part of it: their thresholds are settings, and they are cheap to decide anew.
    """

    digest: str
    """SHA-256 of the file's bytes, lower-case hex."""
    method: str
    """What measured: version of the metrics and the face detector. Another method measures again."""
    frame_count: int
    """Frames that decoded and are shown."""
    series: tuple[Series, ...]
    summaries: Mapping[str, Summary] = field(default_factory=dict)
    """Series → its four numbers; a series with no number is left out."""
    quality_score: float | None = None
    """Technical quality, 0 to 1; None for pictures that are no photographs, and where nothing decoded."""
    faces: tuple[Face, ...] = ()
    face_detector: str | None = None
    """Which detector with which calibration; None where nobody looked."""
    is_photographic: bool | None = None
    """Whether the pictures look like photographs, not like depth maps, masks or skeletons; None when not known."""
    sizes: tuple[tuple[int, int], ...] = ()
    """Every (width, height) the pictures had, in the order they came."""
    prints: tuple[int, ...] = ()
    """64-bit difference hashes of the first, the middle and the last frame; empty where nothing decoded."""
    trouble: str | None = None
    """What the decoder said, where it did not reach the end in good order."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """The seam between the last picture of one segment and the first of the next; None is "not known".

    A delta is the later picture minus the earlier one, in levels on the scale 0 to 255.
    A step is how far a delta lies, without its sign, outside what the neighbours close to the seam do: 0 inside.
    """

    ssim: float | None
    """SSIM (Gaussian window) of the two pictures at full size, -1 to 1; None where their sizes differ."""
    ssim_small: float | None
    """The same of the two pictures reduced, to be compared with `ssim_expected`."""
    ssim_expected: float | None
    """Median SSIM of neighbours close to the seam on either side, reduced; None where there are too few."""
    difference: float | None
    """Mean absolute difference of luma as a share of the range, 0 to 1; None where the sizes differ."""
    difference_expected: float | None
    """Median of the same of neighbours close to the seam."""
    difference_least: float | None
    """The smallest of them."""
    luma_delta: float
    luma_step: float | None
    blue_delta: float | None
    """Of chroma Cb; None where a picture has no chroma."""
    blue_step: float | None
    red_delta: float | None
    """Of chroma Cr; None where a picture has no chroma."""
    red_step: float | None
    sizes: tuple[tuple[int, int], tuple[int, int]]
    """(width, height) of the earlier picture and of the later one."""
    rates: tuple[Rate | None, Rate | None] = (None, None)
    """Frame rates of the earlier segment and of the later one."""

    @property
    def ratio(self) -> float | None:
        """How many times less alike the seam is than its neighbours; about 1 where a motion goes on."""
        if self.ssim_small is None or self.ssim_expected is None:
            return None
        return (1 - self.ssim_small) / max(1 - self.ssim_expected, 0.005)

    @property
    def is_duplicate(self) -> bool | None:
        """Whether the later picture repeats the earlier one; None where their sizes differ."""
        return None if self.difference is None else self.difference < 1e-3
