"""How a file was made, from everything that it carries."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.comfy import comfy_tags
from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.core.generation import Conflict, Generation
from turnover.errors import UsageError
from turnover.generation.sniff import NOTHING, Found, found_in, grammars, taken_as
from turnover.media.carriers import carriers

INFOTEXT = "a fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler, CFG scale: 5, Seed: 7, Size: 64x48"
COPY = json.dumps(
    {
        "1": {"class_type": "LoadVideo", "inputs": {"file": "a.mp4"}},
        "2": {"class_type": "SaveVideo", "inputs": {"video": ["1", 0], "filename_prefix": "video/ComfyUI"}},
    }
)


def test_value_beside_a_clip() -> None:
    """A value is as good as the grammar that trusts it most; a person's words are of no grammar."""
    tags: dict[str, JsonValue] = {key: json.loads(text) for key, text in comfy_tags("a fox", 7).items()}
    label: JsonValue = {"Label": "1", "ContentProducer": "kling"}
    assert [taken_as(tags), taken_as(tags["workflow"]), taken_as(label)] == ["executed", "canvas", "label"]
    assert (taken_as({"prompt": "a fox", "seed": 7}), taken_as("a fox"), taken_as(None)) == (None, None, None)


def test_encoder_of_a_file_that_was_handed_on() -> None:
    """Where the graph that ran copied a video, nobody knows how that was encoded, whatever the canvas draws."""
    tags = comfy_tags("a fox", 7)
    drawn = _found(Carrier("keys", "prompt", tags["prompt"])).generation
    copied = _found(Carrier("keys", "prompt", COPY), Carrier("keys", "workflow", tags["workflow"])).generation
    assert drawn is not None
    assert copied is not None
    assert (drawn.untagged_colour is None, copied.untagged_colour is None) == (False, True)


def _found(*given_carriers: Carrier, file_name: str = "clip.mp4") -> Found:
    return found_in(given_carriers, file_name=file_name)


def _generation(*given_carriers: Carrier, file_name: str = "clip.mp4") -> Generation:
    found = _found(*given_carriers, file_name=file_name).generation
    assert found is not None
    return found


def _tag(key: str, text: str) -> Carrier:
    return Carrier("moov/udta/meta", key, text)


def test_nothing_carried() -> None:
    """A file without a text tells nothing, and that is said."""
    assert Found(None, NOTHING, ()) == _found()


def test_human_comment() -> None:
    """A text that no grammar takes is kept as it was, and nothing is made of it."""
    texts = (_tag("comment", "  my best one yet\0"), _tag("encoder", "Lavf62.12.102"))
    assert Found(None, NOTHING, texts) == _found(*texts)


def test_padding() -> None:
    """A text of padding alone is no text."""
    assert Found(None, NOTHING, ()) == _found(_tag("comment", "\0\0  "))


def test_every_grammar_has_its_name() -> None:
    """The grammars are found by themselves."""
    assert {"a1111", "aigc", "fooocus", "invokeai", "iptc", "novelai", "swarmui", "wan2gp"} <= grammars().keys()


def test_text_in_two_places() -> None:
    """SD.Next writes its text twice; the first place is the source, and both are read."""
    found = _found(_tag("comment", INFOTEXT), _tag("description", INFOTEXT))
    assert found.generation is not None
    assert (found.unread, found.generation.conflicts, found.generation.seed) == ((), (), 7)
    assert {"moov/udta/meta comment"} == {source for _, source in found.generation.sources}


def test_text_of_another_picture() -> None:
    """Two texts that contradict each other are one recipe and a list of differences."""
    found = _generation(_tag("comment", INFOTEXT), Carrier("clip.txt", "", INFOTEXT.replace("Seed: 7", "Seed: 8")))
    assert (Conflict("seed", "7", "moov/udta/meta comment", "8", "clip.txt"),) == found.conflicts


def test_graph_before_text() -> None:
    """The graph that ran is trusted more than a settings text beside it, whatever their order."""
    tags = comfy_tags("a hare", seed=9)
    found = _generation(_tag("parameters", INFOTEXT), _tag("prompt", tags["prompt"]))
    assert (found.tool, found.prompt, found.seed) == ("ComfyUI", "a hare", 9)
    assert {"seed", "prompt", "model"} & {conflict.field for conflict in found.conflicts} == {"seed", "prompt"}


def test_one_graph_in_several_layers() -> None:
    """Layers of JSON text change nothing but the look."""
    tags = comfy_tags("a fox", seed=2**64 - 1, loras=[("fur.safetensors", 0.8)])
    layered = json.dumps(json.dumps(tags["prompt"]))
    assert _generation(_tag("prompt", tags["prompt"])) == _generation(_tag("prompt", layered))


def test_comment_with_both_graphs() -> None:
    """The older VHS comment is both graphs in one object, the first of them as text."""
    tags = comfy_tags("a fox", seed=9)
    comment = json.dumps({"prompt": tags["prompt"], "workflow": json.loads(tags["workflow"])})
    found = _generation(_tag("©cmt", comment))
    assert (found.prompt, found.seed) == ("a fox", 9)
    assert "moov/udta/meta ©cmt.prompt" in {source.partition(", ")[0] for _, source in found.sources}


def test_canvas_of_another_run() -> None:
    """Where `prompt` and `workflow` are of different runs, the one that ran wins, and each difference is told."""
    ran, drawn = comfy_tags("a fox", seed=9, steps=20, cfg=5.0), comfy_tags("a hare", seed=8, steps=30, cfg=6.0)
    found = _generation(_tag("workflow", drawn["workflow"]), _tag("prompt", ran["prompt"]))
    assert (found.prompt, found.seed, found.steps, found.cfg) == ("a fox", 9, 20, 5.0)
    assert {"seed", "steps", "cfg", "prompt"} == {conflict.field for conflict in found.conflicts}


def test_copied_video() -> None:
    """SaveVideo of a loaded video runs a graph without a generator and keeps the loaded one's canvas."""
    tags = comfy_tags("a fox", seed=9)
    found = _generation(_tag("prompt", COPY), _tag("workflow", tags["workflow"]))
    assert (found.prompt, found.seed) == ("a fox", 9)
    assert [conflict.field for conflict in found.conflicts] == ["generation"]


def test_graph_without_generator() -> None:
    """An edit says why it has no recipe, and its name cannot give it one."""
    found = _found(_tag("prompt", COPY), file_name="ComfyUI_00001_.mp4")
    assert (found.generation, found.unread) == (None, ())
    assert (found.reason or "").startswith("no generator in this graph")


def test_placeholder_beside_a_graph() -> None:
    """A placeholder says nothing, and does not stand in the way of what says something."""
    reserved = json.dumps({"_wangp_metadata_reserved": True})
    assert _generation(_tag("©cmt", reserved), _tag("parameters", INFOTEXT)).seed == 7


def test_name_against_settings() -> None:
    """A file's name adds nothing to settings: it is easily of another run."""
    found = _generation(_tag("parameters", INFOTEXT), file_name="2025-03-01-12:00:00_seed42_A cat.mp4")
    assert (found.seed, found.prompt) == (7, "a fox")


def test_name_beside_a_label() -> None:
    """To a label the name of the same tool adds what the label does not tell."""
    label = _tag("AIGC", json.dumps({"Label": "1", "ContentProducer": "MiniMax"}))
    found = _generation(label, file_name="Hailuo_Video_a red car_433373022180130822.mp4")
    assert found.sources == (
        ("prompt", "file name"),
        ("source_type", "moov/udta/meta AIGC"),
        ("tool", "moov/udta/meta AIGC"),
    )
    assert (found.tool, found.prompt, found.source_type) == ("Hailuo", "a red car", "trainedAlgorithmicMedia")


def test_name_alone() -> None:
    """Where nothing is carried, the name tells what it can."""
    found = _generation(file_name="video_output_0_a-fox_171198_480x704x121_0.mp4")
    assert (found.tool, found.prompt, found.seed, found.asked.width) == ("LTX-Video", "a fox", 171198, 704)
    assert {"file name"} == {source for _, source in found.sources}


def test_own_name_pattern() -> None:
    """A person's own pattern reads the names of a production; one that is not understood is refused."""
    found = found_in([], file_name="sc01_a_fox_s7.mov", name_patterns=["{word:sc01|sc02}_{prompt}_s{seed}"]).generation
    assert found is not None
    assert (found.prompt, found.seed) == ("a fox", 7)
    with pytest.raises(UsageError):
        found_in([_tag("parameters", INFOTEXT)], file_name="a.mp4", name_patterns=["{nonsense}"])


def test_texts_that_cannot_be_written() -> None:
    """Lone surrogates and NUL in JSON come out as signs that UTF-8 has."""
    text = '{"c": "a\\ud800b\\u0000c", "uc": "", "sampler": "x", "seed": 1}'
    assert _generation(_tag("UserComment", text)).prompt == "a?b\ufffdc"


PIECES = [INFOTEXT, COPY, *comfy_tags("a fox", seed=9).values(), '{"Label": "1", "ContentProducer": "kling"}']


@given(
    several=st.lists(
        st.builds(
            Carrier,
            st.text(max_size=5),
            st.sampled_from(["", "prompt", "Comment", "Software"]) | st.text(max_size=5),
            st.sampled_from(PIECES)
            | st.text(max_size=40)
            | st.sampled_from(PIECES).map(lambda text: text[: len(text) // 2]),
        ),
        max_size=4,
    ),
    file_name=st.text(max_size=20),
)
def test_any_carriers(several: list[Carrier], file_name: str) -> None:
    """Nothing makes it fail, nothing is lost, and the same texts give the same answer."""
    found = found_in(several, file_name=file_name)
    assert (found.generation is None) == (found.reason is not None)
    assert set(found.unread) <= set(several)
    assert found == found_in(tuple(several), file_name=file_name)


@given(text=st.text(max_size=80).filter(str.strip))
def test_any_text(text: str) -> None:
    """A text that nobody wrote for machines stays unread, and no recipe is guessed from it."""
    found = _found(_tag("comment", text))
    if text.strip("\0\ufeff \t\r\n"):
        assert (None, (_tag("comment", text),)) == (found.generation, found.unread)


def _real(folder: Path, name: str) -> Found:
    return found_in(carriers(folder / name), file_name=Path(name).name)


@pytest.mark.parametrize(
    "name",
    [
        "comfy_video/wan_2_2_14B_t2v.mp4",
        "derived/ComfyUI_triple_00001_.mp4",
        "derived/vhs_comment_promptstr_00001.mp4",
        "derived/prompt_only.mp4",
        "derived/ComfyUI_anim_00001_.png",
        "derived/AnimateDiff_00003.png",
    ],
)
def test_real_files_of_one_run(shared_media: Path, name: str) -> None:
    """One run, carried in six ways, gives one recipe."""
    found = _real(shared_media, name).generation
    assert found is not None
    assert (found.tool, found.seed, found.steps, found.cfg) == ("ComfyUI", 623604505552286, 4, 1.0)
    assert (found.prompt or "").startswith("Beautiful young European woman")
    assert [one.seed for one in found.passes] == [623604505552286, 0]


def test_real_copy(shared_media: Path) -> None:
    """A stream copy's own graph is trivial; the canvas beside it tells of the video that was copied."""
    found = _real(shared_media, "derived/stale_copy.mp4").generation
    assert found is not None
    assert found.seed == 623604505552286
    assert tuple(conflict.field for conflict in found.conflicts) == ("generation",)


def test_real_conflicts(shared_media: Path) -> None:
    """Seed and model differ between the graphs of a real file; each is told once, though the canvas stands twice."""
    found = _real(shared_media, "comfy_video/cosmos_predict2_2B_video2world_480p_16fps.mp4").generation
    assert found is not None
    assert found.seed == 954611886223674
    assert [conflict.field for conflict in found.conflicts] == ["seed", "model"]


@pytest.mark.parametrize(
    ("name", "prompt"),
    [
        ("comfy_image/v1_robot.webp", "Futuristic robot dancing ballet"),
        ("comfy_image/wan2.1_flf2v_720_f16.webp", "glass flower blossom"),
        ("comfy_image/text_to_video_wan.webp", "a fox moving quickly"),
    ],
)
def test_real_exif(shared_media: Path, name: str, prompt: str) -> None:
    """A fragment in the place of the graph, a NUL before it, a lost byte: the graph is read all the same."""
    found = _real(shared_media, name).generation
    assert found is not None
    assert (found.prompt or "").startswith(prompt)


def test_real_edit(shared_media: Path) -> None:
    """A graph that only loads, resizes and saves has no generator."""
    found = _real(shared_media, "comfy_video/original.mp4")
    assert found.generation is None
    assert "no generator" in (found.reason or "")


@pytest.mark.parametrize("name", ["comfy_video/02-man's_eye.mp4", "derived/AnimateDiff_00003-audio.mp4"])
def test_real_files_without_a_word(shared_media: Path, name: str) -> None:
    """A file whose tags were lost tells nothing by itself."""
    found = _real(shared_media, name)
    assert (found.generation, found.reason) == (None, NOTHING)
