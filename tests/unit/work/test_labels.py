"""What files say of their rights and their making, and what a person says instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import structures as made
from tests import videos
from tests.unit.cli.running import turnover
from turnover.core.clip import Clip, JsonValue, Rights
from turnover.files.finding import Found
from turnover.work.look import Looking, look

LABEL = "cawg.training-mining"
SOURCE = f"C2PA, {LABEL}"
TRAINED = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"


def signed(
    folder: Path, use: str | None = "notAllowed", *, made_by: str | None = None, values: JsonValue = None
) -> Path:
    """A real clip with a manifest store, and what a person wrote beside it."""
    assertions: dict[str, JsonValue] = {}
    if use is not None:
        assertions[LABEL] = {"entries": {"cawg.ai_generative_training": {"use": use}}}
    if made_by is not None:
        assertions["c2pa.actions"] = {"actions": [{"action": "c2pa.created", "digitalSourceType": made_by}]}
    path = videos.make(folder)
    with_store(path, made.manifest_store({"claim_generator": "fox/1.0"}, assertions))
    if values is not None:
        path.with_suffix(".json").write_text(json.dumps(values))
    return path


def with_store(path: Path, store: bytes) -> None:
    with path.open("ab") as file:
        file.write(made.box(b"uuid", made.C2PA_UUID + bytes(4) + b"manifest\0" + bytes(8) + store))


def looked_at(path: Path) -> Clip:
    (clip,) = look([Found(path, path.parent)], Looking(lambda path: False), workers=1)
    assert isinstance(clip, Clip)
    return clip


def warned(clip: Clip) -> list[str]:
    return [warning.message for warning in clip.probe.warnings if warning.code == "rights_conflict"]


def test_only_the_file_speaks(tmp_path: Path) -> None:
    """What the credentials say is the clip's, with where it stands."""
    clip = looked_at(signed(tmp_path))
    assert (clip.rights, warned(clip)) == (Rights("notAllowed", source=SOURCE), [])


def test_both_speak(tmp_path: Path) -> None:
    """What a person gave counts, and the warning names both; where they agree there is nothing to tell."""
    clip = looked_at(signed(tmp_path, values={"rights": {"training": "allowed", "licence": "CC0"}}))
    assert clip.rights == Rights("allowed", "CC0")
    assert warned(clip) == [
        f"training is allowed as given, and notAllowed in the file ({SOURCE}); what was given counts"
    ]
    clip = looked_at(signed(tmp_path, values={"rights": {"training": "notAllowed"}}))
    assert (clip.rights, warned(clip)) == (Rights("notAllowed"), [])


def test_only_a_licence_is_given(tmp_path: Path) -> None:
    """A licence says nothing of training: what the file says of that stays."""
    clip = looked_at(signed(tmp_path, values={"rights": {"licence": "MIT"}}))
    assert clip.rights == Rights("notAllowed", "MIT", SOURCE)


@pytest.mark.parametrize(
    ("given", "value", "is_found"), [(None, True, True), (False, False, False), (True, True, False)]
)
def test_made_by_a_model(tmp_path: Path, given: bool | None, value: bool, is_found: bool) -> None:
    """A source type that tells of a trained model says that a clip is generated, unless a person says what it is."""
    values: JsonValue = None if given is None else {"ai_generated": given}
    clip = looked_at(signed(tmp_path, None, made_by=TRAINED, values=values))
    assert (clip.is_ai_generated, clip.is_ai_generated_source is not None) == (value, is_found)


def test_made_by_a_camera(tmp_path: Path) -> None:
    """A source type of a camera is no word on it: an edit may follow that nobody labelled."""
    kind = "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    assert looked_at(signed(tmp_path, None, made_by=kind)).is_ai_generated is None


def test_report(tmp_path: Path) -> None:
    """The report tells rights and making with who says so, and as given only what a person gave."""
    path = signed(tmp_path, made_by=TRAINED, values={"rights": {"licence": "MIT"}})
    (one,) = turnover("probe", path, "--json").json
    assert one["rights"] == {"training": "notAllowed", "licence": "MIT", "source": SOURCE}
    assert (one["ai_generated"]["value"], one["ai_generated"]["source"]) == (True, "C2PA")
    assert one["given"] == {"rights": {"licence": "MIT"}}
    (bare,) = turnover("probe", videos.make(tmp_path, "bare.mp4"), "--json").json
    assert (bare["rights"], bare["ai_generated"]) == (None, None)


@pytest.mark.parametrize(
    "content",
    [
        b"\xbf" * 40,  # maps that never end
        b"\x9b" + b"\xff" * 8,  # a list of 2^64 things
        b"\xa1\x67entries\x5b\x7f" + b"\xff" * 7,  # a string longer than the file
        b"\xc6" * 200,  # tags of tags
        b"",
    ],
)
def test_hostile_assertion(tmp_path: Path, content: bytes) -> None:
    """An assertion that is damaged, or made to harm, says nothing, and the clip is looked at as any other."""
    parts = made.superbox(
        "c2pa.assertions",
        made.superbox(LABEL, made.box(b"cbor", content)),
        made.superbox("c2pa.training-mining", made.box(b"json", b"[" * 90_000)),
    )
    path = videos.make(tmp_path)
    with_store(path, made.superbox("c2pa", made.superbox("urn:uuid:1", parts)))
    clip = looked_at(path)
    assert (clip.rights, clip.probe.video.frame_count) == (
        Rights(),
        looked_at(videos.make(tmp_path, "bare.mp4")).probe.video.frame_count,
    )


def test_real_files(shared_media: Path) -> None:
    """Of real credentials without a word on training nothing is made; the source type is."""
    picture = looked_at(shared_media / "provenance" / "firefly-1.png")
    video = looked_at(shared_media / "provenance" / "video1.mp4")
    assert (picture.rights, video.rights) == (Rights(), Rights())
    assert picture.is_ai_generated
