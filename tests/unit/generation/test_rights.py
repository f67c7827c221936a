"""Content credentials that speak of training: the strictest word for generative models, whoever says it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from turnover.core.carrier import Carrier
from turnover.core.clip import JsonValue, Rights
from turnover.generation.rights import rights_in

CAWG, OLD = "cawg.training-mining", "c2pa.training-mining"


def _stored(*manifests: dict[str, JsonValue]) -> Carrier:
    """Each manifest has these assertions: label → data."""
    told: dict[str, JsonValue] = {
        f"urn:{number}": {"assertions": [{"label": label, "data": data} for label, data in one.items()]}
        for number, one in enumerate(manifests)
    }
    return Carrier("C2PA", "c2pa", json.dumps({"active_manifest": "urn:0", "manifests": told}))


def _entries(**uses: str) -> JsonValue:
    return {"entries": {f"cawg.{name}": {"use": use} for name, use in uses.items()}}


@pytest.mark.parametrize(
    ("uses", "expected"),
    [
        ({"ai_generative_training": "allowed"}, "allowed"),
        ({"ai_generative_training": "constrained", "data_mining": "notAllowed"}, "constrained"),
        ({"ai_generative_training": "notAllowed", "ai_training": "allowed"}, "notAllowed"),
        ({"ai_generative_training": "allowed", "ai_training": "notAllowed"}, "allowed"),
        ({"ai_generative_training": "NOTALLOWED"}, "notAllowed"),
        ({"ai_generative_training": "perhaps"}, None),
        ({"ai_training": "notAllowed"}, "notAllowed"),
        ({"ai_training": "allowed"}, None),
        ({"ai_inference": "notAllowed", "data_mining": "notAllowed"}, None),
        ({}, None),
    ],
)
def test_entries(uses: dict[str, str], expected: str | None) -> None:
    """The entry for generative models decides; alone, a refusal of other training counts and a permission does not."""
    found = rights_in([_stored({CAWG: _entries(**uses)})])
    assert (found.training, found.source) == (expected, f"C2PA, {CAWG}" if expected else None)


def test_names_of_old() -> None:
    """C2PA's own older names mean the same, with a version or a number behind the label, too."""
    data: JsonValue = {"entries": {"c2pa.ai_generative_training": {"use": "constrained", "constraint_info": "ask"}}}
    for label in (OLD, f"{OLD}.v1", f"{OLD}__2"):
        assert rights_in([_stored({label: data})]) == Rights("constrained", source=f"C2PA, {label}")


def test_several_manifests() -> None:
    """What went into a file keeps its refusal when somebody signs the file again."""
    outer, inner = _entries(ai_generative_training="allowed"), _entries(ai_generative_training="notAllowed")
    assert rights_in([_stored({CAWG: outer}, {OLD: inner})]) == Rights("notAllowed", source=f"C2PA, {OLD}")


def test_other_texts() -> None:
    """The same words in a prompt, or in another assertion, say nothing."""
    stored = _stored({CAWG: _entries(ai_generative_training="notAllowed")})
    assert rights_in([Carrier("moov/udta/meta", "prompt", stored.text)]) == Rights()
    assert rights_in([_stored({"my.training-mining": _entries(ai_generative_training="notAllowed")})]) == Rights()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["entries", "use", "cawg.ai_generative_training", "label", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON, JSON)
def test_anything_in_it(data: JsonValue, store: JsonValue) -> None:
    """Nothing that stands where entries, assertions or manifests should stand raises."""
    rights_in([_stored({CAWG: data}), Carrier("C2PA", "c2pa", json.dumps({"manifests": store}))])
    rights_in([Carrier("C2PA", "c2pa", json.dumps({"manifests": {"a": {"assertions": store}}})[:-2])])
