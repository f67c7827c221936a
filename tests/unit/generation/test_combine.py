"""Several texts of one file: who wins, who adds, who contradicts."""

from __future__ import annotations

from dataclasses import fields, replace

from hypothesis import given
from hypothesis import strategies as st

from turnover.core.generation import Asked, Conflict, Generation, Lora, ModelUse, Pass
from turnover.core.rate import Rate
from turnover.generation.combine import FIELDS, Candidate, combined, completed, writable
from turnover.generation.grammar import Confidence

EXECUTED = Generation(
    tool="ComfyUI",
    prompt="a fox",
    seed=1,
    steps=20,
    cfg=5.0,
    sampler="euler",
    models=(ModelUse("wan/high.safetensors", "diffusion"),),
)


def _candidate(generation: Generation | None, confidence: Confidence, source: str) -> Candidate:
    return Candidate(generation, confidence, source, None if generation else f"no generator in {source}")


def _combined(*candidates: Candidate) -> Generation:
    found = combined(candidates)
    assert found is not None
    return found


def test_fields_of_a_generation() -> None:
    """What is combined is all that a Generation tells of the making."""
    assert {field.name for field in fields(Generation)} == {
        *FIELDS,
        "untagged_colour",
        "conflicts",
        "unresolved",
        "sources",
    }


def test_nobody_tells() -> None:
    """Without a telling there is nothing, and neither is there with tellings of nothing."""
    assert [combined([]), combined([_candidate(None, "executed", "prompt")])] == [None, None]


def test_same_graph_twice() -> None:
    """Two carriers of one graph agree, and the first is the source."""
    found = _combined(_candidate(EXECUTED, "canvas", "workflow"), _candidate(EXECUTED, "executed", "prompt"))
    assert ((), {"prompt"}) == (found.conflicts, {source for _, source in found.sources})


def test_canvas_of_another_run() -> None:
    """The graph that ran wins, every difference is told, and nothing of the other run is taken over."""
    other = Generation(
        tool="ComfyUI",
        prompt="a hare",
        negative_prompt="blurry",
        seed=2,
        steps=20,
        cfg=5.5,
        sampler="uni_pc",
        models=(ModelUse("low.safetensors", "diffusion"),),
        loras=(Lora("fur"),),
    )
    found = _combined(_candidate(other, "canvas", "workflow"), _candidate(EXECUTED, "executed", "prompt"))
    assert found.conflicts == tuple(
        Conflict(name, taken, "prompt", value, "workflow")
        for name, taken, value in [
            ("seed", "1", "2"),
            ("cfg", "5", "5.5"),
            ("model", "wan/high.safetensors", "low.safetensors"),
            ("prompt", "a fox", "a hare"),
            ("sampler", "euler", "uni_pc"),
        ]
    )
    assert (found.negative_prompt, found.loras, found.seed) == (None, (), 1)


def test_canvas_of_the_same_run() -> None:
    """What the graph that ran does not tell, the canvas of the same run adds, with its own source."""
    canvas = Generation(
        prompt="a fox \n", seed=1, negative_prompt="blurry", asked=Asked(640, 480, 81, Rate(16)), cfg=5.0000001
    )
    winner = Generation(
        tool="ComfyUI",
        prompt="a fox",
        seed=1,
        asked=Asked(width=832),
        cfg=5.0,
        unresolved=(("cfg", "?"), ("negative_prompt", "it comes from a file")),
    )
    found = _combined(_candidate(winner, "executed", "prompt"), _candidate(canvas, "canvas", "workflow"))
    assert (
        Generation(
            tool="ComfyUI",
            prompt="a fox",
            negative_prompt="blurry",
            seed=1,
            cfg=5.0,
            asked=Asked(832, 480, 81, Rate(16)),
            unresolved=(("cfg", "?"),),
            sources=(
                ("asked", "prompt"),
                ("cfg", "prompt"),
                ("negative_prompt", "workflow"),
                ("prompt", "prompt"),
                ("seed", "prompt"),
                ("tool", "prompt"),
            ),
        )
        == found
    )


def test_canvas_with_a_lora_that_did_not_run() -> None:
    """That the graph that ran has no LoRA is no gap: on the canvas one may be switched off."""
    canvas = replace(EXECUTED, loras=(Lora("fur"),), negative_prompt="blurry")
    found = _combined(_candidate(EXECUTED, "executed", "prompt"), _candidate(canvas, "canvas", "workflow"))
    assert (found.loras, found.negative_prompt) == ((), "blurry")


def test_same_seed_for_another_prompt() -> None:
    """A seed that is never changed does not make two runs one."""
    other = Generation(prompt="a hare", seed=1, negative_prompt="blurry")
    found = _combined(_candidate(EXECUTED, "executed", "prompt"), _candidate(other, "text", "parameters"))
    assert found.negative_prompt is None


def test_copied_video() -> None:
    """A graph that only loads and saves has no generator; the canvas of the loaded video has, and it is told so."""
    found = _combined(_candidate(None, "executed", "prompt"), _candidate(EXECUTED, "canvas", "workflow"))
    assert (Conflict("generation", "ComfyUI", "workflow", "no generator in prompt", "prompt"),) == found.conflicts
    assert {"workflow"} == {source for _, source in found.sources}


def test_labelled_video_without_generator() -> None:
    """A label stands where a graph has nothing to tell, and contradicts nothing."""
    label = Generation(tool="Kling", source_type="trainedAlgorithmicMedia")
    found = _combined(_candidate(None, "executed", "prompt"), _candidate(label, "label", "AIGC"))
    assert (found.tool, found.conflicts) == ("Kling", ())


def test_label_beside_a_graph() -> None:
    """A label adds who and what, never a prompt: it may have come along with a loaded video."""
    label = Generation(tool="Kling", prompt="a hare", source_type="trainedAlgorithmicMedia")
    found = _combined(_candidate(label, "label", "AIGC"), _candidate(Generation(seed=1), "executed", "prompt"))
    assert (found.tool, found.prompt, found.source_type) == ("Kling", None, "trainedAlgorithmicMedia")
    assert found.sources == (("seed", "prompt"), ("source_type", "AIGC"), ("tool", "AIGC"))


def test_settings_in_other_words() -> None:
    """A text has other names for samplers and leaves the suffix off; that is no contradiction."""
    text = Generation(prompt="a fox", seed=1, steps=20, cfg=5.0, sampler="Euler", models=(ModelUse("HIGH"),))
    found = _combined(_candidate(EXECUTED, "executed", "prompt"), _candidate(text, "text", "parameters"))
    assert found.conflicts == ()


def test_word_of_the_grammar() -> None:
    """What a grammar says of the place stands behind the carrier's."""
    told = Generation(seed=1, steps=2, sources=(("seed", "node 3, KSampler"),))
    found = _combined(_candidate(told, "executed", "moov/udta/meta prompt"))
    assert found.sources == (("seed", "moov/udta/meta prompt, node 3, KSampler"), ("steps", "moov/udta/meta prompt"))


def test_long_prompts_that_differ() -> None:
    """A conflict shows enough to recognize the values, not all of them."""
    pair = [_candidate(Generation(prompt=sign * 500), "executed", sign) for sign in "ab"]
    (conflict,) = _combined(*pair).conflicts
    assert (conflict.taken, conflict.other) == ("a" * 200 + "…", "b" * 200 + "…")


def test_name_of_another_tool() -> None:
    """A file's name adds to a label, unless it names another tool."""
    label = Generation(tool="Kling", source_type="trainedAlgorithmicMedia")
    hailuo, kling = Generation(tool="Hailuo", prompt="a fox"), Generation(tool="kling", seed=3)
    assert completed(label, hailuo, "file name") == label
    assert completed(label, kling, "file name").seed == 3
    assert completed(None, kling, "file name").sources == (("seed", "file name"), ("tool", "file name"))


texts = st.none() | st.sampled_from(["a", "b", "a\0\ud800"])
generations = st.builds(
    Generation,
    tool=texts,
    prompt=texts,
    seed=st.none() | st.integers(0, 2),
    cfg=st.none() | st.floats(0, 9),
    models=st.lists(st.builds(ModelUse, st.sampled_from(["m", "n.pt"])), max_size=2).map(tuple),
    passes=st.lists(st.builds(Pass, sampler=texts), max_size=1).map(tuple),
    asked=st.builds(Asked, st.none() | st.integers(1, 3)),
)
candidates = st.builds(
    Candidate, st.none() | generations, st.sampled_from(["executed", "canvas", "text", "label"]), st.sampled_from("xyz")
)


@given(several=st.lists(candidates, max_size=4))
def test_any_tellings(several: list[Candidate]) -> None:
    """The most trusted telling that has a generation gives its own values; every known field has a source."""
    found = combined(several)
    order: list[Confidence] = ["executed", "canvas", "text", "label"]
    ranked = sorted((one for one in several if one.generation), key=lambda one: order.index(one.confidence))
    if not ranked or ranked[0].generation is None:
        assert found is None
        return
    assert found is not None
    winner = writable(ranked[0].generation)
    assert all(
        getattr(found, name) == getattr(winner, name) for name in FIELDS if name != "asked" and getattr(winner, name)
    )
    known = [name for name in FIELDS if getattr(found, name) not in (None, (), Asked())]
    assert sorted(known) == [name for name, _ in found.sources]
    assert str(found).encode("utf-8")
