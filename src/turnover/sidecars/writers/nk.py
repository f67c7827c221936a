"""Nuke scripts: a Read for each clip that is in place, with its metadata, its markers and its curves.

A Nuke script is Tcl. What people and models wrote goes in by way of `tcl.inert`, so nothing of it is ever run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from turnover.core.rate import Rate
from turnover.errors import RefusedError
from turnover.sidecars.paths import forward
from turnover.sidecars.text import clean
from turnover.sidecars.values import MAX_DECIMALS
from turnover.sidecars.writer import Job, Option
from turnover.sidecars.writers.cuts import listed
from turnover.sidecars.writers.nk_nodes import Placed, fps, is_absolute, node, nodes, picture_format
from turnover.sidecars.writers.pieces import gathered
from turnover.sidecars.writers.tcl import SIGNS, word

KEY = re.compile(r"[A-Za-z0-9_.:-]+(/[A-Za-z0-9_.:-]+)*\Z")
"""What a metadata key may be: parts with slashes between them, none of Tcl's signs."""

SET_BY_STUDIOS = ("input/frame_rate", "input/timecode")

OPTIONS = (
    Option("form", "script", "a whole script, or a snippet to paste into one", ("script", "snippet")),
    Option(
        "version",
        "12.0 v1",
        "the Nuke that the script says it is of: later ones open it silently, earlier ones warn",
        ("11.0 v1", "12.0 v1", "13.0 v1", "14.0 v1", "15.0 v1", "16.0 v1"),
    ),
    Option(
        "relative_paths", True, "a relative path counts from the script's folder; if false, from the project directory"
    ),
    Option("decimals", 6, "decimals of the numbers in curves", low=0, high=MAX_DECIMALS),
    Option(
        "valid_curves", True, "a curve with gaps gets a second one, NAME_valid: 1 where the number is known, else 0"
    ),
)


class NkWriter:
    """Nuke scripts and snippets."""

    name = "nk"
    format: Literal["text"] = "text"
    suffix = ".nk"
    holds_many = True
    options: Sequence[Option] = OPTIONS
    metadata_keys: Mapping[str, str] | None = None
    has_markers = True
    has_curves = True

    def key_problem(self, key: str) -> str | None:
        """Keys are parts of letters, digits and `_.:-` with `/` between; Nuke's own `input/` keys stay Nuke's."""
        if not KEY.match(key):
            return f"{key!r} is no metadata key for Nuke; write letters, digits, _ . : - and / as in turnover/model"
        if key.startswith(("input/", "nuke/")) and key not in SET_BY_STUDIOS:
            return f"Nuke itself sets {key!r}; of these only {' and '.join(SET_BY_STUDIOS)} may be set"
        return None

    def write(self, job: Job) -> Iterator[bytes]:
        """The script; raises RefusedError for a clip that has no constant rate or no known length."""
        clips = tuple(Placed(sheet, i, *sheet.view.timing()) for i, sheet in enumerate(job.sheets, start=1))
        rate = _script_rate(job, clips)
        for clip in clips:
            _warn_of_path(job, clip)
            _warn_of_picture(job, clip)
        yield from gathered(_script(job, clips, rate))


WRITER = NkWriter()


def _script_rate(job: Job, clips: Sequence[Placed]) -> Rate:
    """The script's rate; each frame of each clip is shown once whatever it is."""
    settings = clips[0].view.settings
    rate = settings.timeline_rate or clips[0].rate
    others = [clip for clip in clips if clip.rate != rate]
    if others and settings.timeline_rate is not None and settings.timeline_policy == "keep_duration":
        raise RefusedError(
            f"{others[0].name}: a Nuke script shows each frame once and cannot keep the duration of "
            f"{others[0].rate.decimal()} frames per second at {rate.decimal()}",
            hint="--set timeline_policy=every_frame says that this is meant; timeline formats can keep the duration",
            code="timeline_rate",
        )
    if others and settings.timeline_rate is None:
        job.findings.warn(
            f"the script has the {rate.decimal()} frames per second of {clips[0].name}; it shows every frame of "
            f"{listed(clip.name for clip in others)} once, so at another speed than the file's"
        )
    return rate


def _script(job: Job, clips: Sequence[Placed], rate: Rate) -> Iterator[bytes]:
    """The script in small pieces."""
    if job.text("form") == "snippet":
        yield f"set cut_paste_input [stack 0]\nversion {job.text('version')}\npush $cut_paste_input\n".encode()
    else:
        yield f"version {job.text('version')}\n".encode()
        yield _root(clips, rate)
    for clip in clips:
        yield from nodes(clip, job)


def _root(clips: Sequence[Placed], rate: Rate) -> bytes:
    first = min(clip.view.first_frame for clip in clips)
    last = max(clip.view.first_frame + clip.frame_count - 1 for clip in clips)
    return node(
        "Root",
        ("inputs", "0"),
        ("frame", str(first)),
        ("first_frame", str(first)),
        ("last_frame", str(last)),
        ("lock_range", "true"),
        ("fps", fps(rate)),
        ("format", word(picture_format(clips[0], is_named=True))),
    )


def _warn_of_path(job: Job, clip: Placed) -> None:
    """Say where Nuke may look for another file than the clip's."""
    path, warn = clip.view.path, job.findings.warn
    if clean(path) != path or any(sign in path for sign in "\n\r\t"):
        warn(f"{clip.name}: its path has signs that no script can hold; rename the file for Nuke")
    elif any(sign in forward(path) for sign in SIGNS):
        warn(
            f"{clip.name}: Nuke evaluates paths, and this one has one of {' '.join(SIGNS)} in it; they are escaped, "
            "but rename the file if Nuke does not find it"
        )
    if re.search(r"#|%[-+ 0-9]*[dvV]", path):
        warn(f"{clip.name}: Nuke takes # and %04d, %v, %V in a path for frame and view; rename the file for Nuke")
    if not is_absolute(path) and not job.flag("relative_paths"):
        warn(f"{clip.name}: its path is relative, so Nuke looks for the file from its project directory")
    elif not is_absolute(path) and job.text("form") == "snippet":
        warn(f"{clip.name}: its path is relative; paste the snippet into a script that is saved beside it")


def _warn_of_picture(job: Job, clip: Placed) -> None:
    """Say what Nuke may show otherwise than players do, or not at all."""
    view, video, warn = clip.view, clip.view.clip.probe.video, job.findings.warn
    if video.rotation or video.is_mirrored:
        warn(
            f"{clip.name}: the file asks players to turn or mirror its picture; the script has the stored "
            f"{video.width}x{video.height}, so see which way up Nuke shows it"
        )
    if view.clip.probe.container in ("matroska", "webp"):
        warn(f"{clip.name}: Nuke is not known to read this container; make it .mov or .mp4 first")
    if view.start is not None and view.start.is_drop_frame and view.start_origin == "set":
        warn(
            f"{clip.name}: Nuke's AddTimeCode counts without drop-frame, so the start {view.start} that was set "
            "stands only in the metadata that the template maps it to"
        )
