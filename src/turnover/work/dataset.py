"""A selection of clips becomes a training dataset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from turnover.core.clip import Clip, JsonValue
from turnover.core.entry import BytesSource, Entry, Packed
from turnover.datasets.caption import caption_of
from turnover.datasets.configuration import trainers
from turnover.datasets.croissant import can_describe, croissant, is_described
from turnover.datasets.croissant import file_name as croissant_name
from turnover.datasets.dataset import Dataset, LedgerLine
from turnover.datasets.groups import light_of
from turnover.datasets.keys import keys_of, stratum_of
from turnover.datasets.layout import Layout, LayoutOptions
from turnover.datasets.leaks import leaks, placed
from turnover.datasets.ledger import merged
from turnover.datasets.plan import Plan, PlanBuilder
from turnover.datasets.recipe import Recipe
from turnover.datasets.rows import content_of
from turnover.datasets.sample import Sample
from turnover.datasets.selecting import Exclusion, excluded, rights_warnings
from turnover.datasets.split import SplitResult, divide
from turnover.errors import ProbeError, RefusedError, WriteError
from turnover.files.atomic import draft
from turnover.files.ingest import read_once
from turnover.files.packing.folder import Link
from turnover.files.packing.pack import PackResult, pack
from turnover.files.packing.watching import Progress, Stop
from turnover.work.assignment import assigned
from turnover.work.deriving import Deriving, derived
from turnover.work.look import Failed
from turnover.work.measure import Measured, Measuring, measured
from turnover.work.pieces import parts_of
from turnover.work.samples import Candidate, candidate, source_name
from turnover.work.spool import Spool

_MOST_LEAKS = 5


@dataclass(frozen=True, slots=True)
class DatasetRun:
    """Everything a person asked of one dataset, but for the clips."""

    recipe: Recipe
    name: str
    measuring: Measuring
    workspace: Path
    """A folder for what is made from clips: trimmed clips, frames, faces. It must last until all is packed."""
    assignment: Mapping[str, str] = field(default_factory=dict)
    """Name of a clip → the split that a file assigns to it."""
    ledger: Mapping[str, LedgerLine] = field(default_factory=dict)
    """Of the version before this one."""
    parent: str | None = None
    """Digest of the version before this one."""
    earliest: datetime | None = None
    """Date to give everything, where `SOURCE_DATE_EPOCH` names one; else the newest source's."""
    called: str | None = None
    """What the folder or archive will be called, without suffix; None for the name with the version."""
    is_dry: bool = False
    """Whether only a plan is wanted: nothing is encoded or cropped."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A dataset before it is written."""

    dataset: Dataset
    plan: Plan


@contextmanager
def planned(clips: Sequence[Clip], failures: Iterable[Failed], run: DatasetRun) -> Iterator[Planned]:
    """Every decision about clips that were measured before; what waits on the disk is gone when the block ends.

    Raises UsageError for assignments that contradict each other or the ledger, and RefusedError `leak` where, after
    all, something stands in two splits.
    """
    with ExitStack() as stack:
        waiting, final = Spool(), Spool()
        stack.callback(waiting.close)
        stack.callback(final.close)
        builder = PlanBuilder(replace(run.recipe, name=run.name), trainers().values())
        for failed in failures:
            builder.leave_out(failed.path.name, [Exclusion("unreadable", str(failed.error))])
        _gather(clips, run, builder, waiting)
        result = _divided(waiting, run)
        rows = _kept(waiting, result, builder)
        for sample in rows if run.is_dry else derived(rows, _deriving(run)):
            if isinstance(sample, Sample):
                builder.add(sample)
                final.add(sample)
            else:
                builder.leave_out(sample.path.name, [Exclusion("unreadable", str(sample.error))])
        _check_leaks(final, run.recipe)
        policy = _policy(result, run)
        plan = builder.plan(policy)
        yield Planned(_dataset(final, plan, result, policy, run), plan)


def write_dataset(
    dataset: Dataset,
    layout: Layout,
    target: Path,
    *,
    options: LayoutOptions = LayoutOptions(),
    link: Link = "copy",
    overwrites: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> PackResult:
    """Write a planned dataset, whole or not at all, with its description for mlcroissant. Raises WriteError.

    The description stands in a folder; of an archive, whose digest it tells, beside it.
    """
    beside = target.with_name(croissant_name(target.name))
    if layout.is_one_file and beside.exists() and not overwrites:
        raise WriteError(f"{beside}: it is there already", hint="--overwrite replaces it", code="exists")
    described: list[Packed] = []

    def told(packed: Packed) -> None:
        if is_described(packed.name):
            described.append(packed)

    def entries() -> Iterator[Entry]:
        yield from layout.entries(dataset, options)
        if not layout.is_one_file and can_describe(layout.name):
            # It is asked for its text when all before it is written.
            text = croissant(dataset, layout=layout.name, target=target.name, files=described)
            yield Entry(croissant_name(target.name), BytesSource(text.encode()))

    result = pack(
        entries(),
        target,
        kind="zip" if layout.is_one_file else "folder",
        date=dataset.date,
        link=link,
        overwrites=overwrites,
        progress=progress,
        stop=stop,
        told=told,
    )
    if layout.is_one_file and can_describe(layout.name):
        archive = read_once(result.path)
        packed = Packed(target.name, archive.size_bytes, archive.digest, archive.crc32)
        text = croissant(dataset, layout=layout.name, target=target.name, files=[packed])
        draft(beside.absolute(), [text.encode()]).publish()
    return result


# ----------------------------------------------------------------------------------------------------- gathering


def _gather(clips: Sequence[Clip], run: DatasetRun, builder: PlanBuilder, waiting: Spool) -> None:
    """Put what the recipe keeps into the spool, with caption and keys; the rest is left out by name."""
    seen: dict[str, str] = {}
    for one in measured(clips, run.measuring):
        found = _candidate(one, run, seen)
        if not isinstance(found, Candidate):
            builder.leave_out(*found)
            continue
        samples = tuple(parts_of(found, run.recipe))
        if not samples:
            builder.leave_out(found.sample.source_name, [Exclusion("too_few_frames", "no part of it is long enough")])
            continue
        builder.warn(found.warnings)
        seen[found.sample.media.digest] = found.sample.source_name
        for sample in samples:
            waiting.add(sample)


def _candidate(
    one: Measured | Failed, run: DatasetRun, seen: Mapping[str, str]
) -> Candidate | tuple[str, list[Exclusion]]:
    """The clip with its caption and keys, or its name and why it is left out."""
    if isinstance(one, Failed):
        return one.path.name, [Exclusion("unreadable", str(one.error))]
    recipe, name = run.recipe, source_name(one.clip)
    try:
        found = candidate(one, recipe, run.measuring.sources)
    except ProbeError as error:
        if recipe.on_changed == "fail":
            raise
        gone = "source_vanished" if error.code == "not_found" else "source_changed"
        return name, [Exclusion(gone, str(error))]
    sample = found.sample
    reasons: list[Exclusion] = []
    if sample.frame_count is None:
        reasons.append(Exclusion("unreadable", one.measurement.trouble or "no picture of it decodes"))
    if sample.media.digest in seen:
        reasons.append(Exclusion("duplicate", f"the same bytes as {seen[sample.media.digest]}"))
    reasons += excluded(sample, recipe, cut_count=None if found.cuts is None else len(found.cuts))
    captioned = caption_of(sample, recipe, caption=found.caption)
    if captioned is None:
        reasons.append(Exclusion("no_caption", "no caption, no prompt, and the recipe has no fallback"))
    if reasons or captioned is None:
        return name, reasons
    whole = replace(
        sample,
        caption=captioned.text,
        keys=keys_of(sample, recipe.leakage_keys, group=found.group),
        assigned=assigned(one.clip, name, run.assignment, beside=found.split),
    )
    return replace(found, sample=whole, warnings=(*captioned.warnings, *rights_warnings(whole, recipe)))


# ----------------------------------------------------------------------------------------------------- splitting


def _divided(waiting: Spool, run: DatasetRun) -> SplitResult:
    recipe = run.recipe
    return divide(
        (light_of(sample, stratum=stratum_of(sample, recipe.stratify)) for sample in waiting),
        salt=run.name,
        ratios=recipe.splits,
        ledger=run.ledger,
        near_distance=recipe.near_bits,
        min_per_split=recipe.min_per_split,
    )


def _kept(waiting: Spool, result: SplitResult, builder: PlanBuilder) -> Iterator[Sample]:
    for sample in waiting.by_id():
        if sample.id in result.quarantined:
            builder.leave_out(sample.source_name, [Exclusion("quarantined", result.quarantined[sample.id])])
        else:
            yield replace(sample, split=result.splits[sample.id], group=result.groups[sample.id])


def _check_leaks(final: Spool, recipe: Recipe) -> None:
    """The splits are checked anew, whoever made them."""
    found = leaks(map(placed, final), near_distance=recipe.near_bits)
    if found:
        more = f"; and {len(found) - _MOST_LEAKS} more" if len(found) > _MOST_LEAKS else ""
        raise RefusedError(
            f"nothing is written, because splits would leak: {'; '.join(map(str, found[:_MOST_LEAKS]))}{more}",
            hint="remove the assignment or the ledger that parts them, or leave the key out of leakage_keys",
            code="leak",
        )


def _policy(result: SplitResult, run: DatasetRun) -> dict[str, JsonValue]:
    recipe = run.recipe
    policy = result.policy(recipe.splits, salt=run.name, near_distance=recipe.near_bits)
    return {**policy, "leakage_keys": list(recipe.leakage_keys), "stratify": list(recipe.stratify)}


# --------------------------------------------------------------------------------------------------- the dataset


def _dataset(
    final: Spool, plan: Plan, result: SplitResult, policy: Mapping[str, JsonValue], run: DatasetRun
) -> Dataset:
    def samples(split: str) -> Iterator[Sample]:
        return (sample for sample in final.by_id() if sample.split == split)

    digest, newest = _digest_and_date(final)
    lines = merged(
        run.ledger,
        splits=result.splits,
        groups=result.groups,
        reasons=result.reasons,
        version=run.recipe.version,
    )
    return Dataset(
        name=run.name,
        version=run.recipe.version,
        date=run.earliest or newest,
        counts=plan.counts,
        samples=samples,
        ledger=lambda: iter(lines),
        digest=digest,
        parent=run.parent,
        licence=run.recipe.licence,
        description=run.recipe.description,
        recipe=run.recipe.to_json(),
        policy=policy,
        excluded={told.code: told.first for told in plan.excluded if told.first},
        trigger=run.recipe.trigger,
        is_frames=run.recipe.frames is not None,
        called=run.called,
    )


def _digest_and_date(final: Spool) -> tuple[str, datetime]:
    """`sha256:…` over all samples, and when the newest source was written, to the second."""
    digest = hashlib.sha256()
    newest = 0
    for sample in final.by_id():
        digest.update(content_of(sample))
        newest = max(newest, 0 if sample.media.stamp is None else sample.media.stamp.modified_ns)
    return f"sha256:{digest.hexdigest()}", datetime.fromtimestamp(newest // 10**9, tz=UTC)


def _deriving(run: DatasetRun) -> Deriving:
    return Deriving(run.recipe, run.measuring, run.workspace)
