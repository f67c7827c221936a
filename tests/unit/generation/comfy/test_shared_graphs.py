"""Real graphs: what each tells, checked by eye once and kept in `tests/facts`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.unit.generation.comfy.described import described
from turnover.core.clip import JsonValue
from turnover.generation.grammar import Confidence, Grammar, Reading, Told
from turnover.generation.grammars import comfyui_api, comfyui_workflow
from turnover.generation.normal import parts
from turnover.media.carriers import carriers

FACTS = Path(__file__).resolve().parents[3] / "facts"
GRAPHS: dict[str, JsonValue] = json.loads((FACTS / "comfy_expected.json").read_text(encoding="utf-8"))
EMBEDDED: dict[str, dict[str, JsonValue]] = json.loads((FACTS / "comfy_embedded.json").read_text(encoding="utf-8"))
GRAMMARS: tuple[Grammar, ...] = (comfyui_api.GRAMMAR, comfyui_workflow.GRAMMAR)


@pytest.mark.parametrize("name", GRAPHS)
def test_graph(shared_media: Path, name: str) -> None:
    """A real graph tells what a person reads in it."""
    value: JsonValue = json.loads((shared_media / "comfy_json" / name).read_text(encoding="utf-8"))
    told = [answer for grammar in GRAMMARS if (answer := grammar.read(Reading("", value, ""))) is not None]
    assert [described(answer) for answer in told] == [GRAPHS[name]]


def test_every_graph_has_its_facts(shared_media: Path) -> None:
    """No graph in the folder is left out."""
    folder = shared_media / "comfy_json"
    assert {path.relative_to(folder).as_posix() for path in folder.glob("*/*.json")} == GRAPHS.keys()


@pytest.mark.parametrize("name", EMBEDDED)
def test_file(shared_media: Path, name: str) -> None:
    """The graphs that a real file carries tell what a person reads in them, wherever the file keeps them."""
    path = shared_media / name
    found: dict[str, JsonValue] = {}
    for carrier in carriers(path):
        for part in parts(carrier, file_name=path.name):
            for told in (grammar.read(part.reading) for grammar in GRAMMARS):
                if told is not None:
                    found.setdefault(told.confidence, _brief(told))
    assert found == EMBEDDED[name]


def _brief(told: Told) -> JsonValue:
    """What is compared of a file's graph; the graphs by themselves are compared whole."""
    whole = described(told)
    assert isinstance(whole, dict)
    names = ("reason", "prompt", "seed", "steps", "cfg", "loras", "passes", "asked", "unresolved")
    return {name: whole[name] for name in names if name in whole}


def test_two_graphs_of_one_file_differ(shared_media: Path) -> None:
    """The canvas of a file need not be of the run that made it."""
    name = "comfy_video/cosmos_predict2_2B_video2world_480p_16fps.mp4"
    assert (shared_media / name).exists()
    kinds: tuple[Confidence, ...] = ("executed", "canvas")
    seeds = []
    for kind in kinds:
        one = EMBEDDED[name][kind]
        assert isinstance(one, dict)
        seeds.append(one["seed"])
    assert seeds == [954611886223674, 1084135958981475]
