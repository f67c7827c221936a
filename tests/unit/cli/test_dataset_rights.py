"""Clips whose own credentials refuse training stay out of a dataset, unless a person says otherwise."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests import structures as made
from tests import videos
from tests.recipes import Recipe
from tests.unit.cli.running import turnover
from turnover.core.clip import JsonValue

RECIPE = {"leakage_keys": ["source_image"], "min_per_split": 0, "caption_fallback": "a clip"}


@pytest.fixture
def clips(tmp_path: Path) -> Path:
    """Four clips whose credentials allow training, constrain it, refuse it, and say nothing."""
    folder = tmp_path / "clips"
    folder.mkdir()
    for number, use in enumerate(("allowed", "constrained", "notAllowed", None)):
        path = folder / f"{use or 'silent'}.mp4"
        shutil.copy(videos.cached(Recipe(f"right{number}.mp4", frames=9 + number, picture="landscape")), path)
        if use is not None:
            entries: JsonValue = {"entries": {"cawg.ai_generative_training": {"use": use}}}
            store = made.manifest_store({"claim_generator": "fox/1.0"}, {"cawg.training-mining": entries})
            with path.open("ab") as file:
                file.write(made.box(b"uuid", made.C2PA_UUID + bytes(4) + b"manifest\0" + bytes(8) + store))
    (tmp_path / "recipe.json").write_text(json.dumps(RECIPE))
    return folder


def test_refused_clip(tmp_path: Path, clips: Path) -> None:
    """A refusal in the file leaves the clip out, counted and no failure; a condition is told; rows have the rights."""
    out = tmp_path / "ds"
    ended = turnover("dataset", clips, "--out", out, "--recipe", tmp_path / "recipe.json", "--json")
    plan = ended.json["plan"]
    (reason,) = plan["excluded"]["reasons"]
    assert (ended.status, plan["total"]) == (0, 3)
    assert (reason["code"], reason["examples"][0].split(":")[0]) == ("rights_not_allowed", "notAllowed.mp4")
    assert "rights_constrained" in {warning["code"] for warning in plan["warnings"]}
    rows = [json.loads(path.read_bytes()) for path in (out / "samples").rglob("*.json")]
    rights = {row["source_name"]: row["rights"]["training"] for row in rows}
    assert rights == {"allowed.mp4": "allowed", "constrained.mp4": "constrained", "silent.mp4": None}


def test_person_knows_better(tmp_path: Path, clips: Path) -> None:
    """What stands beside a clip wins over its credentials, either way."""
    (clips / "notAllowed.json").write_text('{"rights": {"training": "allowed"}}')
    (clips / "allowed.json").write_text('{"rights": {"training": "notAllowed"}}')
    words = ("--out", tmp_path / "ds", "--recipe", tmp_path / "recipe.json", "--json")
    (reason,) = turnover("dataset", clips, *words).json["plan"]["excluded"]["reasons"]
    assert reason["examples"][0].split(":")[0] == "allowed.mp4"
