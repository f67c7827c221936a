"""Injects damage into real clips and counts what the gates find: the table of docs/explanation/quality.md.

    python scripts/quality_table.py FOLDER…           prints the table
    python scripts/quality_table.py FOLDER… --write   and puts it into the page

`--faulty PATTERN` (may be repeated) leaves out files that have cuts, black or damage of their own.
`--skip FRAMES` starts later in each file: at frames that thresholds were not chosen on.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests import damage  # noqa: E402  # what is injected stands beside the tests
from turnover.core.measurement import Gate, Measurement  # noqa: E402
from turnover.errors import ProbeError  # noqa: E402
from turnover.files.finding import Found, find  # noqa: E402
from turnover.frames.boundaries import boundary  # noqa: E402
from turnover.frames.gates import TAGS, decide, failure_tags  # noqa: E402
from turnover.frames.measure import measure  # noqa: E402
from turnover.frames.picture import Picture  # noqa: E402
from turnover.frames.planes import Plane  # noqa: E402
from turnover.frames.summary import measurement_of  # noqa: E402
from turnover.frames.thresholds import THRESHOLDS  # noqa: E402
from turnover.media.decode import pictures  # noqa: E402
from turnover.media.probe import probe  # noqa: E402

PAGE = REPOSITORY / "docs" / "explanation" / "quality.md"
TABLE = ("<!-- table: scripts/quality_table.py -->", "<!-- end of table -->")
THRESHOLD_TABLE = ("<!-- thresholds: scripts/quality_table.py -->", "<!-- end of thresholds -->")

LONGEST, SHORTEST, PER_FILE = 49, 24, 2
"""Frames of a stretch, and stretches of a file."""

VISIBLE = 0.3
"""Levels by which damage changes the frames at least: where nothing moves, a freeze is none."""

SAME = 4
"""Code values, on the mean of 16x16 fields, below which two first pictures show the same: one video in two files."""

SERIES = (
    "black", "blockiness", "clipped_high", "clipped_low", "contrast", "duplicate", "flicker", "frozen", "luma_mean",
    "mafd", "noise", "photographic", "quality_metric", "reblur", "scene_cut",
)  # fmt: skip
"""What the gates read, but of faces: motion is left out, which takes longer than all the others."""


@dataclass(frozen=True)
class Stretch:
    """Some pictures of one file, in a row."""

    name: str
    frames: tuple[Picture, ...]
    rate: float | None

    @property
    def planes(self) -> list[Plane]:
        return [frame.luma for frame in self.frames]

    @property
    def black(self) -> int:
        return self.frames[0].black

    def showing(self, planes: Sequence[Plane]) -> Stretch:
        """The stretch with other luma; where there are more planes than pictures, the last chroma stays."""
        last = len(self.frames) - 1
        sources = (self.frames[min(index, last)] for index in range(len(planes)))
        frames = (
            Picture(plane, source.black, source.white, source.blue, source.red)
            for source, plane in zip(sources, planes, strict=True)
        )
        return replace(self, frames=tuple(frames))

    def part(self, start: int, stop: int | None = None) -> Stretch:
        return replace(self, frames=self.frames[start:stop])

    def like(self, other: Stretch) -> list[Plane]:
        """The planes in the size of another stretch."""
        height, width = other.planes[0].shape
        return [cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA) for plane in self.planes]  # type: ignore[misc]


@dataclass(frozen=True)
class Damage:
    """Something done to a stretch, and the gates of which one should find it."""

    name: str
    tags: tuple[str, ...]
    inflict: Callable[[Stretch, Stretch], Sequence[Plane]]
    """From a stretch, and one of another file, to the planes that are left."""

    @property
    def is_of_photographs(self) -> bool:
        """Whether only photographs are judged by it."""
        return "low_quality" in self.tags


def _middle(stretch: Stretch) -> int:
    return len(stretch.frames) // 2


def _frozen(stretch: Stretch) -> int:
    """Frames of 0.4 seconds, but no more than half of a short stretch."""
    return min(round(0.4 * (stretch.rate or 24)), _middle(stretch))


def _cut(one: Stretch, other: Stretch) -> list[Plane]:
    return [*one.planes[: _middle(one)], *other.like(one)][: len(one.frames)]


def _twins(one: Stretch, other: Stretch) -> list[Plane]:
    """Five frames repeated at odd moments."""
    repeated = {round(len(one.frames) * share) for share in (0.12, 0.3, 0.42, 0.7, 0.83)}
    return [one.planes[index - (index in repeated)] for index in range(len(one.frames))]


DAMAGES = (
    Damage(
        "light up and down by 1 %", ("flicker",), lambda s, _: damage.flickering(s.planes, percent=1, black=s.black)
    ),
    Damage(
        "light up and down by 2 %", ("flicker",), lambda s, _: damage.flickering(s.planes, percent=2, black=s.black)
    ),
    Damage(
        "0.4 seconds frozen in the middle",
        ("frozen",),
        lambda s, _: damage.frozen(s.planes, start=_middle(s), stop=_middle(s) + _frozen(s)),
    ),
    Damage(
        "the last 0.4 seconds frozen",
        ("frozen",),
        lambda s, _: damage.frozen(s.planes, start=len(s.planes) - _frozen(s), stop=len(s.planes)),
    ),
    Damage(
        "2 black frames",
        ("black",),
        lambda s, _: damage.blackened(s.planes, start=_middle(s), stop=_middle(s) + 2, black=s.black),
    ),
    Damage("1 frame repeated", ("duplicate_frames",), lambda s, _: damage.repeated(s.planes, at=_middle(s))),
    Damage("5 frames repeated", ("duplicate_frames",), _twins),
    Damage("a cut to another clip", ("scene_cut",), _cut),
    Damage("blur, 2 pixels", ("blurred", "low_quality"), lambda s, _: damage.blurred(s.planes, sigma=2)),
    Damage("blur, 4 pixels", ("blurred", "low_quality"), lambda s, _: damage.blurred(s.planes, sigma=4)),
    Damage("noise, 5 levels", ("noisy", "low_quality"), lambda s, _: damage.noisy(s.planes, sigma=5)),
    Damage("noise, 10 levels", ("noisy", "low_quality"), lambda s, _: damage.noisy(s.planes, sigma=10)),
    Damage("JPEG, quality 20", ("blocky", "low_quality"), lambda s, _: damage.jpeg(s.planes, quality=20)),
    Damage("JPEG, quality 10", ("blocky", "low_quality"), lambda s, _: damage.jpeg(s.planes, quality=10)),
)
"""Within a clip."""


def _gained(factor: float) -> Callable[[Stretch, Stretch], Sequence[Plane]]:
    return lambda s, _: damage.brighter(s.planes, factor=factor, start=_middle(s), black=s.black)


SEAM_DAMAGES = (
    Damage("light 3 % up", ("boundary_exposure_step",), _gained(1.03)),
    Damage("light 6 % down", ("boundary_exposure_step",), _gained(0.94)),
    Damage("the last frame again", ("duplicate_seam",), lambda s, _: damage.repeated(s.planes, at=_middle(s) - 1)),
    Damage(
        "8 frames missing",
        ("boundary_jump", "boundary_exposure_step"),
        lambda s, _: [*s.planes[: _middle(s)], *s.planes[_middle(s) + 8 :]],
    ),
    Damage("another clip", ("boundary_jump", "boundary_exposure_step"), _cut),
)
"""Where two clips meet: the seam lies in the middle of a stretch."""


# ------------------------------------------------------------------------------------------------------ counting


@dataclass
class Count:
    """What was found, by damage and by gate."""

    is_verbose: bool
    files: set[str] = field(default_factory=set)
    stretches: int = 0
    visible: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    noticed: Counter[str] = field(default_factory=Counter)
    clean_failed: Counter[str] = field(default_factory=Counter)
    clean_warned: Counter[str] = field(default_factory=Counter)
    clean_any: int = 0

    def add(self, stretch: Stretch, other: Stretch) -> None:
        self.stretches += 1
        self.files.add(stretch.name.rpartition(" ")[0])
        clean = measured(stretch)
        self._add_clean(stretch, decided(stretch, clean))
        for one in DAMAGES:
            if clean.is_photographic or not one.is_of_photographs:
                self._add_damaged(one, stretch, other, lambda damaged: decide(measured(damaged)))
        for one in SEAM_DAMAGES:
            self._add_damaged(one, stretch, other, lambda damaged: decided(damaged, clean, at=_middle(stretch)))

    def _add_clean(self, stretch: Stretch, gates: Sequence[Gate]) -> None:
        self.clean_failed.update(failure_tags(gates))
        self.clean_warned.update(gate.tag for gate in gates if gate.level == "warn")
        self.clean_any += bool(failure_tags(gates))
        for gate in gates:
            if gate.level != "pass":
                self._say(stretch, f"clean, and {gate.level}: {gate.tag} {gate.value}: {gate.sentence}")

    def _add_damaged(
        self, one: Damage, stretch: Stretch, other: Stretch, judge: Callable[[Stretch], Sequence[Gate]]
    ) -> None:
        planes = one.inflict(stretch, other)
        if not _shows(stretch.planes, planes):
            return
        gates = judge(stretch.showing(planes))
        found = {gate.tag: gate for gate in gates if gate.level != "pass" and gate.tag in one.tags}
        self.visible[one.name] += 1
        self.noticed[one.name] += bool(found)
        self.failed[one.name] += any(gate.level == "fail" for gate in found.values())
        if not found:
            values = {gate.tag: gate.value for gate in gates if gate.tag in one.tags}
            self._say(stretch, f"{one.name}: missed, {values}")

    def _say(self, stretch: Stretch, words: str) -> None:
        if self.is_verbose:
            print(f"     {stretch.name}: {words}", file=sys.stderr)

    def markdown(self) -> str:
        lines = [
            f"{self.stretches} stretches of {SHORTEST} to {LONGEST} frames, of {len(self.files)} files, were damaged.",
            f"Counted are those in which the damage changes the pictures by {VISIBLE} levels or more.",
            "",
            "| Damage | Gates | Stretches | Fail | Fail or warn |",
            "|---|---|---|---|---|",
            *(self._line(one) for one in DAMAGES),
            *(self._line(one, "at a seam: ") for one in SEAM_DAMAGES),
            "",
            f"Of the undamaged, {self.clean_any} ({self.clean_any / max(1, self.stretches):.1%}) fail a gate.",
            "",
            "| Gate | Undamaged that fail | that warn |",
            "|---|---|---|",
        ]
        for tag in TAGS:
            if self.clean_failed[tag] or self.clean_warned[tag]:
                lines.append(f"| `{tag}` | {self.clean_failed[tag]} | {self.clean_warned[tag]} |")
        return "\n".join(lines) + "\n"

    def _line(self, one: Damage, prefix: str = "") -> str:
        count = self.visible[one.name]
        failed, noticed = (
            f"{100 * n / count:.0f} %" if count else "" for n in (self.failed[one.name], self.noticed[one.name])
        )
        tags = ", ".join(f"`{tag}`" for tag in one.tags)
        return f"| {prefix}{one.name} | {tags} | {count} | {failed} | {noticed} |"


def measured(stretch: Stretch) -> Measurement:
    return measurement_of(measure(stretch.frames, frames_per_second=stretch.rate, names=SERIES), digest="")


def decided(stretch: Stretch, clean: Measurement, *, at: int | None = None) -> tuple[Gate, ...]:
    """The gates of a stretch with a seam in its middle."""
    middle = _middle(stretch) if at is None else at
    seam = boundary(stretch.part(0, middle).frames, stretch.part(middle).frames)
    return decide(clean, boundaries={middle: seam})


def _shows(clean: Sequence[Plane], damaged: Sequence[Plane]) -> bool:
    """Whether the frames that are not as they were differ by `VISIBLE` on the mean."""
    changes = [_mean_change(a, b) for a, b in zip(clean, damaged, strict=False)]
    changed = [change for change in changes if change > 0]
    return bool(changed) and float(np.mean(changed)) >= VISIBLE


def _mean_change(one: Plane, other: Plane) -> float:
    return float(np.mean(cv2.absdiff(one, other)))


# ---------------------------------------------------------------------------------------------------------- clips


def stretches(path: Path, seen: list[Plane], skip: int) -> Iterator[Stretch]:
    """Up to `PER_FILE` stretches of a file; what begins like one seen before is left out."""
    video = probe(path).video
    rate = None if video.frame_rate is None else float(video.frame_rate.fraction)
    with pictures(path) as decoded:
        for _ in islice(decoded, skip):
            pass
        for index in range(PER_FILE):
            frames = tuple(
                Picture(f.luma.copy(), f.black, f.white, f.blue, f.red, f.ssim_previous)
                for f in islice(decoded, LONGEST)
            )
            if len(frames) < SHORTEST or all(frame.is_black for frame in frames):
                return
            thumb: Plane = cv2.resize(frames[0].luma, (16, 16), interpolation=cv2.INTER_AREA)  # type: ignore[assignment]
            if index == 0 and any(_mean_change(thumb, other) < SAME for other in seen):
                return
            seen.append(thumb)
            yield Stretch(f"{path.name} {index + 1}", frames, rate)


def every_stretch(paths: Sequence[Path], skip: int) -> Iterator[tuple[Stretch, Stretch]]:
    """Each stretch of each file, and the first one of a file before it."""
    seen: list[Plane] = []
    # The last file stands before the first, so that each has another.
    other = next(first for path in reversed(paths) for first in _readable(path, [], skip))
    for path in paths:
        first: Stretch | None = None
        for stretch in _readable(path, seen, skip):
            first = first or stretch
            yield stretch, other
        other = first or other


def _readable(path: Path, seen: list[Plane], skip: int) -> Iterator[Stretch]:
    """The stretches until one cannot be read."""
    try:
        yield from stretches(path, seen, skip)
    except ProbeError as error:
        print(f"     left out: {error}", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--faulty", action="append", default=[], help="pattern of files that are not clean")
    parser.add_argument("--skip", type=int, default=0, help="frames to leave out at the start of each file")
    parser.add_argument("--write", action="store_true", help=f"put the table into {PAGE.name}")
    parser.add_argument(
        "--verbose", action="store_true", help="name what is missed, and what clean clips are blamed for"
    )
    given = parser.parse_args()
    found = (one.path for one in find(given.folders, with_stills=False) if isinstance(one, Found))
    paths = [path for path in found if not any(path.match(pattern) for pattern in given.faulty)]
    count = Count(is_verbose=given.verbose)
    for stretch, other in every_stretch(paths, given.skip):
        print(f"{count.stretches:4} {stretch.name}", file=sys.stderr, flush=True)
        count.add(stretch, other)
    table = count.markdown()
    print(table)
    if given.write:
        page = between(PAGE.read_text(encoding="utf-8"), TABLE, table)
        PAGE.write_text(between(page, THRESHOLD_TABLE, threshold_table()), encoding="utf-8")
    return 0


def between(page: str, marks: tuple[str, str], text: str) -> str:
    """The page with the text between the two marks."""
    before, _, rest = page.partition(marks[0])
    return f"{before}{marks[0]}\n{text}{marks[1]}{rest.partition(marks[1])[2]}"


def threshold_table() -> str:
    """The thresholds as the page lists them."""
    rows = (f"| `{row.name}` | {row.default:g} | {row.unit} | {row.sentence} |" for row in THRESHOLDS)
    return "\n".join(("| Setting | Default | Unit | What it is |", "|---|---|---|---|", *rows)) + "\n"


if __name__ == "__main__":
    sys.exit(main())
