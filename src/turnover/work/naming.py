"""What sidecars are called and where they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from turnover.core.clip import Clip
from turnover.errors import UsageError
from turnover.sidecars.template import Template


@dataclass(frozen=True, slots=True)
class Output:
    """One sidecar to be written."""

    target: Path
    template: Template
    clips: tuple[Clip, ...]


def sidecar_outputs(
    clips: Sequence[Clip], templates: Sequence[Template], *, out: Path | None, shares_stem: Callable[[Path], bool]
) -> list[Output]:
    """One output for each clip and template, in that order.

    A sidecar takes the video's stem and the template's suffix. Templates of one run that would take one name all carry
    their slug; where another video of the folder has the same stem, the video's own suffix stays in.
    """
    times = Counter(template.suffix for template in templates)
    outputs = []
    for clip in clips:
        folder = clip.path.parent if out is None else out / _below(clip)
        stem = clip.name if shares_stem(clip.path) else clip.stem
        for template in templates:
            slug = f".{template.slug}" if times[template.suffix] > 1 else ""
            outputs.append(Output(folder / f"{stem}{slug}{template.suffix}", template, (clip,)))
    return outputs


def combined_outputs(
    clips: Sequence[Clip], templates: Sequence[Template], *, out: Path | None, title: str
) -> list[Output]:
    """One output for each template, named for the folder or project.

    Raises UsageError, naming them, for templates whose format holds one clip a file.
    """
    single = [template.slug for template in templates if not template.holds_many]
    if single:
        raise UsageError(
            f"--combine: {', '.join(single)} hold{'s' if len(single) == 1 else ''} one clip a file",
            hint="CSV, ALE, EDL, FCPXML, xmeml, OTIO and .nk hold many",
        )
    times = Counter(template.suffix for template in templates)
    folder = out if out is not None else _common_root(clips)
    return [
        Output(folder / f"{title}{f'.{t.slug}' if times[t.suffix] > 1 else ''}{t.suffix}", t, tuple(clips))
        for t in templates
    ]


def _below(clip: Clip) -> Path:
    return clip.path.parent.relative_to(clip.root) if clip.path.is_relative_to(clip.root) else Path()


def _common_root(clips: Sequence[Clip]) -> Path:
    return clips[0].root if clips else Path()
