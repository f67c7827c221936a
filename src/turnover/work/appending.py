"""A dataset goes on from the version before: what is not given again is taken from that version itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from turnover.core.clip import Clip, JsonValue
from turnover.datasets.configuration import trainers
from turnover.datasets.dataset import Dataset
from turnover.datasets.groups import light_of
from turnover.datasets.keys import GROUP, keys_of, stratum_of
from turnover.datasets.leaks import leaks, placed
from turnover.datasets.ledger import merged
from turnover.datasets.plan import Plan, PlanBuilder, Told
from turnover.datasets.restoring import document_name, sample_from
from turnover.datasets.rows import content_of
from turnover.datasets.sample import Sample
from turnover.datasets.selecting import REASONS, Exclusion
from turnover.datasets.split import SplitResult, divide
from turnover.errors import ProbeError, RefusedError, TurnoverError, UsageError, ValuesError
from turnover.files.packing.standing import Standing, StandingFolder, StandingZip
from turnover.work.dataset import DatasetRun, Planned, planned
from turnover.work.look import Failed
from turnover.work.previous import SAMPLE_LAYOUTS, Previous
from turnover.work.samples import sample_id
from turnover.work.spool import Spool

_LONGEST_DOCUMENT = 64 << 20
_MOST_DEPTH = 200
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class _Earlier:
    """The samples that the version before gives."""

    previous: Previous
    standing: Standing
    run: DatasetRun

    def samples(self, *, without: set[str]) -> Iterator[Sample]:
        """Every sample but those, with keys and looks as far as they are known. Raises UsageError."""
        if not self.previous.has_sample_files:
            self._check_all_given(without)
            return
        for name in self.previous.sample_ids():
            if name not in without:
                yield self._sample(name)

    def _sample(self, name: str) -> Sample:
        try:
            text = self.standing.read(document_name(name), _LONGEST_DOCUMENT)
            sample = sample_from(_document(text), self.standing.source)
            line = self.previous.ledger[name]
            if (sample.id, sample.split) != (name, line.split):
                raise ValueError(f"it says that it is {sample.id} in {sample.split}, the ledger {name} in {line.split}")
        except (OSError, KeyError, ValueError, RecursionError, ProbeError, ValuesError) as error:
            raise UsageError(
                f"{self.previous.path}: sample {name[:80]} cannot be taken over: {_reason(error)}",
                hint="take a whole copy; `turnover verify` tells what is wrong with it",
            ) from error
        given = (key for key in sample.keys if key.startswith(f"{GROUP}:"))
        keys = tuple(sorted({*keys_of(sample, self.run.recipe.leakage_keys), *given}))
        return replace(sample, keys=keys, group="")

    def _check_all_given(self, given: set[str]) -> None:
        missing = [name for name in self.previous.sample_ids() if name not in given]
        if missing:
            count = f"{len(missing)} of its samples are" if len(missing) > 1 else "one of its samples is"
            raise UsageError(
                f"{self.previous.path}: {count} not among the clips, and a dataset of the layout "
                f"{self.previous.layout or 'that nobody tells'} does not give them back",
                hint=f"give all clips again, or append to the layout {' or '.join(SAMPLE_LAYOUTS)}",
            )


@contextmanager
def appended(
    clips: Sequence[Clip], failures: Iterable[Failed], run: DatasetRun, previous: Previous, *, reads_media: bool = True
) -> Iterator[Planned]:
    """The merged whole: samples of these clips, and those of the version before that are not given again.

    A clip that is given again is taken as it is now, under its old id in its old split; one that the recipe now leaves
    out is gone. Nothing else moves or goes. Media of the version before stay where they are until they are copied.
    reads_media: whether files of a folder are read for their sums, once; a delta, which copies none, needs none.
    Raises as `planned`; UsageError where the version before is damaged, or another kind of dataset.
    """
    _check_kind(previous, run)
    with ExitStack() as stack:
        made = stack.enter_context(planned(clips, failures, run))
        standing = _standing(previous, run, reads_media=reads_media)
        stack.callback(standing.close)
        waiting, final = Spool(), Spool()
        stack.callback(waiting.close)
        stack.callback(final.close)
        for split in made.dataset.splits:
            for sample in made.dataset.samples(split):
                waiting.add(sample)
        given = {sample.id for sample in waiting} | _ids_of(clips, run)
        for sample in _Earlier(previous, standing, run).samples(without=given):
            waiting.add(sample)
        result = _divided(waiting, run, previous)
        builder = PlanBuilder(replace(run.recipe, name=run.name), trainers().values())
        _place(waiting, result, builder, final)
        _check_leaks(final, run.recipe.near_bits)
        policy = {**made.dataset.policy, **_policy(result, run)}
        plan = _with_earlier(builder.plan(policy), made.plan)
        yield Planned(_whole(made.dataset, final, plan, result, run, previous), plan)


def _reason(error: Exception) -> str:
    """Without the hint of an error that happened on the way."""
    return error.message if isinstance(error, TurnoverError) else str(error)


def _document(text: bytes) -> JsonValue:
    """The JSON of a sample's file. Raises ValueError, also where it is nested deeper than anything we write."""
    document: JsonValue = json.loads(text, parse_constant=lambda _: None)
    level: list[JsonValue] = [document]
    for _ in range(_MOST_DEPTH):
        inner = (one.values() if isinstance(one, dict) else one for one in level if isinstance(one, dict | list))
        level = [member for members in inner for member in members]
        if not level:
            return document
    raise ValueError(f"nested deeper than {_MOST_DEPTH} levels")


def _standing(previous: Previous, run: DatasetRun, *, reads_media: bool) -> Standing:
    if previous.path.is_dir():
        return StandingFolder(previous.path, run.measuring.sources.source if reads_media else None)
    try:
        return StandingZip(previous.path)
    except ProbeError as error:
        raise UsageError(str(error), hint="take a whole copy") from error


def _check_kind(previous: Previous, run: DatasetRun) -> None:
    media = "videos" if run.recipe.frames is None else "images"
    if previous.media not in (None, media):
        raise UsageError(
            f"{previous.path} holds {previous.media}, and the new version would hold {media}",
            hint="go on from a dataset of the same kind, or start anew without --append",
        )


def _ids_of(clips: Iterable[Clip], run: DatasetRun) -> set[str]:
    """Under which ids the clips would stand as they are, also those that the recipe leaves out."""
    found: set[str] = set()
    for clip in clips:
        try:
            found.add(sample_id(run.measuring.sources.source(clip.path).digest))
        except ProbeError:
            continue  # Whoever gathers the clips tells of it.
    return found


def _divided(waiting: Spool, run: DatasetRun, previous: Previous) -> SplitResult:
    recipe = run.recipe

    def with_old_group(sample: Sample) -> Sample:
        # What tied samples together may be known no longer, such as their looks: what was a group stays one.
        line = previous.ledger.get(sample.id)
        return sample if line is None else replace(sample, keys=(*sample.keys, f"earlier_group:{line.group_id}"))

    return divide(
        (light_of(with_old_group(one), stratum=stratum_of(one, recipe.stratify)) for one in waiting),
        salt=run.name,
        ratios=recipe.splits,
        ledger=run.ledger,
        near_distance=recipe.near_bits,
        min_per_split=recipe.min_per_split,
    )


def _place(waiting: Spool, result: SplitResult, builder: PlanBuilder, final: Spool) -> None:
    for sample in waiting.by_id():
        if sample.id in result.quarantined:
            builder.leave_out(sample.source_name, [Exclusion("quarantined", result.quarantined[sample.id])])
            continue
        whole = replace(sample, split=result.splits[sample.id], group=result.groups[sample.id])
        builder.add(whole)
        final.add(whole)


def _check_leaks(final: Spool, near_distance: int | None) -> None:
    found = leaks(map(placed, final), near_distance=near_distance)
    if found:
        more = f"; and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
        raise RefusedError(
            f"nothing is written, because splits would leak: {'; '.join(map(str, found[:_MOST_NAMED]))}{more}",
            hint="leave out the new clips named, or the key out of leakage_keys",
            code="leak",
        )


def _policy(result: SplitResult, run: DatasetRun) -> dict[str, JsonValue]:
    return result.policy(run.recipe.splits, salt=run.name, near_distance=run.recipe.near_bits)


def _whole(
    made: Dataset, final: Spool, plan: Plan, result: SplitResult, run: DatasetRun, previous: Previous
) -> Dataset:
    def samples(split: str) -> Iterator[Sample]:
        return (sample for sample in final.by_id() if sample.split == split)

    digest = hashlib.sha256()
    for sample in final.by_id():
        digest.update(content_of(sample))
    lines = merged(
        run.ledger, splits=result.splits, groups=result.groups, reasons=result.reasons, version=run.recipe.version
    )
    return replace(
        made,
        date=run.earliest or _newest(made.date if made.total else None, previous.created_at, made.date),
        counts=plan.counts,
        samples=samples,
        ledger=lambda: iter(lines),
        digest=f"sha256:{digest.hexdigest()}",
        policy=plan.policy,
        excluded={told.code: told.first for told in plan.excluded if told.first},
    )


def _newest(given: datetime | None, before: datetime | None, otherwise: datetime) -> datetime:
    """Files of the version before were written when it was made, which says nothing of their sources."""
    return max((date for date in (given, before) if date is not None), default=otherwise)


def _with_earlier(plan: Plan, made: Plan) -> Plan:
    """The plan of the whole, with what was told while clips were gathered."""
    warnings = tuple(told for told in made.warnings if told.code != "caption_repeated")
    return replace(
        plan,
        excluded_count=plan.excluded_count + made.excluded_count,
        excluded=_joined(made.excluded, plan.excluded, order=REASONS),
        warnings=_joined(warnings, plan.warnings),
    )


def _joined(
    some: Iterable[Told], others: Iterable[Told], *, order: Mapping[str, str] | None = None
) -> tuple[Told, ...]:
    found: dict[str, Told] = {told.code: told for told in some}
    for told in others:
        one = found.get(told.code)
        found[told.code] = (
            told
            if one is None
            else replace(
                one, count=one.count + told.count, first=one.first + told.first, examples=one.examples + told.examples
            )
        )
    if order is None:
        return tuple(sorted(found.values(), key=lambda told: -told.count))
    return tuple(found[code] for code in dict.fromkeys((*order, *found)) if code in found)
