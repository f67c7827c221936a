"""The canvas that a ComfyUI graph came from, as the page saves it and its nodes write it under `workflow`."""

from __future__ import annotations

from turnover.generation.comfy.canvas import parsed
from turnover.generation.comfy.flatten import flattened
from turnover.generation.comfy.telling import told
from turnover.generation.grammar import Reading, Told


class ComfyUIWorkflow:
    """`{"nodes": [{"id": 3, "type": "KSampler", "widgets_values": [42, "fixed"]}], "links": [[1, 4, 0, 3, 0, "A"]]}`.

    A canvas may have been changed since it ran, and it saves values without names; so the graph that ran is believed
    first.
    """

    name = "comfyui-workflow"

    def read(self, reading: Reading) -> Told | None:
        """What the canvas tells; None when the text is no canvas."""
        canvas = parsed(reading.value)
        return None if canvas is None else told(flattened(canvas), file_name=reading.file_name, confidence="canvas")


GRAMMAR = ComfyUIWorkflow()
