"""What a new version has otherwise than the one before it, written alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from turnover.core.entry import BytesSource, Entry, FileSource, Packed
from turnover.datasets.croissant import croissant, is_described
from turnover.datasets.croissant import file_name as croissant_name
from turnover.datasets.dataset import Dataset
from turnover.datasets.layout import LayoutOptions
from turnover.errors import ProbeError, UsageError, WriteError
from turnover.files.packing.delta import LONGEST_LINE, Before, pack_delta
from turnover.files.packing.pack import PackResult
from turnover.files.packing.places import SUMS
from turnover.files.packing.watching import Progress, Stop
from turnover.files.sources import SourceCache
from turnover.work.layouts import layout_named
from turnover.work.previous import SAMPLE_LAYOUTS, Previous, lines_of

MARK = ".delta"


def whole_name(target: Path) -> str:
    """What the folder is called that a delta makes of the one before: the target's name without `.delta` and `.zip`.

    >>> whole_name(Path("kites-1.1.0.delta.zip"))
    'kites-1.1.0'
    """
    name = target.name[:-4] if target.name.lower().endswith(".zip") else target.name
    return name.removesuffix(MARK)


def write_delta(
    dataset: Dataset,
    previous: Previous,
    target: Path,
    *,
    sources: SourceCache,
    overwrites: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PackResult:
    """Write the files of the merged whole that the version before has not: a ZIP where the target ends so, or a folder.

    Raises WriteError as `pack` does; UsageError where the version before is of a layout that is not files in a tree.
    """
    check_layout(previous)
    layout = layout_named(previous.layout or "")
    before = _before(previous)
    described: list[Packed] = []

    def told(packed: Packed) -> None:
        if is_described(packed.name):
            described.append(packed)

    def entries() -> Iterator[Entry]:
        for entry in layout.entries(dataset, LayoutOptions()):
            yield _readable(entry, before, sources)
        if not layout.is_one_file:
            name = whole_name(target)
            text = croissant(dataset, layout=layout.name, target=name, files=described)
            yield Entry(croissant_name(name), BytesSource(text.encode()))

    return pack_delta(
        entries(),
        target,
        kind="zip" if target.suffix.lower() == ".zip" else "folder",
        date=dataset.date,
        before=before,
        overwrites=overwrites,
        progress=progress,
        stop=stop,
        told=told,
    )


def check_layout(previous: Previous) -> None:
    """Raises UsageError where no delta can be made: an archive within is made anew for each sample that comes."""
    if previous.layout not in SAMPLE_LAYOUTS:
        raise UsageError(
            f"{previous.path}: a delta changes single files, and its layout is {previous.layout or 'not told'}",
            hint=f"without --delta the whole is written; deltas are for {' and '.join(SAMPLE_LAYOUTS)}",
        )


def _before(previous: Previous) -> Before:
    try:
        return Before(lambda: lines_of(previous.path, SUMS, longest=LONGEST_LINE))
    except (OSError, KeyError) as error:
        hint = "name a whole dataset; `turnover verify` tells what is wrong with it"
        raise UsageError(f"{previous.path}: its {SUMS} cannot be read: {error}", hint=hint) from error


def _readable(entry: Entry, before: Before, sources: SourceCache) -> Entry:
    """The entry, with its file's sums known where it is to be written: what only moved is read after all."""
    source = entry.source
    if not isinstance(source, FileSource) or source.stamp is not None or before.has(entry.name, source.digest):
        return entry
    try:
        read = sources.source(source.path)
    except ProbeError as error:
        raise WriteError(str(error), code="source_unreadable") from error
    if read.digest != source.digest:
        hint = "`turnover verify` names every file that changed"
        raise WriteError(f"{source.path}: has other bytes than its dataset lists", hint=hint, code="source_changed")
    return replace(entry, source=read)
