"""The label that China asks of generated media: GB 45438-2025, and TC260's guides to it.

`{"Label": "1", "ContentProducer": "001191110108335469089C00000", "ProduceID": …}`: 1 is generated, 2 possibly,
3 suspected. A producer is `001`, a digit, the company's 18 signs of social credit code, five of its own; or a name.
"""

from __future__ import annotations

import re

from turnover.core.clip import JsonValue
from turnover.core.generation import Generation
from turnover.generation.grammar import Reading, Told
from turnover.generation.values import members, text

_CODE = re.compile(r"001\d([0-9A-Z]{18})[0-9A-Za-z]{0,8}")
# Public register numbers of companies; what each offers. Alibaba signs several products with one.
_PRODUCERS = {
    "91110102MACQD9K640": "Doubao",
    "9144030008867405X2": "Jimeng",
    "91440101MA9Y9T4H7A": "Qwen",
    "91330106MA2CFLDG4R": "Wan",
    "91110108335469089C": "Kling",
    "91440300708461136T": "Yuanbao",
    "91340100MAEB4N8H76": "RunningHub",
    "91110000802100433B": "Baidu",
    "91110105MACJ6K1C8A": "LiblibAI",
    "91110108MACC4D63XF": "Vidu",
    "91110108MA01KP2T5U": "Zhipu",
    "91440300MA5G49LC9K": "Honor",
}
_NAMED = {"kling": "Kling", "doubao": "Doubao", "minimax": "Hailuo", "runninghub": "RunningHub", "jimeng": "Jimeng"}
_CERTAIN, _LESS_CERTAIN = "1", {"2": "possibly generated", "3": "suspected to be generated"}
_LONGEST_NAME = 80


class Aigc:
    """Who made it, and that a machine did."""

    name = "aigc"

    def read(self, reading: Reading) -> Told | None:
        tree = members(reading.value)
        if not ("Label" in tree and ({"ContentProducer", "ProduceID", "ContentPropagator"} & tree.keys())):
            return None
        tool, why = _tool(tree)
        label = _digit(tree.get("Label"))
        notes = [("tool", why)] if why else []
        if label != _CERTAIN:
            notes.append(("source_type", f"the label says {_LESS_CERTAIN.get(label, repr(label)[:40])}"))
        source_type = "trainedAlgorithmicMedia" if label == _CERTAIN else None
        if tool is None and source_type is None:
            return Told(None, "label", notes[-1][1])
        return Told(Generation(tool=tool, source_type=source_type, unresolved=tuple(sorted(notes))), "label")


def _digit(value: JsonValue) -> str:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else text(value) or ""


def _tool(tree: dict[str, JsonValue]) -> tuple[str | None, str | None]:
    """The product, or why it is not known."""
    producer = text(tree.get("ContentProducer"))
    if producer is None:
        return None, "the label names no producer"
    match = _CODE.fullmatch(producer.upper())
    known = _PRODUCERS.get(match[1]) if match else _NAMED.get(producer.casefold())
    if known is not None:
        return known, None
    if match or producer.isdigit() or len(producer) > _LONGEST_NAME:
        return None, f"the label's producer is not known here: {producer[:_LONGEST_NAME]}"
    return producer, None


GRAMMAR = Aigc()
