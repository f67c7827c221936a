"""Prompts: by role, through what joins, chooses, rewrites and empties them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.unit.generation.comfy.graphs import Node, drawing, executed, sampler


def _positive(node: Node, more: Mapping[str, Node] | None = None) -> str | None:
    """What is asked for where the sampler's positive side is this node (30)."""
    generation = executed(drawing({"3": ("KSampler", sampler(positive=["30", 0])), "30": node, **(more or {})}))
    assert generation.negative_prompt == "blurry"
    return generation.prompt


def _encoded(text: object, more: Mapping[str, Node] | None = None) -> tuple[str | None, str]:
    """What is asked for where an encoder's text is this, and the reason or source that is told with it."""
    generation = executed(drawing({"6": ("CLIPTextEncode", {"text": text, "clip": ["4", 1]}), **(more or {})}))
    notes = {**dict(generation.unresolved), **dict(generation.sources)}
    return generation.prompt, notes["prompt"]


def test_outputs_in_another_order() -> None:
    """Roles are told by the names of inputs: here output 0 is the model and output 1 the positive side."""
    inputs: dict[str, object] = {"model": ["4", 0], "image": ["21", 0], "positive": ["6", 0], "negative": ["7", 0]}
    nodes: dict[str, Node] = {
        "30": ("BrushNet", inputs),
        "21": ("LoadImage", {"image": "a.png"}),
        "3": ("KSampler", sampler(model=["30", 0], positive=["30", 1], negative=["30", 2], latent_image=["30", 3])),
    }
    generation = executed(drawing(nodes))
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "blurry")


def test_texts_in_a_loader() -> None:
    """A node may hold both texts itself."""
    inputs: dict[str, object] = {
        "ckpt_name": "a.safetensors", "positive": "a fox", "negative": "blurry", "token_normalization": "mean",
    }  # fmt: skip
    nodes: dict[str, Node] = {
        "30": ("Efficient Loader", inputs),
        "3": ("KSampler (Efficient)", sampler(model=["30", 0], positive=["30", 1], negative=["30", 2])),
    }
    generation = executed(drawing(nodes))
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "blurry")


def test_pipe() -> None:
    """A pipe brings both sides, which stand as texts at its beginning."""
    inputs: dict[str, object] = {
        "ckpt_name": "a.safetensors", "positive": ["31", 0], "positive_token_normalization": "none",
        "negative": ["32", 0], "negative_token_normalization": "none", "clip_skip": -1,
    }  # fmt: skip
    own = {name: value for name, value in sampler().items() if name not in {"positive", "negative", "model"}}
    nodes: dict[str, Node] = {
        "30": ("ttN pipeLoader", inputs),
        "31": ("ttN text", {"text": "a fox"}),
        "32": ("ttN text", {"text": "blurry"}),
        "3": ("ttN pipeKSampler", {**own, "pipe": ["30", 0]}),
    }
    generation = executed(drawing(nodes))
    assert (generation.prompt, generation.negative_prompt, generation.model) == ("a fox", "blurry", "a.safetensors")


def test_joined_conditionings() -> None:
    """Joined conditionings are all told, in their order, each once."""
    more: dict[str, Node] = {
        "31": ("ConditioningSetArea", {"width": 64, "height": 64, "conditioning": ["6", 0]}),
        "32": ("CLIPTextEncode", {"text": "in snow\n", "clip": ["4", 1]}),
    }
    joined: Node = ("ConditioningCombine", {"conditioning_1": ["31", 0], "conditioning_2": ["32", 0]})
    assert _positive(joined, more) == "a fox\nin snow\n"


def test_diamond_of_conditionings() -> None:
    """A text that is reached by many ways is told once, and in good time."""
    more: dict[str, Node] = {
        str(31 + n): ("ConditioningCombine", {"conditioning_1": [str(32 + n), 0], "conditioning_2": [str(32 + n), 0]})
        for n in range(60)
    }
    more["91"] = ("CLIPTextEncode", {"text": "a fox", "clip": ["4", 1]})
    assert (
        _positive(("ConditioningAverage", {"conditioning_to": ["31", 0], "conditioning_from": ["31", 0]}), more)
        == "a fox"
    )


def test_zeroed_side() -> None:
    """A side made of nothing is an empty text, not an unknown one."""
    zero: Node = ("ConditioningZeroOut", {"conditioning": ["6", 0]})
    generation = executed(drawing({"3": ("KSampler", sampler(negative=["30", 0])), "30": zero}))
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "")


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (("CLIPTextEncodeFlux", {"clip_l": "a fox", "t5xxl": "a fox", "guidance": 4, "clip": ["4", 1]}), "a fox"),
        (("CLIPTextEncodeSDXL", {"width": 8, "text_g": "a fox", "text_l": "snow", "clip": ["4", 1]}), "a fox\nsnow"),
        (("smZ CLIPTextEncode", {"text": "a fox", "text_g": "", "text_l": "", "clip": ["4", 1]}), "a fox"),
        (("HyVideoTextEncode", {"prompt": "a fox", "prompt_template": "video", "text_encoders": ["4", 1]}), "a fox"),
        (("TextEncodeQwenImageEditPlus", {"prompt": "a fox", "clip": ["4", 1], "image1": ["21", 0]}), "a fox"),
        (("CLIPTextEncodeLumina2", {"system_prompt": "superior", "user_prompt": "a fox", "clip": ["4", 1]}), "a fox"),
        (
            (
                "ImpactWildcardEncode",
                {"wildcard_text": "{a|b}", "populated_text": "a fox", "clip": ["4", 1], "seed": 1},
            ),
            "a fox",
        ),
        (("CLIPTextEncode", {"text": "", "clip": ["4", 1]}), ""),
    ],
)
def test_encoders(node: Node, expected: str) -> None:
    """Each encoder has its own names for the words it is given."""
    assert _positive(node, {"21": ("LoadImage", {"image": "a.png"})}) == expected


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (("PrimitiveStringMultiline", {"value": "a fox"}), "a fox"),
        (("Text Multiline", {"text": "a fox"}), "a fox"),
        (("Power Prompt - Simple (rgthree)", {"prompt": "a fox", "insert_embedding": "CHOOSE"}), "a fox"),
        (("ShowText|pysssss", {"text": ["31", 0], "text_0": "of the last run"}), "a fox"),
        (("StringConcatenate", {"string_a": "a fox", "string_b": ["32", 0], "delimiter": ", "}), "a fox, in snow"),
        (("JoinStrings", {"string1": ["31", 0], "string2": ["32", 0], "delimiter": "\\n"}), "a fox\nin snow"),
        (("Text Concatenate", {"text_a": " a fox ", "text_b": "snow", "delimiter": "-", "clean_whitespace": "true"}),
         "a fox-snow"),
        (("JoinStringMulti", {"inputcount": 2, "string_1": ["31", 0], "string_2": "x", "delimiter": " "}), "a fox x"),
        (("StringFunction|pysssss",
          {"action": "append", "tidy_tags": "yes", "text_a": "a fox", "text_b": "", "text_c": "snow ,"}),
         "a fox, snow,"),
        (("StringReplace", {"string": "a cat", "find": "cat", "replace": "fox"}), "a fox"),
        (("CR Text Input Switch", {"Input": 2, "text1": "a cat", "text2": ["31", 0]}), "a fox"),
    ],
)  # fmt: skip
def test_texts_from_other_nodes(node: Node, expected: str) -> None:
    """Texts are held, joined, replaced and chosen by nodes of their own."""
    more: dict[str, Node] = {
        "30": node,
        "31": ("String Literal", {"string": "a fox"}),
        "32": ("PrimitiveString", {"value": "in snow"}),
    }
    assert _encoded(["30", 0], more)[0] == expected


@pytest.mark.parametrize(
    "node",
    [
        ("OllamaGenerate", {"prompt": "Describe a fox.", "model": "llama"}),
        ("Florence2Run", {"text_input": "", "image": ["21", 0], "florence2_model": ["4", 0]}),
        ("TextGenerate", {"prompt": "Describe.", "max_length": 512, "clip": ["4", 1]}),
        ("LoadPromptsFromFile //Inspire", {"prompt_file": "prompts/fox.txt"}),
        ("StringConcatenate", {"string_a": "a fox", "string_b": ["33", 0], "delimiter": ", "}),
        ("RegexReplace", {"string": "a cat", "regex_pattern": "c.t", "replace": "fox"}),
        ("Mystery", {"number": 1}),
    ],
)
def test_text_that_is_not_in_the_graph(node: Node) -> None:
    """A text that was written while running, or read from a file, is unknown, and the reason names the node."""
    more: dict[str, Node] = {
        "30": node,
        "21": ("LoadImage", {"image": "a.png"}),
        "33": ("Ollama Vision", {"query": "?"}),
    }
    prompt, reason = _encoded(["30", 0], more)
    assert prompt is None
    assert "node 30" in reason or "node 33" in reason


def test_prompt_that_is_rewritten() -> None:
    """Of a text that is rewritten while running, what was asked for is told, and that it was rewritten."""
    more: dict[str, Node] = {
        "30": ("LTXVGemmaEnhancePrompt", {"prompt": ["31", 0], "system_prompt": "You are…", "clip": ["4", 1]}),
        "31": ("PrimitiveString", {"value": "a fox"}),
    }
    prompt, source = _encoded(["30", 0], more)
    assert prompt == "a fox"
    assert source == "node 31 (PrimitiveString).value, rewritten by node 30 (LTXVGemmaEnhancePrompt) while running"


def test_conditioning_from_a_picture() -> None:
    """A side that is made of a picture alone has no text."""
    start: dict[str, object] = {
        "width": 64,
        "height": 64,
        "clip_vision": ["4", 1],
        "init_image": ["21", 0],
        "vae": ["4", 2],
    }
    nodes: dict[str, Node] = {
        "30": ("SVD_img2vid_Conditioning", start),
        "21": ("LoadImage", {"image": "a.png"}),
        "3": ("KSampler", sampler(positive=["30", 0], negative=["30", 1], latent_image=["30", 2])),
    }
    generation = executed(drawing(nodes))
    assert (generation.prompt, generation.negative_prompt) == (None, None)
    assert {"prompt", "negative_prompt"} == set(dict(generation.unresolved))


def test_what_is_handed_on_beside_the_text() -> None:
    """A node whose inputs tell no role is walked through to where the text is."""
    more: dict[str, Node] = {"21": ("LoadImage", {"image": "a.png"})}
    assert _positive(("ImpactExecutionOrderController", {"signal": ["6", 0], "value": ["21", 0]}), more) == "a fox"


def test_texts_joined_to_themselves() -> None:
    """A text that doubles with every node is given up."""
    more: dict[str, Node] = {
        str(30 + n): ("StringConcatenate", {"string_a": [str(31 + n), 0], "string_b": [str(31 + n), 0]})
        for n in range(50)
    }
    more["80"] = ("PrimitiveString", {"value": "fox"})
    prompt, reason = _encoded(["30", 0], more)
    assert prompt is None
    assert "more than" in reason


def test_texts_in_a_circle() -> None:
    """Texts that need each other are given up."""
    more: dict[str, Node] = {
        "30": ("StringConcatenate", {"string_a": ["31", 0], "string_b": "x"}),
        "31": ("StringConcatenate", {"string_a": ["30", 0], "string_b": "y"}),
    }
    prompt, reason = _encoded(["30", 0], more)
    assert prompt is None
    assert "leads back to itself" in reason


def test_instructions_in_front_of_what_is_rewritten() -> None:
    """Where instructions were joined in front of a text that is rewritten, neither is what was asked for."""
    more: dict[str, Node] = {
        "30": ("LazySwitchKJ", {"switch": True, "on_false": ["31", 0], "on_true": ["32", 0]}),
        "31": ("PrimitiveString", {"value": "a fox"}),
        "32": ("TextGenerateLTX2Prompt", {"prompt": ["33", 0], "max_length": 256, "clip": ["4", 1]}),
        "33": (
            "StringConcatenate",
            {"string_a": "You are an assistant.", "string_b": ["31", 0], "delimiter": ""},
        ),
    }
    prompt, reason = _encoded(["30", 0], more)
    assert (prompt, reason) == (None, "node 32 (TextGenerateLTX2Prompt) writes it while running")


def test_side_made_from_the_other() -> None:
    """A node that is given but one side makes both from it."""
    guide: Node = ("MiniMaxH3AddGuide", {"frame_idx": 0, "positive": ["6", 0], "latent": ["5", 0], "vae": ["4", 2]})
    generation = executed(drawing({"30": guide, "3": ("KSampler", sampler(positive=["30", 0], negative=["30", 0]))}))
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "a fox")


def test_bundle_that_is_opened_again() -> None:
    """Sides that were put into a bundle come out of it by their names."""
    nodes: dict[str, Node] = {
        "30": ("ToBasicPipe", {"model": ["4", 0], "clip": ["4", 1], "positive": ["33", 0], "negative": ["7", 0]}),
        "31": ("FromBasicPipe", {"basic_pipe": ["30", 0]}),
        "32": ("CLIPTextEncode", {"text": "in snow", "clip": ["4", 1]}),
        "33": ("ConditioningCombine", {"conditioning_1": ["6", 0], "conditioning_2": ["32", 0]}),
        "3": ("KSampler", sampler(model=["31", 0], positive=["31", 3], negative=["31", 4])),
    }
    generation = executed(drawing(nodes))
    assert (generation.prompt, generation.negative_prompt) == ("a fox\nin snow", "blurry")
    assert generation.model == "draws.safetensors"


def test_settings_before_the_sampler() -> None:
    """A family of nodes may keep what a sampler is set to in a node before it."""
    loader: dict[str, object] = {
        "ckpt_name": "easy.safetensors", "vae_name": "Baked VAE", "lora_name": "None", "empty_latent_width": 512,
        "empty_latent_height": 768, "positive": "a fox", "negative": "blurry", "batch_size": 1,
    }  # fmt: skip
    settings = {"steps": 20, "cfg": 7, "sampler_name": "euler", "scheduler": "normal", "denoise": 1, "seed": 42}
    nodes: dict[str, Node] = {
        "1": ("easy fullLoader", loader),
        "2": ("easy preSampling", {**settings, "pipe": ["1", 0]}),
        "3": ("easy kSampler", {"image_output": "Save", "link_id": 0, "save_prefix": "ComfyUI", "pipe": ["2", 0]}),
    }
    generation = executed(nodes)
    assert (generation.prompt, generation.negative_prompt) == ("a fox", "blurry")
    assert (generation.seed, generation.steps, generation.model) == (42, 20, "easy.safetensors")
    assert (generation.asked.width, generation.asked.height) == (512, 768)
