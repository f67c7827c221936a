"""Labels tell who made a file and that a machine did, and little else: AIGC, IPTC, C2PA, signatures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
from turnover.generation.grammar import Reading, Told
from turnover.generation.grammars import aigc, capcut, iptc, signatures
from turnover.generation.sniff import Found, found_in
from turnover.media.carriers import carriers

NEWSCODES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
KLING = "001191110108335469089C00001"


def _aigc(**values: JsonValue) -> Told | None:
    return aigc.GRAMMAR.read(Reading("", {"Label": "1", "ContentProducer": KLING, "ProduceID": "x", **values}, "a.mp4"))


def _iptc(value: JsonValue, text: str = "") -> Told | None:
    return iptc.GRAMMAR.read(Reading(text, value, "a.mp4"))


@pytest.mark.parametrize(
    ("producer", "tool"),
    [
        (KLING, "Kling"),
        ("001191330106MA2CFLDG4R10001", "Wan"),
        ("kling", "Kling"),
        ("MiniMax", "Hailuo"),
        ("picwish", "picwish"),
    ],
)
def test_chinese_label(producer: str, tool: str) -> None:
    """The producer is a code with the company's number in it, or a name."""
    expected = Generation(tool=tool, source_type="trainedAlgorithmicMedia")
    assert Told(expected, "label") == _aigc(ContentProducer=producer)


def test_label_of_an_unknown_company() -> None:
    """A number that is not known is no name of a tool; the label still says that a machine made it."""
    told = _aigc(ContentProducer="0011911100000000000000001")
    why = "the label's producer is not known here: 0011911100000000000000001"
    expected = Generation(source_type="trainedAlgorithmicMedia", unresolved=(("tool", why),))
    assert Told(expected, "label") == told


@pytest.mark.parametrize(("label", "words"), [("2", "possibly generated"), (3, "suspected to be generated")])
def test_label_in_doubt(label: JsonValue, words: str) -> None:
    """A label that only supposes does not tell a source type."""
    expected = Generation(tool="Kling", unresolved=(("source_type", f"the label says {words}"),))
    assert Told(expected, "label") == _aigc(Label=label)


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"AIGC": {"Label": "1", "ContentProducer": KLING}}),
        json.dumps({"AIGC": json.dumps({"Label": "1", "ContentProducer": KLING})}),
        f'AIGC{{"Label":"1","ContentProducer":"{KLING}"}}',
        f'{{"Label":"1",\n"ContentProducer":"{KLING}"}}\0\0',
    ],
)
def test_ways_to_write_the_label(text: str) -> None:
    """Writers nest it, name it, pad it."""
    found = found_in([Carrier("moov/udta/meta", "AIGC", text)], file_name="a.mp4").generation
    assert found is not None
    assert (found.tool, found.source_type) == ("Kling", "trainedAlgorithmicMedia")


def test_other_labels() -> None:
    """An object that happens to have a label is none of these."""
    values: list[JsonValue] = [{"Label": "1"}, {"ProduceID": "1"}]
    assert [aigc.GRAMMAR.read(Reading("", value, "")) for value in values] == [None, None]


XMP: dict[str, JsonValue] = {"DigitalSourceType": NEWSCODES + "trainedAlgorithmicMedia"}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, Generation(source_type="trainedAlgorithmicMedia")),
        ({"CreatorTool": "Firefly"}, Generation("Firefly", source_type="trainedAlgorithmicMedia")),
        ({"Credit": "Made with Google AI"}, Generation("Google AI", source_type="trainedAlgorithmicMedia")),
        (
            {"AISystemUsed": "Veo 3", "AIPromptInformation": "a fox", "CreatorTool": "Premiere"},
            Generation("Veo 3", "a fox", source_type="trainedAlgorithmicMedia"),
        ),
        (
            {"DigitalSourceType": NEWSCODES + "digitalCapture", "CreatorTool": "Camera 1.0"},
            Generation(source_type="digitalCapture"),
        ),
        ({"DigitalSourceType": "compositeSynthetic"}, Generation(source_type="compositeSynthetic")),
    ],
)
def test_xmp(more: dict[str, JsonValue], expected: Generation) -> None:
    """The source type is the last part of an address; who made it counts where a machine did."""
    assert Told(expected, "label") == _iptc({**XMP, **more})


@pytest.mark.parametrize("text", [NEWSCODES + "trainedAlgorithmicMedia", "trainedalgorithmicmedia"])
def test_source_type_alone(text: str) -> None:
    """The address may be a field of its own."""
    assert Told(Generation(source_type="trainedAlgorithmicMedia"), "label") == _iptc(None, text)


@pytest.mark.parametrize("text", ["print", "composite of two shots", "http://example.org/trainedAlgorithmicMediaX"])
def test_sentences(text: str) -> None:
    """A type inside a sentence is a word; a word that is a type by chance is one, and harmless."""
    told = _iptc(None, text)
    assert (None if told is None or told.generation is None else told.generation.source_type) in (None, "print")


def _manifest(*actions: JsonValue, **claim: JsonValue) -> JsonValue:
    return {**claim, "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": list(actions)}}]}


def _created(kind: str, **more: JsonValue) -> JsonValue:
    return {"action": "c2pa.created", "digitalSourceType": NEWSCODES + kind, **more}


@pytest.mark.parametrize(
    ("manifests", "expected"),
    [
        (
            {"a": _manifest(_created("trainedAlgorithmicMedia", softwareAgent="Adobe Firefly"))},
            Generation("Adobe Firefly", source_type="trainedAlgorithmicMedia"),
        ),
        (
            {"a": _manifest(_created("trainedAlgorithmicMedia", softwareAgent={"name": "Sora", "version": "2"}))},
            Generation("Sora", source_type="trainedAlgorithmicMedia"),
        ),
        (
            {"a": _manifest(_created("trainedAlgorithmicMedia"), claim_generator="Dreamina_Video/7.5 c2pa-rs/0.6")},
            Generation("Dreamina Video", source_type="trainedAlgorithmicMedia"),
        ),
        (
            {
                "a": _manifest({"action": "c2pa.opened"}),
                "b": _manifest(_created("trainedAlgorithmicMedia"), claim_generator_info=[{"name": "Veo"}]),
            },
            Generation("Veo", source_type="trainedAlgorithmicMedia"),
        ),
        (
            {
                "a": _manifest(_created("compositeWithTrainedAlgorithmicMedia", softwareAgent="Photos")),
                "b": _manifest(_created("trainedAlgorithmicMedia", softwareAgent="Gemini")),
            },
            Generation("Photos", source_type="compositeWithTrainedAlgorithmicMedia"),
        ),
        (
            {"a": _manifest(_created("digitalCapture"), claim_generator="Camera/1.0")},
            Generation(source_type="digitalCapture"),
        ),
    ],
)  # fmt: skip
def test_content_credentials(manifests: dict[str, JsonValue], expected: Generation) -> None:
    """The active manifest counts first; one that only passes a file on leaves the word to what went in."""
    assert Told(expected, "label") == _iptc({"active_manifest": "a", "manifests": manifests})


def test_content_credentials_of_an_edit() -> None:
    """Credentials without a source type tell of no generator."""
    told = _iptc({"active_manifest": "a", "manifests": {"a": _manifest({"action": "c2pa.opened"})}})
    assert Told(None, "label", "its content credentials name no generator") == told


def test_edit_in_capcut() -> None:
    """CapCut's note is of an edit, not of a generation."""
    note: JsonValue = {
        "data": {"editType": "default", "edittime": 24, "is_use_ai_video_generation": 0, "product": "lv"}
    }
    found = found_in([Carrier("moov/meta", "com.apple.quicktime.artwork", json.dumps(note))], file_name="a.mp4")
    assert Found(None, "edited with CapCut, which does not tell how the material was made") == found
    assert capcut.GRAMMAR.read(Reading("", {"data": {"a": 1}}, "")) is None


UUID = "4800156b-8880-4786-9056-7ca3da449d8c"


@pytest.mark.parametrize(
    ("fields", "tool"),
    [
        ({"Make": "Ideogram AI"}, "Ideogram"),
        ({"Source": "Luma AI", "Comment": "Generated by Luma AI's Uni-1 model"}, "Luma"),
        ({"ImageDescription": "Signature: " + "A" * 200 + "==", "Artist": UUID}, "Grok"),
        ({"Description": f"a fox --ar 16:9 --seed 7 --v 6.1 Job ID: {UUID}"}, "Midjourney"),
        ({"Make": "Canon", "Model": "EOS"}, None),
        ({"ImageDescription": "Signature: John", "Artist": UUID}, None),
        ({"ImageDescription": "Signature: " + "A" * 200, "Artist": "John"}, None),
    ],
)
def test_signatures(fields: dict[str, str], tool: str | None) -> None:
    """Some services sign in a field that anybody can write; only their own form counts."""
    found = found_in([Carrier(f"EXIF {key}", key, text) for key, text in fields.items()], file_name="a.jpg").generation
    assert tool == (None if found is None else found.tool)


def test_prompt_of_midjourney() -> None:
    """The prompt goes up to the first option."""
    told = signatures.GRAMMAR.read(Reading("", {"Description": f"a fox, --no dogs --seed 7 Job ID: {UUID}"}, ""))
    assert told is not None
    assert told.generation is not None
    assert (told.generation.prompt, told.generation.seed) == ("a fox,", 7)


def test_label_beside_settings() -> None:
    """Where a generator's own settings stand beside a label, the label adds the source type and nothing else."""
    settings = "a fox\nSteps: 20, Sampler: Euler, Seed: 1"
    label = json.dumps({"Label": "1", "ContentProducer": KLING})
    found = found_in(
        [Carrier("tags", "AIGC", label), Carrier("tags", "comment", settings)], file_name="a.mp4"
    ).generation
    assert found is not None
    assert (found.tool, found.source_type, found.conflicts) == ("A1111", "trainedAlgorithmicMedia", ())
    assert ("source_type", "tags AIGC") in found.sources


def test_two_labels_of_one_maker() -> None:
    """Labels complete each other."""
    label = json.dumps({"Label": "1", "ContentProducer": "picwish"})
    told = json.dumps(
        {"active_manifest": "a", "manifests": {"a": _manifest(_created("compositeSynthetic", softwareAgent="PicWish"))}}
    )
    found = found_in([Carrier("C2PA", "c2pa", told), Carrier("tags", "AIGC", label)], file_name="a.mp4").generation
    assert found is not None
    assert (found.tool, found.source_type) == ("PicWish", "compositeSynthetic")


NAMES = (
    "Label", "ContentProducer", "manifests", "assertions", "data", "digitalSourceType", "softwareAgent", "name",
    "active_manifest", "DigitalSourceType", "Artist", "Description", "editType",
)  # fmt: skip
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4),
    max_leaves=12,
)


@given(value=json_values, text=st.text(max_size=40))
def test_any_values(value: JsonValue, text: str) -> None:
    """Values of other kinds make nothing fail."""
    for grammar in (aigc.GRAMMAR, iptc.GRAMMAR, capcut.GRAMMAR, signatures.GRAMMAR):
        assert isinstance(grammar.read(Reading(text, value, "")), Told | None)


@pytest.mark.parametrize(
    ("name", "tool", "source_type"),
    [
        ("grok-1.jpg", "Grok", None),
        ("firefly-1.png", "Adobe Firefly", "trainedAlgorithmicMedia"),
        ("video1.mp4", None, None),
    ],
)
def test_real_files(shared_media: Path, name: str, tool: str | None, source_type: str | None) -> None:
    """A signature, content credentials that tell of a generator, and some that do not."""
    found = found_in(carriers(shared_media / "provenance" / name), file_name=name)
    generation = found.generation or Generation()
    assert (generation.tool, generation.source_type) == (tool, source_type)
