"""A plan sums up every decision, in memory that does not grow."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.datasets.samples import sample, source
from turnover.core.clip import Place
from turnover.core.measurement import Box, Face
from turnover.core.probe import Warning
from turnover.core.rate import Rate
from turnover.datasets.layout import FrameRule, Trainer
from turnover.datasets.plan import MOST_CELLS, MOST_EXAMPLES, Cell, PlanBuilder, Told, plan_report
from turnover.datasets.readiness import notes, unready
from turnover.datasets.recipe import Recipe, recipe_from
from turnover.datasets.sample import Companion, FaceCrop
from turnover.datasets.selecting import REASONS, Exclusion


def trainer(**members: Any) -> Trainer:
    values: dict[str, Any] = {
        "name": "wan", "title": "Wan trainer", "sentence": "", "suffixes": frozenset({".mp4"}),
        "frame_rule": FrameRule(4, 1, least=5), "frame_rate": Rate(16), "size_multiple": 16,
        "lists": lambda dataset, split: (), "configuration": lambda asked: {}, "command": "",
    }  # fmt: skip
    return Trainer(**{**values, **members})


def low(value: float) -> Exclusion:
    return Exclusion("quality_low", f"quality score {value}, below 0.5")


def test_counts() -> None:
    """Samples are counted by split, kind of scene and character; splits asked for are there when empty."""
    builder = PlanBuilder(recipe_from({"splits": "train=80,validation=10,test=10", "name": "foxes"}))
    for split, scene_type, character in [
        ("test", None, None),
        ("train", "walk", "Ana"),
        ("train", "walk", None),
        ("train", "walk", "Ana"),
        ("holdout", "run", "Ana"),
    ]:
        builder.add(sample(split=split, place=Place(scene_type=scene_type, character=character)))
    plan = builder.plan({"deviations": {"train": 1.0}})
    assert plan.counts == {"train": 3, "validation": 0, "test": 1, "holdout": 1}
    assert list(plan.counts) == ["train", "validation", "test", "holdout"]
    assert plan.total == 5
    assert plan.cells == (
        Cell("train", "walk", "Ana", 2),
        Cell("train", "walk", None, 1),
        Cell("test", None, None, 1),
        Cell("holdout", "run", "Ana", 1),
    )
    assert (plan.name, plan.policy, plan.cells_left_out) == ("foxes", {"deviations": {"train": 1.0}}, 0)


def test_left_out() -> None:
    """Reasons come in the order in which they count, counted by the first and by each, with a few examples."""
    builder = PlanBuilder(Recipe())
    for number in range(9):
        builder.leave_out(f"{number}.mp4", [low(number)])
    builder.leave_out("x.mp4", [Exclusion("character", "a"), low(0.1), low(0.2)])
    plan = builder.plan()
    assert plan.excluded_count == 10
    assert plan.excluded == (
        Told("character", 1, 1, ("x.mp4: a",)),
        Told("quality_low", 10, 9, tuple(f"{n}.mp4: quality score {n}, below 0.5" for n in range(MOST_EXAMPLES))),
    )
    assert sum(reason.first for reason in plan.excluded) == plan.excluded_count


def test_bytes_and_length() -> None:
    """What will be written is the media, faces, companions and captions; unknown lengths count for nothing."""
    face = FaceCrop(Face(0, Box(0, 0, 9, 9), 0.9), 256, 256, ".png", source(size=20))
    picture = Companion("start_image", ".png", source(size=300))
    builder = PlanBuilder(Recipe())
    builder.add(sample(faces=(face, face), companions=(picture,), caption="狐狸"))
    builder.add(sample(frame_count=None, duration_seconds=None, caption="x"))
    plan = builder.plan()
    assert (plan.bytes, plan.frame_count, plan.duration_seconds) == (1000 + 40 + 300 + 6 + 1000 + 1, 49, 49 / 16)


def test_warnings() -> None:
    """Warnings are counted by code, the most frequent first, and captions that come again are found."""
    builder = PlanBuilder(Recipe())
    builder.warn([Warning("rights_constrained", "a")])
    for number in range(3):
        builder.add(sample(caption="same", source_name=f"{number}.mp4"))
    builder.add(sample(caption="other"))
    examples = tuple(f"{number}.mp4: another sample has the caption 'same'" for number in (1, 2))
    assert builder.plan().warnings == (
        Told("caption_repeated", 2, 2, examples),
        Told("rights_constrained", 1, 1, ("a",)),
    )


@pytest.mark.parametrize(
    ("members", "reasons", "happens"),
    [
        ({}, (), ()),
        ({"suffix": ".gif"}, ("it does not read .gif",), ()),
        ({"frame_count": 4}, ("fewer than 5 frames",), ()),
        ({"frame_count": None}, ("the number of frames is not known",), ()),
        ({"height": 479}, ("width and height are not both multiples of 16",), ()),
        ({"frame_count": 50}, (), ("its last frames are left out to fit 4n+1",)),
        ({"frame_rate": Rate(24)}, (), ("its frame rate is another than the 16 expected",)),
        ({"frame_rate": None}, (), ("its frame rate varies or is not known, and 16 is expected",)),
    ],
)
def test_one_sample_for_one_trainer(
    members: dict[str, Any], reasons: tuple[str, ...], happens: tuple[str, ...]
) -> None:
    """A trainer cannot use what it cannot read, what is too short and what has no size of its own."""
    one = sample(**members)
    assert unready(one, trainer()) == reasons
    if not reasons:
        assert notes(one, trainer()) == happens


def test_trainer_that_takes_anything() -> None:
    """Without a rule, a rate and a multiple every sample is ready, but for what the trainer itself says."""
    easy = trainer(
        frame_rule=None, frame_rate=None, size_multiple=1, not_ready=lambda one: ("no",) if one.has_sound else ()
    )
    assert unready(sample(frame_count=None, width=7, height=3), easy) == ()
    assert unready(sample(has_sound=True), easy) == ("no",)


def test_readiness() -> None:
    """Each trainer has its count, with the reasons of the others and what happens to the ready ones."""
    builder = PlanBuilder(Recipe(), [trainer(), trainer(name="any", suffixes=frozenset({".gif"}))])
    for members in ({}, {"frame_count": 50}, {"frame_count": 3, "width": 5}, {"frame_count": 2}):
        builder.add(sample(**members))
    first, second = builder.plan().readiness
    assert (first.trainer, first.ready, first.total) == ("wan", 2, 4)
    assert first.reasons == {"fewer than 5 frames": 2, "width and height are not both multiples of 16": 1}
    assert first.notes == {"its last frames are left out to fit 4n+1": 1}
    assert (second.ready, second.reasons["it does not read .mp4"]) == (0, 4)


def test_report() -> None:
    """The plan is JSON with everything in it."""
    builder = PlanBuilder(recipe_from({"name": "foxes"}), [trainer()])
    builder.add(sample())
    builder.leave_out("x.mp4", [low(0.1)])
    assert json.loads(json.dumps(plan_report(builder.plan({"achieved": {"train": 1}})))) == {
        "name": "foxes",
        "version": "1.0.0",
        "total": 1,
        "splits": {"train": 1},
        "table": [{"split": "train", "scene_type": "walk", "character": "Ana", "count": 1}],
        "table_left_out": 0,
        "excluded": {
            "total": 1,
            "reasons": [
                {
                    "code": "quality_low",
                    "count": 1,
                    "meaning": REASONS["quality_low"],
                    "first": 1,
                    "examples": ["x.mp4: quality score 0.1, below 0.5"],
                }
            ],
        },
        "warnings": [],
        "readiness": [{"trainer": "wan", "title": "Wan trainer", "ready": 1, "total": 1, "reasons": {}, "notes": {}}],
        "bytes": 1011,
        "frame_count": 49,
        "duration_seconds": 49 / 16,
        "policy": {"achieved": {"train": 1}},
    }


def test_very_many_kinds() -> None:
    """The plan stays short however many characters, reasons and warnings there are."""
    fussy = trainer(not_ready=lambda one: (f"not {one.source_name}",))
    builder = PlanBuilder(Recipe(), [fussy])
    for number in range(MOST_CELLS + 500):
        builder.add(sample(place=Place(character=f"c{number}"), caption=f"c{number}", source_name=f"{number}.mp4"))
        builder.leave_out("x", [Exclusion(f"code{number}", "y" * 10_000)])
        builder.warn([Warning(f"code{number}", "z")])
    plan = builder.plan()
    assert plan.total == MOST_CELLS + 500
    assert (len(plan.cells), plan.cells_left_out) == (MOST_CELLS, 500)
    assert plan.readiness[0].reasons["other reasons"] == MOST_CELLS + 480
    assert sum(plan.readiness[0].reasons.values()) == plan.total
    assert len(json.dumps(plan_report(plan))) < 300_000
    assert sum(reason.count for reason in plan.excluded) == plan.excluded_count


kinds = st.tuples(st.sampled_from(["train", "test"]), st.sampled_from(["walk", None]), st.sampled_from(["Ana", "Val"]))


@given(st.lists(kinds, max_size=12), st.randoms())
def test_order_does_not_matter(rows: list[tuple[str, str | None, str]], random: Any) -> None:
    """The same samples in another order give the same counts, and the table sums to them."""
    plans = []
    for order in (rows, random.sample(rows, len(rows))):
        builder = PlanBuilder(Recipe())
        for split, scene_type, character in order:
            builder.add(sample(split=split, place=Place(scene_type=scene_type, character=character)))
        plans.append(builder.plan())
    assert plans[0].cells == plans[1].cells
    assert plans[0].counts == plans[1].counts
    assert sum(cell.count for cell in plans[0].cells) == plans[0].total == len(rows)
