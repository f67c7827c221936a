"""CapCut and Jianying: the note they leave in an export tells of an edit, whatever was edited."""

from __future__ import annotations

from turnover.generation.grammar import Reading, Told
from turnover.generation.values import members


class CapCut:
    """`{"data": {"editType": …, "product": "lv", …}, "source_type": …}` under `com.apple.quicktime.artwork`."""

    name = "capcut"

    def read(self, reading: Reading) -> Told | None:
        data = members(members(reading.value).get("data"))
        if "editType" not in data or not ("product" in data or "edittime" in data):
            return None
        return Told(None, "label", "edited with CapCut, which does not tell how the material was made")


GRAMMAR = CapCut()
