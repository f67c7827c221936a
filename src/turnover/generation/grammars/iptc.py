"""The digital source type: IPTC's word for how a picture came to be, in XMP and in content credentials (C2PA).

https://cv.iptc.org/newscodes/digitalsourcetype/ ; C2PA specification 2.1, 18.15 (actions).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
from turnover.generation.grammar import Reading, Told
from turnover.generation.values import first, members, name, text

GENERATED = (
    "trainedAlgorithmicMedia",
    "compositeWithTrainedAlgorithmicMedia",
    "compositeSynthetic",
    "algorithmicMedia",
)
"""The types that tell of a machine, the plainest first."""
_OTHERS = (
    "algorithmicallyEnhanced", "computationalCapture", "composite", "compositeCapture", "dataDrivenMedia",
    "digitalArt", "digitalCapture", "digitalCreation", "empty", "humanEdits", "minorHumanEdits", "multiFrameCapture",
    "negativeFilm", "positiveFilm", "print", "screenCapture", "softwareImage", "trainedAlgorithmicData",
    "virtualRecording",
)  # fmt: skip
_TYPES = "|".join((*GENERATED, *_OTHERS))
_ADDRESS = re.compile(rf"(?:https?://[\w.]{{1,60}}/(?:newscodes/)?digitalsourcetype/)?({_TYPES})/?", re.IGNORECASE)
_NAMES = {kind.casefold(): kind for kind in (*GENERATED, *_OTHERS)}
_XMP_SIGNS = ("DigitalSourceType", "AISystemUsed", "AIPromptInformation")
_CREDITS = ("Made with ", "Edited with ")
_MOST_NODES = 100_000
_LONGEST_NAME = 80


class Iptc:
    """A source type, and who says it."""

    name = "iptc"

    def read(self, reading: Reading) -> Told | None:
        tree = members(reading.value)
        if any(sign in tree for sign in _XMP_SIGNS):
            return _of_xmp(tree)
        if isinstance(tree.get("manifests"), dict):
            return _of_store(tree)
        if reading.value is not None:
            return None
        kind = _kind(reading.text)
        return None if kind is None else Told(Generation(source_type=kind), "label")


def _kind(value: JsonValue) -> str | None:
    """The type that an address, or its last part alone, names."""
    match = _ADDRESS.fullmatch((text(value) or "")[:200])
    return _NAMES[match[1].casefold()] if match else None


def _of_xmp(tree: dict[str, JsonValue]) -> Told:
    kind, system, credit = (
        _kind(tree.get("DigitalSourceType")),
        name(tree.get("AISystemUsed")),
        name(tree.get("Credit")),
    )
    for words in _CREDITS:
        credit = credit and credit.removeprefix(words)
    maker = first(credit, name(tree.get("CreatorTool"))) if kind in GENERATED else None
    return _told(kind, first(system, maker), text(tree.get("AIPromptInformation")))


def _of_store(tree: dict[str, JsonValue]) -> Told:
    """A manifest store in the shape of c2patool's report: the active manifest, then what went into it.

    Services sign again what they pass on, so that an outer manifest may tell nothing of the making.
    """
    manifests = members(tree["manifests"])
    active = text(tree.get("active_manifest"))
    labels = [label for label in manifests if label == active] + [
        label for label in reversed(manifests) if label != active
    ]
    found = [(kind, agent) for kind, agent in (_of_manifest(manifests[label]) for label in labels) if kind]
    kind, agent = next((one for one in found if one[0] in GENERATED), next(iter(found), (None, None)))
    return _told(kind, agent, None)


def _of_manifest(manifest: JsonValue) -> tuple[str | None, str | None]:
    """The plainest type of a manifest, and the agent of the action that has it, else the maker of the claim."""
    agents: dict[str, str | None] = {}
    for node in _nodes(manifest):
        kind = _kind(node.get("digitalSourceType"))
        if kind is not None:
            agents[kind] = first(agents.get(kind), _agent(node.get("softwareAgent")))
    if not agents:
        return None, None
    kind = next((kind for kind in GENERATED if kind in agents), next(iter(agents)))
    claim = members(manifest)
    maker = first(_agent(claim.get("claim_generator_info")), _agent(claim.get("claim_generator")))
    return kind, first(agents[kind], maker if kind in GENERATED else None)


def _told(kind: str | None, agent: str | None, prompt: str | None) -> Told:
    if kind is None and agent is None and prompt is None:
        return Told(None, "label", "its content credentials name no generator")
    tool = None if agent is None else agent.replace("_", " ")[:_LONGEST_NAME]
    return Told(Generation(tool=tool, prompt=prompt, source_type=kind), "label")


def _agent(value: JsonValue) -> str | None:
    """`"Adobe Firefly"`, `{"name": "Sora"}`, or `Adobe_Firefly/1.0 …` of a claim."""
    one = next(iter(value), None) if isinstance(value, list) else value
    found = first(name(members(one).get("name")), name(one))
    return None if found is None else found.partition("/")[0].strip() or None


def _nodes(value: JsonValue) -> Iterator[dict[str, JsonValue]]:
    """Each object within, from the outside in."""
    waiting: list[JsonValue] = [value]
    for place in range(_MOST_NODES):
        if place >= len(waiting):
            return
        node = waiting[place]
        if isinstance(node, dict):
            yield node
        waiting += node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()


GRAMMAR = Iptc()
