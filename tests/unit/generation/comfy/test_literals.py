"""Values that stand in another node."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, sampler

SEED = 18446744073709551615


@pytest.mark.parametrize(
    "holder",
    [
        ("PrimitiveInt", {"value": SEED}),
        ("Seed (rgthree)", {"seed": SEED}),
        ("easy seed", {"seed": SEED, "control_after_generate": "fixed"}),
        ("CR Seed", {"seed": SEED}),
        ("Int Literal", {"int": SEED}),
        ("Somebody's Number", {"my_number": SEED}),
        ("PrimitiveString", {"value": str(SEED)}),
    ],
)
def test_seed_in_a_node_of_its_own(holder: Node) -> None:
    """A seed that another node holds is told exactly."""
    generation = executed(drawing({"30": holder, "3": ("KSampler", sampler(seed=["30", 0]))}))
    assert generation.seed == SEED
    assert dict(generation.sources)["seed"].startswith(f"node 30 ({holder[0]})")


def test_seed_through_a_turning_point() -> None:
    """A wire may turn on its way."""
    nodes: dict[str, Node] = {
        "30": ("Reroute", {"": ["31", 0]}),
        "31": ("Convert", {"a": ["32", 0]}),
        "32": ("PrimitiveFloat", {"value": 7.0}),
    }
    assert executed(drawing({**nodes, "3": ("KSampler", sampler(seed=["30", 0]))})).seed == 7


@pytest.mark.parametrize(
    "worker",
    [
        ("RandomInt", {"value": 5, "max": 9}),
        ("GetImageSize", {"image": ["20", 0]}),
        ("Two Numbers", {"one": 1, "two": 2}),
        ("SimpleMath+", {"value": "a*b", "a": ["20", 0]}),
        ("ComfyMathExpression", {"expression": "open('x')", "values.a": 1}),
    ],
)
def test_number_that_is_worked_out(worker: Node) -> None:
    """A number that is made while running is unknown, not the nearest number at hand."""
    loader: Node = ("LoadImage", {"image": "a.png"})
    generation = executed(drawing({"30": worker, "20": loader, "3": ("KSampler", sampler(steps=["30", 0]))}))
    assert generation.steps is None
    assert f"node 30 ({worker[0]})" in dict(generation.unresolved)["steps"]


@pytest.mark.parametrize(
    ("worker", "slot", "expected"),
    [
        (("ComfyMathExpression", {"expression": "a * b + 1", "values.a": ["40", 0], "values.b": 16}), 1, 81),
        (("MathExpression|pysssss", {"expression": "min(a, 100)", "a": ["40", 0]}), 0, 5),
        (("SimpleMath+", {"value": "a*2", "a": ["40", 0]}), 0, 10),
        (("ComfyMathExpression", {"expression": "a / 2", "values.a": ["40", 0]}), 1, None),
    ],
)
def test_sum(worker: Node, slot: int, expected: int | None) -> None:
    """A sum that the graph writes out is worked out, if it comes to a whole number where one is needed."""
    nodes: dict[str, Node] = {
        "30": worker,
        "40": ("PrimitiveInt", {"value": 5}),
        "5": ("EmptyHunyuanLatentVideo", {"width": 64, "height": 64, "length": ["30", slot]}),
    }
    assert executed(drawing(nodes)).asked.frame_count == expected


def test_sums_of_sums_without_end() -> None:
    """Sums that need each other twice over are given up in good time."""
    sums: dict[str, Node] = {
        str(30 + n): ("M", {"expression": "a+b", "a": [str(31 + n), 0], "b": [str(31 + n), 0]}) for n in range(60)
    }
    generation = executed(drawing({**sums, "3": ("KSampler", sampler(steps=["30", 0]))}))
    assert generation.steps is None


@pytest.mark.parametrize("keeping", [{"keep_proportion": "crop"}, {"keep_proportion": False}, {"divisible_by": 16}])
def test_size_that_a_resizing_node_is_given(keeping: Mapping[str, object]) -> None:
    """The size a node was told to make is the size, where it keeps no proportions and rounds nothing."""
    resize: Node = ("Resize", {"width": 512, "height": 288, "image": ["21", 0], **keeping})
    start: Node = ("ImageToVideo", {"width": ["20", 1], "height": ["20", 2], "length": 9, "start_image": ["20", 0]})
    nodes = {"20": resize, "21": ("LoadImage", {"image": "a.png"}), "5": start}
    asked = executed(drawing(nodes)).asked
    assert (asked.width, asked.height) == (512, 288)


@pytest.mark.parametrize("keeping", [{"keep_proportion": "resize"}, {"keep_proportion": True}, {"divisible_by": 60}])
def test_size_that_keeps_proportions(keeping: Mapping[str, object]) -> None:
    """A size that depends on the picture, or is rounded, is unknown."""
    resize: Node = ("Resize", {"width": 512, "height": 288, "image": ["21", 0], **keeping})
    start: Node = ("ImageToVideo", {"width": ["20", 1], "height": ["20", 2], "length": 9, "start_image": ["20", 0]})
    nodes = {"20": resize, "21": ("LoadImage", {"image": "a.png"}), "5": start}
    generation = executed(drawing(nodes))
    assert (generation.asked.width, generation.asked.height) == (None, None)
    assert {"asked.width", "asked.height"} <= dict(generation.unresolved).keys()
